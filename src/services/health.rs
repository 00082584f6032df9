//! Whether this instance can do its work.

use std::time::Duration;

use sqlx::Connection;

use super::Core;

/// Longer than any healthy answer, shorter than a load balancer's patience.
const LIMIT: Duration = Duration::from_secs(2);

/// What works and what does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// The database answers.
    pub database: bool,
    /// The realtime engine's hub answers.
    pub realtime: bool,
    /// It is stopping: what it has begun it finishes, but nothing new should come here.
    pub draining: bool,
    /// Events reach the other instances; nothing where there is no Redis to join them. Without it this instance still
    /// does its work for those who are connected to it.
    pub redis: Option<bool>,
}

impl Readiness {
    /// Whether requests should come here.
    #[must_use]
    pub fn works(&self) -> bool {
        self.database && self.realtime
    }
}

/// Asks the database and the hub, at once, for at most two seconds.
pub async fn readiness(core: &Core) -> Readiness {
    let (database, reaches_others) = tokio::join!(
        tokio::time::timeout(LIMIT, database_answers(core)),
        tokio::time::timeout(LIMIT, core.realtime.reaches_others()),
    );
    let reaches_others = reaches_others.ok().flatten();
    Readiness {
        database: database.unwrap_or(false),
        realtime: reaches_others.is_some(),
        redis: core.config.redis.url.get().map(|_| reaches_others.unwrap_or(false)),
        draining: core.realtime.draining(),
    }
}

async fn database_answers(core: &Core) -> bool {
    match core.db.acquire().await {
        Ok(mut connection) => connection.ping().await.is_ok(),
        Err(_) => false,
    }
}
