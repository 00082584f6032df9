//! [`Engine`]: the one public handle.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use uuid::Uuid;

use crate::bridge::Bridge;
use crate::{
    Broadcast, Connect, ConnectError, Connection, ConnectionId, Disconnect, EngineConfig, Metrics, Observer,
    PresenceCommand, PresenceState, Target, Topic,
};

/// The realtime engine of this instance. Cloning copies a pointer.
#[derive(Clone)]
pub struct Engine {
    metrics: Arc<Metrics>,
}

/// How much there is on this instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Sessions, with or without a socket.
    pub sessions: usize,
    /// Sessions with a socket.
    pub attached: usize,
    /// Users with a session.
    pub users: usize,
    /// Channel actors.
    pub channels: usize,
}

/// Whose state to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotOf {
    /// The hub's.
    Hub,
    /// A channel actor's.
    Topic(Topic),
    /// A session's.
    Connection(ConnectionId),
    /// A user's sessions and presence.
    User(Uuid),
}

/// An actor's state, for tests and administrators.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "actor", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Snapshot {
    /// The hub.
    Hub {
        /// How much there is.
        stats: Stats,
    },
}

#[expect(
    unused_variables,
    clippy::unused_self,
    clippy::unused_async,
    clippy::needless_pass_by_value,
    reason = "the public face first"
)]
#[expect(clippy::unimplemented, reason = "the public face first")]
impl Engine {
    /// Starts the engine. Must be called inside an actix `System`; the hub and the other actors run on threads of
    /// their own.
    #[must_use]
    pub fn start(config: EngineConfig, observer: Arc<dyn Observer>, bridge: Arc<dyn Bridge>) -> Self {
        Self { metrics: Arc::default() }
    }

    /// Registers a session under its user, or goes on with an earlier one. From here on the session takes part in
    /// [`join`](Self::join) and [`leave`](Self::leave), so load memberships after this, not before.
    ///
    /// # Errors
    /// See [`ConnectError`]: nobody was connected.
    pub async fn connect(&self, connect: Connect) -> Result<Connection, ConnectError> {
        unimplemented!()
    }

    /// Sends an event to everyone who may hear it, on every instance. Never blocks and never loses silently: a durable
    /// broadcast that cannot be accepted turns into a resync of everyone it was for.
    pub fn publish(&self, broadcast: Broadcast) {
        unimplemented!()
    }

    /// Subscribes all live sessions of a user, on every instance.
    pub fn join(&self, user: Uuid, topics: Vec<Topic>) {
        unimplemented!()
    }

    /// Unsubscribes all live sessions of a user, on every instance: nothing published afterwards reaches them.
    pub fn leave(&self, user: Uuid, topics: Vec<Topic>) {
        unimplemented!()
    }

    /// Ends sessions, on every instance.
    pub fn disconnect(&self, target: Target, reason: Disconnect) {
        unimplemented!()
    }

    /// Says whether a user's sessions are those of a system administrator from now on, on every instance.
    pub fn set_privileged(&self, user: Uuid, privileged: bool) {
        unimplemented!()
    }

    /// Hands `message` to [`Observer::refresh`] on every instance, this one included.
    pub fn refresh(&self, message: Bytes) {
        unimplemented!()
    }

    /// Does what a user asks about presence.
    pub fn set_presence(&self, user: Uuid, command: PresenceCommand) {
        unimplemented!()
    }

    /// The presence of those of `users` whom the engine knows because they are connected somewhere.
    pub async fn presences(&self, users: Vec<Uuid>) -> Vec<(Uuid, PresenceState)> {
        unimplemented!()
    }

    /// How much there is on this instance.
    pub async fn stats(&self) -> Stats {
        unimplemented!()
    }

    /// The state of one actor; `None` if there is no such actor here or it does not answer in time.
    pub async fn snapshot(&self, of: SnapshotOf) -> Option<Snapshot> {
        unimplemented!()
    }

    /// Whether the hub answers within a second.
    pub async fn healthy(&self) -> bool {
        unimplemented!()
    }

    /// What the engine counts.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Tells every socket to come back and waits until they are gone or the deadline has passed.
    pub async fn shutdown(&self, deadline: Duration) {
        unimplemented!()
    }
}
