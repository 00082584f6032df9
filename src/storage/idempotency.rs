//! What create requests with a key have made.

use sqlx::PgExecutor;
use uuid::Uuid;

use crate::model::{Millis, UserId};

/// Claims a key for a new resource; false where the user has used it before. Waits for a transaction that is
/// claiming the same key at the moment.
///
/// # Errors
/// What the database says.
pub async fn claim(
    db: impl PgExecutor<'_>,
    user: UserId,
    key: &str,
    kind: &str,
    resource: Uuid,
    now: Millis,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO idempotency_keys (user_id, key, kind, resource_id, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (user_id, key) DO NOTHING",
        user as UserId,
        key,
        kind,
        resource,
        now
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What a key has made: its kind and its id.
///
/// # Errors
/// What the database says.
pub async fn get(db: impl PgExecutor<'_>, user: UserId, key: &str) -> sqlx::Result<Option<(String, Uuid)>> {
    let row = sqlx::query!(
        "SELECT kind, resource_id FROM idempotency_keys WHERE user_id = $1 AND key = $2",
        user as UserId,
        key
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.kind, row.resource_id)))
}

/// Deletes at most `limit` keys that were claimed before `moment`.
///
/// # Errors
/// What the database says.
pub async fn delete_before(db: impl PgExecutor<'_>, moment: Millis, limit: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM idempotency_keys WHERE (user_id, key) IN (
             SELECT user_id, key FROM idempotency_keys WHERE created_at < $1 LIMIT $2)",
        moment,
        limit
    )
    .execute(db)
    .await?;
    Ok(())
}
