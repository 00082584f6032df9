//! RustChat's realtime engine: who is connected, who hears what, and in which order.
//!
//! The crate knows users, channels, sessions and bytes. It owns delivery: registering connections,
//! fan-out, sequence numbers, replay, slow clients, presence, supervision. It must never know SQL, HTTP
//! or JSON models; frames arrive as bytes and ids as plain [`uuid::Uuid`].
//!
//! [`Engine`] is the one way in. A [`Broadcast`] says what travels and to whom, a [`Connection`] is the
//! socket's end of a session, an [`Observer`] is how the engine talks back to its owner, and a
//! [`bridge::Bridge`] joins several instances into one.
//!
//! # The way of an event
//!
//! ```text
//! Engine::publish -> Hub ----> Channel actor ----> outbox of each member ----> its socket, woken only when idle
//!                     |                            (a ring: number, replay)    (drains everything into one write)
//!                     +------> Bridge -> the hubs of the other instances
//! ```
//!
//! - `hub`: routes, supervises, and holds the one truth about who is here and has joined what. It alone tells a channel
//!   who its members are, so a channel can be rebuilt at any time.
//! - `channel`: one actor per topic with local sessions, on arbiters that serve no HTTP.
//! - `session` and `outbox`: one actor per connection owns its life; its outbox is pushed to without a mailbox hop.
//! - `presence`: one actor for all users of the instance, around a pure rule.
//! - `mailbox`, `supervise`, `runtime`: bounded mailboxes, arbiters with a pulse, and what all parts share.
//!
//! # What never happens
//!
//! - **Nothing durable is lost silently.** Whatever cannot be delivered (a full mailbox, a full outbox, a dead actor, a
//!   broken encoder, a gap in the bridge) ends the sessions it concerned with [`Disconnect::Resync`], so that their
//!   clients fetch again. Ephemeral events may be dropped.
//! - **Nobody waits for anybody.** `publish` returns at once, no handler awaits, a client that does not read costs at most
//!   its outbox, and its neighbours never notice.
//! - **Nothing grows without a bound**: see [`EngineConfig`], whose bounds all show in [`Metrics`].

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

pub(crate) use broadcast::Stamp;
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
