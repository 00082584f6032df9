//! How fast a channel delivers, beside the floor: `cargo bench -p rustchat-actors [-- members seconds]`.
//!
//! The engine's figure counts events that were taken out of 1,000 sessions' outboxes by one reader, through the hub, the
//! channel actor, sequence numbers and replay rings. The floor is one thread that copies the same bytes into the
//! same number of buffers with the same numbers, and does nothing else. No kernel sockets are involved: they cost
//! the same whatever stands before them.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::cast_precision_loss, reason = "a bench")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{BufMut, Bytes, BytesMut};
use rustchat_actors::bridge::LocalBridge;
use rustchat_actors::testing::NOBODY;
use rustchat_actors::{
    Audience, Broadcast, Class, Connect, Connection, Encoded, Engine, EngineConfig, Frame, Frames, Observer,
    PresenceChange, Protocol, Refresh, Topic,
};
use uuid::Uuid;

const TOWN: Topic = Topic::Channel(Uuid::from_u128(1));
const EVENT_BYTES: usize = 600;

struct Deaf;

impl Observer for Deaf {
    fn presence_changed(&self, _: PresenceChange) {}
    fn refresh(&self, _: Refresh) {}
    fn fatal(&self, _: &str) {}
}

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|arg| arg.parse().ok());
    let members = usize::try_from(numbers.next().unwrap_or(1_000_u64)).unwrap();
    let time = Duration::from_secs(numbers.next().unwrap_or(3));
    println!("{members} members, events of {EVENT_BYTES} bytes, {time:?} each");
    let floor = floor(members, time);
    report("floor: a bare copy loop", floor, floor);
    actix_rt::System::new().block_on(async {
        let memory = resident();
        let (engine, connections) = connect(members).await;
        println!("{:<40} {:>9} bytes", "memory per idle session", (resident() - memory) / members);
        for in_flight in [1, 8, 64] {
            let rate = fan_out(&engine, &connections, in_flight, time).await;
            report(&format!("engine, {in_flight} in flight"), rate, floor);
        }
        println!("{:<40} {:>9} bytes", "memory per session after that", (resident() - memory) / members);
    });
}

fn report(what: &str, rate: f64, floor: f64) {
    println!("{what:<40} {:>9.0} thousand deliveries/s {:>5.0} % of the floor", rate / 1e3, 100.0 * rate / floor);
}

fn event() -> Bytes {
    let mut event = BytesMut::from(&b"{\"event\":\"posted\",\"data\":\""[..]);
    event.put_bytes(b'x', EVENT_BYTES - event.len() - 1);
    event.put_u8(b'"');
    event.freeze()
}

fn floor(members: usize, time: Duration) -> f64 {
    let event = event();
    let mut buffers = vec![BytesMut::with_capacity(4_096); members];
    let (start, mut delivered) = (Instant::now(), 0_usize);
    while start.elapsed() < time {
        for buffer in &mut buffers {
            buffer.clear();
            buffer.put_slice(&event);
            buffer.put_slice(b",\"seq\":");
            buffer.put_slice(delivered.to_string().as_bytes());
            buffer.put_u8(b'}');
            delivered += 1;
        }
        std::hint::black_box(&buffers);
    }
    delivered as f64 / start.elapsed().as_secs_f64()
}

async fn connect(members: usize) -> (Engine, Vec<Connection>) {
    let engine = Engine::start(EngineConfig::default(), Arc::new(Deaf), Arc::new(LocalBridge::default()));
    let mut connections = Vec::with_capacity(members);
    for n in 0..members {
        let user = Uuid::from_u128(u128::try_from(n).unwrap());
        let connect = Connect {
            user,
            session: user,
            protocol: Protocol::V4,
            tag: Bytes::from_static(b"abcdefghijklmnopqrstuvwxyz"),
            privileged: false,
            resume: None,
            presence: NOBODY,
            on_evict: None,
        };
        let connection = engine.connect(connect).await.expect("the engine runs");
        connection.join(vec![TOWN]).await.expect("the session is open");
        connection.open(Frame::new(Bytes::from_static(b"{\"event\":\"hello\"")));
        connections.push(connection);
    }
    (engine, connections)
}

/// Keeps `in_flight` posts on their way, as that many posters who wait for their own post would.
async fn fan_out(engine: &Engine, connections: &[Connection], in_flight: usize, time: Duration) -> f64 {
    let head = event();
    let mut buffer = BytesMut::with_capacity(1 << 20);
    for connection in connections {
        connection.drain(usize::MAX, |_| {});
    }
    let post = || {
        let frame = Frame::new(head.clone());
        let frames = Frames::lazy(move |_| Encoded::same(frame.clone()));
        engine.publish(Broadcast::new(Audience::Topic(TOWN), Class::Durable, frames));
    };
    (0..in_flight).for_each(|_| post());
    let (start, mut delivered, mut last) = (Instant::now(), 0, 0);
    while start.elapsed() < time {
        for (place, connection) in connections.iter().enumerate() {
            let taken = connection.drain(usize::MAX, |message| message.write_to(&mut buffer));
            buffer.clear();
            delivered += taken;
            // The last member has it: the post is through, and the next one may come.
            if place + 1 == connections.len() {
                last = taken;
            }
        }
        (0..last).for_each(|_| post());
        if last == 0 {
            std::future::poll_fn(|cx| {
                connections.last().map_or(std::task::Poll::Ready(()), |last| last.poll_ready(cx))
            })
            .await;
        }
    }
    delivered as f64 / start.elapsed().as_secs_f64()
}

/// The memory of this process, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or(0) * 1_024
}
