//! The hub's channel actors: started with their first session, stopped a while after their last, rebuilt when they die.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use tokio::sync::oneshot;

use super::{Child, Ticket};
use crate::channel::{Channel, ChannelOrder, Progress};
use crate::mailbox::{Mailbox, launch};
use crate::runtime::Runtime;
use crate::session::Session;
use crate::supervise::{Crew, SeatId};
use crate::{Broadcast, Class, Topic};

pub(crate) struct Channels {
    live: HashMap<Topic, Place>,
    started: u64,
    runtime: Arc<Runtime>,
}

/// A channel actor, as the hub sees it.
struct Place {
    name: Child,
    mailbox: Mailbox<Channel>,
    seat: SeatId,
    progress: Arc<Progress>,
    sessions: usize,
    empty_since: Option<Instant>,
    /// It may hold a session that has left, as it had no room to hear of it.
    stale: bool,
}

/// The channel had no room. What that means depends on what it was to hear.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoRoom;

impl Channels {
    pub(crate) fn new(runtime: Arc<Runtime>) -> Self {
        Self { live: HashMap::new(), started: 0, runtime }
    }

    fn start(&mut self, topic: Topic, members: Vec<Arc<Session>>, crew: &mut Crew) -> Place {
        self.started += 1;
        let name = Child::Channel(topic, self.started);
        let (seat, arbiter) = crew.seat();
        let metrics = Arc::clone(&self.runtime.metrics.channels);
        let (mailbox, receiver) = Mailbox::new(self.runtime.config.channel_mailbox, metrics);
        let progress = Arc::new(Progress::default());
        let (sessions, state, runtime) = (members.len(), Arc::clone(&progress), Arc::clone(&self.runtime));
        launch(&arbiter, receiver, move || Channel::new(name, members, state, runtime));
        Place { name, mailbox, seat, progress, sessions, empty_since: None, stale: false }
    }

    pub(crate) fn join(&mut self, topic: Topic, session: Arc<Session>, crew: &mut Crew) -> Result<(), NoRoom> {
        if !self.live.contains_key(&topic) {
            let place = self.start(topic, Vec::new(), crew);
            self.live.insert(topic, place);
        }
        let place = self.live.get_mut(&topic).ok_or(NoRoom)?;
        place.sessions += 1;
        place.empty_since = None;
        place.mailbox.tell(ChannelOrder::Join(session)).map_err(|_| {
            place.stale = true;
            NoRoom
        })
    }

    pub(crate) fn leave(&mut self, topic: Topic, session: Arc<Session>, ticket: Option<Ticket>) -> Result<(), NoRoom> {
        let Some(place) = self.live.get_mut(&topic) else { return Ok(()) };
        place.sessions = place.sessions.saturating_sub(1);
        if place.sessions == 0 {
            place.empty_since = Some(Instant::now());
        }
        place.mailbox.tell(ChannelOrder::Leave(session, ticket)).map_err(|_| {
            place.stale = true;
            NoRoom
        })
    }

    /// Hands a broadcast to its channel, if there is one here.
    pub(crate) fn broadcast(&self, topic: Topic, broadcast: &Arc<Broadcast>) -> Result<(), NoRoom> {
        let Some(place) = self.live.get(&topic) else { return Ok(()) };
        if broadcast.class == Class::Durable {
            place.progress.sent();
        }
        place.mailbox.tell(ChannelOrder::Broadcast(Arc::clone(broadcast))).map_err(|_| {
            if broadcast.class == Class::Durable {
                place.progress.unsent();
            }
            NoRoom
        })
    }

    /// Whether everything durable that this channel was sent is delivered.
    pub(crate) fn is_quiet(&self, topic: Topic) -> bool {
        self.live.get(&topic).is_none_or(|place| place.progress.behind() == 0)
    }

    /// Channels that died or whose arbiter was replaced.
    pub(crate) fn dead(&self, crew: &Crew) -> Vec<Child> {
        let dead = self.live.values().filter(|place| !place.mailbox.connected() || crew.lost(place.seat));
        dead.map(|place| place.name).collect()
    }

    /// Begins a dead channel anew with those who are here. Returns whether they may have missed something, which is so
    /// unless everything durable had been delivered. `None`: it was not this channel that died, but one long retired.
    pub(crate) fn rebuild(
        &mut self,
        topic: Topic,
        name: Child,
        members: Vec<Arc<Session>>,
        crew: &mut Crew,
    ) -> Option<bool> {
        let former = self.live.remove(&topic)?;
        if former.name != name {
            self.live.insert(topic, former);
            return None;
        }
        let missed = former.progress.behind() > 0;
        if !members.is_empty() {
            let place = self.start(topic, members, crew);
            self.live.insert(topic, place);
        }
        Some(missed)
    }

    /// Retires what has been empty for long. The actor ends when its mailbox is empty, as the hub was the only one
    /// that knew its address.
    pub(crate) fn retire_idle(&mut self) {
        let idle = self.runtime.config.channel_idle;
        self.live.retain(|_, place| place.empty_since.is_none_or(|since| since.elapsed() < idle));
        self.runtime.metrics.live_channels.store(u64::try_from(self.live.len()).unwrap_or(0), Relaxed);
    }

    /// Tells channels that had no room for a join or a leave who is here.
    pub(crate) fn refresh_stale(&mut self, who_is_here: impl Fn(Topic) -> Vec<Arc<Session>>) {
        for (topic, place) in self.live.iter_mut().filter(|(_, place)| place.stale) {
            place.stale = place.mailbox.tell(ChannelOrder::Members(who_is_here(*topic))).is_err();
        }
    }

    /// Asks a channel for its state. Answers with the number of members.
    pub(crate) fn snapshot(&self, topic: Topic, answer: oneshot::Sender<usize>) {
        self.tell(topic, ChannelOrder::Snapshot(answer));
    }

    /// Tells a channel something that may be lost.
    pub(crate) fn tell(&self, topic: Topic, order: ChannelOrder) {
        if let Some(place) = self.live.get(&topic) {
            let _ = place.mailbox.tell(order);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.live.len()
    }
}
