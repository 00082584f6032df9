//! A session's ring: what was written (for replay), what waits, and the waker of an idle socket.
//!
//! Channels push into it without a mailbox hop; the socket drains it. It numbers the events, keeps the bounds of a slow
//! client, and decides under one lock what a resume may take. It owns no timer and knows no actor.

mod moved;
mod snapshot;

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use parking_lot::Mutex;
use serde::Serialize;
use uuid::Uuid;

use crate::outgoing::{Outgoing, Piece};
use crate::{Class, Disconnect, EngineConfig, Frame, Stamp};
use moved::Moved;
pub use snapshot::OutboxSnapshot;

/// Past its nominal size an outbox keeps durable frames up to this many times of it, so that a pause of the machine does not
/// cost healthy sockets their place.
const OVERDRAFT: usize = 4;

/// Called to cut a socket from outside.
pub(crate) type Evict = Box<dyn Fn() + Send + Sync>;

/// One socket's claim to a session; a later claim ends the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Attachment(u32);

/// What became of a pushed frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// It waits for the socket.
    Kept,
    /// It waits, and the outbox has just become full: somebody should watch the socket.
    Crowded,
    /// It was ephemeral and the outbox is half full.
    Dropped,
    /// It was durable and could not be kept; the outbox is closed.
    Overflow,
    /// The session does not listen: it has not said hello yet, or is closed.
    Ignored,
}

/// What the session's actor needs to know to set its timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// A socket is there and keeps up.
    Fine,
    /// A socket is there, the outbox is full; with the number of the next event to be written.
    Crowded(u64),
    /// No socket.
    Detached(Attachment),
    /// Closed, but the socket is still there.
    Closing,
    /// Closed and without a socket.
    Gone,
}

pub(crate) struct Outbox {
    /// Set while a task waits to be woken; lets `wake` pass by without the lock.
    idle: AtomicBool,
    ring: Mutex<Ring>,
}

struct Ring {
    phase: Phase,
    attached: bool,
    crowded: bool,
    attachment: Attachment,
    /// The number of the first frame in `frames`.
    first: u64,
    /// How many of `frames` were written.
    written: usize,
    /// At most `replay` written ones, then the waiting ones.
    frames: VecDeque<Frame>,
    replies: VecDeque<Bytes>,
    waker: Option<Waker>,
    evict: Option<Evict>,
    /// Why the socket must leave although its session goes on.
    parting: Option<Disconnect>,
    /// Of a session that comes, or came, from another instance.
    moved: Option<Box<Moved>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Opening,
    /// Its past is awaited from another instance.
    Arriving,
    Open,
    Closed(Disconnect),
}

impl Outbox {
    /// An outbox with a socket that has not said hello, or whose session is to come from another instance.
    pub(crate) fn new(evict: Option<Evict>, arriving: bool) -> (Self, Attachment) {
        let attachment = Attachment(0);
        let ring = Ring {
            phase: if arriving { Phase::Arriving } else { Phase::Opening },
            attached: true,
            crowded: false,
            attachment,
            first: 0,
            written: 0,
            frames: VecDeque::new(),
            replies: VecDeque::new(),
            waker: None,
            evict,
            parting: None,
            moved: arriving.then(Box::default),
        };
        (Self { idle: AtomicBool::new(false), ring: Mutex::new(ring) }, attachment)
    }

    /// Begins delivery with `hello` as event 0.
    pub(crate) fn open(&self, attachment: Attachment, hello: Frame) {
        let mut ring = self.ring.lock();
        if ring.attachment == attachment && ring.phase == Phase::Opening {
            ring.phase = Phase::Open;
            ring.frames.push_back(hello);
            self.unlock_and_wake(ring);
        }
    }

