//! Reads the streams of the other instances and brings what they say to the hub, in order and once.
//!
//! Everything the hub hears of another instance's fate comes from here, so that it stands in one order with what that
//! instance said.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use bytes::Bytes;
use deadpool_redis::redis::aio::MultiplexedConnection;
use deadpool_redis::redis::{Value, cmd};
use tokio::time::sleep;
use uuid::Uuid;

use super::Shared;
use super::entry::{self, Record};
use super::link::{PATIENCE, Part, Trouble};
use super::writer::now_ms;
use crate::Audience;
use crate::bridge::{Fate, Message, wire};

/// How long Redis waits for something to read. So long does it take until a new instance is heard.
const BLOCK: Duration = Duration::from_millis(50);
/// Entries of one stream in one reading: at most 4 MiB, apart from larger messages.
const COUNT: usize = 64;
/// Between two resyncs of everyone.
const CALM: Duration = Duration::from_secs(10);

/// Reads for as long as the bridge runs.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut failures = 0;
    loop {
        let Err(trouble) = read(&shared, &mut failures).await;
        shared.link.failed(Part::Reader, &trouble);
        shared.link.pause(&mut failures).await;
    }
}

async fn read(shared: &Shared, failures: &mut u32) -> Result<Infallible, Trouble> {
    let mut connection = shared.link.own_connection(PATIENCE + BLOCK).await?;
    loop {
        let dying = shared.roster.lock().dying();
        let plan = shared.roster.lock().plan();
        for (instance, returned) in plan.arrivals {
            shared.inbox.peer(instance, Fate::Arrived);
            if returned {
                // Nothing of what it had said before is known here any more.
                shared.say(Record::Ask(instance));
            }
        }
        shared.show_peers();
        if plan.streams.is_empty() {
            cmd("PING").query_async::<()>(&mut connection).await?;
            shared.link.works(Part::Reader);
            *failures = 0;
            // Without a stream there is nothing on which to wait for Redis.
            tokio::select! {
                () = shared.peers_changed.notified() => {}
                () = sleep(shared.config.lease / 3) => {}
            }
            continue;
        }
        let streams = next(shared, &mut connection, &plan.streams).await?;
        shared.link.works(Part::Reader);
        *failures = 0;
        for (instance, entries) in &streams {
            for (last, bytes) in entries {
                take(shared, *instance, *last, bytes.clone()).await;
            }
        }
        let silent = dying.into_iter().filter(|instance| streams.iter().all(|(other, _)| other != instance));
        silent.for_each(|instance| bury(shared, instance));
        shared.resync.lock().settle(shared);
    }
}

type Streams = Vec<(Uuid, Vec<(u64, Bytes)>)>;

async fn next(
    shared: &Shared,
    connection: &mut MultiplexedConnection,
    streams: &[(Uuid, u64)],
) -> Result<Streams, Trouble> {
    let mut read = cmd("XREAD");
    read.arg("COUNT").arg(COUNT).arg("BLOCK").arg(u64::try_from(BLOCK.as_millis()).unwrap_or(1)).arg("STREAMS");
    for (instance, _) in streams {
        read.arg(shared.link.keys.stream(*instance));
    }
    for (_, position) in streams {
        // Whoever reads from here on would not want `position-0` again, and nothing else has that number.
        read.arg(format!("{position}-{}", u64::MAX));
    }
    Ok(parse(read.query_async(connection).await?))
}

/// The streams of an answer, by the id at the end of their names. What has another form than Redis gives it is left out:
/// a hole in the numbers shows it.
fn parse(answer: Value) -> Streams {
    let streams: Vec<(Value, Value)> = match answer {
        Value::Map(streams) => streams,
        Value::Array(streams) => streams.into_iter().filter_map(pair).collect(),
        _ => Vec::new(),
    };
    let named = |(name, entries): (Value, Value)| {
        let name = text(name)?;
        let (_, instance) = name.rsplit_once(':')?;
        Some((instance.parse().ok()?, list(entries).into_iter().filter_map(numbered).collect()))
    };
    streams.into_iter().filter_map(named).collect()
}

fn numbered(entry: Value) -> Option<(u64, Bytes)> {
    let (id, fields) = pair(entry)?;
    let last = text(id)?.split_once('-')?.0.parse().ok()?;
    let bytes = match list(fields).into_iter().nth(1) {
        Some(Value::BulkString(bytes)) => Bytes::from(bytes),
        // Not of our making: nothing that could be read.
        _ => Bytes::new(),
    };
    Some((last, bytes))
}

fn list(value: Value) -> Vec<Value> {
    if let Value::Array(values) = value { values } else { Vec::new() }
}

fn pair(value: Value) -> Option<(Value, Value)> {
    let mut values = list(value).into_iter();
    Some((values.next()?, values.next()?))
}

fn text(value: Value) -> Option<String> {
    if let Value::BulkString(bytes) = value { String::from_utf8(bytes).ok() } else { None }
}

