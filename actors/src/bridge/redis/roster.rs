//! The other instances: who is heard, how far, and who may have died.
//!
//! Pure: every function takes the time. It outlives the parts that use it, so that one that is rebuilt reads on from where
//! its former self had come. A position is the number of the last record that was taken from an instance's stream.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use uuid::Uuid;

/// An instance as a listing shows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listed {
    pub(super) instance: Uuid,
    /// Whether its lease runs.
    pub(super) alive: bool,
    /// Where its stream ends; only the first listing needs it.
    pub(super) end: u64,
}

#[derive(Default)]
pub(super) struct Roster {
    heard: HashMap<Uuid, Peer>,
    /// Those whose lease has lapsed, with their positions, in case they come back.
    lapsed: HashMap<Uuid, u64>,
    /// Those who said goodbye, as long as a listing that is late may still show them.
    left: HashSet<Uuid>,
    listed: bool,
}

struct Peer {
    position: u64,
    /// Whether the hub knows of it.
    arrived: bool,
    /// It was taken for dead before: what it said was forgotten here.
    returned: bool,
    missing_since: Option<Instant>,
    /// Its lease has been missing for so long that it is dead when its stream has nothing more to say.
    dying: bool,
}

/// What to read next, and what the hub must hear first.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// With whether it returned from what looked like its death.
    pub(super) arrivals: Vec<(Uuid, bool)>,
    pub(super) streams: Vec<(Uuid, u64)>,
}

impl Roster {
    /// Whether there was a listing.
    pub(super) fn listed(&self) -> bool {
        self.listed
    }

    /// Everybody whose lease matters, whether they are still listed or not.
    pub(super) fn names(&self) -> impl Iterator<Item = Uuid> {
        self.heard.keys().copied()
    }

    /// Takes a listing of all other instances. Those of the first one are heard from where they were then, as nobody was
    /// here to hear more; those that appear later are new and heard from their beginning. Returns whether the plan is
    /// another one now.
    pub(super) fn take(&mut self, listing: &[Listed], lease: Duration, now: Instant) -> bool {
        let mut changed = false;
        for Listed { instance, alive, end } in listing {
            let Some(peer) = self.heard.get_mut(instance) else {
                changed |= *alive && self.appeared(*instance, *end);
                if !alive && !self.listed {
                    self.lapsed.insert(*instance, *end);
                }
                continue;
            };
            if *alive {
                (peer.missing_since, peer.dying) = (None, false);
            } else if now.duration_since(*peer.missing_since.get_or_insert(now)) > lease {
                peer.dying = true;
            }
        }
        let names: HashSet<_> = listing.iter().map(|listed| listed.instance).collect();
        self.lapsed.retain(|instance, _| names.contains(instance));
        self.left.retain(|instance| names.contains(instance));
        self.listed = true;
        changed
    }

    fn appeared(&mut self, instance: Uuid, end: u64) -> bool {
        if self.left.contains(&instance) {
            return false;
        }
        let lapsed = self.lapsed.remove(&instance);
        let position = lapsed.unwrap_or(if self.listed { 0 } else { end });
        let returned = lapsed.is_some();
        let peer = Peer { position, arrived: false, returned, missing_since: None, dying: false };
        self.heard.insert(instance, peer);
        true
    }

    /// Redis was away: that leases are missing since then says nothing.
    pub(super) fn forgive(&mut self) {
        self.heard.values_mut().for_each(|peer| peer.missing_since = None);
    }

    /// What to read next. Arrivals are told once.
    pub(super) fn plan(&mut self) -> Plan {
        let mut plan = Plan::default();
        for (instance, peer) in &mut self.heard {
            plan.streams.push((*instance, peer.position));
            if !std::mem::replace(&mut peer.arrived, true) {
                plan.arrivals.push((*instance, peer.returned));
            }
        }
        plan
    }

    /// Moves on to `last`, before its records are delivered. Returns the former position.
    pub(super) fn advance(&mut self, instance: Uuid, last: u64) -> Option<u64> {
        let peer = self.heard.get_mut(&instance)?;
        Some(std::mem::replace(&mut peer.position, last))
    }

    /// Whether the hub knows this instance.
    pub(super) fn knows(&self, instance: Uuid) -> bool {
        self.heard.get(&instance).is_some_and(|peer| peer.arrived)
    }

