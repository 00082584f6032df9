//! The socket's end of a session.

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::hub::Order;
use crate::outbox::{Attachment, Evict};
use crate::session::Session;
use crate::{ConnectionId, Disconnect, Frame, Outgoing, Protocol, SavedPresence, Topic};

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
    pub on_evict: Option<Evict>,
}

/// A client's claim to an earlier session.
///
/// It is honoured if the session belongs to the same user and login, and event `next_seq - 1` was written and everything
/// from `next_seq` on is still in the ring: then the client gets exactly what it missed. That holds for 0 too, where
/// `hello` itself is written again. A socket that is still attached loses the session to the claimant.
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
    session: Arc<Session>,
    attachment: Attachment,
    origin: Origin,
}

/// How a connection began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// With a session of its own.
    New,
    /// With a session that goes on.
    Resumed,
    /// For a session that another instance may have.
    Elsewhere { next_seq: u64 },
}

impl Connection {
    pub(crate) fn new(session: Arc<Session>, attachment: Attachment, origin: Origin) -> Self {
        Self { session, attachment, origin }
    }

    /// The name of this session, which clients keep for [`Resume`].
    #[must_use]
    pub fn id(&self) -> ConnectionId {
        self.session.id
    }

    /// Whether the client goes on where it was. Then neither [`join`](Self::join) nor [`open`](Self::open) is called:
    /// the session never left its topics and has said hello before.
    #[must_use]
    pub fn resumed(&self) -> bool {
        self.origin == Origin::Resumed
    }

    /// Whether another instance may have the session that the client claims. Then [`join`](Self::join) and
    /// [`claim`](Self::claim) it, and do not open it.
    #[must_use]
    pub fn elsewhere(&self) -> bool {
        matches!(self.origin, Origin::Elsewhere { .. })
    }

    /// Fetches the session from the instance that has it, after joining its topics. Returns whether the client goes on
    /// where it was; if not, drop this and connect anew without a claim. Takes a round trip through the bridge, and
    /// at most [`EngineConfig::claim_patience`](crate::EngineConfig::claim_patience).
    pub async fn claim(&mut self) -> bool {
        let Origin::Elsewhere { next_seq } = self.origin else { return self.resumed() };
        let (done, answer) = oneshot::channel();
        let order = Order::Claim { connection: self.session.id, next_seq, done };
        if self.session.runtime.hub.tell(order).is_err() || answer.await.is_err() {
            return false;
        }
        self.origin = Origin::Resumed;
        true
    }

    /// Subscribes this session. When it returns, every later publish to these topics reaches the session.
    ///
    /// # Errors
    /// The session is closed, for this reason.
    pub async fn join(&self, topics: Vec<Topic>) -> Result<(), Disconnect> {
        self.subscribe(topics, true).await
    }

    /// Unsubscribes this session. When it returns, no later publish to these topics reaches it.
    ///
    /// # Errors
    /// The session is closed, for this reason.
    pub async fn leave(&self, topics: Vec<Topic>) -> Result<(), Disconnect> {
        self.subscribe(topics, false).await
    }

    /// Lets this session hear of the presence of these users, and no longer of those it heard of before, perhaps over an
    /// earlier socket. When it returns, every later change reaches the session.
    ///
    /// # Errors
    /// The session is closed, for this reason.
    pub async fn watch(&self, users: Vec<Uuid>) -> Result<(), Disconnect> {
        self.order(|connection, done| Order::Watch { connection, users, done }).await
    }

    async fn subscribe(&self, topics: Vec<Topic>, join: bool) -> Result<(), Disconnect> {
        self.order(|connection, done| Order::Subscribe { connection, topics, join, done }).await
    }

    async fn order(&self, order: impl FnOnce(ConnectionId, oneshot::Sender<()>) -> Order) -> Result<(), Disconnect> {
        let (done, answer) = oneshot::channel();
        let order = order(self.session.id, done);
        let accepted = self.session.runtime.hub.tell(order).is_ok();
        if !accepted || answer.await.is_err() {
            self.session.close(Disconnect::Resync);
        }
        self.closed().map_or(Ok(()), Err)
    }

    /// Begins delivery with `hello` as event 0 of a new session. Events from before are discarded, because a client
    /// fetches after hello; so join first, then open.
    pub fn open(&self, hello: Frame) {
        self.session.outbox.open(self.attachment, hello);
    }

    /// Answers a request of the client: a complete JSON text, outside the sequence, before the waiting events.
    ///
    /// # Errors
    /// The session is closed, for this reason; by this very call if too many answers wait already, as the client
    /// asks without reading.
    pub fn reply(&self, answer: Bytes) -> Result<(), Disconnect> {
        let replies = self.session.runtime.config.replies;
        let result = self.session.outbox.reply(self.attachment, answer, replies);
        if result.is_err() {
            self.session.look();
        }
        result
    }

    /// Takes what is waiting, in order, until about `max_bytes` were taken (at least one message). Returns how many
    /// messages were taken. `take` runs under the session's lock: copy, and do nothing else.
    pub fn drain(&self, max_bytes: usize, mut take: impl FnMut(&Outgoing<'_>)) -> usize {
        let Session { outbox, name, runtime, .. } = &*self.session;
        let mut oldest = None;
        let taken = outbox.drain(self.attachment, name, max_bytes, &runtime.config, |message| {
            oldest = oldest.or_else(|| message.born());
            take(message);
        });
        if let Some(born) = oldest {
            runtime.metrics.to_socket.observe(born.elapsed());
        }
        taken
    }

    /// Ready when something waits or the session is closed. Otherwise the task is woken once, by what comes next.
    pub fn poll_ready(&self, cx: &Context<'_>) -> Poll<()> {
        self.session.outbox.poll_ready(self.attachment, cx)
    }

    /// Why the socket must be closed, as soon as everything waiting is written.
    #[must_use]
    pub fn closed(&self) -> Option<Disconnect> {
        self.session.outbox.closed(self.attachment)
    }

    /// The client says whether its user is active. Being active on one device is enough: `false` only makes the
    /// engine look whether it is time for away.
    pub fn activity(&self, active: bool) {
        // A hint: without room for it, the next one comes soon.
        let _ = self.session.runtime.hub.tell(Order::Activity(self.session.user, active));
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.session.outbox.detach(self.attachment);
        self.session.look();
    }
}
