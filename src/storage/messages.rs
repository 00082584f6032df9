//! What a command tells the servers on the same database.

use sqlx::PgExecutor;

/// Where it is heard.
pub const CHANNEL: &str = "rustchat_messages";

/// Tells all who listen. PostgreSQL takes at most 7999 bytes of text.
///
/// # Errors
/// What the database says.
pub async fn tell(db: impl PgExecutor<'_>, text: &str) -> sqlx::Result<()> {
    sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(text).execute(db).await?;
    Ok(())
}
