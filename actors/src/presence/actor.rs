//! The actor that owns the book of presence, gives it a clock, and tells the world.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use parking_lot::Mutex;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::book::{Book, Outcome};
use super::{PresenceCommand, PresenceState, SavedPresence};
use crate::bridge::{Message, PresenceNote};
use crate::hub::{Child, Order};
use crate::mailbox::Posted;
use crate::runtime::Runtime;

/// What the hub tells presence.
pub(crate) enum PresenceOrder {
    /// A user has this many sockets here.
    Sockets { user: Uuid, sockets: usize, saved: Option<SavedPresence> },
    /// This is who has how many: forget everybody else.
    Recount(HashMap<Uuid, usize>),
    /// See [`Book::activity`].
    Activity { user: Uuid, active: bool },
    /// See [`Book::command`].
    Command { user: Uuid, command: PresenceCommand, ours: bool },
    /// Another instance says this.
    Note(PresenceNote),
    /// Say again how everybody here looks: another instance does not know it.
    Announce,
    /// This instance is gone; `report` if this one tells what that changes for people who are nowhere else.
    Gone { instance: Uuid, report: bool },
    /// What do these look like?
    Get(Vec<Uuid>, oneshot::Sender<Vec<(Uuid, PresenceState)>>),
    /// What does everybody look like, up to so many?
    Known(usize, oneshot::Sender<Vec<(Uuid, PresenceState)>>),
    /// A fault for tests: die like a bug would make it.
    #[cfg(feature = "testing")]
    Crash,
}

pub(crate) struct Presence {
    name: Child,
    book: Arc<Mutex<Book>>,
    /// The one timer, and when it fires.
    timer: Option<(i64, SpawnHandle)>,
    runtime: Arc<Runtime>,
}

impl Presence {
    pub(crate) fn new(name: Child, book: Arc<Mutex<Book>>, runtime: Arc<Runtime>) -> Self {
        Self { name, book, timer: None, runtime }
    }

    fn tell(&self, outcome: &Outcome) {
        if let Some(change) = outcome.change {
            self.runtime.observer.presence_changed(change);
        }
        if let Some(note) = outcome.note {
            self.runtime.bridge.send(Message::Presence(note));
        }
    }

    /// Sets the timer for the next change that time alone makes. One that fires too early does no harm.
    fn arm(&mut self, now: i64, ctx: &mut Context<Self>) {
        let Some(at) = self.book.lock().next_due() else { return };
        if self.timer.is_some_and(|(set, _)| set <= at) {
            return;
        }
        if let Some((_, timer)) = self.timer.take() {
            ctx.cancel_future(timer);
        }
        let wait = Duration::from_millis(u64::try_from(at.saturating_sub(now)).unwrap_or(0));
        let timer = ctx.run_later(wait, |presence, ctx| {
            presence.timer = None;
            presence.wake(ctx);
        });
        self.timer = Some((at, timer));
    }

    fn wake(&mut self, ctx: &mut Context<Self>) {
        let now = self.runtime.clock.now_ms();
        let outcomes = self.book.lock().wake(now);
        self.settle(&outcomes, now, ctx);
    }

    fn settle(&mut self, outcomes: &[Outcome], now: i64, ctx: &mut Context<Self>) {
        outcomes.iter().for_each(|outcome| self.tell(outcome));
        self.arm(now, ctx);
    }
}

impl Actor for Presence {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.wake(ctx);
    }
}

impl Handler<Posted<PresenceOrder>> for Presence {
    type Result = ();

    fn handle(&mut self, order: Posted<PresenceOrder>, ctx: &mut Self::Context) {
        let now = self.runtime.clock.now_ms();
        let mut book = self.book.lock();
        let outcome = match order.open() {
            PresenceOrder::Sockets { user, sockets, saved } => book.sockets(user, sockets, saved, now),
            PresenceOrder::Activity { user, active } => book.activity(user, active, now),
            PresenceOrder::Command { user, command, ours } => book.command(user, command, ours, now),
            PresenceOrder::Note(note) => book.note(note, now),
            PresenceOrder::Recount(sockets) => {
                let outcomes = book.recount(sockets, now);
                drop(book);
                return self.settle(&outcomes, now, ctx);
            }
            PresenceOrder::Gone { instance, report } => {
                let outcomes = book.gone(instance, report, now);
                drop(book);
                return self.settle(&outcomes, now, ctx);
            }
            PresenceOrder::Announce => {
                self.runtime.bridge.send(Message::PresenceAnew(self.runtime.instance));
                return book.notes().for_each(|note| self.runtime.bridge.send(Message::Presence(note)));
            }
            PresenceOrder::Get(users, answer) => {
                let known = users.into_iter().filter_map(|user| Some((user, book.get(user)?))).collect();
                let _ = answer.send(known);
                return;
            }
            PresenceOrder::Known(limit, answer) => {
                let _ = answer.send(book.known(limit));
                return;
            }
            #[cfg(feature = "testing")]
            PresenceOrder::Crash => panic!("presence was told to die"),
        };
        drop(book);
        self.settle(std::slice::from_ref(&outcome), now, ctx);
    }
}

/// Tells the hub at once if this was a panic.
impl Drop for Presence {
    fn drop(&mut self) {
        let _ = self.runtime.hub.tell(Order::Ended(self.name));
    }
}
