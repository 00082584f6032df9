//! The bridge over a real Redis.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::Mutex;
use rustchat_actors::bridge::{Bridge, RedisBridge, RedisConfig};
use rustchat_actors::testing::RedisServer;
use uuid::Uuid;

use crate::Net;

/// One for all tests that do it no harm.
fn shared() -> Arc<RedisServer> {
    static SHARED: OnceLock<Arc<RedisServer>> = OnceLock::new();
    Arc::clone(SHARED.get_or_init(|| Arc::new(RedisServer::start(&[]))))
}

/// A network over Redis, with a prefix of its own.
pub struct RedisNet {
    server: Arc<RedisServer>,
    prefix: String,
    bridges: Mutex<Vec<Arc<RedisBridge>>>,
}

impl Default for RedisNet {
    fn default() -> Self {
        Self::on(shared())
    }
}

impl RedisNet {
    fn on(server: Arc<RedisServer>) -> Self {
        Self { server, prefix: format!("test-{}", Uuid::new_v4().simple()), bridges: Mutex::default() }
    }

    /// Large bounds and a lease that a loaded machine can keep.
    fn config(&self) -> RedisConfig {
        RedisConfig {
            url: self.server.url(),
            prefix: self.prefix.clone(),
            installation: "tests".to_owned(),
            lease: Duration::from_secs(2),
            stream_entries: 10_000,
            backlog_messages: 10_000,
            backlog_bytes: 10_000_000,
        }
    }

    fn add(&self, config: RedisConfig) -> Arc<RedisBridge> {
        let bridge = Arc::new(RedisBridge::new(config).unwrap());
        self.bridges.lock().push(Arc::clone(&bridge));
        bridge
    }
}

impl Net for RedisNet {
    fn bridge(&self) -> Arc<dyn Bridge> {
        self.add(self.config())
    }

    fn settle(&self) {
        let bridges = self.bridges.lock();
        while bridges.iter().any(|bridge| !bridge.healthy() || bridge.peers() < bridges.len() - 1) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
