//! Channel: fans one topic's broadcasts out to the local sessions that joined it.
//!
//! The actor owns the list of members and the order of the topic, nothing else. The hub alone talks to it, and can
//! give it the list again at any time; so it may be rebuilt whenever it dies.

mod queue;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use actix::prelude::*;
use tokio::sync::oneshot;

use crate::hub::{Child, Order, Ticket};
use crate::mailbox::Posted;
use crate::runtime::Runtime;
use crate::session::Session;
use crate::{Broadcast, Class};
use queue::Queue;

/// While more broadcasts wait behind this one, sockets are not woken: they write all of them at once. But after this many
/// in a row they are, so that a busy channel does not starve its readers.
const MAX_UNWOKEN: u32 = 16;

/// How long a broadcast waits for the one that happened before it. Between two instances that is a few milliseconds; a
/// longer wait would only delay the rest when a predecessor is lost with its instance, or held up by a broken bridge.
const PATIENCE: Duration = Duration::from_millis(200);

/// A channel that has just begun does not know which place is next. So its first event waits this long for one that happened
/// before it.
const BEGINNING: Duration = Duration::from_millis(25);

/// What the hub tells a channel.
pub(crate) enum ChannelOrder {
    Broadcast(Arc<Broadcast>),
    Join(Arc<Session>),
    /// With a ticket if the session moves to another instance, which begins where this channel ends.
    Leave(Arc<Session>, Option<Ticket>),
    /// This is who is here: forget everybody else.
    Members(Vec<Arc<Session>>),
    Snapshot(oneshot::Sender<usize>),
    /// A fault for tests: die like a bug would make it.
    #[cfg(feature = "testing")]
    Crash,
    /// A fault for tests: block the arbiter until the other end is dropped.
    #[cfg(feature = "testing")]
    Hang(std::sync::mpsc::Receiver<()>),
}

/// How far a channel is with the durable broadcasts that it was sent. Outlives the actor, so that the hub knows whether
/// something was lost with it.
#[derive(Default)]
pub(crate) struct Progress {
    sent: AtomicU64,
    done: AtomicU64,
}

impl Progress {
    pub(crate) fn sent(&self) {
        self.sent.fetch_add(1, Relaxed);
    }

    /// It found no room after all.
    pub(crate) fn unsent(&self) {
        self.sent.fetch_sub(1, Relaxed);
    }

    fn done(&self) {
        self.done.fetch_add(1, Relaxed);
    }

    /// Durable broadcasts that were sent and are not delivered to every member.
    pub(crate) fn behind(&self) -> u64 {
        self.sent.load(Relaxed).saturating_sub(self.done.load(Relaxed))
    }
}

pub(crate) struct Channel {
    name: Child,
    members: Vec<Arc<Session>>,
    progress: Arc<Progress>,
    unwoken: u32,
    queue: Queue<Arc<Broadcast>>,
    /// Runs while something in the queue waits for its predecessor.
    patience: Option<SpawnHandle>,
    runtime: Arc<Runtime>,
}

impl Channel {
    pub(crate) fn new(name: Child, members: Vec<Arc<Session>>, progress: Arc<Progress>, runtime: Arc<Runtime>) -> Self {
        Self { name, members, progress, unwoken: 0, queue: Queue::default(), patience: None, runtime }
    }

    /// Delivers what has come in the order in which it happened.
    fn take(&mut self, broadcast: Arc<Broadcast>, ctx: &mut Context<Self>) {
        if broadcast.class == Class::Ephemeral && self.queue.waiting() == 0 {
            return self.broadcast(&broadcast);
        }
        self.queue.push(broadcast.place, broadcast);
        self.deliver_due(ctx);
    }

    fn deliver_due(&mut self, ctx: &mut Context<Self>) {
        let mut moved = false;
        while let Some(broadcast) = self.queue.next() {
            self.broadcast(&broadcast);
            moved = true;
        }
        if moved && let Some(patience) = self.patience.take() {
            ctx.cancel_future(patience);
        }
        if self.queue.waiting() > 0 && self.patience.is_none() {
            let begins = self.queue.begins();
            self.runtime.metrics.held.add(usize::from(!begins));
            self.patience = Some(ctx.run_later(if begins { BEGINNING } else { PATIENCE }, move |channel, ctx| {
                channel.patience = None;
                channel.runtime.metrics.given_up.add(usize::from(!begins));
                channel.queue.give_up();
                channel.deliver_due(ctx);
            }));
        }
    }

    fn broadcast(&mut self, broadcast: &Broadcast) {
        let durable = broadcast.class == Class::Durable;
        let held = u64::try_from(self.queue.waiting()).unwrap_or(u64::MAX);
        let more = self.progress.behind() > held.saturating_add(u64::from(durable));
        let wake = !more || self.unwoken >= MAX_UNWOKEN;
        let mut frames = 0;
        for member in &self.members {
            if member.deliver(broadcast, wake) {
                frames += 1;
            } else if wake && self.unwoken > 0 {
                member.outbox.wake();
            }
        }
        self.unwoken = if wake { 0 } else { self.unwoken + 1 };
        if durable {
            self.progress.done();
        }
        self.runtime.delivered(broadcast, frames);
    }

    /// What waits here counts as delivered where the session goes on, so it takes that along.
    fn release(&mut self, session: &Arc<Session>, ticket: Ticket) {
        for broadcast in self.queue.iter() {
            session.deliver(broadcast, false);
        }
        self.leave(session);
        ticket.punch();
    }

    fn leave(&mut self, session: &Arc<Session>) {
        if let Some(place) = self.members.iter().position(|member| Arc::ptr_eq(member, session)) {
            self.members.swap_remove(place).outbox.wake();
        }
    }
}

impl Actor for Channel {
    type Context = Context<Self>;
}

impl Handler<Posted<ChannelOrder>> for Channel {
    type Result = ();

    fn handle(&mut self, order: Posted<ChannelOrder>, ctx: &mut Self::Context) {
        match order.open() {
            ChannelOrder::Broadcast(broadcast) => self.take(broadcast, ctx),
            ChannelOrder::Join(session) => self.members.push(session),
            ChannelOrder::Leave(session, None) => self.leave(&session),
            ChannelOrder::Leave(session, Some(ticket)) => self.release(&session, ticket),
            ChannelOrder::Members(members) => self.members = members,
            ChannelOrder::Snapshot(answer) => {
                let _ = answer.send(self.members.len());
            }
            #[cfg(feature = "testing")]
            ChannelOrder::Crash => panic!("a channel actor was told to die"),
            #[cfg(feature = "testing")]
            ChannelOrder::Hang(until) => {
                let _ = until.recv();
            }
        }
    }
}

/// Tells the hub at once if this was a panic; a retired channel is unknown to it by now. If the hub has no room, its
/// heartbeat finds out.
impl Drop for Channel {
    fn drop(&mut self) {
        let _ = self.runtime.hub.tell(Order::Ended(self.name));
    }
}
