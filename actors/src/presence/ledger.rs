//! The rule of presence: what a user looks like at a moment, and when time alone will change that.
//!
//! Pure: every function takes the time, in Unix milliseconds.

use super::{PresenceCommand, PresenceState, Status};

/// What is known about one user.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    /// Sockets on this instance.
    sockets: usize,
    /// The last activity on other instances, if the user is connected there.
    elsewhere: Option<i64>,
    /// The last socket here is gone, but until then nobody should notice.
    leaving_until: Option<i64>,
    last_activity_at: i64,
    chosen: Option<Chosen>,
    rules: Rules,
}

#[derive(Clone, Copy, Debug)]
struct Chosen {
    status: Status,
    until: Option<i64>,
}

/// Times in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// Without activity for this long, online is away.
    pub(crate) away_after: i64,
    /// Without a socket for this long, a user is gone.
    pub(crate) offline_grace: i64,
}

impl Ledger {
    /// Goes on from what was stored or known before.
    pub(crate) fn new(saved: PresenceState, elsewhere: Option<i64>, rules: Rules) -> Self {
        let chosen = saved.manual.then_some(Chosen { status: saved.status, until: saved.dnd_end_at });
        let last_activity_at = saved.last_activity_at;
        Self { sockets: 0, elsewhere, leaving_until: None, last_activity_at, chosen, rules }
    }

    /// The number of sockets on this instance; a new one counts as activity.
    pub(crate) fn sockets(&mut self, sockets: usize, now: i64) {
        if sockets > self.sockets {
            self.active(now);
        }
        if sockets == 0 && self.sockets > 0 {
            self.leaving_until = Some(now.saturating_add(self.rules.offline_grace));
        } else if sockets > 0 {
            self.leaving_until = None;
        }
        self.sockets = sockets;
    }

    pub(crate) fn active(&mut self, now: i64) {
        self.last_activity_at = self.last_activity_at.max(now);
    }

    /// The last activity on other instances; `None` if the user is not connected there.
    pub(crate) fn elsewhere(&mut self, last_activity_at: Option<i64>) {
        self.elsewhere = last_activity_at;
        self.last_activity_at = self.last_activity_at.max(last_activity_at.unwrap_or(0));
    }

    pub(crate) fn command(&mut self, command: PresenceCommand, now: i64) {
        self.chosen = match command {
            PresenceCommand::Automatic | PresenceCommand::Manual { status: Status::Online, .. } => {
                self.active(now);
                None
            }
            PresenceCommand::Manual { status, dnd_end_at } => {
                Some(Chosen { status, until: dnd_end_at.filter(|_| status == Status::Dnd) })
            }
        };
    }

    /// What the user looks like.
    pub(crate) fn state(&mut self, now: i64) -> PresenceState {
        self.chosen = self.chosen.filter(|chosen| chosen.until.is_none_or(|until| now < until));
        self.leaving_until = self.leaving_until.filter(|until| now < *until);
        let status = match self.chosen {
            Some(chosen) => chosen.status,
            None if !self.connected() => Status::Offline,
            None if now >= self.away_at() => Status::Away,
            None => Status::Online,
        };
        PresenceState {
            status,
            manual: self.chosen.is_some(),
            last_activity_at: self.last_activity_at,
            dnd_end_at: self.chosen.and_then(|chosen| chosen.until),
        }
    }

    /// When to ask for the [`state`](Self::state) again although nothing happened; call it after that.
    pub(crate) fn next_change(&self, now: i64) -> Option<i64> {
        let end_of_choice = self.chosen.and_then(|chosen| chosen.until);
        let away = Some(self.away_at()).filter(|at| self.connected() && self.chosen.is_none() && *at > now);
        [end_of_choice, away, self.leaving_until].into_iter().flatten().min()
    }

    /// Whether this instance still has something to say about the user.
    pub(crate) fn present(&self) -> bool {
        self.sockets > 0 || self.leaving_until.is_some()
    }

    pub(crate) fn has_sockets(&self) -> bool {
        self.sockets > 0
    }

    fn connected(&self) -> bool {
        self.present() || self.elsewhere.is_some()
    }

