//! Puts the house together and takes it down again: data directory, database, engine, services, listeners.
//!
//! Owns the order of start-up and of the graceful stop. It must not hold any rule of the business.

mod database;
mod observer;

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustchat_actors::bridge::LocalBridge;
use rustchat_actors::{Engine, EngineConfig};
use tokio::signal::unix::{SignalKind, signal};

use crate::api::server::{self, Listeners};
use crate::config::{Config, Realtime as RealtimeSettings};
use crate::data_dir::{DataDir, DataDirError};
use crate::metrics::Metrics;
use crate::postgres::PostgresError;
use crate::realtime::Realtime;
use crate::services::Core;

pub use database::Database;

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
    #[error("the HTTP server ended by itself")]
    Ended,
}

/// Runs the server until it is told to stop, and stops it in order. Must be called inside an actix `System`.
///
/// # Errors
/// When it cannot start; what was started is stopped again.
pub async fn serve(config: Config) -> Result<(), AppError> {
    let begun = Instant::now();
    let config = Arc::new(config);
    let limit = Duration::from_secs(config.server.shutdown_seconds);
    let data = DataDir::lock(&config.data_dir)?;
    let database = Database::open(&config, &data).await?;
    let result = serve_from(&config, &data, &database, begun).await;
    // Whatever requests and sockets left of the time; PostgreSQL usually needs a tenth of a second.
    database.close(limit / 3).await;
    if result.is_ok() {
        log::info!("stopped");
    }
    result
}

async fn serve_from(config: &Arc<Config>, data: &DataDir, database: &Database, begun: Instant) -> Result<(), AppError> {
    let secret = match config.jwt.secret.get() {
        Some(secret) => secret.to_owned(),
        None => data.jwt_secret()?,
    };
    let (observer, news) = observer::channel();
    let engine = Engine::start(engine_config(&config.realtime), Arc::new(observer), Arc::new(LocalBridge));
    let realtime = Realtime::new(engine.clone());
    let core = Core::open(database.pool.clone(), realtime, Arc::clone(config), secret.as_bytes()).await?;
    let core = Arc::new(core);
    let listeners = server::listen(&core, &Metrics::new()?)
        .map_err(|error| AppError::System { what: format!("cannot listen on {}", config.server.listen), error })?;
    let news = actix::spawn(observer::follow(Arc::clone(&core), news));
    welcome(&core, &listeners, begun);
    let result = run_until_told(&listeners).await;
    stop(&listeners, &engine, Duration::from_secs(config.server.shutdown_seconds) * 2 / 3).await;
    news.abort();
    result
}

fn welcome(core: &Core, listeners: &Listeners, begun: Instant) {
    log::info!("listening on {}", listeners.address);
    log::info!("ready in {} ms: open {} in a browser", begun.elapsed().as_millis(), core.config.server.site_url);
}

/// Waits for SIGTERM, SIGINT or the death of the HTTP server.
async fn run_until_told(listeners: &Listeners) -> Result<(), AppError> {
    let system = |error| AppError::System { what: "cannot hear signals".to_owned(), error };
    let mut terminate = signal(SignalKind::terminate()).map_err(system)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(system)?;
    tokio::select! {
        _ = terminate.recv() => log::info!("stopping: SIGTERM"),
        _ = interrupt.recv() => log::info!("stopping: SIGINT"),
        () = listeners.ended() => return Err(AppError::Ended),
    }
    Ok(())
}

/// Accepts nothing new, and lets requests finish while sockets are told to come back.
async fn stop(listeners: &Listeners, engine: &Engine, limit: Duration) {
    let everyone_gone = async { tokio::join!(listeners.stop(), engine.shutdown(limit)) };
    if tokio::time::timeout(limit, everyone_gone).await.is_err() {
        log::warn!("requests or sockets are still open after {} seconds and are cut off", limit.as_secs());
    }
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
        pace: Duration::from_millis(settings.pace_ms),
        away_after: Duration::from_secs(settings.away_after_seconds),
        ..EngineConfig::default()
    }
}
