//! Logins.

use sqlx::PgExecutor;
use sqlx::types::Json;

use super::props;
use crate::model::{Millis, Session, SessionId, UserId};

pub(super) struct Row {
    pub id: SessionId,
    pub user_id: UserId,
    pub csrf: String,
    pub device_id: String,
    pub props: serde_json::Value,
    pub created_at: i64,
    pub expires_at: i64,
    pub extended_at: i64,
    pub last_activity_at: i64,
}

impl From<Row> for Session {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            user_id: row.user_id,
            csrf: row.csrf,
            device_id: row.device_id,
            props: props(row.props),
            created_at: row.created_at,
            expires_at: row.expires_at,
            extended_at: row.extended_at,
            last_activity_at: row.last_activity_at,
        }
    }
}

/// One login, whether or not it has expired.
///
/// # Errors
/// What the database says.
pub async fn get(db: impl PgExecutor<'_>, id: SessionId) -> sqlx::Result<Option<Session>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id, user_id, csrf, device_id, props, created_at, expires_at, extended_at, last_activity_at
           FROM sessions WHERE id = $1"#,
        id as SessionId
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(Session::from))
}

/// Whether a login is there and its account is active.
///
/// # Errors
/// What the database says.
pub async fn is_live(db: impl PgExecutor<'_>, id: SessionId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM sessions s JOIN users u ON u.id = s.user_id
                          WHERE s.id = $1 AND u.deleted_at IS NULL) AS "live!""#,
        id as SessionId
    )
    .fetch_one(db)
    .await
}

/// A user's logins that have not expired, the last used first.
///
/// # Errors
/// What the database says.
pub async fn of_user(db: impl PgExecutor<'_>, user: UserId, now: Millis) -> sqlx::Result<Vec<Session>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, user_id, csrf, device_id, props, created_at, expires_at, extended_at, last_activity_at
         FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY last_activity_at DESC, id",
        user as UserId,
        now
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Session::from).collect())
}

/// Writes a new login.
///
/// # Errors
/// What the database says.
pub async fn insert(db: impl PgExecutor<'_>, session: &Session) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO sessions (id, user_id, csrf, device_id, props, created_at, expires_at, extended_at, last_activity_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        session.id as SessionId,
        session.user_id as UserId,
        session.csrf,
        session.device_id,
        Json(&session.props) as _,
        session.created_at,
        session.expires_at,
        session.extended_at,
        session.last_activity_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Moves the end of a login, unless another request has done so since it was read.
///
/// # Errors
/// What the database says.
pub async fn extend(db: impl PgExecutor<'_>, session: &Session, expires_at: Millis, now: Millis) -> sqlx::Result<bool> {
    let extended = sqlx::query!(
        "UPDATE sessions SET expires_at = $3, extended_at = $4, last_activity_at = $4 WHERE id = $1 AND extended_at = $2",
        session.id as SessionId,
        session.extended_at,
        expires_at,
        now
    );
    Ok(extended.execute(db).await?.rows_affected() == 1)
}

/// Writes what a phone says of itself after its login, and until when the login lasts now.
///
/// # Errors
/// What the database says.
pub async fn set_device(db: impl PgExecutor<'_>, session: &Session) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE sessions SET device_id = $2, props = $3, expires_at = $4 WHERE id = $1",
        session.id as SessionId,
        session.device_id,
        Json(&session.props) as _,
        session.expires_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes when these logins were last used.
///
/// # Errors
/// What the database says.
pub async fn save_activity(db: impl PgExecutor<'_>, ids: &[SessionId], times: &[Millis]) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE sessions s SET last_activity_at = used.at
         FROM UNNEST($1::uuid[], $2::bigint[]) AS used (id, at)
         WHERE s.id = used.id AND s.last_activity_at < used.at",
        ids as &[SessionId],
        times
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Ends one login of a user; false where she has no such login.
///
/// # Errors
/// What the database says.
pub async fn delete(db: impl PgExecutor<'_>, id: SessionId, user: UserId) -> sqlx::Result<bool> {
    let deleted = sqlx::query!("DELETE FROM sessions WHERE id = $1 AND user_id = $2", id as SessionId, user as UserId);
    Ok(deleted.execute(db).await?.rows_affected() == 1)
}

/// Ends a user's logins but `keep`, and answers which they were.
///
/// # Errors
/// What the database says.
pub async fn delete_of_user(
    db: impl PgExecutor<'_>,
    user: UserId,
    keep: Option<SessionId>,
) -> sqlx::Result<Vec<SessionId>> {
    sqlx::query_scalar!(
        r#"DELETE FROM sessions WHERE user_id = $1 AND id IS DISTINCT FROM $2 RETURNING id AS "id: SessionId""#,
        user as UserId,
        keep as Option<SessionId>
    )
    .fetch_all(db)
    .await
}

/// Ends the other logins of a user on the same phone, and answers which they were.
///
/// # Errors
/// What the database says.
pub async fn delete_of_device(db: impl PgExecutor<'_>, session: &Session) -> sqlx::Result<Vec<SessionId>> {
    sqlx::query_scalar!(
        r#"DELETE FROM sessions WHERE user_id = $1 AND device_id = $2 AND id <> $3 RETURNING id AS "id: SessionId""#,
        session.user_id as UserId,
        session.device_id,
        session.id as SessionId
    )
    .fetch_all(db)
    .await
}

/// Deletes at most `limit` logins that have expired, and answers which they were.
///
/// # Errors
/// What the database says.
pub async fn delete_expired(db: impl PgExecutor<'_>, now: Millis, limit: i64) -> sqlx::Result<Vec<SessionId>> {
    sqlx::query_scalar!(
        r#"DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= $1 LIMIT $2)
           RETURNING id AS "id: SessionId""#,
        now,
        limit
    )
    .fetch_all(db)
    .await
}
