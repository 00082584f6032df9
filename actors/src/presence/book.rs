//! Everybody of whom this instance knows: who is connected here, and what other instances say.
//!
//! Pure like the ledger: no clock, no actor. It outlives its actor, so that one which is rebuilt goes on with it.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::ledger::{Ledger, Rules};
use super::{PresenceChange, PresenceCommand, PresenceState, SavedPresence};
use crate::bridge::PresenceNote;

/// Other instances hear about activity when it has advanced by this part of the time until away.
const ACTIVITY_NOTES_PER_AWAY: i64 = 4;

pub(crate) struct Book {
    instance: Uuid,
    rules: Rules,
    /// Boxed, as a map keeps up to half of its places free.
    here: HashMap<Uuid, Box<Person>>,
    elsewhere: HashMap<Uuid, Vec<PresenceNote>>,
    /// When time alone changes whom.
    due: BTreeSet<(i64, Uuid)>,
}

/// Somebody who has, or had a moment ago, a socket here.
struct Person {
    ledger: Ledger,
    /// What others see.
    shown: PresenceState,
    /// What other instances were told.
    noted: Option<PresenceState>,
    due: Option<i64>,
}

/// What an event led to: whom to tell.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) change: Option<PresenceChange>,
    pub(crate) note: Option<PresenceNote>,
}

impl Book {
    pub(crate) fn new(instance: Uuid, rules: Rules) -> Self {
        Self { instance, rules, here: HashMap::new(), elsewhere: HashMap::new(), due: BTreeSet::new() }
    }

    /// States how many sockets a user has here. `saved` is used if nothing is known of the user.
    pub(crate) fn sockets(&mut self, user: Uuid, sockets: usize, saved: Option<SavedPresence>, now: i64) -> Outcome {
        if sockets == 0 && !self.here.contains_key(&user) {
            return Outcome::default();
        }
        self.person(user, saved).ledger.sockets(sockets, now);
        self.settle(user, true, now)
    }

    /// Corrects the number of sockets of everybody.
    pub(crate) fn recount(&mut self, mut sockets: HashMap<Uuid, usize>, now: i64) -> Vec<Outcome> {
        self.here.keys().for_each(|user| {
            sockets.entry(*user).or_insert(0);
        });
        sockets.into_iter().map(|(user, sockets)| self.sockets(user, sockets, None, now)).collect()
    }

    /// The user did something. That they say they are idle (`false`) only means to look whether it is time for away, as
    /// another device may be active.
    pub(crate) fn activity(&mut self, user: Uuid, active: bool, now: i64) -> Outcome {
        let Some(person) = self.here.get_mut(&user) else { return Outcome::default() };
        if active {
            person.ledger.active(now);
        }
        self.settle(user, true, now)
    }

    /// Does what a user asks. `ours` if they asked on this instance, which then reports the change, wherever they are.
    pub(crate) fn command(&mut self, user: Uuid, command: PresenceCommand, ours: bool, now: i64) -> Outcome {
        if !ours && !self.here.contains_key(&user) {
            return Outcome::default();
        }
        self.person(user, None).ledger.command(command, now);
        self.settle(user, ours, now)
    }

    /// Takes what another instance says. It reports its changes itself, unless nobody is left there to do so.
    pub(crate) fn note(&mut self, note: PresenceNote, now: i64) -> Outcome {
        let notes = self.elsewhere.entry(note.user).or_default();
        notes.retain(|known| known.instance != note.instance);
        if note.state.is_some() {
            notes.push(note);
        }
        if notes.is_empty() {
            self.elsewhere.remove(&note.user);
        }
        let elsewhere = self.seen_elsewhere(note.user);
        let Some(person) = self.here.get_mut(&note.user) else { return Outcome::default() };
        person.ledger.elsewhere(elsewhere.map(|state| state.last_activity_at));
        self.settle(note.user, elsewhere.is_none(), now)
    }

    /// An instance is gone with all it said. Whoever is here reports the change themselves; those who are nowhere now are
    /// reported as offline if `report`.
    pub(crate) fn gone(&mut self, instance: Uuid, report: bool, now: i64) -> Vec<Outcome> {
        let users = self.seen_from(instance);
        users.into_iter().map(|user| self.gone_from(user, instance, report, now)).collect()
    }

    /// Whom an instance has said something of.
    fn seen_from(&self, instance: Uuid) -> Vec<Uuid> {
        let concerned = self.elsewhere.iter().filter(|(_, notes)| notes.iter().any(|note| note.instance == instance));
        concerned.map(|(user, _)| *user).collect()
    }

