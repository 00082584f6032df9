//! The other instances: which there are, and how far this one has heard each of them.

use std::collections::HashMap;

use uuid::Uuid;

use super::Hub;
use crate::bridge::Fate;
use crate::presence::PresenceOrder;
use crate::{Audience, Stamp};

pub(crate) struct Peers {
    instance: Uuid,
    /// The number of the last durable broadcast that was published here.
    published: u64,
    /// The same of each other instance, as far as it has arrived.
    heard: HashMap<Uuid, u64>,
}

impl Peers {
    pub(crate) fn new(instance: Uuid) -> Self {
        Self { instance, published: 0, heard: HashMap::new() }
    }

    /// The place of the next durable broadcast of this instance.
    pub(crate) fn next_stamp(&mut self) -> Stamp {
        self.published += 1;
        Stamp { origin: self.instance, number: self.published }
    }

    /// Notes what has arrived. Commands beside the server send as nobody that stays, and are not noted.
    pub(crate) fn heard(&mut self, stamp: Option<Stamp>) {
        if let Some(Stamp { origin, number }) = stamp
            && let Some(heard) = self.heard.get_mut(&origin)
        {
            *heard = number;
        }
    }

    pub(crate) fn any(&self) -> bool {
        !self.heard.is_empty()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = Uuid> {
        self.heard.keys().copied()
    }

    /// How far everybody has been heard, this instance included.
    pub(crate) fn positions(&self) -> Vec<(Uuid, u64)> {
        let others = self.heard.iter().map(|(instance, number)| (*instance, *number));
        others.chain([(self.instance, self.published)]).collect()
    }

    /// Whether everything up to these positions has arrived here.
    pub(crate) fn have_heard(&self, positions: &[(Uuid, u64)]) -> bool {
        positions.iter().all(|(instance, number)| {
            let heard = if *instance == self.instance { Some(&self.published) } else { self.heard.get(instance) };
            heard.copied().unwrap_or(0) >= *number
        })
    }

    /// Whether this instance speaks for those that died: exactly one of those that are left does.
    fn leads(&self) -> bool {
        self.heard.keys().all(|other| self.instance < *other)
    }
}

impl Hub {
    /// Acts on what has become of other instances.
    pub(crate) fn hear_of_peers(&mut self) {
        let news = std::mem::take(&mut *self.runtime.peers.lock());
        for (instance, fate) in news {
            match fate {
                Fate::Arrived => self.peer_arrived(instance),
                Fate::Left | Fate::Died => self.peer_gone(instance, fate),
            }
        }
    }

    /// It learns who is here; what is here learns the same from it.
    fn peer_arrived(&mut self, instance: Uuid) {
        self.peers.heard.entry(instance).or_insert(0);
        self.presences.tell(PresenceOrder::Announce);
    }

    /// What it said of people's presence holds no longer. If it died, it may have changed something of which nobody was
    /// told, so everyone fetches again.
    fn peer_gone(&mut self, instance: Uuid, fate: Fate) {
        if self.peers.heard.remove(&instance).is_none() {
            return;
        }
        self.claims.gone(instance);
        self.presences.tell(PresenceOrder::Gone { instance, report: self.peers.leads() });
        if fate == Fate::Died {
            log::warn!("engine: instance {instance} is gone without a word");
            self.gap(&[Audience::Everyone]);
        }
    }
}
