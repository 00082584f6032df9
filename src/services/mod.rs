//! The business: every rule, every permission, every event stands here once; both APIs and the jobs call it.
//!
//! Owns: validation, permissions ([`access`]), transactions, and publishing after commit. It must not know HTTP, wire
//! shapes or SQL. Every public function takes [`&Core`](Core) and [`&Caller`](Caller) first and checks the caller's
//! right in its first lines.

pub mod access;
mod caches;
mod caller;
pub mod sessions;

use std::sync::Arc;

use sqlx::PgPool;

pub use caches::Caches;
pub use caller::{Caller, Identity};

use crate::config::Config;
use crate::realtime::Realtime;

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
    pub caches: Arc<Caches>,
    /// What signs and reads tokens.
    pub tokens: sessions::TokenKeys,
}
