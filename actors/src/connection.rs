//! The socket's end of a session.

use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use uuid::Uuid;

use crate::{ConnectionId, Disconnect, Frame, Protocol, SavedPresence, Topic};

/// Who connects.
pub struct Connect {
    /// The authenticated user.
    pub user: Uuid,
    /// The login session, for [`crate::Target::Session`].
    pub session: Uuid,
    /// The dialect of this socket.
    pub protocol: Protocol,
    /// The user's name in frames with a hole: the 26-character id text.
    pub tag: Bytes,
    /// Whether the user is a system administrator, see [`crate::Who::Privileged`].
    pub privileged: bool,
    /// The session to go on with.
    pub resume: Option<Resume>,
    /// The stored presence, used if the engine does not know the user.
    pub presence: SavedPresence,
    /// Called, on any thread, when the socket must be cut from outside because nothing polls it any more: shut the
    /// TCP connection down.
    pub on_evict: Option<Box<dyn Fn() + Send + Sync>>,
}

/// A client's claim to an earlier session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resume {
    /// The connection id that its `hello` named.
    pub connection: ConnectionId,
    /// The sequence number it expects next.
    pub next_seq: u64,
}

/// Why nobody was connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The hub's mailbox is full: come back in a moment.
    #[error("the server is busy")]
    Busy,
    /// This instance is stopping.
    #[error("the server is stopping")]
    Stopping,
}

/// The socket's end of a session: what it has to write, and what it may ask. Dropping it detaches the socket; the
/// session waits for a while for its client to resume.
pub struct Connection {
    id: ConnectionId,
    resumed: bool,
}

/// One message that is ready to be written to the socket.
pub struct Outgoing<'a> {
    bytes: &'a Bytes,
}

impl Outgoing<'_> {
    /// Its length in bytes.
    #[expect(clippy::len_without_is_empty, reason = "a message is never empty")]
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Appends exactly [`len`](Self::len) bytes: one complete JSON text.
    pub fn write_to(&self, out: &mut BytesMut) {
        out.extend_from_slice(self.bytes);
    }
}

#[expect(
    unused_variables,
    clippy::unused_self,
    clippy::unused_async,
    clippy::needless_pass_by_value,
    reason = "the public face first"
)]
#[expect(clippy::unimplemented, reason = "the public face first")]
impl Connection {
    /// The name of this session, which clients keep for [`Resume`].
    #[must_use]
    pub fn id(&self) -> ConnectionId {
        self.id
    }

    /// Whether the client goes on where it was. Then neither [`join`](Self::join) nor [`open`](Self::open) is called:
    /// the session never left its topics and has said hello before.
    #[must_use]
    pub fn resumed(&self) -> bool {
        self.resumed
    }

    /// Subscribes this session. When it returns, every later publish to these topics reaches the session.
    ///
    /// # Errors
    /// The session is closed, for this reason.
    pub async fn join(&self, topics: Vec<Topic>) -> Result<(), Disconnect> {
        unimplemented!()
    }

    /// Unsubscribes this session. When it returns, no later publish to these topics reaches it.
    ///
    /// # Errors
    /// The session is closed, for this reason.
    pub async fn leave(&self, topics: Vec<Topic>) -> Result<(), Disconnect> {
        unimplemented!()
    }

    /// Begins delivery with `hello` as event 0 of a new session. Events from before are discarded, because a client
    /// fetches after hello; so join first, then open.
    pub fn open(&self, hello: Frame) {
        unimplemented!()
    }

    /// Answers a request of the client: a complete JSON text, outside the sequence, before the waiting events.
    ///
    /// # Errors
    /// Too many answers wait already: the client asks without reading. The socket should be closed.
    pub fn reply(&self, answer: Bytes) -> Result<(), Disconnect> {
        unimplemented!()
    }

    /// Takes what is waiting, in order, until about `max_bytes` were taken (at least one message). Returns how many
    /// messages were taken.
    pub fn drain(&self, max_bytes: usize, take: impl FnMut(&Outgoing<'_>)) -> usize {
        unimplemented!()
    }

    /// Ready when something waits or the session is closed. Otherwise the task is woken once, by what comes next.
    pub fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<()> {
        unimplemented!()
    }

    /// Why the socket must be closed, as soon as everything waiting is written.
    #[must_use]
    pub fn closed(&self) -> Option<Disconnect> {
        unimplemented!()
    }

    /// The client says whether its user is active.
    pub fn activity(&self, active: bool) {
        unimplemented!()
    }
}
