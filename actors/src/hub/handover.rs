//! Sessions that come from, or go to, another instance; see [`crate::bridge::handover`] for what is said.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use actix::prelude::*;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{Hub, Order};
use crate::bridge::Message;
use crate::bridge::handover::{Answer, Claim, Handover, Luggage, Outcome};
use crate::outbox::Attachment;
use crate::runtime::Runtime;
use crate::session::Session;
use crate::{ConnectionId, Disconnect, Topic};

/// Between two looks whether everything that the claimant had heard has arrived here, too.
const CATCH_UP: Duration = Duration::from_millis(2);

/// Claims of this instance that wait for an answer.
#[derive(Default)]
pub(crate) struct Claims {
    waiting: HashMap<ConnectionId, Waiting>,
    made: u64,
}

struct Waiting {
    number: u64,
    next_seq: u64,
    /// Who has not answered.
    asked: HashSet<Uuid>,
    done: oneshot::Sender<()>,
}

impl Claims {
    /// Nobody can have the session when everybody who was asked says so, or is gone.
    fn denied(&mut self, by: Uuid, connection: ConnectionId) {
        if let Some(waiting) = self.waiting.get_mut(&connection) {
            waiting.asked.remove(&by);
            if waiting.asked.is_empty() {
                self.waiting.remove(&connection);
            }
        }
    }

    /// Whether this claim still waits, and not a later one for the same session.
    fn waits(&self, connection: ConnectionId, number: u64) -> bool {
        self.waiting.get(&connection).is_some_and(|waiting| waiting.number == number)
    }

    pub(crate) fn gone(&mut self, instance: Uuid) {
        self.waiting.retain(|_, waiting| {
            waiting.asked.remove(&instance);
            !waiting.asked.is_empty()
        });
    }
}

/// A session that is about to leave: filled while the channels deliver what they have for it.
pub(crate) struct Packing {
    session: Arc<Session>,
    attachment: Attachment,
    /// Who asked, and by which claim.
    to: (Uuid, u64),
    heard: Vec<(Uuid, u64)>,
    watching: Vec<Topic>,
    /// A channel could not deliver.
    lost: AtomicBool,
}

/// One channel's part in a [`Packing`]. The last one that goes tells the hub that it is complete.
pub(crate) struct Ticket {
    packing: Option<Arc<Packing>>,
    punched: bool,
    runtime: Arc<Runtime>,
}

impl Ticket {
    fn new(packing: &Arc<Packing>, runtime: &Arc<Runtime>) -> Self {
        Self { packing: Some(Arc::clone(packing)), punched: false, runtime: Arc::clone(runtime) }
    }

    /// The channel has delivered everything that came before.
    pub(crate) fn punch(mut self) {
        self.punched = true;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let Some(packing) = self.packing.take() else { return };
        if !self.punched {
            packing.lost.store(true, Relaxed);
        }
        if let Some(packing) = Arc::into_inner(packing)
            && let Err(Order::Packed(packing)) = self.runtime.hub.tell(Order::Packed(Box::new(packing)))
        {
            packing.session.close(Disconnect::Resync);
        }
    }
}

impl Hub {
    /// Asks the other instances for a session that a client here claims.
    pub(crate) fn claim(
        &mut self,
        connection: ConnectionId,
        next_seq: u64,
        done: oneshot::Sender<()>,
        ctx: &mut Context<Self>,
    ) {
        let Some(session) = self.registry.get(connection) else { return };
        let asked: HashSet<_> = self.peers.all().collect();
        if asked.is_empty() {
            return;
        }
        self.claims.made += 1;
        let number = self.claims.made;
        self.runtime.bridge.send(Message::Handover(Handover::Claim(Claim {
            by: self.runtime.instance,
            number,
            connection,
            user: session.user,
            login: session.login,
            protocol: session.protocol,
            next_seq,
            heard: self.peers.positions(),
        })));
        self.claims.waiting.insert(connection, Waiting { number, next_seq, asked, done });
        ctx.run_later(self.runtime.config.claim_patience, move |hub, _| {
            if hub.claims.waits(connection, number) {
                hub.claims.waiting.remove(&connection);
            }
        });
    }

    pub(crate) fn handover(&mut self, handover: &Handover, ctx: &mut Context<Self>) {
        match handover {
            Handover::Claim(claim) => {
                // For half as long as the claimant waits: then the two cannot be brought together in time.
                let looks = self.runtime.config.claim_patience.as_millis() / 2 / CATCH_UP.as_millis();
                self.claimed(claim.clone(), u32::try_from(looks).unwrap_or(u32::MAX), ctx);
            }
            Handover::Answer(answer) if answer.to == self.runtime.instance => self.answered(answer),
            Handover::Answer(_) => {}
        }
    }

