//! The database of this process: an external one, or the private one that it runs or joins.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::AppError;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::storage::{self, MIGRATOR};
use rustchat_postgres::{Options, PrivatePostgres};

/// Longer, and a request is better told to try again.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(5);

/// An open database with the newest schema.
pub struct Database {
    /// Connections to it.
    pub pool: PgPool,
    private: Private,
}

enum Private {
    /// The database is an external one.
    None,
    /// Run by this process, which stops it.
    Own(PrivatePostgres),
    /// Run by another process; kept, as the connections go through it.
    Visited(#[expect(dead_code, reason = "kept open")] PrivatePostgres),
}

impl Database {
    /// Opens the database for the process that holds `data`, starting the private one if none other is configured.
    ///
    /// # Errors
    /// When it cannot be started, reached or migrated; a private one that was started is stopped again.
    pub async fn open(config: &Config, _: &DataDir) -> Result<Self, AppError> {
        if let Some(options) = external(config)? {
            return Self::connect(config, options, Private::None).await;
        }
        let directory = directory(config);
        let private = PrivatePostgres::start(&Options {
            directory: &directory,
            bin_dir: config.database.private_bin_dir.as_deref(),
            connections: config.database.connections(),
            durable: true,
        })
        .await?;
        Self::connect(config, private.connect_options(), Private::Own(private)).await
    }

    /// Opens the database beside the server that holds the data directory.
    ///
    /// # Errors
    /// Like [`Self::open`], and when that server's PostgreSQL does not run.
    pub async fn visit(config: &Config) -> Result<Self, AppError> {
        if let Some(options) = external(config)? {
            return Self::connect(config, options, Private::None).await;
        }
        let private = PrivatePostgres::visit(&directory(config)).await?;
        Self::connect(config, private.connect_options(), Private::Visited(private)).await
    }

    async fn connect(config: &Config, options: PgConnectOptions, private: Private) -> Result<Self, AppError> {
        let pool = PgPoolOptions::new()
            .max_connections(config.database.connections())
            .acquire_timeout(ACQUIRE_LIMIT)
            .connect_lazy_with(storage::planned_once(options));
        let database = Self { pool, private };
        match MIGRATOR.run(&database.pool).await {
            Ok(()) => Ok(database),
            Err(error) => {
                database.close(ACQUIRE_LIMIT).await;
                Err(error.into())
            }
        }
    }

    /// Closes the connections and stops what this process started, within about `limit`.
    pub async fn close(self, limit: Duration) {
        if tokio::time::timeout(limit / 2, self.pool.close()).await.is_err() {
            log::warn!("a query is still running and is cut off");
        }
        if let Private::Own(private) = self.private {
            private.stop(limit / 2).await;
        }
    }
}

fn external(config: &Config) -> Result<Option<PgConnectOptions>, AppError> {
    config.database.url.get().map(|url| url.parse().map_err(AppError::DatabaseUrl)).transpose()
}

fn directory(config: &Config) -> PathBuf {
    config.data_dir.join("postgres")
}
