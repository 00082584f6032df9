//! Puts the house together and takes it down again: data directory, database, engine, services, listeners.
//!
//! Owns the order of start-up and of the graceful stop. It must not hold any rule of the business.

mod bridge;
mod database;
mod observer;
mod office;

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustchat_actors::bridge::{Bridge, NotRedis};
use rustchat_actors::{Engine, EngineConfig};
use sqlx::PgPool;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use crate::api::server::{Listeners, listen};
use crate::config::{Config, Realtime as RealtimeSettings};
use crate::data_dir::{DataDir, DataDirError};
use crate::jobs;
use crate::metrics::Metrics;
use crate::realtime::Realtime;
use crate::services::Core;
use crate::services::server::{self, needs_first_user};
use rustchat_postgres::PostgresError;

use bridge::ServerBridge;
pub use database::Database;
pub use office::Office;

/// Why the server cannot start or a command cannot run.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The data directory.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The private PostgreSQL.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// `database.url` makes no sense. The cause is left out, as it could repeat the password.
    #[error("database.url is not a valid PostgreSQL URL")]
    DatabaseUrl(#[source] sqlx::Error),
    /// `redis.url` makes no sense.
    #[error("redis.url {0}")]
    RedisUrl(#[from] NotRedis),
    /// The database cannot be reached or its schema not brought up to date.
    #[error("cannot prepare the database: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A service.
    #[error("{0}")]
    Service(#[from] crate::error::Error),
    /// A metric.
    #[error("cannot prepare the metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    /// An address cannot be listened on, or a signal not be heard.
    #[error("{what}: {error}")]
    System {
        /// What was tried.
        what: String,
        /// Why it failed.
        error: std::io::Error,
    },
    /// Something that must run for as long as the server does has ended.
    #[error("the {0} ended by itself")]
    Ended(&'static str),
}

/// Runs the server until it is told to stop, and stops it in order. Must be called inside an actix `System`.
///
/// # Errors
/// When it cannot start; what was started is stopped again.
pub async fn serve(config: Config) -> Result<(), AppError> {
    let begun = Instant::now();
    let mut signals = Signals::hear()?;
    let config = Arc::new(config);
    let data = DataDir::lock(&config.data_dir)?;
    let database = Database::open(&config, &data).await?;
    let result = serve_from(&config, &data, &database, &mut signals, begun).await;
    // Whatever requests and sockets left of the time; PostgreSQL usually needs a tenth of a second.
    database.close(shutdown_limit(&config) / 3).await;
    if result.is_ok() {
        log::info!("stopped");
    }
    result
}

async fn serve_from(
    config: &Arc<Config>,
    data: &DataDir,
    database: &Database,
    signals: &mut Signals,
    begun: Instant,
) -> Result<(), AppError> {
    let secret = match config.jwt.secret.get() {
        Some(secret) => secret.to_owned(),
        None => data.jwt_secret()?,
    };
    let mut server = Server::start(config, database.pool.clone(), secret.as_bytes()).await?;
    welcome(&server, begun).await?;
    let result = tokio::select! {
        () = signals.any() => Ok(()),
        ended = server.run() => Err(ended),
    };
    server.stop(shutdown_limit(config) * 2 / 3).await;
    result
}

/// What runs between an open database and its clients.
pub struct Server {
    /// The services.
    pub core: Arc<Core>,
    /// Where clients are answered.
    pub listeners: Listeners,
    engine: Engine,
    news: observer::Mouth,
    /// A task of the runtime, as what it listens with may only be dropped there.
    listening: JoinHandle<()>,
}

impl Server {
    /// Starts the engine and the services and begins to answer. Must be called inside an actix `System`.
    ///
    /// # Errors
    /// When the services cannot be prepared or an address cannot be listened on.
    pub async fn start(config: &Arc<Config>, db: PgPool, secret: &[u8]) -> Result<Self, AppError> {
        let (observer, news) = observer::channel();
        let hearer = Arc::<office::Hearer>::default();
        let installation = server::installation(&db).await?.id;
        let bridge = Arc::new(ServerBridge::new(&config.redis, installation, Arc::clone(&hearer))?);
        let others = Arc::clone(&bridge) as Arc<dyn Bridge>;
        let engine = Engine::start(engine_config(&config.realtime), Arc::new(observer), others);
        let core = Core::open(db, Realtime::new(engine.clone()), Arc::clone(config), secret).await?;
        let core = Arc::new(core);
        bridge.join().await;
        let listeners = listen(&core, &Metrics::new()?)
            .map_err(|error| AppError::System { what: format!("cannot listen on {}", config.server.listen), error })?;
        let listening = tokio::spawn(hearer.listen(core.db.clone()));
        Ok(Self { core, listeners, engine, news, listening })
    }

    /// Does what has to be done all the while; ends only with what should not have ended.
    pub async fn run(&mut self) -> AppError {
        tokio::select! {
            () = self.listeners.ended() => AppError::Ended("HTTP server"),
            () = observer::follow(&self.core, &mut self.news) => AppError::Ended("realtime engine"),
            _ = &mut self.listening => AppError::Ended("ear for commands"),
            () = jobs::run(&self.core) => AppError::Ended("jobs"),
            () = self.core.mail.run() => AppError::Ended("mail"),
        }
    }

    /// Sockets are told to come back, and their sessions are handed over where there are other instances; requests are
    /// answered all the while. Then nothing new is accepted, requests finish, and last of all, when nobody has anything
    /// more to say, the engine ends.
    pub async fn stop(self, limit: Duration) {
        self.engine.drain(limit / 2).await;
        // Before the HTTP workers end, as the database connections that they opened end with them. All that a last
        // request would add is when its session was used.
        jobs::flush(&self.core).await;
        self.core.mail.finish(limit / 4).await;
        if tokio::time::timeout(limit / 4, self.listeners.stop()).await.is_err() {
            log::warn!("requests or sockets are still open and are cut off");
        }
        self.engine.shutdown(limit / 8).await;
        self.listening.abort();
        // An error says that it was aborted.
        let _ = self.listening.await;
    }
}

/// The last lines of the start: where to go, and what to do first.
async fn welcome(server: &Server, begun: Instant) -> Result<(), AppError> {
    let is_new = needs_first_user(&server.core).await?;
    log::info!("listening on {}, ready in {} ms", server.listeners.address, begun.elapsed().as_millis());
    log::info!("open {} in a browser", server.core.config.server.site_url);
    if is_new {
        log::info!("sign up there: the first account becomes the administrator");
    }
    Ok(())
}

/// What tells the server to stop. Heard from the first moment, so that nothing is left behind by a stop during the start.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn hear() -> Result<Self, AppError> {
        let hear =
            |kind| signal(kind).map_err(|error| AppError::System { what: "cannot hear signals".to_owned(), error });
        Ok(Self { terminate: hear(SignalKind::terminate())?, interrupt: hear(SignalKind::interrupt())? })
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => log::info!("stopping: SIGTERM"),
            _ = self.interrupt.recv() => log::info!("stopping: SIGINT"),
        }
    }
}

fn shutdown_limit(config: &Config) -> Duration {
    Duration::from_secs(config.server.shutdown_seconds)
}

fn engine_config(settings: &RealtimeSettings) -> EngineConfig {
    EngineConfig {
        arbiters: settings.channel_threads,
        hub_mailbox: settings.hub_mailbox,
        channel_mailbox: settings.channel_mailbox,
        outbox: settings.outbox,
        replay: settings.replay,
        stall_after: Duration::from_secs(settings.stall_seconds),
        linger: Duration::from_secs(settings.resume_seconds),
        channel_idle: Duration::from_secs(settings.channel_idle_seconds),
        away_after: Duration::from_secs(settings.away_after_seconds),
        ..EngineConfig::default()
    }
}
