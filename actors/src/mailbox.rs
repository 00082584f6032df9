//! Bounded, counted mailboxes: the only way in which the engine's actors talk to each other.
//!
//! `Addr::try_send` respects the capacity of a mailbox, but each *clone* of an address owns one more slot, so a
//! [`Mailbox`] cannot be cloned: share it behind a pointer. A refusal is always counted and always answered by
//! the sender, which knows what the loss means.

use std::sync::Arc;
use std::time::Instant;

use actix::dev::ToEnvelope;
use actix::dev::channel::{AddressReceiver, channel};
use actix::prelude::*;

use crate::metrics::MailboxMetrics;

/// An actor's address, with its gauge.
pub(crate) struct Mailbox<A: Actor> {
    addr: Addr<A>,
    metrics: Arc<MailboxMetrics>,
}

impl<A: Actor<Context = Context<A>>> Mailbox<A> {
    /// A mailbox for `capacity` messages, and the end that [`launch`] gives to the actor.
    pub(crate) fn new(capacity: usize, metrics: Arc<MailboxMetrics>) -> (Self, AddressReceiver<A>) {
        let (sender, receiver) = channel(capacity);
        (Self { addr: Addr::new(sender), metrics }, receiver)
    }

    /// Puts a message into the mailbox; gives it back if there is no room or the actor is gone.
    pub(crate) fn tell<M: Send + 'static>(&self, message: M) -> Result<(), M>
    where
        A: Handler<Posted<M>>,
        A::Context: ToEnvelope<A, Posted<M>>,
    {
        self.metrics.entered();
        let slot = Slot { metrics: Arc::clone(&self.metrics), since: Instant::now() };
        self.addr.try_send(Posted { message, slot }).map_err(|refused| {
            self.metrics.refused();
            refused.into_inner().message
        })
    }

    /// Whether the actor lives.
    pub(crate) fn connected(&self) -> bool {
        self.addr.connected()
    }
}

/// Starts an actor on an arbiter. Unlike `Actor::start_in_arbiter`, the mailbox has its full capacity before the
/// arbiter comes round to it.
pub(crate) fn launch<A, F>(arbiter: &ArbiterHandle, receiver: AddressReceiver<A>, build: F)
where
    A: Actor<Context = Context<A>>,
    F: FnOnce() -> A + Send + 'static,
{
    arbiter.spawn_fn(move || {
        Context::with_receiver(receiver).run(build());
    });
}

/// A message on its way.
pub(crate) struct Posted<M> {
    message: M,
    slot: Slot,
}

impl<M> Posted<M> {
    /// Takes the message out; its wait ends here.
    pub(crate) fn open(self) -> M {
        self.slot.metrics.handled_after(self.slot.since.elapsed());
        self.message
    }
}

impl<M: Send> Message for Posted<M> {
    type Result = ();
}

/// A place in a mailbox; given back also when the mailbox is dropped with its actor.
struct Slot {
    metrics: Arc<MailboxMetrics>,
    since: Instant,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.metrics.left();
    }
}
