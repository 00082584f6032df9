//! What the bridge over Redis costs and carries: `cargo bench -p rustchat-actors --bench bridge [-- messages]`.
//!
//! Two engines and a Redis of their own share this machine, so the rate is that of all three together. The floor of the
//! latency is a PING on an idle connection.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::cast_precision_loss, reason = "a bench")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use deadpool_redis::redis::{Client as Redis, cmd};
use rustchat_actors::bridge::{Bridge, LocalBridge, Message, RedisBridge, RedisConfig, wire};
use rustchat_actors::testing::{Client, Recorder, RedisServer, frame, say};
use rustchat_actors::{Audience, Broadcast, Class, Encoded, Engine, EngineConfig, Frames, Topic};
use uuid::Uuid;

const TOWN: Topic = Topic::Channel(Uuid::from_u128(1));
const NOWHERE: Topic = Topic::Channel(Uuid::from_u128(2));
const ROUNDS: usize = 2_000;

fn main() {
    let messages = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(100_000_usize);
    actix_rt::System::new().block_on(async {
        decode(messages);
        hub(messages.min(500_000)).await;
        let server = RedisServer::start(&[]);
        let (one, two) = (engine(&server), engine(&server));
        while one.stats().await.unwrap().peers + two.stats().await.unwrap().peers < 2 {
            tokio::task::yield_now().await;
        }
        floor(&server);
        latency(&one, &two).await;
        concerns_nobody(&one, &two, messages).await;
    });
}

fn engine(server: &RedisServer) -> Engine {
    let bridge = RedisBridge::new(RedisConfig {
        url: server.url(),
        prefix: "bench".to_owned(),
        installation: "bench".to_owned(),
        lease: Duration::from_secs(5),
        stream_entries: 10_000,
        backlog_messages: 1_000_000,
        backlog_bytes: 1_000_000_000,
    });
    let config = EngineConfig { hub_mailbox: 1_000_000, ..EngineConfig::default() };
    Engine::start(config, Arc::new(Recorder::default()), Arc::new(bridge.unwrap()))
}

/// A post as it travels: 600 bytes in each protocol.
fn post() -> Broadcast {
    let encoded = Encoded::same(frame(&"x".repeat(590)));
    Broadcast::new(Audience::Topic(NOWHERE), Class::Durable, Frames::ready(encoded.clone(), encoded))
}

fn report(what: &str, took: Duration, count: usize) {
    let each = took.as_secs_f64() / count as f64;
    println!("{what:<52} {:>9.2} µs each {:>10.0} /s", each * 1e6, 1.0 / each);
}

fn decode(messages: usize) {
    let bytes: Bytes = wire::encode(&Message::Broadcast(Arc::new(post())));
    let begun = Instant::now();
    for _ in 0..messages {
        std::hint::black_box(wire::decode(Uuid::nil(), &bytes).unwrap());
    }
    report("decoding a message", begun.elapsed(), messages);
}

/// Beside the decoding, what a hub pays for a message of another instance that concerns nobody here.
async fn hub(messages: usize) {
    let config = EngineConfig { hub_mailbox: 1_000_000, ..EngineConfig::default() };
    let bridge = Arc::new(LocalBridge::default());
    let _one = Engine::start(config.clone(), Arc::new(Recorder::default()), bridge.clone());
    let two = Engine::start(config, Arc::new(Recorder::default()), Arc::new(bridge.neighbour()));
    let handled = || count(&two, "rustchat_engine_mailbox_handled_total{actor=\"hub\"}");
    let hanging = two.hang_hub();
    let before = handled();
    let message = Message::Broadcast(Arc::new(post()));
    (0..messages).for_each(|_| bridge.send(message.clone()));
    let begun = Instant::now();
    drop(hanging);
    while handled() < before + messages as f64 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    report("a hub that it does not concern", begun.elapsed(), messages);
}

fn floor(server: &RedisServer) {
    let mut connection = Redis::open(server.url()).unwrap().get_connection().unwrap();
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        cmd("PING").exec(&mut connection).unwrap();
    }
    report("floor: a PING", begun.elapsed(), ROUNDS);
}

/// One after the other, from publishing there to reading it from the outbox here; beside the same on one instance.
async fn latency(one: &Engine, two: &Engine) {
    let here = Client::open(one, Uuid::from_u128(10), &[TOWN]).await.unwrap();
    let there = Client::open(two, Uuid::from_u128(11), &[TOWN]).await.unwrap();
    let (mut local, mut remote) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        one.publish(say(Audience::Topic(TOWN), "hello"));
        here.next().await.expect("nobody is slow");
        local.push(begun.elapsed());
        there.next().await.expect("nobody is slow");
        remote.push(begun.elapsed());
    }
    for (what, mut times) in [("publishing to an outbox here", local), ("publishing to an outbox there", remote)] {
        times.sort();
        let at = |percent: usize| times.get(times.len() * percent / 100).unwrap().as_secs_f64() * 1e6;
        println!("{what:<52} {:>9.0} µs p50 {:>9.0} µs p99", at(50), at(99));
    }
}

/// Messages for a channel in which nobody is: what an instance pays for what does not concern it.
async fn concerns_nobody(one: &Engine, two: &Engine, messages: usize) {
    let before = count(two, "rustchat_bridge_received_total");
    let begun = Instant::now();
    for _ in 0..messages {
        one.publish(post());
    }
    report("publishing", begun.elapsed(), messages);
    while count(two, "rustchat_bridge_received_total") < before + messages as f64 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    report("encoding, Redis, decoding, both hubs", begun.elapsed(), messages);
    let entries = count(two, "rustchat_bridge_received_entries_total");
    println!("{entries} entries in all, {} collapsed", count(one, "rustchat_bridge_collapsed_total"));
}

fn count(engine: &Engine, name: &str) -> f64 {
    let mut found = 0.0;
    engine.metrics().for_each(|sample, _, _, value| {
        if sample == name {
            found = value;
        }
    });
    found
}
