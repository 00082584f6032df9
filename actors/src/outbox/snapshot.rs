//! What an outbox shows of itself.

use serde::Serialize;

use crate::Disconnect;

/// A session's outbox, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutboxSnapshot {
    /// Whether a socket is there.
    pub attached: bool,
    /// Why the session ended, if it did.
    pub closed: Option<Disconnect>,
    /// The number of the next event.
    pub next_seq: u64,
    /// Events that wait for the socket.
    pub waiting: usize,
    /// Written events that a resume may ask for.
    pub replayable: usize,
}
