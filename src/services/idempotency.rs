//! Idempotency keys: a create request that is sent again with the same key gets what the first one made.
//!
//! The key is written in the transaction that creates, so both are there or neither; a retry that arrives while the
//! first one is still at work waits for it.

use sqlx::PgConnection;
use uuid::Uuid;

use super::Core;
use crate::error::{Error, Result};
use crate::model::{Millis, UserId, now};
use crate::storage;

/// Characters of a key.
const MAX_KEY: usize = 128;
const DAY: Millis = 24 * 60 * 60 * 1_000;
/// Keys deleted by one statement.
const BATCH: i64 = 10_000;

/// Claims `key` for the resource that is about to be created. Answers with the id of the one that the key has created
/// before, in which case nothing must be created now.
///
/// # Errors
/// 400 `idempotency.bad_key` for an empty or too long key, 409 `idempotency.key_reused` for one that has created
/// something of another kind.
pub(super) async fn claim(
    db: &mut PgConnection,
    user: UserId,
    key: Option<&str>,
    kind: &'static str,
    resource: Uuid,
) -> Result<Option<Uuid>> {
    let Some(key) = key else { return Ok(None) };
    super::validate::length("idempotency.bad_key", "Idempotency-Key", key, 1..=MAX_KEY)?;
    if storage::idempotency::claim(&mut *db, user, key, kind, resource, now()).await? {
        return Ok(None);
    }
    match storage::idempotency::get(&mut *db, user, key).await? {
        Some((earlier, id)) if earlier == kind => Ok(Some(id)),
        _ => Err(Error::conflict(
            "idempotency.key_reused",
            "Idempotency-Key",
            "This Idempotency-Key was used for another kind of request.",
        )),
    }
}

/// Forgets keys that are older than a day: nobody retries that late.
///
/// # Errors
/// What the database says.
pub async fn delete_old(core: &Core) -> Result<()> {
    Ok(storage::idempotency::delete_before(&core.db, now() - DAY, BATCH).await?)
}
