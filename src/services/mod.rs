//! The business: every rule, every permission, every event stands here once; both APIs and the jobs call it.
//!
//! Owns: validation, permissions ([`access`]), transactions, and publishing after commit. It must not know HTTP, wire
//! shapes or SQL. Every public function takes [`&Core`](Core) and [`&Caller`](Caller) first and checks the caller's
//! right in its first lines.

pub mod access;
pub mod bootstrap;
mod caches;
mod caller;
pub mod categories;
pub mod channels;
pub mod direct;
pub mod drafts;
mod favorites;
pub mod health;
pub mod idempotency;
pub mod members;
pub mod mentions;
mod notices;
pub mod passwords;
pub mod pictures;
pub mod posts;
pub mod preferences;
pub mod reactions;
pub mod read_state;
pub mod roles;
pub mod server;
pub mod sessions;
pub mod statuses;
pub mod teams;
#[cfg(test)]
mod tests;
pub mod threads;
pub mod throttle;
pub mod typing;
pub mod users;
mod validate;

use std::sync::Arc;

use sqlx::PgPool;

pub use caches::{CacheUse, Caches};
pub use caller::{Caller, Identity};

use crate::config::Config;
use crate::error::{Error, Result};
use crate::mail::Mail;
use crate::realtime::{Realtime, Stale};

/// What the services work with. One per process, shared behind an `Arc`.
pub struct Core {
    /// The database.
    pub db: PgPool,
    /// The door to everyone who is connected.
    pub realtime: Realtime,
    /// The settings this process was started with.
    pub config: Arc<Config>,
    /// What each role grants.
    pub roles: access::RoleBook,
    /// What is remembered of the database.
    pub caches: Caches,
    /// What signs and reads tokens.
    pub tokens: sessions::TokenKeys,
    /// What hashes passwords.
    pub passwords: passwords::Passwords,
    /// What slows guessing down.
    pub throttles: throttle::Throttles,
    /// Sessions used since they were last written back.
    pub activity: sessions::Activity,
    /// Presences that changed since they were last written back.
    pub presences: statuses::Presences,
    /// Where mail is left.
    pub mail: Mail,
    /// Which installation this is.
    pub installation: server::Installation,
}

impl Core {
    /// Prepares the services over a migrated database: seeds the built-in roles, loads what roles grant, and learns (or,
    /// at the first start, decides) which installation this is. `secret` signs the session tokens.
    ///
    /// # Errors
    /// What the database says.
    pub async fn open(db: PgPool, realtime: Realtime, config: Arc<Config>, secret: &[u8]) -> Result<Self> {
        roles::seed(&db).await?;
        Ok(Self {
            roles: access::RoleBook::new(roles::grants(&db).await?),
            installation: server::installation(&db).await?,
            caches: Caches::new(&config.caches),
            tokens: sessions::TokenKeys::new(secret),
            passwords: passwords::Passwords::new(config.accounts.bcrypt_cost),
            throttles: throttle::Throttles::new(&config.throttle, &config.redis)?,
            activity: sessions::Activity::default(),
            presences: statuses::Presences::default(),
            mail: Mail::new(&config.mail).map_err(Error::internal)?,
            db,
            realtime,
            config,
        })
    }

    /// Makes the caches forget what is no longer true: this instance's before it returns, so that whoever changed it
    /// reads the change, and the others' soon after. Call it after the commit, before anybody is told.
    fn forget(&self, stale: Stale) {
        self.caches.forget(stale);
        self.realtime.refresh(stale);
    }
}
