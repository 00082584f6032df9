//! What waits on the engine's side of the bridge: taken at once on the hub's thread, fetched by the writer.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::bridge::metrics::BridgeMetrics;
use crate::bridge::{Control, Message, PresenceNote};
use crate::{Audience, Class, Target};

/// Ephemeral broadcasts that wait at most; more of them would be old before they arrive.
const MAX_EPHEMERAL: usize = 1_024;
/// A gap for more audiences than this is one for everyone.
const MAX_AUDIENCES: usize = 1_024;

/// A bounded queue. What has no room is not refused but told as a gap, see [`Missed`].
pub(super) struct Backlog {
    waiting: Mutex<Waiting>,
    limit: usize,
    metrics: Arc<BridgeMetrics>,
    /// Wakes the writer.
    pub(super) changed: Notify,
}

#[derive(Default)]
pub(super) struct Waiting {
    /// Stands for what had no room and was sent before everything in `durable`.
    pub(super) missed: Missed,
    pub(super) durable: Vec<Message>,
    pub(super) ephemeral: Vec<Message>,
}

impl Backlog {
    pub(super) fn new(limit: usize, metrics: Arc<BridgeMetrics>) -> Self {
        Self { waiting: Mutex::default(), limit, metrics, changed: Notify::new() }
    }

    /// Takes a message. Costs a short lock, but for the one that finds the queue full.
    pub(super) fn push(&self, message: Message) {
        let mut waiting = self.waiting.lock();
        if matches!(&message, Message::Broadcast(broadcast) if broadcast.class == Class::Ephemeral) {
            if waiting.ephemeral.len() >= MAX_EPHEMERAL {
                return self.metrics.dropped.add(1);
            }
            waiting.ephemeral.push(message);
        } else {
            if waiting.durable.len() >= self.limit {
                let refused = std::mem::take(&mut waiting.durable);
                self.metrics.collapsed.add(refused.len());
                refused.iter().for_each(|message| waiting.missed.add(message));
            }
            waiting.durable.push(message);
        }
        drop(waiting);
        self.changed.notify_one();
    }

    pub(super) fn take(&self) -> Waiting {
        std::mem::take(&mut *self.waiting.lock())
    }

    /// What was accepted may be lost, whatever it was.
    pub(super) fn lost(&self) {
        self.waiting.lock().missed.everyone();
        self.changed.notify_one();
    }
}

/// What messages that found no room turn into: a gap for those whom they concerned, and the last word on each user's
/// presence, which no resync would bring back.
#[derive(Debug, Default)]
pub(super) struct Missed {
    audiences: HashSet<Audience>,
    /// No more than the users of this instance.
    notes: HashMap<Uuid, PresenceNote>,
}

impl Missed {
    pub(super) fn add(&mut self, message: &Message) {
        match message {
            Message::Broadcast(broadcast) => self.audience(broadcast.audience.clone()),
            Message::Control(control) => self.audience(concerned(control)),
            Message::Presence(note) => {
                self.notes.insert(note.user, *note);
            }
            Message::Gap(audiences) => audiences.iter().for_each(|audience| self.audience(audience.clone())),
            // Whoever waits for a session waits only so long, and begins anew; and the last word on each presence follows.
            Message::Handover(_) | Message::PresenceAnew(_) => {}
        }
    }

    pub(super) fn everyone(&mut self) {
        self.audiences = HashSet::from([Audience::Everyone]);
    }

    fn audience(&mut self, audience: Audience) {
        if self.audiences.contains(&Audience::Everyone) {
            return;
        }
        if audience == Audience::Everyone || self.audiences.len() >= MAX_AUDIENCES {
            return self.everyone();
        }
        self.audiences.insert(audience);
    }

    /// What to send instead.
    pub(super) fn into_messages(self) -> impl Iterator<Item = Message> {
        let gap = (!self.audiences.is_empty()).then(|| Message::Gap(self.audiences.into_iter().collect()));
        gap.into_iter().chain(self.notes.into_values().map(Message::Presence))
    }
}

