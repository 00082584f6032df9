//! The hub's presence actor: told who has how many sockets, rebuilt with its book when it dies.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use uuid::Uuid;

use super::Child;
use crate::mailbox::{Mailbox, launch};
use crate::presence::{Book, Presence, PresenceOrder, Rules};
use crate::runtime::{Runtime, millis};
use crate::supervise::{Crew, SeatId};

pub(crate) struct Presences {
    name: Child,
    mailbox: Mailbox<Presence>,
    seat: SeatId,
    book: Arc<Mutex<Book>>,
    /// It may have missed something, as it had no room to hear of it.
    stale: bool,
    runtime: Arc<Runtime>,
}

impl Presences {
    pub(crate) fn new(crew: &mut Crew, runtime: Arc<Runtime>) -> Self {
        let rules = Rules {
            away_after: millis(runtime.config.away_after),
            offline_grace: millis(runtime.config.offline_grace),
        };
        let book = Arc::new(Mutex::new(Book::new(runtime.instance, rules)));
        let name = Child::Presence(0);
        let (mailbox, seat) = start(name, &book, crew, &runtime);
        Self { name, mailbox, seat, book, stale: false, runtime }
    }

    /// Tells presence something. Returns whether it had room.
    pub(crate) fn tell(&mut self, order: PresenceOrder) -> bool {
        let told = self.mailbox.tell(order).is_ok();
        self.stale |= !told;
        told
    }

    /// Whether it died or its arbiter was replaced; then its name.
    pub(crate) fn dead(&self, crew: &Crew) -> Option<Child> {
        (!self.mailbox.connected() || crew.lost(self.seat)).then_some(self.name)
    }

    /// Begins presence anew with its book. Returns whether it was this one that died, and not a former one.
    pub(crate) fn rebuild(&mut self, name: Child, crew: &mut Crew) -> bool {
        let Child::Presence(number) = self.name else { return false };
        if self.name != name {
            return false;
        }
        self.name = Child::Presence(number + 1);
        (self.mailbox, self.seat) = start(self.name, &self.book, crew, &self.runtime);
        self.stale = true;
        true
    }

    /// Makes good what it may have missed.
    pub(crate) fn refresh(&mut self, sockets: impl FnOnce() -> HashMap<Uuid, usize>) {
        if self.stale {
            self.stale = self.mailbox.tell(PresenceOrder::Recount(sockets())).is_err();
        }
    }
}

fn start(name: Child, book: &Arc<Mutex<Book>>, crew: &mut Crew, runtime: &Arc<Runtime>) -> (Mailbox<Presence>, SeatId) {
    let (seat, arbiter) = crew.seat();
    let (mailbox, receiver) = Mailbox::new(runtime.config.hub_mailbox, Arc::clone(&runtime.metrics.presence));
    let (book, runtime) = (Arc::clone(book), Arc::clone(runtime));
    launch(&arbiter, receiver, move || Presence::new(name, book, runtime));
    (mailbox, seat)
}
