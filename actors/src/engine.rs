//! [`Engine`]: the one public handle.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use actix::prelude::Arbiter;
use bytes::Bytes;
use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::oneshot;
use tokio::time::timeout;
use uuid::Uuid;

use crate::bridge::{Bridge, Control, Inbox};
use crate::hub::{Hub, Order};
use crate::mailbox::{Mailbox, launch};
use crate::runtime::{Clock, Refusals, Runtime};
use crate::session::SessionSnapshot;
use crate::{
    Broadcast, Connect, ConnectError, Connection, ConnectionId, Disconnect, EngineConfig, Metrics, Observer,
    PresenceCommand, PresenceState, Target, Topic,
};

/// A hub that has not answered for this long is not healthy.
const PATIENCE: Duration = Duration::from_secs(1);

/// The realtime engine of this instance. Cloning copies a pointer.
#[derive(Clone)]
pub struct Engine {
    pub(crate) runtime: Arc<Runtime>,
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
    /// Other instances.
    pub peers: usize,
    /// Whether the bridge reaches them.
    pub bridge: bool,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "actor", rename_all = "snake_case")]
pub enum Snapshot {
    /// The hub.
    Hub(Stats),
    /// A channel.
    Channel {
        /// Its name.
        topic: Topic,
        /// How many local sessions it delivers to.
        sessions: usize,
    },
    /// A session.
    Session(SessionSnapshot),
    /// A user.
    Presence {
        /// What the user looks like, if connected anywhere.
        presence: Option<PresenceState>,
        /// The user's sessions on this instance.
        sessions: Vec<SessionSnapshot>,
    },
}

impl Engine {
    /// Starts the engine. Must be called inside an actix `System`; the hub and the other actors run on threads of
    /// their own.
    #[must_use]
    pub fn start(config: EngineConfig, observer: Arc<dyn Observer>, bridge: Arc<dyn Bridge>) -> Self {
        let metrics = Metrics::default();
        let (hub, receiver) = Mailbox::new(config.hub_mailbox, Arc::clone(&metrics.hub));
        let arbiter = if config.arbiters == 0 { Arbiter::current() } else { Arbiter::new().handle() };
        let (refusals, clock) = (Refusals::default(), Clock::start());
        let instance = Uuid::new_v4();
        let runtime = Arc::new(Runtime {
            instance,
            config,
            metrics,
            observer,
            bridge,
            hub,
            refusals,
            clock,
            peers: Mutex::default(),
            draining: AtomicBool::new(false),
        });
        let shared = Arc::clone(&runtime);
        launch(&arbiter, receiver, move || Hub::new(shared));
        runtime.bridge.start(Inbox::new(&runtime));
        Self { runtime }
    }

    /// Registers a session under its user, or goes on with an earlier one. From here on the session takes part in
    /// [`join`](Self::join) and [`leave`](Self::leave), so load memberships after this, not before.
    ///
    /// # Errors
    /// See [`ConnectError`]: nobody was connected.
    pub async fn connect(&self, connect: Connect) -> Result<Connection, ConnectError> {
        let (answer, connected) = oneshot::channel();
        self.runtime.hub.tell(Order::Connect(Box::new(connect), answer)).map_err(|_| ConnectError::Busy)?;
        connected.await.unwrap_or(Err(ConnectError::Stopping))
    }

    /// Sends an event to everyone who may hear it, on every instance. Never blocks and never loses silently: a durable
    /// broadcast that cannot be accepted turns into a resync of everyone it was for.
    pub fn publish(&self, broadcast: Broadcast) {
        self.runtime.publish(broadcast);
    }

    /// Subscribes all live sessions of a user, on every instance.
    pub fn join(&self, user: Uuid, topics: Vec<Topic>) {
        self.runtime.control(Control::Join { user, topics });
    }

    /// Unsubscribes all live sessions of a user, on every instance: nothing published afterwards reaches them.
    pub fn leave(&self, user: Uuid, topics: Vec<Topic>) {
        self.runtime.control(Control::Leave { user, topics });
    }

    /// Ends sessions, on every instance, at once: what was published just before may not reach them any more.
    pub fn disconnect(&self, target: Target, reason: Disconnect) {
        self.runtime.control(Control::Disconnect { target, reason });
    }

