//! The services with a database and an engine of their own, people who act, and connections that hear what happens.

use std::future::poll_fn;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use rustchat_actors::bridge::{Bridge, LocalBridge};
use rustchat_actors::{
    Connect, Connection, Engine, EngineConfig, Frame, Observer, PresenceChange, PresenceState, Protocol, Refresh,
    Status, Topic,
};
use serde_json::Value;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::config::Config;
use crate::model::{Session, SessionId, User, UserId, now, role};
use crate::realtime::{Realtime, Stale};
use crate::services::{Caller, Core, Identity};
use crate::storage;

/// Far longer than any event takes: a test that waits so long for one has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Everything between the APIs and the database. Make it inside an actix system (`#[actix_web::test]`).
pub struct World {
    /// The services.
    pub core: Arc<Core>,
    engine: Engine,
    bridge: Arc<LocalBridge>,
    stale: Mutex<UnboundedReceiver<Stale>>,
}

/// A connection that reads when it is told to.
pub struct Listener {
    connection: Connection,
}

/// Hears what is stale, as the server's observer does, and says so.
struct Ear {
    core: Arc<OnceLock<Weak<Core>>>,
    heard: UnboundedSender<Stale>,
}

impl Observer for Ear {
    fn presence_changed(&self, _: PresenceChange) {}

    fn refresh(&self, what: Refresh) {
        let Refresh::One(message) = what else { return };
        let stale = Stale::parse(&message).expect("this version's own message");
        if let Some(core) = self.core.get().and_then(Weak::upgrade) {
            core.caches.forget(stale);
        }
        // A test may have ended already.
        let _ = self.heard.send(stale);
    }

    fn fatal(&self, reason: &str) {
        panic!("the engine ended: {reason}");
    }
}

