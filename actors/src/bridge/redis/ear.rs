//! Hears what is published: ephemeral messages, and the first word of new instances. What is said while the ear is deaf is
//! lost, and nothing depends on it.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use deadpool_redis::redis::Msg;
use futures_util::StreamExt;
use tokio::time::{MissedTickBehavior, interval, timeout};
use uuid::Uuid;

use super::Shared;
use super::entry::{self, Record};
use super::link::{PATIENCE, Part, Trouble};
use crate::Class;
use crate::bridge::{Message, wire};

/// Listens for as long as the bridge runs.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut failures = 0;
    loop {
        let Err(trouble) = listen(&shared, &mut failures).await;
        shared.link.failed(Part::Ear, &trouble);
        shared.link.pause(&mut failures).await;
    }
}

/// As nothing may be said for long, Redis is asked from time to time whether it is still there.
async fn listen(shared: &Shared, failures: &mut u32) -> Result<Infallible, Trouble> {
    let (mut sink, mut stream) = shared.link.subscriber().await?.split();
    shared.link.works(Part::Ear);
    *failures = 0;
    let hello = shared.link.keys.hello();
    let mut pulse = interval(shared.config.lease);
    pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            message = stream.next() => match message {
                Some(message) if message.get_channel_name() == hello => shared.relist.notify_one(),
                Some(message) => hear(shared, &message),
                None => return Err(Trouble::Closed),
            },
            _ = pulse.tick() => timeout(PATIENCE, sink.ping::<()>()).await??,
        }
    }
}

fn hear(shared: &Shared, message: &Msg) {
    let mut payload = Bytes::copy_from_slice(message.get_payload_bytes());
    let mut from = [0; 16];
    if payload.try_copy_to_slice(&mut from).is_err() {
        return shared.metrics.unreadable.add(1);
    }
    let from = Uuid::from_bytes(from);
    if from == shared.instance() || !shared.roster.lock().knows(from) {
        return;
    }
    let Ok(records) = entry::open(payload) else { return shared.metrics.unreadable.add(1) };
    for record in records {
        let message = match record {
            Ok(Record::Message(bytes)) => wire::decode(from, &bytes).ok(),
            _ => None,
        };
        match message {
            Some(Message::Broadcast(broadcast)) if broadcast.class == Class::Ephemeral => {
                shared.metrics.ephemeral_received.add(1);
                shared.inbox.deliver(Message::Broadcast(broadcast));
            }
            _ => shared.metrics.unreadable.add(1),
        }
    }
}
