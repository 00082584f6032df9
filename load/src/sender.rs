//! Sending posts: so many in flight, as fast as they are taken or at a given rate.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use tokio::time::sleep_until;

use crate::Outcome;
use crate::api::Caller;
use crate::check::Violation;
use crate::people::{Channel, Person};
use crate::run::Run;

/// What a post says after its mark: as long as people write.
pub const WORDS: &str =
    "the quick brown fox jumps over the lazy dog and writes a hundred and twenty letters that nobody will ever read";

/// A number of posts to be sent.
#[derive(Clone, Copy)]
pub struct Volley<'a> {
    /// The posts go to these in turn.
    pub channels: &'a [Channel],
    pub posts: usize,
    pub in_flight: usize,
    /// Posts a second. Without it, each is sent when one before it was acknowledged.
    pub rate: Option<f64>,
    /// Set when no more should be sent.
    pub stop: Option<&'a Cell<bool>>,
}

/// How a volley went.
#[derive(Default)]
pub struct Sent {
    /// From the first request to the last answer.
    pub took: Duration,
    /// From the request to the answer of each post.
    pub answers: Vec<Duration>,
    pub retries: usize,
}

/// A path on which one person's posts to one channel follow each other.
pub struct Lane<'a> {
    run: &'a Run,
    channel: u16,
    channel_id: String,
    person: &'a Person,
    lane: u16,
}

impl<'a> Lane<'a> {
    pub fn new(run: &'a Run, channel: u16, channel_id: &str, person: &'a Person) -> Outcome<Self> {
        let lane = run.ledger.add_lane(channel).ok_or("too many lanes")?;
        Ok(Self { run, channel, channel_id: channel_id.to_owned(), person, lane })
    }

    /// Sends a post until a server takes it, as the same one, so that it counts once. `due` is when it should have been
    /// sent; an empty root is none. Its status, or none where no server answered.
    pub async fn post(&self, caller: &mut Caller<'a>, due: Instant, root: &str) -> Option<u16> {
        caller.act_as(&self.person.token);
        let mark = self.run.ledger.send(self.channel, self.lane, due)?;
        // A client makes it from its own id and the moment.
        let pending = format!("{}:{:04x}{:04x}{:08x}", self.person.id, mark.channel, mark.lane, mark.number);
        let channel = &self.channel_id;
        let body = format!(
            r#"{{"channel_id":"{channel}","message":"{mark} {WORDS}","root_id":"{root}","pending_post_id":"{pending}"}}"#
        );
        let result = caller.until_taken("POST", "/api/v4/posts", &body).await;
        if matches!(result, Ok(201)) {
            self.run.ledger.acknowledge(mark);
        } else {
            self.run.ledger.abandon(mark);
            self.run.violations.add(Violation::Refused, || format!("{mark}: {result:?}"));
        }
        result.ok()
    }
}

/// Sends the posts of a volley and waits for their answers.
pub async fn fire(run: &Run, volley: Volley<'_>) -> Outcome<Sent> {
    let next = Cell::new(0);
    let sent = RefCell::new(Sent::default());
    let begun = Instant::now();
    let workers = (0..volley.in_flight.min(volley.posts).max(1)).map(|worker| work(run, volley, worker, &next, &sent));
    try_join_all(workers).await?;
    Ok(Sent { took: begun.elapsed(), ..sent.into_inner() })
}

/// One of those in flight: takes the next post of the volley and sends it, until there is none.
async fn work(run: &Run, volley: Volley<'_>, worker: usize, next: &Cell<usize>, sent: &RefCell<Sent>) -> Outcome<()> {
    let mut lanes = Vec::new();
    for channel in volley.channels {
        let place = channel.members.get(worker % channel.members.len()).ok_or("nobody is in the channel")?;
        lanes.push(Lane::new(run, channel.number, &channel.id, run.crowd.person(*place)?)?);
    }
    let mut caller = Caller::new(&run.servers, "");
    let begun = Instant::now();
    while next.get() < volley.posts && !volley.stop.is_some_and(Cell::get) {
        let number = next.replace(next.get() + 1);
        let due = match volley.rate {
            Some(rate) => wait_until_due(begun, number, rate).await,
            None => Instant::now(),
        };
        let lane = lanes.get(number % lanes.len()).ok_or("no channel")?;
        let asked = Instant::now();
        lane.post(&mut caller, due, "").await;
        sent.borrow_mut().answers.push(asked.elapsed());
    }
    sent.borrow_mut().retries += caller.retries;
    Ok(())
}

/// When the post is to be sent. One that comes late because the ones before took long is still counted from then, so that
/// a slow server is not measured less often; the clock's own millisecond is not the server's.
async fn wait_until_due(begun: Instant, number: usize, rate: f64) -> Instant {
    let due = begun + Duration::from_secs_f64(crate::stats::figure(number) / rate);
    if due <= Instant::now() {
        return due;
    }
    sleep_until(due.into()).await;
    Instant::now()
}