    /// Says whether a user's sessions are those of a system administrator from now on, on every instance.
    pub fn set_privileged(&self, user: Uuid, privileged: bool) {
        self.runtime.control(Control::Privileged { user, privileged });
    }

    /// Hands `message` to [`Observer::refresh`] on every instance, this one included.
    pub fn refresh(&self, message: Bytes) {
        self.runtime.control(Control::Refresh(message));
    }

    /// Does what a user asks about presence, and reports the change to [`Observer::presence_changed`] here.
    pub fn set_presence(&self, user: Uuid, command: PresenceCommand) {
        self.runtime.control(Control::Presence { user, command });
    }

    /// The user did something outside a socket, for instance posted over HTTP.
    pub fn activity(&self, user: Uuid) {
        // A hint: without room for it, the next one comes soon.
        let _ = self.runtime.hub.tell(Order::Activity(user, true));
    }

    /// The presence of those of `users` whom the engine knows because they are connected somewhere.
    pub async fn presences(&self, users: Vec<Uuid>) -> Vec<(Uuid, PresenceState)> {
        self.ask(|answer| Order::Presences(users, answer)).await.unwrap_or_default()
    }

    /// The presence of everybody whom the engine knows because they are connected somewhere, at most `limit` of them.
    pub async fn known_presences(&self, limit: usize) -> Vec<(Uuid, PresenceState)> {
        self.ask(|answer| Order::KnownPresences(limit, answer)).await.unwrap_or_default()
    }

    /// How much there is on this instance; `None` if the hub does not answer within a second.
    pub async fn stats(&self) -> Option<Stats> {
        self.ask(Order::Stats).await
    }

    /// The state of one actor; `None` if there is no such actor here or it does not answer within a second.
    pub async fn snapshot(&self, of: SnapshotOf) -> Option<Snapshot> {
        Some(match of {
            SnapshotOf::Hub => Snapshot::Hub(self.stats().await?),
            SnapshotOf::Topic(topic) => {
                Snapshot::Channel { topic, sessions: self.ask(|answer| Order::Members(topic, answer)).await? }
            }
            SnapshotOf::Connection(id) => Snapshot::Session(self.ask(|answer| Order::Session(id, answer)).await?),
            SnapshotOf::User(user) => Snapshot::Presence {
                presence: self.presences(vec![user]).await.first().map(|(_, state)| *state),
                sessions: self.ask(|answer| Order::User(user, answer)).await?,
            },
        })
    }

    /// Whether the hub answers within a second.
    pub async fn healthy(&self) -> bool {
        self.stats().await.is_some()
    }

    /// What the engine counts.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.runtime.metrics
    }

    /// Takes nobody in any more and tells every socket to come back. Where there are other instances, sessions stay until
    /// their clients have claimed them there; alone, they end. Waits until all are gone or the deadline has passed.
    /// Returns whether they are.
    pub async fn drain(&self, deadline: Duration) -> bool {
        let (gone, all_gone) = oneshot::channel();
        self.runtime.draining.store(true, Relaxed);
        self.runtime.hub.tell(Order::Drain(gone)).is_err() || timeout(deadline, all_gone).await.is_ok()
    }

    /// Whether the bridge reaches the other instances at present, as far as it knows.
    #[must_use]
    pub fn joined(&self) -> bool {
        self.runtime.bridge.healthy()
    }

    /// Whether it takes nobody in any more.
    #[must_use]
    pub fn draining(&self) -> bool {
        self.runtime.draining.load(Relaxed)
    }

    /// Ends: [drains](Self::drain), cuts what is left, and gives the bridge the same time to send what it has accepted.
    pub async fn shutdown(&self, deadline: Duration) {
        if !self.drain(deadline).await {
            log::warn!("engine: sessions are left after {deadline:?}, they are cut");
        }
        if timeout(deadline, self.runtime.bridge.stop()).await.is_err() {
            log::warn!("engine: the bridge did not stop within {deadline:?}");
        }
        let _ = self.runtime.hub.tell(Order::Stop);
    }

    /// Asks the hub, or an actor through it. Dropped without an answer: there is nobody to give it.
    async fn ask<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Option<T> {
        let (answer, question) = oneshot::channel();
        self.runtime.hub.tell(order(answer)).ok()?;
        timeout(PATIENCE, question).await.ok()?.ok()
    }
}
