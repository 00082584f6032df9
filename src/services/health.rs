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
}

/// Asks the database and the hub, at once, for at most two seconds.
pub async fn readiness(core: &Core) -> Readiness {
    let (database, realtime) = tokio::join!(
        tokio::time::timeout(LIMIT, database_answers(core)),
        tokio::time::timeout(LIMIT, core.realtime.healthy()),
    );
    Readiness {
        database: database.unwrap_or(false),
        realtime: realtime.unwrap_or(false),
        draining: core.realtime.draining(),
    }
}

async fn database_answers(core: &Core) -> bool {
    match core.db.acquire().await {
        Ok(mut connection) => connection.ping().await.is_ok(),
        Err(_) => false,
    }
}
