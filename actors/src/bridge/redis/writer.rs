//! Brings what this instance says into its stream, and its ephemeral messages to whoever listens.
//!
//! Entries go out pipelined, with explicit ids. An answer that is lost makes them go out again with the same ids and bytes,
//! which Redis refuses if it has them, so each is stored once. One that was lost all the same (a Redis that refused one
//! entry and took the next) shows as a hole in the numbers at every reader.

use std::sync::Arc;
#[cfg(feature = "testing")]
use std::sync::atomic::Ordering::Relaxed;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use deadpool_redis::Connection;
use deadpool_redis::redis::{Cmd, RedisResult, Value, cmd, pipe};

use super::entry::{self, Record};
use super::link::{Part, Trouble, is_stored, publish};
use super::outbound::{self, Numbered};
use super::{Shared, Stage};
use crate::bridge::Message;

/// Seconds that a stream outlives its writer's last sign of life.
pub(super) const STREAM_SECONDS: u64 = 3_600;
/// The same after a goodbye, for readers that are behind.
const FAREWELL_SECONDS: u64 = 60;

/// Writes until the bridge stops and everything is written, or cannot be written any more.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut failures = 0;
    while let Err(trouble) = write(&shared, &mut failures).await {
        shared.link.failed(Part::Writer, &trouble);
        if shared.stage() >= Stage::Leaving {
            log::warn!("redis: what this instance said last is lost: {trouble}");
            return;
        }
        shared.link.pause(&mut failures).await;
        let too_old = pack(&shared);
        shared.metrics.dropped.add(too_old.len());
    }
}

async fn write(shared: &Shared, failures: &mut u32) -> Result<(), Trouble> {
    let mut connection = shared.link.connection().await?;
    loop {
        let ephemeral = pack(shared);
        #[cfg(feature = "testing")]
        assert!(!shared.crash.swap(false, Relaxed), "the writer was told to die");
        let leaving = shared.stage() >= Stage::Leaving;
        if leaving {
            shared.outbound.lock().push(Record::Bye, &shared.metrics);
        }
        let published = usize::from(!ephemeral.is_empty());
        let mut turn = pipe();
        turn.ignore_errors();
        if !ephemeral.is_empty() {
            turn.add_command(whispers(shared, &ephemeral));
        }
        for entry in commands(shared) {
            turn.add_command(entry);
        }
        if !turn.is_empty() {
            let answers: Vec<RedisResult<Value>> = turn.query_async(&mut connection).await?;
            shared.metrics.ephemeral_sent.add(ephemeral.len());
            settle(shared, &mut connection, answers.into_iter().skip(published)).await?;
        }
        shared.link.works(Part::Writer);
        *failures = 0;
        if shared.outbound.lock().is_empty() {
            if leaving {
                return farewell(shared, &mut connection).await;
            }
            tokio::select! {
                () = shared.backlog.changed.notified() => {}
                () = shared.link.renewed.notified() => shared.outbound.lock().push(Record::Mark, &shared.metrics),
            }
        }
    }
}

/// Encodes what waits on the engine's side. Returns the ephemeral messages.
fn pack(shared: &Shared) -> Vec<Message> {
    let waiting = shared.backlog.take();
    for message in waiting.missed.into_messages().chain(waiting.durable) {
        let record = outbound::record(&message);
        shared.outbound.lock().push(record, &shared.metrics);
    }
    waiting.ephemeral
}

/// All of them in one message, after the name of who sends them.
fn whispers(shared: &Shared, messages: &[Message]) -> Cmd {
    let records: Vec<_> = messages.iter().map(outbound::record).collect();
    let mut payload = shared.instance().as_bytes().to_vec();
    payload.extend_from_slice(&entry::pack(0, now_ms(), records.iter()));
    publish(&shared.link.keys.ephemeral(), &payload)
}

fn commands(shared: &Shared) -> Vec<Cmd> {
    let stream = shared.link.keys.stream(shared.instance());
    let mut outbound = shared.outbound.lock();
    outbound.under_way(now_ms(), &shared.metrics).map(|entry| add(shared, &stream, entry)).collect()
}

