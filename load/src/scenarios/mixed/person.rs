//! One of them.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::Tally;
use super::table::{Action, REPLIES, Step, pick};
use crate::Outcome;
use crate::api::Caller;
use crate::mark::text_after;
use crate::people::{Channel, Person};
use crate::run::Run;
use crate::sender::Lane;
use crate::socket::{Command, Socket};

/// People do nothing for at least so long, and on average for so long, before the next thing.
const LEAST_PAUSE: Duration = Duration::from_secs(1);
const AVERAGE_PAUSE: Duration = Duration::from_secs(20);
/// How long a lost network takes to come back.
const AWAY: Duration = Duration::from_millis(500);
const EMOJI: [&str; 4] = ["thumbsup", "smile", "tada", "eyes"];

/// A place where one talks.
struct Room<'a> {
    id: &'a str,
    lane: Lane<'a>,
    /// The last own post here.
    post: String,
    /// The last own one that is no reply.
    root: String,
}

/// Somebody who acts.
pub struct Actor<'a> {
    run: &'a Run,
    person: &'a Person,
    socket: &'a Socket,
    caller: Caller<'a>,
    rooms: Vec<Room<'a>>,
    room: usize,
    tally: &'a RefCell<Tally>,
}

impl<'a> Actor<'a> {
    /// None for whoever is in none of these channels.
    pub fn new(
        run: &'a Run,
        place: usize,
        channels: &'a [Channel],
        socket: &'a Socket,
        tally: &'a RefCell<Tally>,
    ) -> Outcome<Option<Self>> {
        let person = run.crowd.person(place)?;
        let mut rooms = Vec::new();
        for channel in channels.iter().filter(|channel| channel.members.contains(&place)) {
            let lane = Lane::new(run, channel.number, &channel.id, person)?;
            rooms.push(Room { id: &channel.id, lane, post: String::new(), root: String::new() });
        }
        let caller = Caller::new(&run.servers, &person.token);
        Ok((!rooms.is_empty()).then_some(Self { run, person, socket, caller, rooms, room: 0, tally }))
    }

    /// Begins at some moment, as not everybody comes at once, and then does one thing after the other.
    pub async fn act_until(mut self, until: Instant) -> Outcome<()> {
        sleep(self.pause().mul_f64(fastrand::f64())).await;
        self.post("create post").await?;
        while Instant::now() < until {
            let action = pick(fastrand::f64()).ok_or("no action")?;
            self.act(action).await?;
            self.tally.borrow_mut().actions += 1;
            sleep(self.pause()).await;
        }
        Ok(())
    }

    /// At least the least, beyond it exponentially distributed, divided by the speed.
    fn pause(&self) -> Duration {
        let beyond = (AVERAGE_PAUSE - LEAST_PAUSE).mul_f64(-(1.0 - fastrand::f64()).ln());
        (LEAST_PAUSE + beyond).div_f64(self.run.options.speed)
    }

    async fn act(&mut self, action: &Action) -> Outcome<()> {
        for step in action.steps {
            match step {
                Step::Switch => self.room = fastrand::usize(..self.rooms.len()),
                Step::Reconnect => self.socket.control.say(Command::Drop(AWAY)),
                Step::Post => self.post(action.name).await?,
                Step::PostInPassing => {
                    let said =
                        self.ask(action.name, r#"POST /posts {"channel_id":"{channel}","message":"never mind"}"#);
                    said.await?;
                    self.remember()?;
                }
                Step::Ask(request) => self.ask(action.name, request).await?,
            }
        }
        Ok(())
    }

    fn room(&mut self) -> Outcome<&mut Room<'a>> {
        Ok(self.rooms.get_mut(self.room).ok_or("no room")?)
    }

    async fn post(&mut self, action: &'static str) -> Outcome<()> {
        let room = self.rooms.get_mut(self.room).ok_or("no room")?;
        let root = if fastrand::u32(..100) < REPLIES { room.root.as_str() } else { "" };
        let (asked, is_root) = (Instant::now(), root.is_empty());
        let status = room.lane.post(&mut self.caller, asked, root).await;
        self.note(action, status.unwrap_or_default(), asked.elapsed());
        self.remember()?;
        if is_root {
            let room = self.room()?;
            room.root.clone_from(&room.post);
        }
        Ok(())
    }

    /// Remembers the post that was just made.
    fn remember(&mut self) -> Outcome<()> {
        if let Some(id) = text_after(self.caller.body(), r#""id":"#).map(str::to_owned) {
            self.room()?.post = id;
        }
        Ok(())
    }

    /// Asks; whatever is answered is noted. What needs a post of one's own here waits until there is one.
    async fn ask(&mut self, action: &'static str, request: &str) -> Outcome<()> {
        let other = self.run.crowd.person(fastrand::usize(..self.run.crowd.people.len()))?.id.as_str();
        let (me, team) = (self.person.id.as_str(), self.run.crowd.team.as_str());
        let emoji = fastrand::choice(EMOJI).unwrap_or_default();
        let room = self.room()?;
        if room.post.is_empty() && request.contains("{post}") {
            return Ok(());
        }
        let mut text = request.to_owned();
        for (name, value) in [
            ("{me}", me),
            ("{other}", other),
            ("{team}", team),
            ("{channel}", room.id),
            ("{post}", &room.post),
            ("{emoji}", emoji),
        ] {
            text = text.replace(name, value);
        }
        let mut parts = text.splitn(3, ' ');
        let method = parts.next().unwrap_or_default();
        let path = format!("/api/v4{}", parts.next().unwrap_or_default());
        let asked = Instant::now();
        let status = self.caller.once(method, &path, parts.next().unwrap_or_default()).await.unwrap_or_default();
        self.note(action, status, asked.elapsed());
        Ok(())
    }

    fn note(&self, action: &'static str, status: u16, took: Duration) {
        let mut tally = self.tally.borrow_mut();
        tally.answers.push(took);
        if !(200..300).contains(&status) {
            *tally.refusals.entry((status, action)).or_default() += 1;
        }
    }
}