    fn gone_from(&mut self, user: Uuid, instance: Uuid, report: bool, now: i64) -> Outcome {
        let before = self.get(user).unwrap_or(PresenceState::UNKNOWN);
        let outcome = self.note(PresenceNote { instance, user, state: None }, now);
        if self.get(user).is_some() || !report {
            return outcome;
        }
        let offline = PresenceState { status: super::Status::Offline, manual: false, dnd_end_at: None, ..before };
        // What somebody chose stays, connected or not.
        let now = if before.manual { before } else { offline };
        Outcome { change: (!now.looks_like(&before)).then_some(PresenceChange { user, before, now }), note: None }
    }

    /// How everybody here looks, for an instance that does not know it.
    pub(crate) fn notes(&self) -> impl Iterator<Item = PresenceNote> {
        let noted = self.here.iter().filter(|(_, person)| person.noted.is_some());
        noted.map(|(user, person)| PresenceNote { instance: self.instance, user: *user, state: person.noted })
    }

    /// When to call [`wake`](Self::wake).
    pub(crate) fn next_due(&self) -> Option<i64> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Time has passed.
    pub(crate) fn wake(&mut self, now: i64) -> Vec<Outcome> {
        let later = self.due.split_off(&(now.saturating_add(1), Uuid::nil()));
        let due = std::mem::replace(&mut self.due, later);
        due.into_iter().map(|(_, user)| self.settle(user, true, now)).collect()
    }

    /// What a user looks like, if connected anywhere.
    pub(crate) fn get(&self, user: Uuid) -> Option<PresenceState> {
        self.here.get(&user).map(|person| person.shown).or_else(|| self.seen_elsewhere(user))
    }

    /// What everybody looks like who is connected anywhere, those here first, at most `limit` of them.
    pub(crate) fn known(&self, limit: usize) -> Vec<(Uuid, PresenceState)> {
        let elsewhere = self.elsewhere.keys().filter(|user| !self.here.contains_key(user));
        let users = self.here.keys().chain(elsewhere).take(limit);
        users.filter_map(|user| Some((*user, self.get(*user)?))).collect()
    }

    fn person(&mut self, user: Uuid, saved: Option<SavedPresence>) -> &mut Person {
        let elsewhere = self.seen_elsewhere(user);
        self.here.entry(user).or_insert_with(|| {
            let shown = elsewhere.or(saved).unwrap_or(PresenceState::UNKNOWN);
            let ledger = Ledger::new(shown, elsewhere.map(|state| state.last_activity_at), self.rules);
            Box::new(Person { ledger, shown, noted: None, due: None })
        })
    }

    fn seen_elsewhere(&self, user: Uuid) -> Option<PresenceState> {
        let notes = self.elsewhere.get(&user)?;
        notes.iter().filter_map(|note| note.state).max_by_key(|state| state.last_activity_at)
    }

    /// Brings somebody up to date after anything that may have changed them.
    fn settle(&mut self, user: Uuid, report: bool, now: i64) -> Outcome {
        let Some(person) = self.here.get_mut(&user) else { return Outcome::default() };
        let before = person.shown;
        person.shown = person.ledger.state(now);
        let changed = report && !person.shown.looks_like(&before);
        let change = changed.then_some(PresenceChange { user, before, now: person.shown });
        let news = person.has_news(self.rules.away_after / ACTIVITY_NOTES_PER_AWAY);
        let note = news.then_some(PresenceNote { instance: self.instance, user, state: person.noted });
        if let Some(at) = person.due.take() {
            self.due.remove(&(at, user));
        }
        if person.ledger.present() {
            person.due = person.ledger.next_change(now);
            self.due.extend(person.due.map(|at| (at, user)));
        } else {
            self.here.remove(&user);
        }
        Outcome { change, note }
    }
}

