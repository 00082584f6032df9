//! A websocket that behaves like those of Mattermost's clients: it comes back with its connection id and the next number
//! it expects, to any of the servers, and fetches what it missed when it gets a new id instead.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, Semaphore};
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{Interval, interval, sleep, timeout};

use crate::Outcome;
use crate::api::Servers;
use crate::check::{Receiver, Violation, Violations};
use crate::frames::{self, Kind};
use crate::mark::{Scanner, text_after};
use crate::people::Person;
use crate::refetch::refetch;
use crate::wire::{Ended, Inbox, Wire};

/// As Mattermost's clients ask whether their server is still there.
const PING_EVERY: Duration = Duration::from_secs(30);
/// How often a socket that does not read looks whether it was cut.
const PROBE_EVERY: Duration = Duration::from_millis(250);
/// How long an upgrade may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a lost socket is tried to be opened again.
const KEEP_TRYING: Duration = Duration::from_secs(120);
/// Upgrades at once, as the queue of a listening socket is short; the clients of a real server come from many machines.
const UPGRADES: usize = 256;
/// Refetches at once.
const REFETCHES: usize = 64;

/// What all sockets of a run share.
pub struct Hall {
    pub servers: Rc<Servers>,
    pub violations: Rc<Violations>,
    /// Bytes that the kernel receives for a socket before it reads; without it, as many as the kernel likes.
    receive_buffer: Option<u32>,
    pub scanner: Scanner,
    upgrades: Semaphore,
    pub refetches: Semaphore,
    /// Where what comes is put: the sockets of one thread read one after the other.
    scratch: RefCell<Vec<u8>>,
    /// Sockets that should be open.
    pub opened: Cell<usize>,
    /// Sockets that are open and have answered.
    pub live: Cell<usize>,
    changed: Notify,
    pub counts: Counts,
}

/// What happened to the sockets.
#[derive(Debug, Default)]
pub struct Counts {
    /// Came back under the same connection id.
    pub resumed: Cell<usize>,
    /// Came back and got a new one.
    pub resynced: Cell<usize>,
    /// Were closed because an event had another number than expected.
    pub jumped: Cell<usize>,
}

pub fn increment(counter: &Cell<usize>) {
    counter.set(counter.get() + 1);
}

impl Hall {
    pub fn new(servers: Rc<Servers>, violations: Rc<Violations>, receive_buffer: Option<u32>) -> Self {
        Self {
            servers,
            violations,
            receive_buffer,
            scanner: Scanner::new(),
            upgrades: Semaphore::new(UPGRADES),
            refetches: Semaphore::new(REFETCHES),
            scratch: RefCell::default(),
            opened: Cell::new(0),
            live: Cell::new(0),
            changed: Notify::new(),
            counts: Counts::default(),
        }
    }

    /// Waits until so many sockets are open and answer, at most so long; whether they do.
    pub async fn until_live(&self, wanted: usize, limit: Duration) -> bool {
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                if self.live.get() >= wanted {
                    return;
                }
                changed.await;
            }
        };
        timeout(limit, waiting).await.is_ok()
    }

    fn count_live(&self, live: bool) {
        self.live.set(if live { self.live.get() + 1 } else { self.live.get().saturating_sub(1) });
        self.changed.notify_waiters();
    }
}

/// What a socket is told from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Loses its connection and stays away for so long.
    Drop(Duration),
    /// Stops reading.
    Stall,
    /// Reads again.
    Read,
}

/// The way commands take.
#[derive(Default)]
pub struct Control {
    command: Cell<Option<Command>>,
    waker: RefCell<Option<Waker>>,
    /// When a stalled socket noticed that it was cut.
    pub cut: Cell<Option<Instant>>,
}

