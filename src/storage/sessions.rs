//! Logins.

use sqlx::PgExecutor;

use super::props;
use crate::model::{Session, SessionId, UserId};

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