    /// Adds an event at the end. With `wake`, an idle socket is told.
    pub(crate) fn push(
        &self,
        frame: &Frame,
        class: Class,
        stamp: Option<Stamp>,
        wake: bool,
        config: &EngineConfig,
    ) -> Pushed {
        let mut ring = self.ring.lock();
        match ring.phase {
            Phase::Open if ring.moved.as_ref().is_some_and(|moved| moved.had(stamp)) => return Pushed::Ignored,
            Phase::Open => {}
            Phase::Arriving => return ring.arrive(frame, stamp, config.outbox),
            Phase::Opening | Phase::Closed(_) => return Pushed::Ignored,
        }
        let waiting = ring.waiting();
        if class == Class::Ephemeral && waiting >= config.outbox / 2 {
            return Pushed::Dropped;
        }
        if waiting >= ring.bound(config) {
            ring.close(Disconnect::Resync);
            self.unlock_and_wake(ring);
            return Pushed::Overflow;
        }
        ring.frames.push_back(frame.clone());
        let crowded = ring.attached && !ring.crowded && waiting >= config.outbox;
        ring.crowded |= crowded;
        if wake {
            self.unlock_and_wake(ring);
        }
        if crowded { Pushed::Crowded } else { Pushed::Kept }
    }

    /// Wakes the socket if it is idle although something waits (pushed without `wake`).
    pub(crate) fn wake(&self) {
        if self.idle.load(Relaxed) {
            let ring = self.ring.lock();
            if ring.ready() {
                self.unlock_and_wake(ring);
            }
        }
    }

    /// Adds an answer outside the sequence.
    pub(crate) fn reply(&self, attachment: Attachment, answer: Bytes, bound: usize) -> Result<(), Disconnect> {
        let mut ring = self.ring.lock();
        if let Some(reason) = ring.closed_for(attachment) {
            return Err(reason);
        }
        let full = ring.replies.len() >= bound;
        if full {
            ring.close(Disconnect::SlowConsumer);
        } else {
            ring.replies.push_back(answer);
        }
        self.unlock_and_wake(ring);
        if full { Err(Disconnect::SlowConsumer) } else { Ok(()) }
    }

    /// Hands out what waits: answers first, then events in order, until `max_bytes` are exceeded.
    pub(crate) fn drain(
        &self,
        attachment: Attachment,
        name: &Bytes,
        max_bytes: usize,
        config: &EngineConfig,
        mut take: impl FnMut(&Outgoing<'_>),
    ) -> usize {
        let mut ring = self.ring.lock();
        if ring.attachment != attachment {
            return 0;
        }
        let (mut taken, mut bytes) = (0, 0);
        let mut hand_out = |message: &Outgoing<'_>| {
            take(message);
            taken += 1;
            bytes += message.len();
            bytes < max_bytes
        };
        let mut room = true;
        while room && let Some(answer) = ring.replies.pop_front() {
            room = hand_out(&Outgoing::new(Piece::Reply(&answer)));
        }
        let (mut written, first) = (ring.written, ring.first);
        for (frame, seq) in ring.frames.range(written..).zip(first + as_u64(written)..) {
            if !room {
                break;
            }
            room = hand_out(&Outgoing::new(Piece::Event { frame, name, seq }));
            written += 1;
        }
        ring.written = written;
        ring.tidy(config);
        taken
    }