impl Person {
    /// Whether the other instances should hear how this one sees the user, which is then in `noted`. That the last socket
    /// is gone is said before the grace is over, so that two instances which lose their sockets together do not wait
    /// for each other.
    fn has_news(&mut self, activity_step: i64) -> bool {
        let state = self.ledger.has_sockets().then_some(self.shown);
        let news = match (&self.noted, &state) {
            (None, None) => false,
            (Some(old), Some(new)) => {
                !new.looks_like(old) || new.last_activity_at.saturating_sub(old.last_activity_at) >= activity_step
            }
            _ => true,
        };
        if news {
            self.noted = state;
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Status;

    const ANN: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(9);

    fn book() -> Book {
        Book::new(Uuid::from_u128(8), Rules { away_after: 300, offline_grace: 5 })
    }

    fn seen(outcome: &Outcome) -> Option<Status> {
        outcome.change.map(|change| change.now.status)
    }

    /// What others hear; `Offline` stands for the news that nobody is here any more.
    fn noted(outcome: &Outcome) -> Option<Status> {
        outcome.note.map(|note| note.state.map_or(Status::Offline, |state| state.status))
    }

    #[test]
    fn coming_going_and_time_are_reported_and_noted_once() {
        let mut book = book();
        let outcome = book.sockets(ANN, 1, None, 1_000);
        assert_eq!((seen(&outcome), noted(&outcome)), (Some(Status::Online), Some(Status::Online)));
        assert_eq!(book.sockets(ANN, 2, None, 1_010), Outcome::default());
        assert_eq!(book.next_due(), Some(1_310));
        let woken = book.wake(1_310);
        assert_eq!(woken.iter().map(seen).collect::<Vec<_>>(), [Some(Status::Away)]);
        assert_eq!(book.next_due(), None);
        let outcome = book.sockets(ANN, 0, None, 1_400);
        assert_eq!(
            (seen(&outcome), noted(&outcome)),
            (None, Some(Status::Offline)),
            "others hear it before the grace is over"
        );
        let woken = book.wake(1_405);
        assert_eq!(woken.iter().map(seen).collect::<Vec<_>>(), [Some(Status::Offline)]);
        assert_eq!(book.get(ANN), None);
        assert!(book.due.is_empty());
    }

    #[test]
    fn activity_is_noted_in_steps() {
        let mut book = book();
        book.sockets(ANN, 1, None, 1_000);
        assert_eq!(book.activity(ANN, true, 1_074), Outcome::default());
        assert_eq!(noted(&book.activity(ANN, true, 1_075)), Some(Status::Online));
        assert_eq!(book.activity(OTHER, true, 1_075), Outcome::default(), "nobody we know");
    }

    #[test]
    fn somebody_elsewhere_is_known_but_reported_there() {
        let mut book = book();
        let state = PresenceState { status: Status::Online, last_activity_at: 1_000, ..PresenceState::UNKNOWN };
        let note = PresenceNote { instance: OTHER, user: ANN, state: Some(state) };
        assert_eq!(book.note(note, 1_000), Outcome::default());
        assert_eq!(book.get(ANN), Some(state));
        assert_eq!(seen(&book.sockets(ANN, 1, None, 1_100)), None, "already online");
        book.sockets(ANN, 0, None, 1_200);
        book.wake(1_205);
        assert_eq!(book.get(ANN), Some(state), "still there");
        book.note(PresenceNote { state: None, ..note }, 1_300);
        assert_eq!(book.get(ANN), None);
    }

    #[test]
    fn the_last_instance_reports_that_a_user_is_gone() {
        let mut book = book();
        let state = PresenceState { status: Status::Online, last_activity_at: 1_000, ..PresenceState::UNKNOWN };
        let note = PresenceNote { instance: OTHER, user: ANN, state: Some(state) };
        book.sockets(ANN, 1, None, 1_000);
        book.note(note, 1_000);
        book.sockets(ANN, 0, None, 1_001);
        assert_eq!(seen(&book.note(PresenceNote { state: None, ..note }, 1_002)), None, "within the grace");
        assert_eq!(book.wake(1_006).iter().map(seen).collect::<Vec<_>>(), [Some(Status::Offline)]);
    }

    #[test]
    fn a_command_for_somebody_who_is_nowhere_is_reported_and_forgotten() {
        let mut book = book();
        let command = PresenceCommand::Manual { status: Status::Dnd, dnd_end_at: None };
        assert_eq!(book.command(ANN, command, false, 1_000), Outcome::default());
        assert_eq!(seen(&book.command(ANN, command, true, 1_000)), Some(Status::Dnd));
        assert_eq!(book.get(ANN), None);
    }

    #[test]
    fn a_recount_brings_back_what_was_lost() {
        let mut book = book();
        book.sockets(ANN, 1, None, 1_000);
        let outcomes = book.recount(HashMap::from([(OTHER, 1)]), 1_001);
        assert!(outcomes.iter().any(|outcome| seen(outcome) == Some(Status::Online)));
        book.wake(1_006);
        assert_eq!(book.get(ANN), None);
        assert!(book.get(OTHER).is_some());
    }
}