impl World {
    /// An installation without anybody, with the default settings.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// An installation without anybody, with settings of its own.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::defaults().expect("the defaults are valid");
        config.accounts.bcrypt_cost = 4;
        change(&mut config);
        Self::open(super::database().await, Arc::new(config), LocalBridge::default()).await
    }

    /// An installation whose statements all run on one connection, so that it can say which they were.
    pub async fn with_one_connection() -> Self {
        let pool = PgPoolOptions::new().max_connections(1).connect_with(super::database_options().await);
        let config = Config::defaults().expect("the defaults are valid");
        Self::open(pool.await.expect("a new database"), Arc::new(config), LocalBridge::default()).await
    }

    /// One more instance of the same installation.
    pub async fn another_instance(&self) -> Self {
        Self::open(self.core.db.clone(), Arc::clone(&self.core.config), self.bridge.neighbour()).await
    }

    async fn open(db: PgPool, config: Arc<Config>, bridge: LocalBridge) -> Self {
        let (core, bridge, (heard, stale)) = (Arc::<OnceLock<_>>::default(), Arc::new(bridge), unbounded_channel());
        let ear = Ear { core: Arc::clone(&core), heard };
        let engine = Engine::start(EngineConfig::default(), Arc::new(ear), Arc::clone(&bridge) as Arc<dyn Bridge>);
        let services = Core::open(db, Realtime::new(engine.clone()), config, b"a secret of thirty-two bytes, ok");
        let services = Arc::new(services.await.expect("the services open"));
        core.get_or_init(|| Arc::downgrade(&services));
        Self { core: services, engine, bridge, stale: Mutex::new(stale) }
    }

    /// From now on this instance hears nothing of the others, nor they of it.
    pub async fn cut_off(&self) {
        self.bridge.stop().await;
    }

    /// Waits until this instance has heard from another one that something is stale.
    pub async fn forgets(&self, stale: Stale) {
        let mut heard = self.stale.lock().await;
        let hears = async { while heard.recv().await.expect("the engine runs") != stale {} };
        tokio::time::timeout(PATIENCE, hears).await.expect("the message arrives");
    }

    /// Somebody with an account, logged in.
    pub async fn person(&self, username: &str) -> Caller {
        self.somebody(username, &[role::SYSTEM_USER]).await
    }

    /// A guest, logged in.
    pub async fn guest(&self, username: &str) -> Caller {
        self.somebody(username, &[role::SYSTEM_GUEST]).await
    }

    /// A system administrator, logged in.
    pub async fn admin(&self, username: &str) -> Caller {
        self.somebody(username, &[role::SYSTEM_ADMIN, role::SYSTEM_USER]).await
    }

    async fn somebody(&self, username: &str, roles: &[&str]) -> Caller {
        let now = now();
        let user = User {
            id: UserId::new(),
            username: username.to_owned(),
            email: format!("{username}@example.com"),
            nickname: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            position: String::new(),
            locale: "en".to_owned(),
            roles: roles.iter().map(|&role| role.to_owned()).collect(),
            timezone: serde_json::Map::new(),
            notify_props: serde_json::Map::new(),
            props: serde_json::Map::new(),
            is_bot: false,
            email_verified: true,
            failed_logins: 0,
            last_password_update: now,
            last_picture_update: 0,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        };
        storage::users::insert(&self.core.db, &user, "").await.expect("the user is new");
        let session = Session {
            id: SessionId::new(),
            user_id: user.id,
            csrf: String::new(),
            device_id: String::new(),
            props: serde_json::Map::new(),
            created_at: now,
            expires_at: now + 1_000_000,
            extended_at: now,
            last_activity_at: now,
        };
        Caller::User(Arc::new(Identity { user: Arc::new(user), session }), None)
    }

    /// Connects somebody in the native protocol: from now on the listener hears what she may hear.
    pub async fn listen(&self, caller: &Caller) -> Listener {
        self.listen_in(caller, Protocol::V1).await
    }

    /// Connects somebody in the dialect of Mattermost's clients.
    pub async fn listen_v4(&self, caller: &Caller) -> Listener {
        self.listen_in(caller, Protocol::V4).await
    }

    async fn listen_in(&self, caller: &Caller, protocol: Protocol) -> Listener {
        let identity = caller.identity().expect("a person");
        let presence = PresenceState { status: Status::Offline, manual: false, last_activity_at: 0, dnd_end_at: None };
        let connect = Connect {
            user: identity.user.id.0,
            session: identity.session.id.0,
            protocol,
            tag: Bytes::from(identity.user.id.to_string()),
            privileged: identity.user.is_system_admin(),
            resume: None,
            presence,
            on_evict: None,
        };
        let connection = self.engine.connect(connect).await.expect("the engine accepts");
        let (teams, channels) = storage::members::subscriptions(&self.core.db, identity.user.id, None)
            .await
            .ok()
            .flatten()
            .expect("memberships are read");
        let topics = teams.iter().map(|id| Topic::Team(id.0)).chain(channels.iter().map(|id| Topic::Channel(id.0)));
        connection.join(topics.collect()).await.expect("the session is open");
        connection.open(Frame::new(Bytes::from_static(br#"{"type":"hello","event":"hello""#)));
        let listener = Listener { connection };
        listener.hears("hello").await;
        listener
    }
}

impl Listener {
    /// The next event, as it stands on the wire.
    pub async fn next(&self) -> Value {
        tokio::time::timeout(PATIENCE, self.wait()).await.expect("an event arrives")
    }

    /// The next event, which must be of this type (v1) or name (v4): its `data`.
    pub async fn hears(&self, name: &str) -> Value {
        let mut event = self.next().await;
        let found = event.get("type").or_else(|| event.get("event")).cloned();
        assert_eq!(found, Some(Value::from(name)), "instead of {name} came {event}");
        event.get_mut("data").map(Value::take).unwrap_or_default()
    }

    async fn wait(&self) -> Value {
        loop {
            let mut bytes = BytesMut::new();
            if self.connection.drain(1, |message| message.write_to(&mut bytes)) > 0 {
                return serde_json::from_slice(&bytes).expect("an event is JSON");
            }
            assert!(self.connection.closed().is_none(), "the connection was closed");
            poll_fn(|cx| self.connection.poll_ready(cx)).await;
        }
    }
}
