//! One client on a websocket: authentication, its place in the engine, its deadlines, and its requests in order.
//!
//! Requests are worked on one after the other, so a client that asks faster than it is answered slows only itself down.

use std::rc::Rc;
use std::sync::{Arc, Weak};
use std::time::Duration;

use actix_web::web::Data;
use bytes::Bytes;
use rustchat_actors::{ConnectError, Connection, Disconnect, Protocol, Resume, Topic};
use tokio::time::{Instant, sleep_until, timeout};

use super::deadlines::{Deadlines, Due};
use super::farewell::Farewell;
use super::inbound::{Inbound, Message};
use super::tcp::Tcp;
use super::wire::Wire;
use super::{v1, v4};
use crate::error::{Error, Kind};
use crate::model::{ChannelId, Millis, PostId, SessionId, now};
use crate::realtime::Arrival;
use crate::services::{Caller, Core, Identity, members, sessions, statuses, typing};

/// A client that does not take its close frame for this long is cut off.
const CLOSE_GRACE: Duration = Duration::from_secs(5);

/// The server's side of one websocket. Sockets are many and mostly idle, so it keeps ids and no objects.
pub(super) struct Peer {
    pub(super) core: Data<Core>,
    pub(super) wire: Rc<Wire>,
    protocol: Protocol,
    tcp: Option<Weak<Tcp>>,
    /// What the upgrade gave to go on with; used once.
    resume: Result<Option<Resume>, Farewell>,
    deadlines: Deadlines,
    login: Option<Login>,
}

/// Whoever has authenticated on a socket.
struct Login {
    session: SessionId,
    expires_at: Millis,
    /// Whether the user did something since the last ping.
    active: bool,
}

impl Peer {
    pub(super) fn new(
        core: Data<Core>,
        wire: Rc<Wire>,
        protocol: Protocol,
        tcp: Option<Weak<Tcp>>,
        resume: Result<Option<Resume>, Farewell>,
    ) -> Self {
        let config = &core.config.realtime;
        let deadlines = Deadlines::new(
            Instant::now(),
            Duration::from_secs(config.auth_seconds),
            Duration::from_secs(config.ping_seconds),
        );
        Self { core, wire, protocol, tcp, resume, deadlines, login: None }
    }

    /// Serves the socket until it ends. `identity` is whoever the upgrade has proven to be.
    pub(super) async fn run(mut self, mut inbound: Inbound, identity: Option<Arc<Identity>>) {
        if let Err(farewell) = self.live(&mut inbound, identity).await {
            self.wire.close(farewell);
        }
        if timeout(CLOSE_GRACE, inbound.gone()).await.is_err() {
            self.cut();
        }
    }

    /// Ends well when the body has ended or the connection is gone, or with what to tell the client.
    async fn live(&mut self, inbound: &mut Inbound, identity: Option<Arc<Identity>>) -> Result<(), Farewell> {
        if let Some(identity) = identity {
            Box::pin(self.connect(&identity)).await?;
        }
        let wire = Rc::clone(&self.wire);
        loop {
            tokio::select! {
                message = inbound.next() => match message {
                    None => return Ok(()),
                    Some(Err(farewell)) => return Err(farewell),
                    Some(Ok(Message::Ping(payload))) => self.wire.pong(payload),
                    Some(Ok(Message::Pong)) => self.deadlines.pong(Instant::now()),
                    // Boxed, as is everything that does much: an idle socket must not hold room for it.
                    Some(Ok(message)) => Box::pin(self.handle(message)).await?,
                },
                () = wire.finished() => return Ok(()),
                () = sleep_until(self.deadlines.next()) => match self.deadlines.due(Instant::now()) {
                    Some(Due::Authentication) => return Err(Farewell::Unauthenticated),
                    Some(Due::Pong) => return Err(Farewell::Silent),
                    Some(Due::Ping) => Box::pin(self.ping()).await?,
                    None => {}
                },
            }
        }
    }

    async fn handle(&mut self, message: Message) -> Result<(), Farewell> {
        match self.protocol {
            Protocol::V1 => v1::handle(self, message).await,
            Protocol::V4 => v4::handle(self, message).await,
        }
    }

    async fn ping(&mut self) -> Result<(), Farewell> {
        self.wire.ping();
        let Some(login) = &mut self.login else { return Ok(()) };
        let active = std::mem::take(&mut login.active);
        if active || login.expires_at <= now() {
            let identity = sessions::by_id(&self.core, login.session).await.map_err(|error| turned_away(&error))?;
            login.expires_at = identity.session.expires_at;
            if active && let Err(error) = sessions::extend(&self.core, &identity).await {
                log::warn!("a session was not extended: {error}");
            }
        }
        Ok(())
    }