/// Delivers an entry. The position moves first: what a panic interrupts is not delivered twice but resynced.
async fn take(shared: &Shared, from: Uuid, last: u64, bytes: Bytes) {
    let Some(position) = shared.roster.lock().advance(from, last) else { return };
    shared.metrics.received_entries.add(1);
    shared.metrics.received_bytes.add(bytes.len());
    let mut entry = match entry::open(bytes) {
        Ok(entry) => entry,
        Err(error) => return unreadable(shared, from, &error.to_string()),
    };
    shared.metrics.lag.observe(Duration::from_millis(now_ms().saturating_sub(entry.sent_ms)));
    if entry.first != position.saturating_add(1) {
        missed(shared, from, &format!("what came after number {position} is gone, {} is next", entry.first));
    }
    let expected = last.saturating_sub(entry.first).saturating_add(1);
    let mut taken = 0;
    for record in &mut entry {
        while shared.inbox.busy() {
            sleep(Duration::from_millis(1)).await;
        }
        taken += 1;
        match record {
            Ok(record) => hear(shared, from, record),
            Err(error) => unreadable(shared, from, &error.to_string()),
        }
    }
    if taken != expected {
        unreadable(shared, from, "an entry has not as many records as its number says");
    }
}

fn hear(shared: &Shared, from: Uuid, record: Record) {
    match record {
        Record::Message(bytes) => match wire::decode(from, &bytes) {
            Ok(message) => {
                shared.metrics.received.add(1);
                shared.inbox.deliver(message);
            }
            Err(error) => unreadable(shared, from, &error.to_string()),
        },
        Record::Ask(instance) if instance == shared.instance() => shared.inbox.peer(from, Fate::Arrived),
        Record::Ask(_) | Record::Mark => {}
        Record::Bye => {
            shared.roster.lock().leave(from);
            shared.inbox.peer(from, Fate::Left);
            shared.show_peers();
        }
    }
}

fn bury(shared: &Shared, instance: Uuid) {
    if shared.roster.lock().bury(instance) {
        shared.inbox.peer(instance, Fate::Died);
        shared.show_peers();
    }
}

/// Something of this instance never comes: everyone fetches again, and it says its presence again.
fn missed(shared: &Shared, from: Uuid, what: &str) {
    shared.resync.lock().because(format!("of what instance {from} said, {what}"), Some(from));
}

fn unreadable(shared: &Shared, from: Uuid, error: &str) {
    shared.metrics.unreadable.add(1);
    shared.resync.lock().because(format!("cannot read what instance {from} says: {error}"), Some(from));
}

/// Tells everyone to fetch again; at once, but not again and again: a resync that comes too soon after another is put
/// off, never forgotten. So an instance of a newer version, of which nothing can be read, costs little.
#[derive(Default)]
pub(super) struct Resync {
    last: Option<Instant>,
    wanted: bool,
    reasons: Vec<String>,
    ask: HashSet<Uuid>,
}

/// Different reasons that are logged with one resync.
const MAX_REASONS: usize = 8;

impl Resync {
    /// Something was missed, and perhaps something on presence that this instance must be asked for.
    pub(super) fn because(&mut self, reason: String, ask: Option<Uuid>) {
        self.wanted = true;
        self.ask.extend(ask);
        if self.reasons.len() < MAX_REASONS && !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    fn settle(&mut self, shared: &Shared) {
        if !self.due(Instant::now()) {
            return;
        }
        for reason in self.reasons.drain(..) {
            log::warn!("redis: {reason}; everyone here fetches again");
        }
        shared.metrics.gaps.add(1);
        shared.inbox.deliver(Message::Gap(vec![Audience::Everyone]));
        self.ask.drain().for_each(|instance| shared.say(Record::Ask(instance)));
    }

    fn due(&mut self, now: Instant) -> bool {
        let due = self.wanted && self.last.is_none_or(|last| now.duration_since(last) >= CALM);
        if due {
            (self.wanted, self.last) = (false, Some(now));
        }
        due
    }
}

impl Shared {
    /// Puts a record of the bridge itself behind what was said before.
    fn say(&self, record: Record) {
        self.outbound.lock().push(record, &self.metrics);
        self.backlog.changed.notify_one();
    }

    fn show_peers(&self) {
        let peers = self.roster.lock().len();
        self.metrics.peers.store(u64::try_from(peers).unwrap_or(0), Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulk(text: &str) -> Value {
        Value::BulkString(text.as_bytes().to_vec())
    }

    #[test]
    fn answers_are_read_and_nonsense_is_left_out() {
        let instance = Uuid::from_u128(3);
        let entry = |id: &str, data: &str| Value::Array(vec![bulk(id), Value::Array(vec![bulk("e"), bulk(data)])]);
        let entries = Value::Array(vec![entry("7-0", "seven"), entry("nine-0", "?"), Value::Nil, entry("9-0", "nine")]);
        let stream = Value::Array(vec![bulk(&format!("a:b:stream:{instance}")), entries]);
        let other = Value::Array(vec![bulk("a:b:stream:somebody"), Value::Array(Vec::new())]);
        let expected = vec![(7, Bytes::from_static(b"seven")), (9, Bytes::from_static(b"nine"))];
        assert_eq!(parse(Value::Array(vec![stream, other, Value::Okay])), [(instance, expected)]);
        assert!(parse(Value::Nil).is_empty());
        let stranger = Value::Array(vec![bulk("3-0"), Value::Array(Vec::new())]);
        assert_eq!(numbered(stranger), Some((3, Bytes::new())));
    }

    #[test]
    fn resyncs_are_put_off_and_not_forgotten() {
        let (mut resync, start) = (Resync::default(), Instant::now());
        assert!(!resync.due(start));
        resync.because("one".to_owned(), None);
        assert!(resync.due(start));
        resync.because("two".to_owned(), None);
        assert!(!resync.due(start + CALM / 2));
        assert!(resync.due(start + CALM));
    }
}
