use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::task::Wake;

use bytes::{Bytes, BytesMut};

use super::*;

struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

fn config() -> EngineConfig {
    EngineConfig { outbox: 4, replay: 3, ..EngineConfig::default() }
}

fn open() -> (Outbox, Attachment) {
    let (outbox, attachment) = Outbox::new(None, false);
    outbox.open(attachment, Frame::new(Bytes::from_static(b"{\"hello\":1")));
    (outbox, attachment)
}

fn push(outbox: &Outbox) -> Pushed {
    outbox.push(&Frame::new(Bytes::from_static(b"{\"a\":1")), Class::Durable, None, true, &config())
}

/// The numbers of what a drain of about `max_bytes` hands out.
fn drain(outbox: &Outbox, attachment: Attachment, max_bytes: usize) -> Vec<u64> {
    let mut numbers = Vec::new();
    outbox.drain(attachment, &Bytes::new(), max_bytes, &config(), |message| {
        let mut bytes = BytesMut::new();
        message.write_to(&mut bytes);
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let number = text.trim_end_matches('}').rsplit(':').next().unwrap();
        numbers.push(number.parse().unwrap());
    });
    numbers
}

#[test]
fn a_drain_stops_at_its_limit_and_goes_on_there() {
    let (outbox, attachment) = open();
    for _ in 0..3 {
        push(&outbox);
    }
    assert_eq!(drain(&outbox, attachment, 1), [0]);
    assert_eq!(drain(&outbox, attachment, 20), [1, 2]);
    assert_eq!(drain(&outbox, attachment, 1_000), [3]);
    assert_eq!(drain(&outbox, attachment, 1_000), [0; 0]);
}

#[test]
fn a_socket_is_woken_only_when_it_is_idle() {
    let (outbox, attachment) = open();
    let wakes = Arc::new(Wakes(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&wakes));
    let cx = Context::from_waker(&waker);
    assert!(outbox.poll_ready(attachment, &cx).is_ready(), "hello waits");
    drain(&outbox, attachment, 1_000);
    assert!(outbox.poll_ready(attachment, &cx).is_pending());
    push(&outbox);
    push(&outbox);
    assert_eq!(wakes.0.load(Relaxed), 1);
    drain(&outbox, attachment, 1_000);
    assert!(outbox.poll_ready(attachment, &cx).is_pending());
    outbox.push(&Frame::new(Bytes::new()), Class::Durable, None, false, &config());
    assert_eq!(wakes.0.load(Relaxed), 1, "pushed without waking");
    outbox.wake();
    outbox.wake();
    assert_eq!(wakes.0.load(Relaxed), 2);
    drain(&outbox, attachment, 1_000);
    assert!(outbox.poll_ready(attachment, &cx).is_pending());
    outbox.close(Disconnect::Resync);
    assert_eq!(wakes.0.load(Relaxed), 3);
}

#[test]
fn every_position_in_the_ring_can_be_resumed_and_no_other() {
    for next in 0..12 {
        let (outbox, attachment) = open();
        for _ in 1..=8 {
            push(&outbox);
            drain(&outbox, attachment, 1_000);
        }
        outbox.detach(attachment);
        push(&outbox);
        // 0..=8 were written, of which 6..=8 are kept; 9 waits.
        let resumed = outbox.resume(next, None).ok();
        let expected = (6..=9).contains(&next).then(|| (next..=9).collect::<Vec<_>>());
        assert_eq!(resumed.map(|attachment| drain(&outbox, attachment, 1_000)), expected, "from {next}");
    }
}

#[test]
fn a_former_socket_can_do_nothing_more() {
    let (outbox, former) = open();
    drain(&outbox, former, 1_000);
    let new = outbox.resume(1, None).ok().unwrap();
    push(&outbox);
    assert_eq!(drain(&outbox, former, 1_000), [0; 0]);
    assert_eq!(outbox.closed(former), Some(Disconnect::TakenOver));
    assert_eq!(outbox.reply(former, Bytes::new(), 9), Err(Disconnect::TakenOver));
    outbox.detach(former);
    assert!(outbox.attached(), "it does not take the new one with it");
    assert_eq!(drain(&outbox, new, 1_000), [1]);
}

#[test]
fn a_closed_outbox_keeps_what_waits_for_its_socket_and_nothing_without_one() {
    let (outbox, attachment) = open();
    push(&outbox);
    drain(&outbox, attachment, 1);
    assert!(outbox.close(Disconnect::Resync));
    assert!(!outbox.close(Disconnect::Deactivated), "the first reason stays");
    assert_eq!(push(&outbox), Pushed::Ignored);
    assert_eq!(drain(&outbox, attachment, 1_000), [1]);
    outbox.detach(attachment);
    assert!(outbox.resume(2, None).is_err());
    let snapshot = outbox.snapshot();
    assert_eq!((snapshot.waiting, snapshot.replayable, snapshot.next_seq), (0, 0, 2));
    assert_eq!(outbox.condition(&config()), Condition::Gone);
}

#[test]
fn only_a_full_outbox_that_does_not_move_is_stalled() {
    let (outbox, attachment) = open();
    assert_eq!([(); 3].map(|()| push(&outbox)), [Pushed::Kept; 3]);
    assert_eq!(push(&outbox), Pushed::Crowded, "said once");
    assert_eq!(push(&outbox), Pushed::Kept);
    let Condition::Crowded(next) = outbox.condition(&config()) else { panic!("it is crowded") };
    drain(&outbox, attachment, 1);
    assert!(!outbox.stall(next, config().outbox), "it moved");
    let Condition::Crowded(next) = outbox.condition(&config()) else { panic!("it is still crowded") };
    assert!(outbox.stall(next, config().outbox));
    assert_eq!(outbox.closed(attachment), Some(Disconnect::SlowConsumer));
}

#[test]
fn memory_goes_back_after_a_burst() {
    let config = EngineConfig { outbox: 1_024, replay: 3, ..EngineConfig::default() };
    let (outbox, attachment) = open();
    for _ in 0..1_000 {
        outbox.push(&Frame::new(Bytes::new()), Class::Durable, None, true, &config);
    }
    outbox.drain(attachment, &Bytes::new(), usize::MAX, &config, |_| {});
    assert!(outbox.ring.lock().frames.capacity() <= 16);
}
