//! All SQL, one file per aggregate.
//!
//! Owns: queries and the mapping of rows to the model. It must not know rules or permissions: each function takes an
//! executor, so that the services own the transaction, and answers with what is there.

pub mod categories;
pub mod channels;
pub mod drafts;
pub mod idempotency;
pub mod members;
pub mod messages;
pub mod password_resets;
pub mod posts;
pub mod preferences;
pub mod read_state;
pub mod roles;
pub mod sessions;
pub mod statuses;
pub mod system;
pub mod teams;
pub mod users;

use serde_json::Value;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;

use crate::model::Props;

/// The schema's history, built into the binary.
pub static MIGRATOR: Migrator = sqlx::migrate!();

/// Connections on which PostgreSQL plans each statement once and not each time, which for most of ours costs more than
/// running it. Therefore a statement has to be written so that one plan suits all its parameters.
#[must_use]
pub fn planned_once(options: PgConnectOptions) -> PgConnectOptions {
    options.options([("plan_cache_mode", "force_generic_plan")])
}

/// Reads a `jsonb` column that holds an object.
pub(crate) fn props(value: Value) -> Props {
    match value {
        Value::Object(map) => map,
        _ => Props::new(),
    }
}