    /// Whether nobody has authenticated yet.
    pub(super) fn is_anonymous(&self) -> bool {
        self.login.is_none()
    }

    /// Authenticates with a token instead of headers.
    pub(super) async fn authenticate(&mut self, token: &str) -> Result<(), Farewell> {
        let identity = sessions::authenticate(&self.core, token).await.map_err(|error| turned_away(&error))?;
        self.connect(&identity).await
    }

    /// Takes the user's place in the engine. The order matters: registered first, the session takes part in every change
    /// of memberships from then on; so what is loaded after that is complete; and hello comes last, so that a client that
    /// fetches after hello misses nothing.
    async fn connect(&mut self, identity: &Arc<Identity>) -> Result<(), Farewell> {
        let Identity { user, session } = &**identity;
        let resume = std::mem::replace(&mut self.resume, Ok(None))?;
        let mut connection = self.register(identity, resume).await?;
        if connection.resumed() {
            sessions::confirm(&self.core, session.id).await.map_err(|error| turned_away(&error))?;
        } else {
            self.subscribe(&connection, identity).await?;
        }
        if connection.elsewhere() && !connection.claim().await {
            // What the client has seen cannot be proven: it begins anew.
            connection = self.register(identity, None).await?;
            self.subscribe(&connection, identity).await?;
        }
        if !connection.resumed() {
            connection.open(match self.protocol {
                Protocol::V1 => v1::hello(connection.id()),
                Protocol::V4 => v4::hello(&self.core, connection.id(), user.id),
            });
        }
        self.wire.attach(connection);
        self.deadlines.authenticated();
        self.login = Some(Login { session: session.id, expires_at: session.expires_at, active: true });
        Ok(())
    }

    async fn register(&self, identity: &Arc<Identity>, resume: Option<Resume>) -> Result<Connection, Farewell> {
        let Identity { user, session } = &**identity;
        let saved = statuses::last_known(&self.core, user.id).await.map_err(|error| turned_away(&error))?;
        let arrival = Arrival { user, session, saved, protocol: self.protocol, resume, on_evict: self.on_evict() };
        self.core.realtime.connect(arrival).await.map_err(|error| match error {
            ConnectError::Busy => Farewell::Busy,
            ConnectError::Stopping => Farewell::Engine(Disconnect::ServerStopping),
        })
    }

    async fn subscribe(&self, connection: &Connection, identity: &Identity) -> Result<(), Farewell> {
        let topics = members::subscriptions(&self.core, identity.user.id, identity.session.id).await;
        let (teams, channels) = topics.map_err(|error| turned_away(&error))?;
        let teams = teams.into_iter().map(|id| Topic::Team(id.0));
        let channels = channels.into_iter().map(|id| Topic::Channel(id.0));
        connection.join(teams.chain(channels).collect()).await.map_err(Farewell::Engine)
    }

    /// Whoever asks, with rights as they are now.
    pub(super) async fn caller(&self) -> Result<Caller, Error> {
        let login = self.login.as_ref().ok_or_else(Error::unauthenticated)?;
        let identity = sessions::by_id(&self.core, login.session).await?;
        Ok(Caller::User(identity, self.wire.connection().map(|connection| connection.id().0)))
    }

    /// The user is writing.
    pub(super) async fn typing(&mut self, channel: ChannelId, root: Option<PostId>) -> Result<(), Error> {
        let caller = self.caller().await?;
        typing::announce(&self.core, &caller, channel, root).await?;
        self.active(true);
        Ok(())
    }

    /// The user is, or is not, at the device.
    pub(super) fn active(&mut self, active: bool) {
        if let (Some(connection), Some(login)) = (self.wire.connection(), &mut self.login) {
            connection.activity(active);
            login.active |= active;
        }
    }

    /// Answers a request. Only those who have authenticated are answered.
    pub(super) fn reply(&self, answer: impl Into<Bytes>) -> Result<(), Farewell> {
        match self.wire.connection() {
            Some(connection) => connection.reply(answer.into()).map_err(Farewell::Engine),
            None => Ok(()),
        }
    }

    fn on_evict(&self) -> Option<Box<dyn Fn() + Send + Sync>> {
        let tcp = self.tcp.clone()?;
        Some(Box::new(move || {
            if let Some(tcp) = tcp.upgrade() {
                tcp.cut();
            }
        }))
    }

    fn cut(&self) {
        if let Some(tcp) = self.tcp.as_ref().and_then(Weak::upgrade) {
            tcp.cut();
        }
    }
}

/// What to tell whoever could not be let in, or not be kept.
fn turned_away(error: &Error) -> Farewell {
    if error.kind == Kind::Unauthenticated {
        return Farewell::Unauthenticated;
    }
    log::warn!("a socket was turned away: {}", crate::api::describe(error));
    Farewell::Busy
}
