//! What joins several instances into one.
//!
//! An instance delivers to its own sessions first and hands the same message to its [`Bridge`], which brings it to the
//! [`Inbox`] of every other instance. Frames travel encoded ([`wire`]) and are never parsed on the way.

pub mod handover;
mod local;
mod metrics;
mod redis;
pub mod wire;

use std::sync::{Arc, Weak};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::runtime::Runtime;
use crate::{Audience, Broadcast, Disconnect, PresenceCommand, PresenceState, Target, Topic};

pub use handover::Handover;
pub use local::LocalBridge;
pub(crate) use metrics::BridgeMetrics;
pub use redis::{NotRedis, RedisBridge, RedisConfig};

/// Carries messages between instances.
///
/// What an implementation owes:
/// - Messages of one instance arrive everywhere else in the order in which they were sent, and not at the sender.
/// - Durable broadcasts and control messages arrive exactly once, or the receiver gets a [`Message::Gap`] that covers
///   them. Ephemeral broadcasts may be lost.
/// - Its backlog is bounded; what does not fit becomes a gap.
/// - It says who the other instances are ([`Inbox::peer`]): [`Fate::Arrived`] before the first message of an instance,
///   [`Fate::Left`] or [`Fate::Died`] after the last.
pub trait Bridge: Send + Sync + 'static {
    /// Called once, when the engine has started: deliver what others send to `inbox` from now on.
    fn start(&self, inbox: Inbox);

    /// Sends a message to all other instances. Called on the hub's thread: must return at once.
    fn send(&self, message: Message);

    /// Whether messages reach the other instances at present.
    fn healthy(&self) -> bool;

    /// Sends what was accepted, then stops. The engine bounds the time.
    fn stop(&self) -> BoxFuture<'_, ()>;
}

/// What travels between instances.
#[derive(Clone, Debug)]
pub enum Message {
    /// An event for sessions.
    Broadcast(Arc<Broadcast>),
    /// Something that acts on sessions.
    Control(Control),
    /// What another instance knows about a user.
    Presence(PresenceNote),
    /// This instance says all that it knows of presence anew: what it said before is void.
    PresenceAnew(Uuid),
    /// These audiences may have missed something and must resync.
    Gap(Vec<Audience>),
    /// A session moves.
    Handover(Handover),
}

/// Acts on sessions, on every instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// See [`crate::Engine::join`].
    Join {
        /// Whose sessions.
        user: Uuid,
        /// To what.
        topics: Vec<Topic>,
    },
    /// See [`crate::Engine::leave`].
    Leave {
        /// Whose sessions.
        user: Uuid,
        /// From what.
        topics: Vec<Topic>,
    },
    /// See [`crate::Engine::disconnect`].
    Disconnect {
        /// Whose sessions.
        target: Target,
        /// Why.
        reason: Disconnect,
    },
    /// See [`crate::Engine::set_privileged`].
    Privileged {
        /// Whose sessions.
        user: Uuid,
        /// Whether they are those of a system administrator.
        privileged: bool,
    },
    /// See [`crate::Engine::refresh`].
    Refresh(Bytes),
    /// See [`crate::Engine::set_presence`].
    Presence {
        /// Whose.
        user: Uuid,
        /// What they ask.
        command: PresenceCommand,
    },
}

/// What one instance says about a user who is, or was, connected there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresenceNote {
    /// Who says so.
    pub instance: Uuid,
    /// Whose presence.
    pub user: Uuid,
    /// How the user looks from there; `None`: no longer connected there.
    pub state: Option<PresenceState>,
}

/// What becomes of another instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is there from now on: its messages follow. Said again when messages of it may have been lost, so that it is
    /// told anew what this instance knows.
    Arrived,
    /// It stopped in order: everything it had to say was delivered before.
    Left,
    /// It gave no sign of life for the length of its lease: it may have died with something unsaid.
    Died,
}

/// Where a bridge delivers what other instances sent.
#[derive(Clone)]
pub struct Inbox {
    runtime: Weak<Runtime>,
    instance: Uuid,
    metrics: Arc<BridgeMetrics>,
}

impl Inbox {
    pub(crate) fn new(runtime: &Arc<Runtime>) -> Self {
        let metrics = Arc::clone(&runtime.metrics.bridge);
        Self { runtime: Arc::downgrade(runtime), instance: runtime.instance, metrics }
    }

    /// The name of this instance, new at each start.
    #[must_use]
    pub fn instance(&self) -> Uuid {
        self.instance
    }

    /// Delivers a message. Never blocks; what the hub has no room for becomes a resync of those it concerned.
    pub fn deliver(&self, message: Message) {
        if let Some(runtime) = self.runtime.upgrade() {
            runtime.receive(message);
        }
    }

    /// Says what has become of another instance. Never blocks.
    pub fn peer(&self, instance: Uuid, fate: Fate) {
        if let Some(runtime) = self.runtime.upgrade() {
            runtime.peer(instance, fate);
        }
    }

    /// Whether the hub has so much to do that a bridge which can deliver later should wait.
    pub(crate) fn busy(&self) -> bool {
        self.runtime.upgrade().is_some_and(|runtime| {
            let room = u64::try_from(runtime.config.hub_mailbox / 2).unwrap_or(u64::MAX);
            runtime.metrics.hub.depth() >= room
        })
    }

    /// Whether somebody has connected since the start, who may have missed what other instances sent.
    pub(crate) fn has_had_sessions(&self) -> bool {
        self.runtime.upgrade().is_some_and(|runtime| runtime.metrics.connects.get() > 0)
    }

    pub(crate) fn metrics(&self) -> &Arc<BridgeMetrics> {
        &self.metrics
    }
}
