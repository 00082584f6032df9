//! Presence: the actor of one user who has, or had a moment ago, a socket on this instance.

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use parking_lot::Mutex;
use uuid::Uuid;

use super::ledger::{Ledger, Rules};
use super::{PresenceChange, PresenceCommand, PresenceState};
use crate::bridge::{Message, PresenceNote};
use crate::hub::{Child, Order};
use crate::mailbox::Posted;
use crate::runtime::{Runtime, millis};

/// All orders but commands state a level, and people choose a status rarely.
pub(crate) const PRESENCE_MAILBOX: usize = 16;

/// Other instances hear about activity when it has advanced by this part of the time until away.
const ACTIVITY_NOTES_PER_AWAY: i64 = 4;

/// What the hub tells a presence.
#[derive(Debug)]
pub(crate) enum PresenceOrder {
    /// How many sockets the user has here.
    Sockets(usize),
    /// The user did something, or (`false`) says that they are idle.
    Activity(bool),
    /// The last activity on other instances; `None`: not connected there.
    Elsewhere(Option<i64>),
    /// The user asks for something; `ours` if on this instance, which then reports the change.
    Command { command: PresenceCommand, ours: bool },
}

pub(crate) struct Presence {
    name: Child,
    user: Uuid,
    ledger: Ledger,
    /// The present state, which the hub reads without asking.
    record: Arc<Mutex<PresenceState>>,
    /// What other instances were told.
    noted: Option<PresenceState>,
    timer: Option<SpawnHandle>,
    runtime: Arc<Runtime>,
}

impl Presence {
    pub(crate) fn new(
        name: Child,
        user: Uuid,
        record: Arc<Mutex<PresenceState>>,
        elsewhere: Option<i64>,
        runtime: Arc<Runtime>,
    ) -> Self {
        let rules = Rules {
            away_after: millis(runtime.config.away_after),
            offline_grace: millis(runtime.config.offline_grace),
        };
        let ledger = Ledger::new(*record.lock(), elsewhere, rules);
        Self { name, user, ledger, record, noted: None, timer: None, runtime }
    }

    /// Brings the record up to date, tells whom it concerns, and sets the timer for the next change.
    fn settle(&mut self, report: bool, ctx: &mut Context<Self>) {
        let now = self.runtime.clock.now_ms();
        let state = self.ledger.state(now);
        let before = std::mem::replace(&mut *self.record.lock(), state);
        if report && !state.looks_like(&before) {
            self.runtime.observer.presence_changed(PresenceChange { user: self.user, before, now: state });
        }
        self.note(state);
        if let Some(timer) = self.timer.take() {
            ctx.cancel_future(timer);
        }
        if !self.ledger.present() {
            // The hub lets go of its address, and the actor ends when its mailbox is empty: no order is lost.
            let _ = self.runtime.hub.tell(Order::Retire(self.name));
        }
        if let Some(at) = self.ledger.next_change(now) {
            let wait = Duration::from_millis(u64::try_from(at.saturating_sub(now)).unwrap_or(0));
            self.timer = Some(ctx.run_later(wait, |presence, ctx| {
                presence.timer = None;
                presence.settle(true, ctx);
            }));
        }
    }

    /// Tells the other instances what this one knows. That the last socket is gone is said before the grace is over, so
    /// that two instances which lose their sockets together do not wait for each other.
    fn note(&mut self, state: PresenceState) {
        let note = self.ledger.has_sockets().then_some(state);
        let step = millis(self.runtime.config.away_after) / ACTIVITY_NOTES_PER_AWAY;
        let news = match (&self.noted, &note) {
            (None, None) => false,
            (Some(old), Some(new)) => {
                !new.looks_like(old) || new.last_activity_at.saturating_sub(old.last_activity_at) >= step
            }
            _ => true,
        };
        if news {
            self.noted = note;
            let note = PresenceNote { instance: self.runtime.instance, user: self.user, state: note };
            self.runtime.bridge.send(Message::Presence(note));
        }
    }
}

impl Actor for Presence {
    type Context = Context<Self>;
}

impl Handler<Posted<PresenceOrder>> for Presence {
    type Result = ();

    fn handle(&mut self, order: Posted<PresenceOrder>, ctx: &mut Self::Context) {
        let now = self.runtime.clock.now_ms();
        let report = match order.open() {
            PresenceOrder::Sockets(sockets) => {
                self.ledger.sockets(sockets, now);
                true
            }
            PresenceOrder::Activity(true) => {
                self.ledger.active(now);
                true
            }
            // Another device may be active: being idle only means to look whether the time has come.
            PresenceOrder::Activity(false) => true,
            // The other instance saw it happen and reports it, unless nobody is left there to do so.
            PresenceOrder::Elsewhere(last_activity_at) => {
                self.ledger.elsewhere(last_activity_at);
                last_activity_at.is_none()
            }
            PresenceOrder::Command { command, ours } => {
                self.ledger.command(command, now);
                ours
            }
        };
        self.settle(report, ctx);
    }
}

/// Tells the hub at once if this was a panic; a retired presence is unknown to it by now.
impl Drop for Presence {
    fn drop(&mut self) {
        let _ = self.runtime.hub.tell(Order::Ended(self.name));
    }
}
