//! Links by which people choose a new password: at most one for each. Only a hash of what a link says is kept.

use sqlx::PgExecutor;

use crate::model::{Millis, UserId};

/// Keeps a token for whoever has this address, instead of an earlier one. False where no active person has it.
///
/// # Errors
/// What the database says.
pub async fn keep(db: impl PgExecutor<'_>, email: &str, token: &str, expires_at: Millis) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO password_resets (user_id, email, token_hash, expires_at)
         SELECT id, email, sha256(convert_to($2, 'UTF8')), $3 FROM users
         WHERE email = $1 AND deleted_at IS NULL AND NOT is_bot
         ON CONFLICT (user_id) DO UPDATE
         SET email = EXCLUDED.email, token_hash = EXCLUDED.token_hash, expires_at = EXCLUDED.expires_at",
        email,
        token,
        expires_at
    );
    Ok(done.execute(db).await?.rows_affected() > 0)
}

/// Uses a token up. None for one that is not kept, has expired, or whose account is deactivated or has another address.
///
/// # Errors
/// What the database says.
pub async fn take(db: impl PgExecutor<'_>, token: &str, now: Millis) -> sqlx::Result<Option<UserId>> {
    sqlx::query_scalar!(
        r#"DELETE FROM password_resets r USING users u
           WHERE r.token_hash = sha256(convert_to($1, 'UTF8')) AND r.expires_at > $2
             AND u.id = r.user_id AND u.email = r.email AND u.deleted_at IS NULL
           RETURNING r.user_id AS "user_id: UserId""#,
        token,
        now
    )
    .fetch_optional(db)
    .await
}

/// Forgets a user's token.
///
/// # Errors
/// What the database says.
pub async fn forget(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM password_resets WHERE user_id = $1", user as UserId).execute(db).await?;
    Ok(())
}
