//! Why the server closes a socket.

use rustchat_actors::Disconnect;

/// Why the server closes a socket; becomes the close frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Farewell {
    /// The client said goodbye.
    Answered,
    /// It broke the websocket protocol.
    ProtocolError,
    /// It sent something this API cannot read.
    Undecodable,
    /// Its message has more bytes than `realtime.max_frame_bytes`.
    TooLarge,
    /// It did not authenticate, or with something that proves nothing.
    Unauthenticated,
    /// What it gave to resume by cannot be read.
    BadResume,
    /// It does not answer pings.
    Silent,
    /// The server has no room at the moment, or failed.
    Busy,
    /// The engine ended the session.
    Engine(Disconnect),
}

impl Farewell {
    /// The code of the close frame: those of RFC 6455 and its registry, and the engine's own.
    pub(super) fn code(self) -> u16 {
        match self {
            Self::Answered => 1000,
            Self::ProtocolError => 1002,
            Self::Undecodable => 1007,
            Self::Unauthenticated | Self::BadResume => 1008,
            Self::TooLarge => 1009,
            Self::Silent => 1001,
            Self::Busy => 1013,
            Self::Engine(reason) => reason.code(),
        }
    }

    /// The reason of the close frame, for people.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Answered => "",
            Self::ProtocolError => "not a websocket frame",
            Self::Undecodable => "this message cannot be read",
            Self::Unauthenticated => "not authenticated",
            Self::BadResume => "connection_id and sequence_number do not name a connection",
            Self::TooLarge => "message too large",
            Self::Silent => "no answer to pings",
            Self::Busy => "try again later",
            Self::Engine(reason) => reason.text(),
        }
    }
}
