//! Who is here: the sessions of this instance, by name and by user, and what they joined.
//!
//! The one truth about membership. Channels hold a copy of their part of it and can be given it again.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::Child;
use crate::session::Session;
use crate::supervise::SeatId;
use crate::{Audience, ConnectionId, Topic};

#[derive(Default)]
pub(crate) struct Registry {
    sessions: HashMap<ConnectionId, Entry>,
    users: HashMap<Uuid, Vec<Arc<Session>>>,
}

struct Entry {
    session: Arc<Session>,
    seat: SeatId,
    /// Sorted.
    topics: Vec<Topic>,
}

impl Registry {
    pub(crate) fn insert(&mut self, session: Arc<Session>, seat: SeatId) {
        self.users.entry(session.user).or_default().push(Arc::clone(&session));
        self.sessions.insert(session.id, Entry { session, seat, topics: Vec::new() });
    }

    /// Forgets a session; returns it with what it had joined.
    pub(crate) fn remove(&mut self, id: ConnectionId) -> Option<(Arc<Session>, Vec<Topic>)> {
        let Entry { session, topics, .. } = self.sessions.remove(&id)?;
        if let Some(siblings) = self.users.get_mut(&session.user) {
            siblings.retain(|sibling| sibling.id != id);
            if siblings.is_empty() {
                self.users.remove(&session.user);
            }
        }
        Some((session, topics))
    }

    pub(crate) fn get(&self, id: ConnectionId) -> Option<&Arc<Session>> {
        self.sessions.get(&id).map(|entry| &entry.session)
    }

    /// What a session has joined.
    pub(crate) fn topics(&self, id: ConnectionId) -> &[Topic] {
        self.sessions.get(&id).map_or(&[], |entry| &entry.topics)
    }

    pub(crate) fn of_user(&self, user: Uuid) -> &[Arc<Session>] {
        self.users.get(&user).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Session>> {
        self.sessions.values().map(|entry| &entry.session)
    }

    pub(crate) fn in_topic(&self, topic: Topic) -> impl Iterator<Item = &Arc<Session>> {
        let joined = self.sessions.values().filter(move |entry| entry.topics.binary_search(&topic).is_ok());
        joined.map(|entry| &entry.session)
    }

    /// The sessions of an audience on this instance.
    pub(crate) fn audience(&self, audience: &Audience) -> Vec<Arc<Session>> {
        match audience {
            Audience::Topic(topic) => self.in_topic(*topic).cloned().collect(),
            Audience::User(user) => self.of_user(*user).to_vec(),
            Audience::Users(users) => users.iter().flat_map(|user| self.of_user(*user)).cloned().collect(),
            Audience::Connection(id) => self.get(*id).cloned().into_iter().collect(),
            Audience::Everyone => self.all().cloned().collect(),
        }
    }

    /// Notes that a session joined; whether that is new.
    pub(crate) fn join(&mut self, id: ConnectionId, topic: Topic) -> bool {
        let Some(entry) = self.sessions.get_mut(&id) else { return false };
        let Err(place) = entry.topics.binary_search(&topic) else { return false };
        entry.topics.insert(place, topic);
        true
    }

    /// Notes that a session left; whether it was there.
    pub(crate) fn leave(&mut self, id: ConnectionId, topic: Topic) -> bool {
        let Some(entry) = self.sessions.get_mut(&id) else { return false };
        let Ok(place) = entry.topics.binary_search(&topic) else { return false };
        entry.topics.remove(place);
        true
    }

    /// Whose presence a session hears of.
    pub(crate) fn watched(&self, id: ConnectionId) -> Vec<Topic> {
        let topics = self.sessions.get(&id).map_or(&[][..], |entry| &entry.topics);
        topics.iter().filter(|topic| matches!(topic, Topic::Presence(_))).copied().collect()
    }

    /// How many sockets a user has.
    pub(crate) fn sockets(&self, user: Uuid) -> usize {
        self.of_user(user).iter().filter(|session| session.outbox.attached()).count()
    }

    /// How many sockets everybody has who has any.
    pub(crate) fn all_sockets(&self) -> HashMap<Uuid, usize> {
        let counts = self.users.keys().map(|user| (*user, self.sockets(*user)));
        counts.filter(|(_, sockets)| *sockets > 0).collect()
    }

    /// Sessions whose actor is not at home any more.
    pub(crate) fn orphans(&self, lost: impl Fn(SeatId) -> bool) -> Vec<Child> {
        let dead = |session: &Session| session.actor.get().is_none_or(|actor| !actor.connected());
        let orphans = self.sessions.values().filter(|entry| dead(&entry.session) || lost(entry.seat));
        orphans.map(|Entry { session, .. }| Child::Session(session.id, session.number)).collect()
    }

    pub(crate) fn sessions(&self) -> usize {
        self.sessions.len()
    }

    pub(crate) fn users(&self) -> usize {
        self.users.len()
    }
}
