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

use crate::model::Props;

/// The schema's history, built into the binary.
pub static MIGRATOR: Migrator = sqlx::migrate!();

/// Reads a `jsonb` column that holds an object.
pub(crate) fn props(value: Value) -> Props {
    match value {
        Value::Object(map) => map,
        _ => Props::new(),
    }
}
