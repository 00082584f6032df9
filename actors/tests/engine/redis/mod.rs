//! The bridge over a real Redis.

mod faults;
mod members;
mod strangers;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use deadpool_redis::redis::cmd;
use parking_lot::Mutex;
use rustchat_actors::Engine;
use rustchat_actors::bridge::{Bridge, RedisBridge, RedisConfig};
use rustchat_actors::testing::{Client, Recorder, RedisServer, say};
use uuid::Uuid;

use crate::{Net, TOWN, config, start, to, until};

/// One for all tests that do it no harm.
fn shared() -> Arc<RedisServer> {
    static SHARED: OnceLock<Arc<RedisServer>> = OnceLock::new();
    Arc::clone(SHARED.get_or_init(|| Arc::new(RedisServer::start(&[]))))
}

/// A network over Redis, with a prefix of its own.
pub struct RedisNet {
    server: Arc<RedisServer>,
    prefix: String,
    lease: Duration,
    bridges: Mutex<Vec<Arc<RedisBridge>>>,
}

impl Default for RedisNet {
    fn default() -> Self {
        Self::on(shared())
    }
}

impl RedisNet {
    fn on(server: Arc<RedisServer>) -> Self {
        let prefix = format!("test-{}", Uuid::new_v4().simple());
        // One that a loaded machine can keep.
        Self { server, prefix, lease: Duration::from_secs(2), bridges: Mutex::default() }
    }

    /// On a Redis of its own, which may come to harm.
    fn fragile() -> Self {
        Self::on(Arc::new(RedisServer::start(&[])))
    }

    fn config(&self) -> RedisConfig {
        RedisConfig {
            url: self.server.url(),
            prefix: self.prefix.clone(),
            installation: "tests".to_owned(),
            lease: self.lease,
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

    /// An engine on a bridge with other settings, which is not waited for.
    fn start_with(&self, config: RedisConfig) -> (Engine, Arc<RedisBridge>) {
        let bridge = self.add(config);
        (Engine::start(crate::config(), Arc::new(Recorder::default()), bridge.clone()), bridge)
    }

    /// The streams of all instances.
    fn streams(&self) -> Vec<String> {
        let instances: Vec<String> = self.server.ask(cmd("SMEMBERS").arg(format!("{}:instances", self.prefix)));
        instances.iter().map(|instance| format!("{}:stream:{instance}", self.prefix)).collect()
    }

    async fn until_all_healthy(&self, healthy: bool) {
        let bridges = self.bridges.lock().clone();
        until(async || bridges.iter().all(|bridge| bridge.healthy() == healthy)).await;
    }
}

/// The value of a metric of the bridge.
fn metric(engine: &Engine, name: &str) -> f64 {
    let mut found = None;
    engine.metrics().for_each(|sample, _, _, value| {
        if sample == format!("rustchat_bridge_{name}") {
            found = Some(value);
        }
    });
    found.unwrap()
}

/// Says these numbers in the town.
fn say_all(engine: &Engine, numbers: std::ops::RangeInclusive<usize>) {
    numbers.for_each(|n| engine.publish(say(to(TOWN), &n.to_string())));
}

/// Hears them, each once and in order.
async fn hear_all(client: &Client, numbers: std::ops::RangeInclusive<usize>) {
    for n in numbers {
        let heard = client.next().await.unwrap();
        assert!(heard.starts_with(&format!("{{\"say\":\"{n}\",")), "{heard} instead of {n}");
    }
}

/// Two engines that know each other.
fn pair(net: &RedisNet) -> (Engine, Engine) {
    (start(net, config()).0, start(net, config()).0)
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
