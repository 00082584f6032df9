//! What travels: a [`Broadcast`] names its audience, how much it matters, and its bytes.
//!
//! Plain data without behaviour of its own; routing belongs to the hub, encoding to [`crate::Frames`].

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Frames;

/// The dialect a client speaks; each event is encoded at most once for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// RustChat's own socket protocol.
    V1,
    /// The protocol of Mattermost's clients.
    V4,
}

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Must arrive, or the client must be told to resync.
    Durable,
    /// May be dropped under pressure (typing, presence).
    Ephemeral,
}

/// Something sessions subscribe to; each topic with local sessions has a channel actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// The members of a channel.
    Channel(Uuid),
    /// The members of a team.
    Team(Uuid),
    /// The clients that watch this user's presence.
    Presence(Uuid),
}

/// Who hears a broadcast.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// The sessions that joined a topic, in the order in which the topic's broadcasts were published.
    Topic(Topic),
    /// All sessions of one user.
    User(Uuid),
    /// All sessions of several users.
    Users(Arc<[Uuid]>),
    /// One connection.
    Connection(ConnectionId),
    /// Every session.
    Everyone,
}

/// The name of one client connection, kept across resumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionId(pub Uuid);

impl ConnectionId {
    /// A new random id: it cannot be guessed, as it is part of what lets a client resume.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

/// Drops repeats: of the broadcasts with the same key and topic, one passes per `every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Names what repeats, for instance a hash of user and thread.
    pub key: u128,
    /// The shortest time between two that pass.
    pub every: Duration,
}

/// One event on its way to the sessions that may hear it.
#[derive(Debug)]
pub struct Broadcast {
    /// Who hears it.
    pub audience: Audience,
    /// Users of the audience who do not; meant for a handful.
    pub except_users: Vec<Uuid>,
    /// A connection of the audience that does not (usually the one that caused the event).
    pub except_connection: Option<ConnectionId>,
    /// What may happen to it under pressure.
    pub class: Class,
    /// Drops repeats at the instance where they are published; only for [`Audience::Topic`].
    pub throttle: Option<Throttle>,
    /// Its place among the broadcasts of its topic that have one, counted without holes: one that is published before its
    /// predecessor waits a moment for it. Only for [`Audience::Topic`].
    pub place: Option<u64>,
    /// Its bytes, encoded on first demand.
    pub frames: Frames,
    /// When it entered this instance; the start of the delivery latency.
    pub(crate) born: Instant,
    /// Set for durable ones when the hub of their instance sends them on their way.
    pub(crate) stamp: OnceLock<Stamp>,
}

/// The place of a durable broadcast among those of the instance that published it. A session that moves to another
/// instance is told by it which ones it has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// The instance.
    pub(crate) origin: Uuid,
    /// Counted from 1.
    pub(crate) number: u64,
}

impl Broadcast {
    /// A broadcast without exceptions or throttle.
    #[must_use]
    pub fn new(audience: Audience, class: Class, frames: Frames) -> Self {
        Self {
            audience,
            except_users: Vec::new(),
            except_connection: None,
            class,
            throttle: None,
            place: None,
            frames,
            born: Instant::now(),
            stamp: OnceLock::new(),
        }
    }

    /// Gives it its place; the first one holds.
    pub(crate) fn stamp(&self, stamp: Stamp) {
        self.stamp.get_or_init(|| stamp);
    }

    pub(crate) fn stamped(&self) -> Option<Stamp> {
        self.stamp.get().copied()
    }

    /// Leaves these users out.
    #[must_use]
    pub fn except_users(mut self, users: Vec<Uuid>) -> Self {
        self.except_users = users;
        self
    }

    /// Leaves this connection out.
    #[must_use]
    pub fn except_connection(mut self, connection: Option<ConnectionId>) -> Self {
        self.except_connection = connection;
        self
    }

    /// Gives it its place in the topic.
    #[must_use]
    pub fn at(mut self, place: u64) -> Self {
        self.place = Some(place);
        self
    }

    /// Drops repeats, see [`Throttle`].
    #[must_use]
    pub fn throttled(mut self, throttle: Throttle) -> Self {
        self.throttle = Some(throttle);
        self
    }
}