    /// Another instance claims a session. Not before this one has heard all that the claimant had heard: otherwise what lies
    /// between would be in neither place.
    fn claimed(&mut self, claim: Claim, looks_left: u32, ctx: &mut Context<Self>) {
        let Some(session) = self.registry.get(claim.connection).cloned() else {
            return self.answer(&claim, Outcome::NotHere);
        };
        let same = session.user == claim.user && session.login == claim.login && session.protocol == claim.protocol;
        let caught_up = self.peers.have_heard(&claim.heard);
        if !same || (looks_left == 0 && !caught_up) {
            return self.answer(&claim, Outcome::Refused);
        }
        if looks_left > 0 && !(caught_up && self.is_quiet(claim.connection)) {
            ctx.run_later(CATCH_UP, move |hub, ctx| hub.claimed(claim, looks_left - 1, ctx));
            return;
        }
        match session.outbox.resume(claim.next_seq, None) {
            Ok(attachment) => self.pack(&claim, attachment),
            Err(_) => {
                // Nobody can come back to it, here or there.
                session.close(Disconnect::Resync);
                self.answer(&claim, Outcome::Refused);
            }
        }
    }

    /// Whether nothing is under way in any of its channels: then no event waits there for a predecessor, which would reach the
    /// session only where it goes. A channel that is never quiet is left all the same in the end.
    fn is_quiet(&self, connection: ConnectionId) -> bool {
        self.registry.topics(connection).iter().all(|topic| self.channels.is_quiet(*topic))
    }

    /// The cut: from here on nothing more reaches the session. What its channels still have for it is awaited.
    fn pack(&mut self, claim: &Claim, attachment: Attachment) {
        let Some((session, topics)) = self.registry.remove(claim.connection) else { return };
        let watching = topics.iter().filter(|topic| matches!(topic, Topic::Presence(_))).copied().collect();
        let heard = self.peers.positions();
        let to = (claim.by, claim.number);
        self.packing += 1;
        self.recount(session.user);
        let packing = Arc::new(Packing { session, attachment, to, heard, watching, lost: AtomicBool::new(false) });
        for topic in topics {
            let ticket = Ticket::new(&packing, &self.runtime);
            // No room: the ticket is lost, and says so.
            let _ = self.channels.leave(topic, Arc::clone(&packing.session), Some(ticket));
        }
        Ticket { packing: Some(packing), punched: false, runtime: Arc::clone(&self.runtime) }.punch();
    }

    /// Everything the session had coming is in its outbox: it leaves.
    pub(crate) fn packed(&mut self, packing: Packing) {
        let Packing { session, attachment, to, heard, watching, lost } = packing;
        self.packing -= 1;
        let taken = if lost.into_inner() { None } else { session.outbox.pack(attachment) };
        let outcome = match taken {
            Some((next_seq, frames)) => {
                self.runtime.metrics.handed_over.add(1);
                Outcome::Session(Luggage { next_seq, frames, heard, watching })
            }
            None => Outcome::Refused,
        };
        session.close(Disconnect::Resync);
        session.outbox.detach(attachment);
        session.look();
        self.say(to, session.id, outcome);
        self.tell_if_all_gone();
    }

    fn answer(&self, claim: &Claim, outcome: Outcome) {
        self.say((claim.by, claim.number), claim.connection, outcome);
    }

    fn say(&self, (to, number): (Uuid, u64), connection: ConnectionId, outcome: Outcome) {
        let answer = Answer { to, number, from: self.runtime.instance, connection, outcome };
        self.runtime.bridge.send(Message::Handover(Handover::Answer(answer)));
    }

    fn answered(&mut self, answer: &Answer) {
        if !self.claims.waits(answer.connection, answer.number) {
            return;
        }
        match &answer.outcome {
            Outcome::NotHere => self.claims.denied(answer.from, answer.connection),
            Outcome::Refused => {
                self.claims.waiting.remove(&answer.connection);
            }
            Outcome::Session(luggage) => self.unpack(answer.connection, luggage),
        }
    }

    /// The session has arrived. If nobody waits for it any more, it is gone: its client has a new one.
    fn unpack(&mut self, connection: ConnectionId, luggage: &Luggage) {
        let Some(waiting) = self.claims.waiting.remove(&connection) else { return };
        let Some(session) = self.registry.get(connection).cloned() else { return };
        if waiting.next_seq != luggage.next_seq {
            return;
        }
        let had = luggage.heard.iter().copied().collect();
        if session.outbox.unpack(luggage.next_seq, luggage.frames.clone(), had) {
            self.join(&session, &luggage.watching);
            self.runtime.metrics.taken_over.add(1);
            // Dropped meanwhile: then the connection is, too, and the session waits for its client.
            let _ = waiting.done.send(());
        }
    }
}