    fn away_at(&self) -> i64 {
        self.last_activity_at.saturating_add(self.rules.away_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules { away_after: 300, offline_grace: 5 };

    fn saved(status: Status, manual: bool, dnd_end_at: Option<i64>) -> PresenceState {
        PresenceState { status, manual, last_activity_at: 0, dnd_end_at }
    }

    fn online_at(now: i64) -> Ledger {
        let mut ledger = Ledger::new(PresenceState::UNKNOWN, None, RULES);
        ledger.sockets(1, now);
        assert_eq!(ledger.state(now).status, Status::Online);
        ledger
    }

    #[test]
    fn idle_turns_into_away_and_activity_back_into_online() {
        let mut ledger = online_at(1_000);
        assert_eq!(ledger.next_change(1_000), Some(1_300));
        assert_eq!(ledger.state(1_299).status, Status::Online);
        assert_eq!(ledger.state(1_300).status, Status::Away);
        assert_eq!(ledger.next_change(1_300), None, "away lasts until something happens");
        ledger.active(1_400);
        assert_eq!(ledger.state(1_400).status, Status::Online);
    }

    #[test]
    fn the_last_socket_leaves_after_a_grace_and_a_reload_goes_unnoticed() {
        let mut ledger = online_at(1_000);
        ledger.sockets(0, 1_010);
        assert_eq!(ledger.state(1_014).status, Status::Online);
        ledger.sockets(1, 1_014);
        assert_eq!(ledger.state(1_016).status, Status::Online);
        ledger.sockets(0, 1_020);
        assert_eq!(ledger.next_change(1_020), Some(1_025));
        assert_eq!(ledger.state(1_025).status, Status::Offline);
        assert!(!ledger.present());
    }

    #[test]
    fn one_of_two_sockets_leaving_changes_nothing() {
        let mut ledger = online_at(1_000);
        ledger.sockets(2, 1_001);
        ledger.sockets(1, 1_002);
        assert_eq!(ledger.state(1_100).status, Status::Online);
    }

    #[test]
    fn what_was_chosen_is_not_overridden() {
        for status in [Status::Away, Status::Dnd, Status::Offline] {
            let mut ledger = online_at(1_000);
            ledger.command(PresenceCommand::Manual { status, dnd_end_at: None }, 1_001);
            ledger.active(1_002);
            ledger.sockets(2, 1_003);
            let state = ledger.state(2_000);
            assert_eq!((state.status, state.manual), (status, true));
            ledger.sockets(0, 2_001);
            assert_eq!(ledger.state(3_000).status, status, "not even by leaving");
            ledger.sockets(1, 3_001);
            ledger.command(PresenceCommand::Automatic, 3_002);
            let state = ledger.state(3_002);
            assert_eq!((state.status, state.manual), (Status::Online, false));
        }
    }

    #[test]
    fn choosing_online_means_automatic() {
        let mut ledger = online_at(1_000);
        ledger.command(PresenceCommand::Manual { status: Status::Online, dnd_end_at: None }, 1_000);
        assert_eq!(ledger.state(1_300).status, Status::Away);
    }

    #[test]
    fn do_not_disturb_ends_by_itself() {
        let mut ledger = online_at(1_000);
        ledger.command(PresenceCommand::Manual { status: Status::Dnd, dnd_end_at: Some(1_200) }, 1_000);
        assert_eq!(ledger.state(1_000).dnd_end_at, Some(1_200));
        assert_eq!(ledger.next_change(1_000), Some(1_200));
        assert_eq!(
            ledger.state(1_200),
            PresenceState { last_activity_at: 1_000, ..saved(Status::Online, false, None) }
        );
    }

    #[test]
    fn what_was_stored_counts_until_it_ends() {
        let mut ledger = Ledger::new(saved(Status::Dnd, true, Some(1_500)), None, RULES);
        ledger.sockets(1, 1_400);
        assert_eq!(ledger.state(1_400).status, Status::Dnd);
        assert_eq!(ledger.state(1_500).status, Status::Online);
        let mut ledger = Ledger::new(saved(Status::Away, false, None), None, RULES);
        ledger.sockets(1, 1_400);
        assert_eq!(ledger.state(1_400).status, Status::Online, "it was not chosen");
    }

    #[test]
    fn a_socket_on_another_instance_keeps_a_user_here() {
        let mut ledger = online_at(1_000);
        ledger.elsewhere(Some(1_200));
        ledger.sockets(0, 1_250);
        assert_eq!(ledger.state(1_260).status, Status::Online);
        assert!(!ledger.present(), "but not by us");
        assert_eq!(ledger.state(1_500).status, Status::Away, "300 after the activity there");
        ledger.elsewhere(None);
        assert_eq!(ledger.state(1_501).status, Status::Offline);
    }
}
