//! For tests: a client without a socket, an observer that remembers, a Redis, and faults as verbs.

mod redis;

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use bytes::{Bytes, BytesMut};
use parking_lot::Mutex;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::channel::ChannelOrder;
use crate::hub::Order;
use crate::{
    Audience, Broadcast, Class, Connect, ConnectError, Connection, Disconnect, Encoded, Engine, Frame, Frames,
    Observer, PresenceChange, PresenceState, Protocol, Refresh, Resume, Status, Topic,
};

pub use redis::RedisServer;

/// A presence of whom nothing is known.
pub const NOBODY: PresenceState =
    PresenceState { status: Status::Offline, manual: false, last_activity_at: 0, dnd_end_at: None };

/// A frame that says `text` (which needs no escaping).
#[must_use]
pub fn frame(text: &str) -> Frame {
    Frame::new(Bytes::from(format!("{{\"say\":\"{text}\"")))
}

/// A durable broadcast that says `text` to everyone in both protocols.
#[must_use]
pub fn say(audience: Audience, text: &str) -> Broadcast {
    let text = text.to_owned();
    Broadcast::new(audience, Class::Durable, Frames::lazy(move |_| Encoded::same(frame(&text))))
}

/// The same, but it may be dropped.
#[must_use]
pub fn whisper(audience: Audience, text: &str) -> Broadcast {
    Broadcast { class: Class::Ephemeral, ..say(audience, text) }
}

/// A [`Connect`] for `user`: v4, not privileged, a login session of the same id, named by the id's number.
#[must_use]
pub fn connect(user: Uuid) -> Connect {
    Connect {
        user,
        session: user,
        protocol: Protocol::V4,
        tag: Bytes::from(user.as_u128().to_string()),
        privileged: false,
        resume: None,
        presence: NOBODY,
        on_evict: None,
    }
}

/// A client that reads only when it is told to.
pub struct Client {
    /// Its end of the session.
    pub connection: Connection,
}

impl Client {
    /// Connects `user`, joins, and has heard hello (event 0).
    ///
    /// # Errors
    /// The engine refused.
    pub async fn open(engine: &Engine, user: Uuid, topics: &[Topic]) -> Result<Self, ConnectError> {
        let client = Self { connection: engine.connect(connect(user)).await? };
        let _ = client.connection.join(topics.to_vec()).await;
        client.connection.open(frame("hello"));
        let _ = client.next().await;
        Ok(client)
    }

    /// Comes back to this session, wherever it is, having joined these topics; says hello again (event 0) if that cannot
    /// be proven.
    ///
    /// # Errors
    /// The engine refused to connect at all.
    pub async fn come_back(
        engine: &Engine,
        user: Uuid,
        topics: &[Topic],
        connection: crate::ConnectionId,
        next_seq: u64,
    ) -> Result<Self, ConnectError> {
        let mut client = Self::resume(engine, user, connection, next_seq).await?;
        if client.connection.elsewhere() {
            let _ = client.connection.join(topics.to_vec()).await;
            client.connection.claim().await;
        }
        if client.connection.resumed() { Ok(client) } else { Self::open(engine, user, topics).await }
    }

    /// Comes back to this session on the same engine (or, if that is refused, to a new one), expecting event `next_seq`.
    ///
    /// # Errors
    /// The engine refused to connect at all.
    pub async fn resume(
        engine: &Engine,
        user: Uuid,
        connection: crate::ConnectionId,
        next_seq: u64,
    ) -> Result<Self, ConnectError> {
        let resume = Some(Resume { connection, next_seq });
        Ok(Self { connection: engine.connect(Connect { resume, ..connect(user) }).await? })
    }

    /// What is waiting now.
    #[must_use]
    pub fn read(&self) -> Vec<String> {
        let mut texts = Vec::new();
        self.connection.drain(usize::MAX, |message| texts.push(text(message)));
        texts
    }

