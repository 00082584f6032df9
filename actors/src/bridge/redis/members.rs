//! Keeps this instance's lease and finds the other instances.

use std::sync::Arc;
use std::time::Instant;

use deadpool_redis::Connection;
use deadpool_redis::redis::{Value, cmd, pipe};
use tokio::time::sleep;
use uuid::Uuid;

use super::link::{Part, Trouble, publish};
use super::roster::Listed;
use super::writer::{STREAM_SECONDS, ask_end, end_of, now_ms};
use super::{Shared, Stage};
use crate::Audience;
use crate::bridge::Message;

/// Gives signs of life until the bridge stops.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut failures = 0;
    let mut stage = shared.stage.subscribe();
    while shared.stage() == Stage::Running {
        if let Err(trouble) = beat(&shared).await {
            shared.roster.lock().forgive();
            shared.link.failed(Part::Members, &trouble);
            shared.late();
            tokio::select! {
                () = shared.link.pause(&mut failures) => {}
                _ = stage.wait_for(|stage| *stage != Stage::Running) => {}
            }
            continue;
        }
        shared.link.works(Part::Members);
        failures = 0;
        tokio::select! {
            () = sleep(shared.config.lease / 3) => {}
            () = shared.relist.notified() => {}
            _ = stage.wait_for(|stage| *stage != Stage::Running) => {}
        }
    }
}

/// Looks first and shows itself then: whoever is not in the first listing finds this instance later, and speaks to it only
/// after that.
async fn beat(shared: &Shared) -> Result<(), Trouble> {
    let mut connection = shared.link.connection().await?;
    shared.link.claim(&mut connection, &shared.config.installation).await?;
    let first = !shared.roster.lock().listed();
    let listing = list(shared, &mut connection, first).await?;
    if shared.roster.lock().take(&listing, shared.config.lease, Instant::now()) {
        shared.peers_changed.notify_one();
    }
    if first {
        begin(shared);
    }
    register(shared, &mut connection).await
}

/// Everybody who has a stream or whom we hear, but us.
async fn list(shared: &Shared, connection: &mut Connection, ends: bool) -> Result<Vec<Listed>, Trouble> {
    let keys = &shared.link.keys;
    let names: Vec<String> = cmd("SMEMBERS").arg(keys.instances()).query_async(connection).await?;
    let mut instances: Vec<Uuid> = names.iter().filter_map(|name| name.parse().ok()).collect();
    instances.extend(shared.roster.lock().names());
    instances.sort_unstable();
    instances.dedup();
    instances.retain(|instance| *instance != shared.instance());
    if instances.is_empty() {
        return Ok(Vec::new());
    }
    let mut ask = pipe();
    for instance in &instances {
        ask.cmd("EXISTS").arg(keys.alive(*instance));
        ask.cmd("EXISTS").arg(keys.stream(*instance));
        if ends {
            ask.add_command(ask_end(&keys.stream(*instance)));
        }
    }
    let mut answers = ask.query_async::<Vec<Value>>(connection).await?.into_iter();
    let mut listing = Vec::new();
    let mut traceless = Vec::new();
    for instance in instances {
        let alive = answers.next() == Some(Value::Int(1));
        let stream = answers.next() == Some(Value::Int(1));
        let end = if ends { answers.next().map_or(0, |entries| end_of(&entries)) } else { 0 };
        if !alive && !stream {
            traceless.push(instance.to_string());
        }
        listing.push(Listed { instance, alive, end });
    }
    if !traceless.is_empty() {
        cmd("SREM").arg(keys.instances()).arg(traceless).query_async::<()>(connection).await?;
    }
    Ok(listing)
}

/// From here on nothing is missed. Whoever may have been here before fetches again.
fn begin(shared: &Shared) {
    if shared.is_late() || shared.inbox.has_had_sessions() {
        shared.metrics.gaps.add(1);
        shared.inbox.deliver(Message::Gap(vec![Audience::Everyone]));
    }
    shared.joined.send_replace(true);
}

/// Renews the lease, and calls if nobody could know of this instance before.
async fn register(shared: &Shared, connection: &mut Connection) -> Result<(), Trouble> {
    let (keys, me) = (&shared.link.keys, shared.instance());
    let lease = u64::try_from(shared.config.lease.as_millis()).unwrap_or(u64::MAX);
    let mut register = pipe();
    register.atomic();
    register.cmd("EXISTS").arg(keys.alive(me));
    register.cmd("SET").arg(keys.alive(me)).arg(now_ms()).arg("PX").arg(lease).ignore();
    register.cmd("SADD").arg(keys.instances()).arg(me.to_string()).ignore();
    register.cmd("EXPIRE").arg(keys.stream(me)).arg(STREAM_SECONDS).ignore();
    let (known,): (bool,) = register.query_async(connection).await?;
    if !known {
        publish(&keys.hello(), me.as_bytes()).query_async::<()>(connection).await?;
    }
    Ok(())
}