/// Whose sessions come right again by fetching anew what a control message would have changed. What is not about
/// somebody's sessions is about everybody's caches, which a gap for everyone empties.
fn concerned(control: &Control) -> Audience {
    match control {
        Control::Join { user, .. }
        | Control::Leave { user, .. }
        | Control::Privileged { user, .. }
        | Control::Presence { user, .. }
        | Control::Disconnect { target: Target::User(user), .. } => Audience::User(*user),
        Control::Disconnect { target: Target::Connection(connection), .. } => Audience::Connection(*connection),
        Control::Disconnect { target: Target::Session(_), .. } | Control::Refresh(_) => Audience::Everyone,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::testing::{NOBODY, say, whisper};
    use crate::{PresenceState, Topic};

    fn town(n: u128) -> Audience {
        Audience::Topic(Topic::Channel(Uuid::from_u128(n)))
    }

    fn durable(audience: Audience) -> Message {
        Message::Broadcast(Arc::new(say(audience, "hello")))
    }

    fn gap(messages: impl Iterator<Item = Message>) -> HashSet<Audience> {
        let gaps = messages.filter_map(|message| if let Message::Gap(gap) = message { Some(gap) } else { None });
        gaps.flatten().collect()
    }

    #[test]
    fn what_has_no_room_becomes_a_gap_for_exactly_those_whom_it_concerned() {
        let backlog = Backlog::new(3, Arc::default());
        let user = Uuid::from_u128(1);
        backlog.push(durable(town(1)));
        backlog.push(durable(town(1)));
        backlog.push(Message::Control(Control::Join { user, topics: Vec::new() }));
        backlog.push(durable(town(2)));
        let waiting = backlog.take();
        assert_eq!(waiting.durable.len(), 1, "what came after is still sent");
        assert_eq!(gap(waiting.missed.into_messages()), HashSet::from([town(1), Audience::User(user)]));
        assert!(gap(backlog.take().missed.into_messages()).is_empty());
    }

    #[test]
    fn the_last_word_on_presence_survives() {
        let mut missed = Missed::default();
        let note = PresenceNote { instance: Uuid::nil(), user: Uuid::from_u128(1), state: Some(NOBODY) };
        missed.add(&Message::Presence(note));
        missed.add(&Message::Presence(PresenceNote { state: None, ..note }));
        let messages: Vec<_> = missed.into_messages().collect();
        let state = |message: &Message| match message {
            Message::Presence(note) => note.state,
            _ => Some(PresenceState::UNKNOWN),
        };
        assert_eq!(messages.iter().map(state).collect::<Vec<_>>(), [None]);
    }

    #[test]
    fn many_audiences_and_emptied_caches_are_everyone() {
        let mut missed = Missed::default();
        (0..=1_024).for_each(|n| missed.add(&durable(town(n))));
        assert_eq!(gap(missed.into_messages()), HashSet::from([Audience::Everyone]));
        let mut missed = Missed::default();
        missed.add(&durable(town(1)));
        missed.add(&Message::Control(Control::Refresh(Bytes::new())));
        missed.add(&durable(town(2)));
        assert_eq!(gap(missed.into_messages()), HashSet::from([Audience::Everyone]));
    }

    #[test]
    fn ephemeral_events_are_dropped_and_concern_nobody() {
        let backlog = Backlog::new(1, Arc::default());
        for _ in 0..MAX_EPHEMERAL + 5 {
            backlog.push(Message::Broadcast(Arc::new(whisper(town(1), "typing"))));
        }
        assert_eq!(backlog.metrics.dropped.get(), 5);
        let waiting = backlog.take();
        assert_eq!(waiting.ephemeral.len(), MAX_EPHEMERAL);
        assert!(gap(waiting.missed.into_messages()).is_empty());
    }
}