    /// Waits for the next message; or says why there will be none.
    ///
    /// # Errors
    /// The session is closed and everything was read.
    pub async fn next(&self) -> Result<String, Disconnect> {
        loop {
            let mut next = None;
            self.connection.drain(1, |message| next = Some(text(message)));
            if let Some(next) = next {
                return Ok(next);
            }
            if let Some(reason) = self.connection.closed() {
                return Err(reason);
            }
            poll_fn(|cx| self.connection.poll_ready(cx)).await;
        }
    }

    /// Reads until the session is closed, and says why.
    pub async fn closed(&self) -> Disconnect {
        loop {
            if let Err(reason) = self.next().await {
                return reason;
            }
        }
    }
}

fn text(message: &crate::Outgoing<'_>) -> String {
    let mut bytes = BytesMut::new();
    message.write_to(&mut bytes);
    assert_eq!(bytes.len(), message.len(), "a message must be as long as it says");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What the engine told its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// See [`Observer::presence_changed`].
    Presence(PresenceChange),
    /// See [`Observer::refresh`].
    Refresh(Refresh),
    /// See [`Observer::fatal`].
    Fatal(String),
}

/// An observer that remembers.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Recorded>);

#[derive(Default)]
struct Recorded {
    news: Mutex<Vec<News>>,
    came: Notify,
}

impl Recorder {
    /// Everything so far.
    #[must_use]
    pub fn news(&self) -> Vec<News> {
        self.0.news.lock().clone()
    }

    /// Waits for the first news that `pick` wants, from those that no earlier call took.
    pub async fn wait<T>(&self, pick: impl Fn(&News) -> Option<T>) -> T {
        loop {
            let came = self.0.came.notified();
            {
                let mut news = self.0.news.lock();
                let found = news.iter().enumerate().find_map(|(place, news)| pick(news).map(|found| (place, found)));
                if let Some((place, found)) = found {
                    news.remove(place);
                    return found;
                }
            }
            came.await;
        }
    }

    /// Waits until `user` looks like `status`.
    pub async fn status(&self, user: Uuid, status: Status) -> PresenceChange {
        self.wait(|news| match news {
            News::Presence(change) if change.user == user && change.now.status == status => Some(*change),
            _ => None,
        })
        .await
    }

    fn note(&self, news: News) {
        self.0.news.lock().push(news);
        self.0.came.notify_one();
    }
}

impl Observer for Recorder {
    fn presence_changed(&self, change: PresenceChange) {
        self.note(News::Presence(change));
    }

    fn refresh(&self, what: Refresh) {
        self.note(News::Refresh(what));
    }

    fn fatal(&self, reason: &str) {
        self.note(News::Fatal(reason.to_owned()));
    }
}

/// Something that hangs until this is dropped.
#[derive(Debug)]
pub struct Hanging(#[expect(dead_code, reason = "held, not used")] SyncSender<()>);

/// Faults.
impl Engine {
    /// Makes a channel actor die like a bug would.
    pub fn crash_channel(&self, topic: Topic) {
        let _ = self.runtime.hub.tell(Order::Fault(topic, ChannelOrder::Crash));
    }

    /// Makes presence die like a bug would.
    pub fn crash_presence(&self) {
        let _ = self.runtime.hub.tell(Order::CrashPresence);
    }

    /// Blocks a channel actor, and with it the arbiter on which it runs.
    #[must_use]
    pub fn hang_channel(&self, topic: Topic) -> Hanging {
        let (hold, until) = std::sync::mpsc::sync_channel(0);
        let _ = self.runtime.hub.tell(Order::Fault(topic, ChannelOrder::Hang(until)));
        Hanging(hold)
    }

    /// Blocks the hub.
    #[must_use]
    pub fn hang_hub(&self) -> Hanging {
        let (hold, until) = std::sync::mpsc::sync_channel(0);
        let _ = self.runtime.hub.tell(Order::Hang(until));
        Hanging(hold)
    }

    /// Makes the hub die like a bug would.
    pub fn crash_hub(&self) {
        let _ = self.runtime.hub.tell(Order::Crash);
    }
}
