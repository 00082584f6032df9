//! The core's only door to the engine: events go out, subscriptions and presence go in.
//!
//! Owns: the translation between the domain and the engine. It must not know SQL, HTTP or any business rule.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rustchat_actors as engine;
use rustchat_actors::{
    Broadcast, Connect, ConnectError, Connection, Disconnect, Engine, Frame, Frames, PresenceCommand, PresenceState,
    Protocol, Resume, Target, Topic,
};
use uuid::Uuid;

use crate::events::{Audience, Class, Event, PostEvent};
use crate::model::{Availability, ChannelId, Millis, PostId, Session, SessionId, Status, TeamId, User, UserId};
use crate::protocol::{Encoded, Text, Who, v1, v4};

/// One user's typing in one thread is shown to others at most this often.
const TYPING_INTERVAL: Duration = Duration::from_secs(3);

/// The presence of somebody of whom nothing is stored.
const NEVER_SEEN: PresenceState =
    PresenceState { status: engine::Status::Offline, manual: false, last_activity_at: 0, dnd_end_at: None };

/// Something cached that is no longer true, on every instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// A login ended or was extended.
    Session(SessionId),
    /// An account changed.
    User(UserId),
    /// Something in a channel but its counters changed.
    Channel(ChannelId),
    /// A team was archived or restored, and with it what its channels take.
    Team(TeamId),
    /// A user came into a channel, left it, or has other roles there.
    Place(UserId, ChannelId),
    /// The same of a team, and so of its channels.
    Places(UserId),
    /// What roles grant changed.
    Roles,
}

impl Stale {
    /// As it travels between instances.
    fn to_bytes(self) -> Bytes {
        match self {
            Self::Session(id) => format!("session {id}").into(),
            Self::User(id) => format!("user {id}").into(),
            Self::Channel(id) => format!("channel {id}").into(),
            Self::Team(id) => format!("team {id}").into(),
            Self::Place(user, channel) => format!("place {user} {channel}").into(),
            Self::Places(user) => format!("places {user}").into(),
            Self::Roles => Bytes::from_static(b"roles"),
        }
    }

    /// Reads [`Self::to_bytes`]; none for what an instance of another version may have sent.
    #[must_use]
    pub fn parse(message: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(message).ok()?;
        match text.split_once(' ') {
            Some(("session", id)) => id.parse().ok().map(Self::Session),
            Some(("user", id)) => id.parse().ok().map(Self::User),
            Some(("channel", id)) => id.parse().ok().map(Self::Channel),
            Some(("team", id)) => id.parse().ok().map(Self::Team),
            Some(("place", ids)) => {
                let (user, channel) = ids.split_once(' ')?;
                Some(Self::Place(user.parse().ok()?, channel.parse().ok()?))
            }
            Some(("places", id)) => id.parse().ok().map(Self::Places),
            _ => (text == "roles").then_some(Self::Roles),
        }
    }
}

/// Somebody whose socket has just opened.
pub struct Arrival<'a> {
    /// Who.
    pub user: &'a User,
    /// By which login.
    pub session: &'a Session,
    /// Her presence as it was last known.
    pub saved: Option<Status>,
    /// The dialect of the socket.
    pub protocol: Protocol,
    /// The connection to go on with.
    pub resume: Option<Resume>,
    /// See [`Connect::on_evict`].
    pub on_evict: Option<Box<dyn Fn() + Send + Sync>>,
}

/// The door. Cloning copies a pointer.
#[derive(Clone)]
pub struct Realtime {
    engine: Engine,
}

