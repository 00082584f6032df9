//! What the installation remembers about itself.

use sqlx::PgExecutor;

/// Writes `value` under `key` unless something is there, and answers with what is there then.
///
/// # Errors
/// What the database says.
pub async fn remember(db: impl PgExecutor<'_>, key: &str, value: &str) -> sqlx::Result<String> {
    // The update changes nothing; it makes RETURNING answer with the row that was there.
    sqlx::query_scalar!(
        "INSERT INTO system (key, value) VALUES ($1, $2)
         ON CONFLICT (key) DO UPDATE SET value = system.value RETURNING value",
        key,
        value
    )
    .fetch_one(db)
    .await
}