impl Control {
    pub fn say(&self, command: Command) {
        self.command.set(Some(command));
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn poll(&self, context: &Context<'_>) -> Poll<Command> {
        if let Some(command) = self.command.take() {
            return Poll::Ready(command);
        }
        let mut waker = self.waker.borrow_mut();
        if !waker.as_ref().is_some_and(|waker| waker.will_wake(context.waker())) {
            *waker = Some(context.waker().clone());
        }
        Poll::Pending
    }
}

/// An open socket; it closes when this is dropped.
pub struct Socket {
    pub control: Rc<Control>,
    pub receiver: Rc<RefCell<Receiver>>,
    task: JoinHandle<()>,
}

impl Socket {
    /// Begins to open a socket; [`Hall::until_live`] tells when it is.
    pub fn open(hall: &Rc<Hall>, person: &Rc<Person>, receiver: Receiver) -> Self {
        let control = Rc::new(Control::default());
        let receiver = Rc::new(RefCell::new(receiver));
        let life = Life {
            hall: Rc::clone(hall),
            place: hall.servers.begin(),
            person: Rc::clone(person),
            control: Rc::clone(&control),
            receiver: Rc::clone(&receiver),
            id: String::new(),
            expected: 0,
            is_live: false,
            is_resumed: false,
        };
        Self { control, receiver, task: spawn_local(life.run()) }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Why a connection is over.
enum Over {
    Lost,
    Dropped(Duration),
}

enum Heard {
    Command(Command),
    Tick,
    Read(Result<Inbox, Ended>),
}

/// A socket's life over all its connections.
struct Life {
    hall: Rc<Hall>,
    person: Rc<Person>,
    control: Rc<Control>,
    receiver: Rc<RefCell<Receiver>>,
    /// The server that it is connected to, or will be.
    place: usize,
    /// The connection id, empty before the first hello.
    id: String,
    /// The number of the next event.
    expected: u64,
    is_live: bool,
    /// Whether this connection seems to be resumed.
    is_resumed: bool,
}

impl Drop for Life {
    fn drop(&mut self) {
        self.set_live(false);
    }
}

impl Life {
    async fn run(mut self) {
        let (mut attempt, mut lost_at) = (0, Instant::now());
        loop {
            let over = match self.connect().await {
                Ok(wire) => self.listen(wire).await,
                Err(_) => Over::Lost,
            };
            if self.is_live {
                self.set_live(false);
                (attempt, lost_at) = (0, Instant::now());
            }
            match over {
                Over::Dropped(away) => sleep(away).await,
                Over::Lost if lost_at.elapsed() > KEEP_TRYING => break,
                Over::Lost => sleep(self.hall.servers.pause(attempt)).await,
            }
            attempt += 1;
            self.place = self.place.wrapping_add(1);
        }
        self.hall.violations.add(Violation::Stranded, || format!("a socket of {}", self.person.id));
    }

    /// Whether this connection goes on where the one before it was.
    fn count_resumed(&mut self, resumed: bool) {
        if std::mem::replace(&mut self.is_resumed, resumed) != resumed {
            let count = &self.hall.counts.resumed;
            count.set(if resumed { count.get() + 1 } else { count.get().saturating_sub(1) });
        }
    }

    /// Whether this socket is open and answers.
    fn set_live(&mut self, live: bool) {
        if std::mem::replace(&mut self.is_live, live) != live {
            self.hall.count_live(live);
        }
    }

    /// Upgrades, and asks for a sign of life, as after a resume none may come by itself.
    async fn connect(&self) -> Outcome<Wire> {
        let _permit = self.hall.upgrades.acquire().await?;
        let address = self.hall.servers.at(self.place);
        let path = format!("/api/v4/websocket?connection_id={}&sequence_number={}", self.id, self.expected);
        let mut wire =
            timeout(PATIENCE, Wire::upgrade(address, &path, &self.person.token, self.hall.receive_buffer)).await??;
        wire.send(Kind::Text, br#"{"action":"ping","seq":1}"#).await?;
        Ok(wire)
    }

    async fn listen(&mut self, mut wire: Wire) -> Over {
        let mut ticks = interval(PING_EVERY);
        ticks.reset();
        self.is_resumed = false;
        let (mut is_stalled, mut was_quiet) = (false, false);
        if wire.begin(|text| self.take(text)).is_err() {
            return Over::Lost;
        }
        loop {
            let heard = std::future::poll_fn(|context| self.poll(context, &mut wire, &mut ticks, is_stalled)).await;
            let written = match heard {
                Heard::Command(Command::Drop(away)) => return Over::Dropped(away),
                Heard::Command(command) => {
                    is_stalled = command == Command::Stall;
                    ticks = interval(if is_stalled { PROBE_EVERY } else { PING_EVERY });
                    ticks.reset();
                    Ok(())
                }
                // What a half-open connection is told comes back as an error once the server has closed it.
                Heard::Tick if is_stalled => wire.send(Kind::Pong, b"").await,
                Heard::Tick if was_quiet => return Over::Lost,
                Heard::Tick => {
                    was_quiet = true;
                    wire.send(Kind::Text, br#"{"action":"ping","seq":2}"#).await
                }
                Heard::Read(Err(_)) => return Over::Lost,
                Heard::Read(Ok(inbox)) => {
                    was_quiet = false;
                    if inbox.pinged { wire.send(Kind::Pong, b"").await } else { Ok(()) }
                }
            };
            if written.is_err() {
                if is_stalled {
                    self.control.cut.set(Some(Instant::now()));
                    self.until_told_to_read().await;
                }
                return Over::Lost;
            }
        }
    }

    async fn until_told_to_read(&self) {
        while std::future::poll_fn(|context| self.control.poll(context)).await == Command::Stall {}
    }

    fn poll(&mut self, context: &mut Context<'_>, wire: &mut Wire, ticks: &mut Interval, stalled: bool) -> Poll<Heard> {
        if let Poll::Ready(command) = self.control.poll(context) {
            return Poll::Ready(Heard::Command(command));
        }
        if ticks.poll_tick(context).is_ready() {
            return Poll::Ready(Heard::Tick);
        }
        if stalled {
            return Poll::Pending;
        }
        let hall = Rc::clone(&self.hall);
        let mut scratch = hall.scratch.borrow_mut();
        wire.poll_read(context, &mut scratch, |text| self.take(text)).map(Heard::Read)
    }

    /// Takes a message; an error where the connection is no use any more.
    fn take(&mut self, text: &[u8]) -> Result<(), Ended> {
        let Some(event) = frames::event(text) else {
            // The answer to a ping. Unless a hello comes, too, the connection goes on where it was.
            if !self.is_live && !self.id.is_empty() {
                self.count_resumed(true);
                self.set_live(true);
            }
            return Ok(());
        };
        if event == b"hello" {
            self.greet(text)?;
        }
        if frames::sequence(text) != Some(self.expected) {
            increment(&self.hall.counts.jumped);
            return Err(Ended);
        }
        self.expected += 1;
        if event == b"posted"
            && let Some(mark) = self.hall.scanner.first(text)
        {
            self.receiver.borrow_mut().event(mark, self.hall.scanner.created_at(text));
        }
        Ok(())
    }

    /// Takes a hello: under another id than before everything begins anew, and what was missed is fetched.
    fn greet(&mut self, text: &[u8]) -> Result<(), Ended> {
        let id = text_after(text, r#""connection_id":"#).ok_or(Ended)?;
        if id != self.id {
            self.count_resumed(false);
            if !self.id.is_empty() {
                increment(&self.hall.counts.resynced);
                self.receiver.borrow_mut().restart();
                let (hall, person, receiver) = (&self.hall, &self.person, &self.receiver);
                spawn_local(refetch(Rc::clone(hall), Rc::clone(person), Rc::clone(receiver)));
            }
            (self.id, self.expected) = (id.to_owned(), 0);
        }
        self.set_live(true);
        Ok(())
    }
}