impl Realtime {
    /// A door to this engine.
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Self { engine }
    }

    /// Gives a socket its place in the engine. What it listens to comes next, and `hello` last, see [`Connection`].
    ///
    /// # Errors
    /// The server has no room at the moment, or is stopping.
    pub async fn connect(&self, arrival: Arrival<'_>) -> Result<Connection, ConnectError> {
        let Arrival { user, session, saved, protocol, resume, on_evict } = arrival;
        let connect = Connect {
            user: user.id.0,
            session: session.id.0,
            protocol,
            tag: user.id.to_string().into(),
            privileged: user.is_system_admin(),
            resume,
            presence: saved.map_or(NEVER_SEEN, |saved| PresenceState {
                status: engine_status(saved.availability),
                manual: saved.manual,
                last_activity_at: saved.last_activity_at,
                dnd_end_at: saved.dnd_end_at,
            }),
            on_evict,
        };
        self.engine.connect(connect).await
    }

    /// Tells everyone who may hear it what happened. Call it after the commit; it never blocks.
    pub fn publish(&self, event: impl Into<Event>) {
        self.publish_except(event, None);
    }

    /// Like [`Self::publish`], sparing one connection: the one whose act it was and that knows already.
    pub fn publish_except(&self, event: impl Into<Event>, connection: Option<Uuid>) {
        let event = Arc::new(event.into());
        match event.audience() {
            Audience::Channel(id) => self.send(&event, engine::Audience::Topic(Topic::Channel(id.0)), connection),
            Audience::Team(id) => self.send(&event, engine::Audience::Topic(Topic::Team(id.0)), connection),
            Audience::User(id) => self.send(&event, engine::Audience::User(id.0), connection),
            Audience::Everyone => self.send(&event, engine::Audience::Everyone, connection),
            Audience::Watchers(id) => {
                self.send(&event, engine::Audience::User(id.0), connection);
                self.send(&event, engine::Audience::Topic(Topic::Presence(id.0)), connection);
            }
        }
    }

    fn send(&self, event: &Arc<Event>, audience: engine::Audience, connection: Option<Uuid>) {
        let class = match event.class() {
            Class::Durable => engine::Class::Durable,
            Class::Ephemeral => engine::Class::Ephemeral,
        };
        let encoded = Arc::clone(event);
        let frames = Frames::lazy(move |protocol| into_engine(encode(&encoded, protocol)));
        let mut broadcast = Broadcast::new(audience, class, frames)
            .except_users(event.except().map(|user| user.0).into_iter().collect())
            .except_connection(connection.map(engine::ConnectionId));
        match event.as_ref() {
            Event::Post(PostEvent::Typing { root_id, user_id, .. }) => {
                broadcast = broadcast.throttled(typing_throttle(*user_id, *root_id));
            }
            Event::Post(PostEvent::Created(created)) => broadcast.place = u64::try_from(created.number).ok(),
            _ => {}
        }
        self.engine.publish(broadcast);
    }

    /// From now on the user hears this channel, on every live connection.
    pub fn join_channels(&self, user: UserId, channels: &[ChannelId]) {
        self.engine.join(user.0, channels.iter().map(|id| Topic::Channel(id.0)).collect());
    }

    /// From now on the user no longer hears these channels.
    pub fn leave_channels(&self, user: UserId, channels: &[ChannelId]) {
        self.engine.leave(user.0, channels.iter().map(|id| Topic::Channel(id.0)).collect());
    }

    /// From now on the user hears this team.
    pub fn join_team(&self, user: UserId, team: TeamId) {
        self.engine.join(user.0, vec![Topic::Team(team.0)]);
    }

    /// From now on the user no longer hears this team.
    pub fn leave_team(&self, user: UserId, team: TeamId) {
        self.engine.leave(user.0, vec![Topic::Team(team.0)]);
    }

    /// Closes the connections of a login that ended.
    pub fn end_session(&self, session: SessionId) {
        self.engine.disconnect(Target::Session(session.0), Disconnect::SessionRevoked);
    }

    /// Closes every connection of a deactivated account.
    pub fn end_user(&self, user: UserId) {
        self.engine.disconnect(Target::User(user.0), Disconnect::Deactivated);
    }

    /// The user became, or is no longer, a system administrator.
    pub fn set_privileged(&self, user: UserId, privileged: bool) {
        self.engine.set_privileged(user.0, privileged);
    }

    /// Drops something from the caches of every instance.
    pub fn refresh(&self, stale: Stale) {
        self.engine.refresh(stale.to_bytes());
    }

    /// Shows this status until the user chooses another one, `until` for [`Availability::Dnd`].
    pub fn choose_status(&self, user: UserId, availability: Availability, until: Option<Millis>) {
        let command = match engine_status(availability) {
            engine::Status::Online => PresenceCommand::Automatic,
            status => PresenceCommand::Manual { status, dnd_end_at: until },
        };
        self.engine.set_presence(user.0, command);
    }

    /// The user did something outside a socket, so she is not away.
    pub fn active(&self, user: UserId) {
        self.engine.activity(user.0);
    }

    /// The presence of those of `users` who are connected somewhere.
    pub async fn statuses(&self, users: &[UserId]) -> Vec<Status> {
        let states = self.engine.presences(users.iter().map(|user| user.0).collect()).await;
        states.into_iter().map(|(user, state)| status_of(user, state)).collect()
    }

    /// The presence of everybody who is connected somewhere, at most `limit` of them.
    pub async fn known_statuses(&self, limit: usize) -> Vec<Status> {
        let states = self.engine.known_presences(limit).await;
        states.into_iter().map(|(user, state)| status_of(user, state)).collect()
    }

    /// What the engine counts.
    #[must_use]
    pub fn metrics(&self) -> &engine::Metrics {
        self.engine.metrics()
    }

    /// Whether this instance is stopping and takes in no more sockets.
    #[must_use]
    pub fn draining(&self) -> bool {
        self.engine.draining()
    }

    /// Whether this instance hears what others change. While it does not, what it remembers of anybody's rights proves
    /// nothing.
    #[must_use]
    pub fn hears_others(&self) -> bool {
        self.engine.joined()
    }

    /// Whether events reach the other instances; nothing if the hub does not answer.
    pub async fn reaches_others(&self) -> Option<bool> {
        self.engine.stats().await.map(|stats| stats.bridge)
    }
}