    /// Ready when there is something for this socket to do.
    pub(crate) fn poll_ready(&self, attachment: Attachment, cx: &Context<'_>) -> Poll<()> {
        let mut ring = self.ring.lock();
        if ring.ready() || ring.closed_for(attachment).is_some() {
            return Poll::Ready(());
        }
        if !ring.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            ring.waker = Some(cx.waker().clone());
        }
        self.idle.store(true, Relaxed);
        Poll::Pending
    }

    /// Why this socket must end.
    pub(crate) fn closed(&self, attachment: Attachment) -> Option<Disconnect> {
        self.ring.lock().closed_for(attachment)
    }

    /// Ends the session. Returns whether it was not closed before.
    pub(crate) fn close(&self, reason: Disconnect) -> bool {
        let mut ring = self.ring.lock();
        let closed = ring.close(reason);
        self.unlock_and_wake(ring);
        closed
    }

    /// Ends the session if nobody came back since `attachment` was detached.
    pub(crate) fn expire(&self, attachment: Attachment) -> bool {
        let mut ring = self.ring.lock();
        !ring.attached && ring.attachment == attachment && ring.close(Disconnect::Expired)
    }

    /// Ends the session if its socket has written nothing since event `next` was the next one, and is still full. It is
    /// not woken: it hangs in a write, and only [`evict`](Self::evict) reaches it.
    pub(crate) fn stall(&self, next: u64, bound: usize) -> bool {
        let mut ring = self.ring.lock();
        let stalled = ring.attached && ring.next_to_write() == next && ring.waiting() >= bound;
        ring.crowded = ring.crowded && stalled;
        stalled && ring.close(Disconnect::SlowConsumer)
    }

    /// The socket is gone.
    pub(crate) fn detach(&self, attachment: Attachment) {
        let mut ring = self.ring.lock();
        if ring.attachment == attachment && ring.attached {
            ring.attached = false;
            ring.crowded = false;
            ring.replies = VecDeque::new();
            ring.waker = None;
            ring.evict = None;
            ring.parting = None;
            match ring.phase {
                Phase::Opening | Phase::Arriving => {
                    ring.close(Disconnect::Expired);
                }
                Phase::Closed(_) => ring.forget(),
                Phase::Open => {}
            }
        }
    }

    /// A client comes back and expects event `next`: goes on exactly there, or refuses because that cannot be proven.
    ///
    /// A socket that is still attached is ended in favour of the new one: the client knows that it is dead (a half-open
    /// TCP connection) before we do, and whoever names id *and* position has been there.
    pub(crate) fn resume(&self, next: u64, evict: Option<Evict>) -> Result<Attachment, Option<Evict>> {
        let mut ring = self.ring.lock();
        let position = next.checked_sub(ring.first).and_then(|written| usize::try_from(written).ok());
        let Some(position) = position.filter(|position| ring.phase == Phase::Open && *position <= ring.written) else {
            return Err(evict);
        };
        let former = if ring.attached { ring.evict.take() } else { None };
        ring.written = position;
        ring.attachment = Attachment(ring.attachment.0.wrapping_add(1));
        ring.attached = true;
        ring.crowded = false;
        ring.parting = None;
        ring.replies = VecDeque::new();
        ring.evict = evict;
        let attachment = ring.attachment;
        self.unlock_and_wake(ring);
        if let Some(cut) = former {
            cut();
        }
        Ok(attachment)
    }

    /// Tells the socket to leave once everything waiting is written; the session goes on and awaits its client. Returns
    /// whether there is a session that can.
    pub(crate) fn part(&self, reason: Disconnect) -> bool {
        let mut ring = self.ring.lock();
        let lives = ring.phase == Phase::Open;
        if lives && ring.attached {
            ring.parting = Some(reason);
            self.unlock_and_wake(ring);
        }
        lives
    }

    /// Ends the session here and takes what its client has not seen, for another instance. `None` if it was closed, or
    /// claimed by somebody else.
    pub(crate) fn pack(&self, attachment: Attachment) -> Option<(u64, Vec<Frame>)> {
        let mut ring = self.ring.lock();
        if ring.attachment != attachment || ring.phase != Phase::Open {
            return None;
        }
        let next = ring.next_to_write();
        let written = ring.written;
        let frames = ring.frames.drain(written..).collect();
        ring.close(Disconnect::TakenOver);
        Some((next, frames))
    }

    /// Takes what the session's former instance kept for it: `frames` from number `next` on, and `had`, which of the
    /// events that came here meanwhile are among them. Returns whether the session still waited for it.
    pub(crate) fn unpack(&self, next: u64, frames: Vec<Frame>, had: HashMap<Uuid, u64>) -> bool {
        let mut ring = self.ring.lock();
        if ring.phase != Phase::Arriving {
            return false;
        }
        let Ring { moved, frames: waiting, .. } = &mut *ring;
        *waiting = frames.into();
        if let Some(moved) = moved {
            waiting.extend(moved.settle(had));
        }
        ring.phase = Phase::Open;
        ring.first = next;
        self.unlock_and_wake(ring);
        true
    }

    /// Cuts the socket from outside, if there is one. Returns whether there was.
    pub(crate) fn evict(&self) -> bool {
        let evict = {
            let mut ring = self.ring.lock();
            if ring.attached { ring.evict.take() } else { None }
        };
        // Outside the lock: it is foreign code, and may drop the connection.
        evict.is_some_and(|cut| {
            cut();
            true
        })
    }

    pub(crate) fn attached(&self) -> bool {
        self.ring.lock().attached
    }

    pub(crate) fn condition(&self, config: &EngineConfig) -> Condition {
        let ring = self.ring.lock();
        match (ring.phase, ring.attached) {
            (Phase::Closed(_), true) => Condition::Closing,
            (_, true) if ring.parting.is_some() => Condition::Closing,
            (Phase::Closed(_), false) => Condition::Gone,
            (_, false) => Condition::Detached(ring.attachment),
            _ if ring.waiting() >= config.outbox => Condition::Crowded(ring.next_to_write()),
            _ => Condition::Fine,
        }
    }

    pub(crate) fn snapshot(&self) -> OutboxSnapshot {
        let ring = self.ring.lock();
        OutboxSnapshot {
            attached: ring.attached,
            closed: match ring.phase {
                Phase::Closed(reason) => Some(reason),
                _ => None,
            },
            next_seq: ring.first + as_u64(ring.frames.len()),
            waiting: ring.waiting(),
            replayable: ring.written,
        }
    }

    /// Wakers run foreign code: never under the lock.
    fn unlock_and_wake(&self, mut ring: parking_lot::MutexGuard<'_, Ring>) {
        let waker = ring.waker.take();
        if waker.is_some() {
            self.idle.store(false, Relaxed);
        }
        drop(ring);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Ring {
    fn waiting(&self) -> usize {
        self.frames.len() - self.written
    }

    fn next_to_write(&self) -> u64 {
        self.first + as_u64(self.written)
    }

    fn ready(&self) -> bool {
        self.waiting() > 0 || !self.replies.is_empty()
    }

    /// Nobody drains a session without a socket, so an overdraft would only make it expensive.
    fn bound(&self, config: &EngineConfig) -> usize {
        if self.attached { config.outbox.saturating_mul(OVERDRAFT) } else { config.outbox }
    }

    fn closed_for(&self, attachment: Attachment) -> Option<Disconnect> {
        match self.phase {
            _ if self.attachment != attachment => Some(Disconnect::TakenOver),
            Phase::Closed(reason) => Some(reason),
            _ => self.parting,
        }
    }

    /// A socket may still write what waits; without one nothing is kept.
    fn close(&mut self, reason: Disconnect) -> bool {
        if matches!(self.phase, Phase::Closed(_)) {
            return false;
        }
        self.phase = Phase::Closed(reason);
        if !self.attached {
            self.forget();
        }
        true
    }

    /// Keeps what comes before the session itself does.
    fn arrive(&mut self, frame: &Frame, stamp: Option<Stamp>, bound: usize) -> Pushed {
        let kept = self.moved.as_mut().is_some_and(|moved| moved.arrive(frame, stamp, bound));
        if kept {
            return Pushed::Kept;
        }
        self.close(Disconnect::Resync);
        Pushed::Overflow
    }

    fn forget(&mut self) {
        self.moved = None;
        self.first = self.first.saturating_add(as_u64(self.frames.len()));
        self.written = 0;
        self.frames = VecDeque::new();
    }

    /// Forgets what is beyond replay, and gives memory back after a burst.
    fn tidy(&mut self, config: &EngineConfig) {
        let excess = self.written.saturating_sub(config.replay);
        self.frames.drain(..excess);
        self.written -= excess;
        self.first += as_u64(excess);
        if self.waiting() < config.outbox / 2 {
            self.crowded = false;
        }
        let enough = config.replay.saturating_mul(2);
        if self.waiting() == 0 && self.frames.capacity() > enough {
            self.frames.shrink_to(enough);
        }
        if self.replies.is_empty() && self.replies.capacity() > 0 {
            self.replies = VecDeque::new();
        }
    }
}

fn as_u64(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