    /// How many instances the hub knows.
    pub(super) fn len(&self) -> usize {
        self.heard.values().filter(|peer| peer.arrived).count()
    }

    /// It said goodbye.
    pub(super) fn leave(&mut self, instance: Uuid) {
        self.heard.remove(&instance);
        self.left.insert(instance);
    }

    /// Those that may be buried if the next reading brings nothing from them.
    pub(super) fn dying(&self) -> Vec<Uuid> {
        self.heard.iter().filter(|(_, peer)| peer.dying).map(|(instance, _)| *instance).collect()
    }

    /// Gives an instance up, unless it has shown itself meanwhile.
    pub(super) fn bury(&mut self, instance: Uuid) -> bool {
        if !self.heard.get(&instance).is_some_and(|peer| peer.dying) {
            return false;
        }
        let position = self.heard.remove(&instance).map(|peer| peer.position);
        self.lapsed.extend(position.map(|position| (instance, position)));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(5);
    const OLD: Uuid = Uuid::from_u128(1);
    const NEW: Uuid = Uuid::from_u128(2);

    fn listed(instance: Uuid, alive: bool, end: u64) -> Listed {
        Listed { instance, alive, end }
    }

    fn streams(roster: &mut Roster) -> Vec<(Uuid, u64)> {
        let mut streams = roster.plan().streams;
        streams.sort();
        streams
    }

    #[test]
    fn those_before_us_are_heard_from_now_and_those_after_us_from_their_beginning() {
        let (mut roster, now) = (Roster::default(), Instant::now());
        assert!(roster.take(&[listed(OLD, true, 40)], LEASE, now));
        assert!(!roster.knows(OLD));
        assert_eq!(roster.plan(), Plan { arrivals: vec![(OLD, false)], streams: vec![(OLD, 40)] });
        assert!(roster.knows(OLD));
        assert!(roster.take(&[listed(OLD, true, 50), listed(NEW, true, 7)], LEASE, now));
        assert_eq!(roster.plan().arrivals, [(NEW, false)]);
        assert_eq!(streams(&mut roster), [(OLD, 40), (NEW, 0)]);
        assert_eq!(roster.advance(OLD, 50), Some(40));
        assert_eq!(streams(&mut roster), [(OLD, 50), (NEW, 0)]);
    }

    #[test]
    fn who_had_lapsed_before_us_is_not_heard_from_the_beginning() {
        let (mut roster, now) = (Roster::default(), Instant::now());
        assert!(!roster.take(&[listed(OLD, false, 40)], LEASE, now));
        assert!(roster.take(&[listed(OLD, true, 60)], LEASE, now));
        assert_eq!(roster.plan(), Plan { arrivals: vec![(OLD, true)], streams: vec![(OLD, 40)] });
    }

    #[test]
    fn death_needs_a_whole_lease_without_a_sign_and_with_redis_there() {
        let (mut roster, start) = (Roster::default(), Instant::now());
        let second = |n: u64| start + Duration::from_secs(n);
        roster.take(&[listed(OLD, true, 0)], LEASE, start);
        roster.plan();
        roster.take(&[listed(OLD, false, 0)], LEASE, second(10));
        roster.take(&[listed(OLD, false, 0)], LEASE, second(14));
        roster.forgive();
        roster.take(&[listed(OLD, false, 0)], LEASE, second(16));
        roster.take(&[listed(OLD, false, 0)], LEASE, second(20));
        assert!(roster.dying().is_empty());
        roster.take(&[listed(OLD, false, 0)], LEASE, second(22));
        assert_eq!(roster.dying(), [OLD]);
        roster.advance(OLD, 9);
        assert!(roster.bury(OLD));
        assert!(!roster.bury(OLD));
        assert_eq!(roster.len(), 0);
        roster.take(&[listed(OLD, true, 0)], LEASE, second(30));
        assert_eq!(roster.plan(), Plan { arrivals: vec![(OLD, true)], streams: vec![(OLD, 9)] }, "it was only slow");
    }

    #[test]
    fn a_late_listing_does_not_bring_back_who_left() {
        let (mut roster, now) = (Roster::default(), Instant::now());
        roster.take(&[listed(OLD, true, 0)], LEASE, now);
        roster.leave(OLD);
        assert!(!roster.take(&[listed(OLD, true, 0)], LEASE, now));
        assert!(!roster.take(&[], LEASE, now));
        assert!(roster.left.is_empty() && roster.plan() == Plan::default());
    }
}