/// What the engine says of a user's presence, in the domain's words.
#[must_use]
pub fn status_of(user: Uuid, state: PresenceState) -> Status {
    let availability = match state.status {
        engine::Status::Online => Availability::Online,
        engine::Status::Away => Availability::Away,
        engine::Status::Dnd => Availability::Dnd,
        engine::Status::Offline => Availability::Offline,
    };
    Status {
        user_id: UserId(user),
        availability,
        manual: state.manual,
        last_activity_at: state.last_activity_at,
        dnd_end_at: state.dnd_end_at,
    }
}

/// The engine knows no "out of office": whoever set it is shown as offline to the engine.
#[must_use]
pub fn engine_status(availability: Availability) -> engine::Status {
    match availability {
        Availability::Online => engine::Status::Online,
        Availability::Away => engine::Status::Away,
        Availability::Dnd => engine::Status::Dnd,
        Availability::Offline | Availability::Ooo => engine::Status::Offline,
    }
}

fn encode(event: &Event, protocol: Protocol) -> Encoded {
    match protocol {
        Protocol::V1 => v1::encode(event),
        Protocol::V4 => v4::encode(event),
    }
}

fn typing_throttle(user: UserId, thread: Option<PostId>) -> engine::Throttle {
    let thread = thread.map_or(0, |id| id.0.as_u128());
    engine::Throttle { key: user.0.as_u128() ^ thread.rotate_left(64), every: TYPING_INTERVAL }
}

fn into_engine(encoded: Encoded) -> engine::Encoded {
    let variants = encoded.variants.into_iter().map(|(who, text)| engine::Variant {
        who: match who {
            Who::Users(users) => engine::Who::Users(Arc::new(users.iter().map(|user| user.0).collect())),
            Who::Privileged => engine::Who::Privileged,
        },
        frame: text.map(into_frame),
    });
    engine::Encoded { base: encoded.base.map(into_frame), variants: variants.collect() }
}

/// An encoded text as the engine carries it.
#[must_use]
pub fn into_frame(text: Text) -> Frame {
    match text {
        Text::Plain(text) => Frame::new(text.into()),
        Text::Named { head, tail } => Frame::with_name(head.into(), tail.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stale_survives_the_trip() {
        let (user, channel) = (UserId::new(), ChannelId::new());
        for stale in [
            Stale::Session(SessionId::new()),
            Stale::User(user),
            Stale::Channel(channel),
            Stale::Team(TeamId::new()),
            Stale::Place(user, channel),
            Stale::Places(user),
            Stale::Roles,
        ] {
            assert_eq!(Stale::parse(&stale.to_bytes()), Some(stale));
        }
        assert_eq!(Stale::parse(b"session nonsense"), None);
        assert_eq!(Stale::parse(format!("place {user}").as_bytes()), None);
        assert_eq!(Stale::parse(&[0xff]), None);
    }
}
