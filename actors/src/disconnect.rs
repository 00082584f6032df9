//! Why the engine ends a connection, in one place.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ConnectionId;

/// Why a connection ends. Every one of them also ends its session: the next connect gets a new connection id, which
/// clients take as "fetch again". Codes from 4100 are ours; 1xxx are those of RFC 6455 and its registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disconnect {
    /// The client came back on another socket, which took the session over.
    TakenOver,
    /// The client may have missed something and must fetch again.
    Resync,
    /// The client did not read while its outbox was full.
    SlowConsumer,
    /// The login session was revoked or expired.
    SessionRevoked,
    /// The account was deactivated.
    Deactivated,
    /// This instance is stopping; another one, or this one in a moment, will answer.
    ServerStopping,
    /// Nobody came back for the session in time. No socket ever sees it.
    Expired,
}

impl Disconnect {
    /// Every reason, for tables and for decoding.
    pub const ALL: [Self; 7] = [
        Self::TakenOver,
        Self::Resync,
        Self::SlowConsumer,
        Self::SessionRevoked,
        Self::Deactivated,
        Self::ServerStopping,
        Self::Expired,
    ];

    /// The close code of the websocket.
    #[must_use]
    pub fn code(self) -> u16 {
        match self {
            Self::TakenOver => 4100,
            Self::Resync => 4101,
            Self::SlowConsumer => 4102,
            Self::SessionRevoked => 4103,
            Self::Deactivated => 4104,
            Self::ServerStopping => 1012,
            Self::Expired => 4105,
        }
    }

    /// The close reason of the websocket; at most 123 bytes, as RFC 6455 asks.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::TakenOver => "taken over by a newer connection",
            Self::Resync => "events may have been missed, fetch again",
            Self::SlowConsumer => "too slow in reading",
            Self::SessionRevoked => "session revoked",
            Self::Deactivated => "account deactivated",
            Self::ServerStopping => "server is restarting",
            Self::Expired => "session expired",
        }
    }

    /// Whether the client should connect again by itself.
    #[must_use]
    pub fn reconnect(self) -> bool {
        matches!(self, Self::Resync | Self::SlowConsumer | Self::ServerStopping | Self::Expired)
    }
}

/// Whose connections to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// All of a user's.
    User(Uuid),
    /// Those of one login session.
    Session(Uuid),
    /// One.
    Connection(ConnectionId),
}
