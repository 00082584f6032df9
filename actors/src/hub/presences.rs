//! The hub's presence actors, one per user with a socket here, and what other instances say about users.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use uuid::Uuid;

use super::Child;
use crate::bridge::PresenceNote;
use crate::mailbox::{Mailbox, launch};
use crate::presence::{PRESENCE_MAILBOX, Presence, PresenceOrder};
use crate::runtime::Runtime;
use crate::supervise::{Crew, SeatId};
use crate::{PresenceCommand, PresenceState, SavedPresence};

pub(crate) struct Presences {
    live: HashMap<Uuid, Place>,
    elsewhere: HashMap<Uuid, Vec<Report>>,
    started: u64,
    runtime: Arc<Runtime>,
}

/// A presence actor, as the hub sees it.
struct Place {
    name: Child,
    mailbox: Mailbox<Presence>,
    record: Arc<Mutex<PresenceState>>,
    seat: SeatId,
}

/// What one other instance says about a user.
struct Report {
    instance: Uuid,
    state: PresenceState,
}

impl Presences {
    pub(crate) fn new(runtime: Arc<Runtime>) -> Self {
        Self { live: HashMap::new(), elsewhere: HashMap::new(), started: 0, runtime }
    }

    fn start(&mut self, user: Uuid, state: PresenceState, crew: &mut Crew) -> Place {
        self.started += 1;
        let name = Child::Presence(user, self.started);
        let (seat, arbiter) = crew.seat();
        let metrics = Arc::clone(&self.runtime.metrics.presences);
        let (mailbox, receiver) = Mailbox::new(PRESENCE_MAILBOX, metrics);
        let record = Arc::new(Mutex::new(state));
        let (elsewhere, runtime, shared) = (self.seen_elsewhere(user), Arc::clone(&self.runtime), Arc::clone(&record));
        launch(&arbiter, receiver, move || Presence::new(name, user, shared, elsewhere, runtime));
        Place { name, mailbox, record, seat }
    }

    /// Tells a presence; one that has no room hangs or is gone, and is begun anew from what it had come to.
    fn tell(&mut self, user: Uuid, order: PresenceOrder, sockets: usize, crew: &mut Crew) {
        let Some(place) = self.live.get(&user) else { return };
        if place.mailbox.tell(order).is_err() {
            self.rebuild(user, place.name, sockets, crew);
        }
    }

    /// States how many sockets a user has here. `saved` is used if nothing is known of the user.
    pub(crate) fn sockets(&mut self, user: Uuid, sockets: usize, saved: Option<SavedPresence>, crew: &mut Crew) {
        if !self.live.contains_key(&user) {
            if sockets == 0 {
                return;
            }
            let state = self.latest_elsewhere(user).or(saved).unwrap_or(PresenceState::UNKNOWN);
            let place = self.start(user, state, crew);
            self.live.insert(user, place);
        }
        self.tell(user, PresenceOrder::Sockets(sockets), sockets, crew);
    }

    pub(crate) fn activity(&mut self, user: Uuid, active: bool, sockets: usize, crew: &mut Crew) {
        self.tell(user, PresenceOrder::Activity(active), sockets, crew);
    }

    /// Does what a user asks. A user without a socket here gets an actor for a moment, if it is `ours` to report.
    pub(crate) fn command(
        &mut self,
        user: Uuid,
        command: PresenceCommand,
        ours: bool,
        sockets: usize,
        crew: &mut Crew,
    ) {
        if ours && !self.live.contains_key(&user) {
            let state = self.latest_elsewhere(user).unwrap_or(PresenceState::UNKNOWN);
            let place = self.start(user, state, crew);
            self.live.insert(user, place);
        }
        self.tell(user, PresenceOrder::Command { command, ours }, sockets, crew);
    }

    /// Takes what another instance says.
    pub(crate) fn note(&mut self, note: PresenceNote, sockets: usize, crew: &mut Crew) {
        let reports = self.elsewhere.entry(note.user).or_default();
        reports.retain(|report| report.instance != note.instance);
        if let Some(state) = note.state {
            reports.push(Report { instance: note.instance, state });
        }
        if reports.is_empty() {
            self.elsewhere.remove(&note.user);
        }
        let last_activity_at = self.seen_elsewhere(note.user);
        self.tell(note.user, PresenceOrder::Elsewhere(last_activity_at), sockets, crew);
    }

    pub(crate) fn dead(&self, crew: &Crew) -> Vec<Child> {
        let dead = self.live.values().filter(|place| !place.mailbox.connected() || crew.lost(place.seat));
        dead.map(|place| place.name).collect()
    }

    /// Begins a dead presence anew. Returns whether it was this one that died, and not one long retired.
    pub(crate) fn rebuild(&mut self, user: Uuid, name: Child, sockets: usize, crew: &mut Crew) -> bool {
        let Some(former) = self.live.remove(&user) else { return false };
        if former.name != name {
            self.live.insert(user, former);
            return false;
        }
        let state = *former.record.lock();
        let place = self.start(user, state, crew);
        // A mailbox that has just been made has room.
        let _ = place.mailbox.tell(PresenceOrder::Sockets(sockets));
        self.live.insert(user, place);
        true
    }

    /// Lets go of a presence that has nothing more to say.
    pub(crate) fn retire(&mut self, user: Uuid, name: Child) {
        if self.live.get(&user).is_some_and(|place| place.name == name) {
            self.live.remove(&user);
        }
    }

    /// Users with a presence actor.
    pub(crate) fn users(&self) -> Vec<Uuid> {
        self.live.keys().copied().collect()
    }

    /// What a user looks like, if connected anywhere.
    pub(crate) fn get(&self, user: Uuid) -> Option<PresenceState> {
        let here = self.live.get(&user).map(|place| *place.record.lock());
        here.or_else(|| self.latest_elsewhere(user))
    }

    fn latest_elsewhere(&self, user: Uuid) -> Option<PresenceState> {
        let reports = self.elsewhere.get(&user)?;
        reports.iter().map(|report| report.state).max_by_key(|state| state.last_activity_at)
    }

    fn seen_elsewhere(&self, user: Uuid) -> Option<i64> {
        self.latest_elsewhere(user).map(|state| state.last_activity_at)
    }
}
