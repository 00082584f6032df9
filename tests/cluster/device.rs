//! A client on `/api/v4/websocket`, as Mattermost's are: it comes back to any server, goes on where it was if it is let,
//! and fetches anew if it gets a new connection id.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use actix_web::rt;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::common::{Heard, Socket, text};
use crate::people::{LONGEST_PAUSE, Person, SHORTEST_PAUSE};
use crate::stack::PATIENCE;
use crate::view::View;

/// What may be stored a little after the moment that it bears: fetches reach back by so much.
const MARGIN_MS: i64 = 5_000;
/// A server that does not let a client in for this long is given up.
const OPENING: Duration = Duration::from_secs(10);

/// A client and what it knows.
pub struct Device {
    pub person: Rc<Person>,
    pub view: RefCell<View>,
    /// Which server it is, or wants to be, connected to.
    pub at: Cell<usize>,
    /// How often it went on with its connection id, and how often it got a new one.
    pub resumed: Cell<usize>,
    pub begun: Cell<usize>,
    team: String,
    changed: Notify,
    leaves: Notify,
    fetched_at: Cell<i64>,
}

/// Where a connection was when it was lost.
struct Place {
    connection: String,
    next_seq: u64,
}

impl Device {
    /// Connects, and goes on doing so until the task ends.
    pub fn start(person: &Rc<Person>, team: &str, at: usize) -> (Rc<Self>, JoinHandle<()>) {
        let device = Rc::new(Self {
            person: Rc::clone(person),
            view: RefCell::new(View::new(&person.id, &person.username)),
            at: Cell::new(at),
            resumed: Cell::new(0),
            begun: Cell::new(0),
            team: team.to_owned(),
            changed: Notify::new(),
            leaves: Notify::new(),
            fetched_at: Cell::new(0),
        });
        let task = rt::spawn(Rc::clone(&device).run());
        (device, task)
    }

    /// Loses its connection and comes back to the next server.
    pub fn roam(&self) {
        self.leaves.notify_one();
    }

    /// Waits until what it knows is so.
    pub async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let wait = async {
            loop {
                let changed = self.changed.notified();
                if holds(self) {
                    return;
                }
                changed.await;
            }
        };
        let who = &self.person.username;
        timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{who} waited in vain: {what}"));
    }

    async fn run(self: Rc<Self>) {
        let mut place = Place { connection: String::new(), next_seq: 0 };
        let mut pause = SHORTEST_PAUSE;
        loop {
            if let Ok(Some(socket)) = timeout(OPENING, self.open(&place)).await {
                pause = SHORTEST_PAUSE;
                place = self.live(socket, place.connection).await;
            }
            self.at.set(self.at.get() + 1);
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    async fn open(&self, place: &Place) -> Option<Socket> {
        let Place { connection, next_seq } = place;
        let path = format!("/api/v4/websocket?connection_id={connection}&sequence_number={next_seq}");
        let mut socket = self.person.at(self.at.get()).try_socket(&path).await?;
        (socket.connection_id, socket.next_seq) = (connection.clone(), *next_seq);
        Some(socket)
    }

    /// Listens until the connection is lost. It has gone on if its first event is no hello of another connection.
    async fn live(&self, mut socket: Socket, connection: String) -> Place {
        let mut first = true;
        loop {
            let heard = tokio::select! {
                heard = socket.listen() => heard,
                () = self.leaves.notified() => Heard::Closed(None),
            };
            match heard {
                Heard::Message(message) => {
                    match std::mem::take(&mut first) {
                        true if socket.connection_id != connection => self.begin_anew().await,
                        true => self.resumed.set(self.resumed.get() + 1),
                        false => {}
                    }
                    self.view.borrow_mut().event(&message);
                    self.changed.notify_waiters();
                }
                Heard::Ping | Heard::Pong => {}
                Heard::Closed(_) => return Place { connection: socket.connection_id, next_seq: socket.next_seq },
            }
        }
    }

    /// Fetches what may have been missed. Whatever the new connection has to say waits meanwhile.
    async fn begin_anew(&self) {
        self.view.borrow_mut().begin_anew();
        let (since, now) = (self.fetched_at.get(), now_ms() - MARGIN_MS);
        let members = self.person.get(&format!("/api/v4/users/me/teams/{}/channels/members", self.team)).await;
        let mut lists = Vec::new();
        for place in members.as_array().unwrap() {
            let channel = text(place, "channel_id");
            lists.push(self.person.get(&format!("/api/v4/channels/{channel}/posts?since={}", since.max(1))).await);
        }
        self.view.borrow_mut().fetched(&members, &lists);
        self.fetched_at.set(now);
        self.begun.set(self.begun.get() + 1);
    }
}

fn now_ms() -> i64 {
    rustchat::model::now()
}