fn add(shared: &Shared, stream: &str, entry: &Numbered) -> Cmd {
    let mut add = cmd("XADD");
    add.arg(stream).arg("MAXLEN").arg("~").arg(shared.config.stream_entries);
    add.arg(entry.id()).arg("e").arg(&entry.bytes[..]);
    add
}

/// Forgets what Redis has now; what comes after the first that it refused goes out again.
async fn settle(
    shared: &Shared,
    connection: &mut Connection,
    answers: impl Iterator<Item = RedisResult<Value>>,
) -> Result<(), Trouble> {
    let (mut stored, mut repeated, mut refused) = (0, Vec::new(), None);
    for answer in answers {
        match answer {
            Ok(_) => {}
            Err(error) if is_stored(&error) => repeated.extend(shared.outbound.lock().place(stored)),
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
        stored += 1;
    }
    if !repeated.is_empty() {
        verify(shared, connection, &repeated).await?;
    }
    shared.outbound.lock().stored(stored, &shared.metrics);
    refused.map_or(Ok(()), |error| Err(error.into()))
}

/// Entries whose ids were refused were stored before, unless their place in the stream is not theirs. Then they reached
/// nobody, and this instance goes on behind the end.
async fn verify(shared: &Shared, connection: &mut Connection, repeated: &[(String, Bytes)]) -> Result<(), Trouble> {
    let stream = shared.link.keys.stream(shared.instance());
    let mut ask = pipe();
    ask.add_command(ask_end(&stream));
    for (id, _) in repeated {
        ask.cmd("XRANGE").arg(&stream).arg(id).arg(id);
    }
    let mut answers = ask.query_async::<Vec<Value>>(connection).await?.into_iter();
    let end = answers.next().map_or(0, |entries| end_of(&entries));
    let same =
        |((_, ours), found): (&(String, Bytes), Value)| first_of(&found).is_some_and(|(_, theirs)| theirs == ours);
    if !repeated.iter().zip(answers).all(same) {
        log::error!("redis: somebody else writes into the stream of this instance; everyone elsewhere fetches again");
        shared.outbound.lock().jump(end, &shared.metrics);
    }
    Ok(())
}

/// Asks for the last entry of a stream.
pub(super) fn ask_end(stream: &str) -> Cmd {
    let mut ask = cmd("XREVRANGE");
    ask.arg(stream).arg("+").arg("-").arg("COUNT").arg(1);
    ask
}

/// The number in the id of that entry; 0 where there is none.
pub(super) fn end_of(entries: &Value) -> u64 {
    let id = first_of(entries).and_then(|(id, _)| std::str::from_utf8(id).ok()?.split_once('-'));
    id.and_then(|(number, _)| number.parse().ok()).unwrap_or(0)
}

/// The id and the content of the first of these entries.
fn first_of(entries: &Value) -> Option<(&[u8], &[u8])> {
    let Value::Array(entries) = entries else { return None };
    let Some(Value::Array(entry)) = entries.first() else { return None };
    let [Value::BulkString(id), Value::Array(fields)] = &entry[..] else { return None };
    let Some(Value::BulkString(content)) = fields.get(1) else { return None };
    Some((id, content))
}

/// The last act: nobody waits for this instance any more.
async fn farewell(shared: &Shared, connection: &mut Connection) -> Result<(), Trouble> {
    let (keys, me) = (&shared.link.keys, shared.instance());
    let mut farewell = pipe();
    farewell.atomic();
    farewell.cmd("DEL").arg(keys.alive(me));
    farewell.cmd("SREM").arg(keys.instances()).arg(me.to_string());
    farewell.cmd("EXPIRE").arg(keys.stream(me)).arg(FAREWELL_SECONDS);
    farewell.exec_async(connection).await?;
    Ok(())
}

/// Unix milliseconds.
pub(super) fn now_ms() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}
