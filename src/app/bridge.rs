//! The server's bridge: Redis where several instances are joined, and the ear for commands beside it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use rustchat_actors::bridge::{Bridge, Inbox, LocalBridge, Message, NotRedis, RedisBridge, RedisConfig};

use super::office::Hearer;
use crate::config::Redis;

/// Longer than a Redis takes that is there, shorter than the patience of whoever waits for the start.
const PATIENCE: Duration = Duration::from_secs(3);

/// Every server on one database hears commands itself, so what they say does not travel between instances.
pub(super) struct ServerBridge {
    others: Arc<dyn Bridge>,
    redis: Option<Arc<RedisBridge>>,
    hearer: Arc<Hearer>,
}

impl ServerBridge {
    /// A bridge for this installation, on Redis if the settings name one.
    ///
    /// # Errors
    /// The URL of Redis makes no sense.
    pub(super) fn new(settings: &Redis, installation: String, hearer: Arc<Hearer>) -> Result<Self, NotRedis> {
        let Some(url) = settings.url.get() else {
            return Ok(Self { others: Arc::new(LocalBridge::default()), redis: None, hearer });
        };
        let redis = Arc::new(RedisBridge::new(RedisConfig {
            url: url.to_owned(),
            prefix: settings.prefix.clone(),
            installation,
            lease: Duration::from_secs(settings.lease_seconds),
            stream_entries: settings.stream_entries,
            backlog_messages: settings.backlog_messages,
            backlog_bytes: settings.backlog_bytes,
        })?);
        Ok(Self { others: Arc::clone(&redis) as Arc<dyn Bridge>, redis: Some(redis), hearer })
    }

    /// Waits until the other instances are heard, so that nobody who connects from then on misses anything.
    pub(super) async fn join(&self) {
        let Some(redis) = &self.redis else { return };
        if redis.joined(PATIENCE).await {
            log::info!("joined with {} other instances", redis.peers());
        } else {
            log::warn!("Redis does not answer; starting alone, the others are joined when it does");
        }
    }
}

impl Bridge for ServerBridge {
    fn start(&self, inbox: Inbox) {
        self.hearer.start(inbox.clone());
        self.others.start(inbox);
    }

    fn send(&self, message: Message) {
        self.others.send(message);
    }

    fn healthy(&self) -> bool {
        self.others.healthy()
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        self.others.stop()
    }
}
