//! RustChat's realtime engine: who is connected, who hears what, and in which order.
//!
//! The crate knows users, channels, sessions and bytes. It owns delivery: registering connections,
//! fan-out, sequence numbers, replay, slow clients, presence, supervision. It must never know SQL, HTTP
//! or JSON models; frames arrive as bytes and ids as plain [`uuid::Uuid`].
//!
//! [`Engine`] is the one way in. A [`Broadcast`] says what travels and to whom, a [`Connection`] is the
//! socket's end of a session, an [`Observer`] is how the engine talks back to its owner, and a
//! [`bridge::Bridge`] joins several instances into one.

pub mod bridge;
mod broadcast;
mod channel;
mod config;
mod connection;
mod disconnect;
mod engine;
mod frame;
mod hub;
mod mailbox;
mod metrics;
mod observer;
mod outbox;
mod outgoing;
mod presence;
mod runtime;
mod session;
mod supervise;
#[cfg(feature = "testing")]
pub mod testing;

pub use broadcast::{Audience, Broadcast, Class, ConnectionId, Protocol, Throttle, Topic};
pub use config::EngineConfig;
pub use connection::{Connect, ConnectError, Connection, Resume};
pub use disconnect::{Disconnect, Target};
pub use engine::{Engine, Snapshot, SnapshotOf, Stats};
pub use frame::{Encoded, EncodingFailed, Frame, Frames, Variant, Who};
pub use metrics::{Kind, Metrics};
pub use observer::{Observer, Refresh};
pub use outbox::OutboxSnapshot;
pub use outgoing::Outgoing;
pub use presence::{PresenceChange, PresenceCommand, PresenceState, SavedPresence, Status};
pub use session::SessionSnapshot;
