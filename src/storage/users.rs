//! Accounts.

use sqlx::PgExecutor;

use super::props;
use crate::model::{User, UserId};

/// A row of `users` without the password hash.
pub(super) struct Row {
    pub id: UserId,
    pub username: String,
    pub email: String,
    pub nickname: String,
    pub first_name: String,
    pub last_name: String,
    pub position: String,
    pub locale: String,
    pub roles: Vec<String>,
    pub timezone: serde_json::Value,
    pub notify_props: serde_json::Value,
    pub props: serde_json::Value,
    pub is_bot: bool,
    pub email_verified: bool,
    pub failed_logins: i32,
    pub last_password_update: i64,
    pub last_picture_update: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub deleted_at: Option<i64>,
}

impl From<Row> for User {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            username: row.username,
            email: row.email,
            nickname: row.nickname,
            first_name: row.first_name,
            last_name: row.last_name,
            position: row.position,
            locale: row.locale,
            roles: row.roles,
            timezone: props(row.timezone),
            notify_props: props(row.notify_props),
            props: props(row.props),
            is_bot: row.is_bot,
            email_verified: row.email_verified,
            failed_logins: row.failed_logins,
            last_password_update: row.last_password_update,
            last_picture_update: row.last_picture_update,
            created_at: row.created_at,
            updated_at: row.updated_at,
            deleted_at: row.deleted_at,
        }
    }
}

/// One user.
///
/// # Errors
/// What the database says.
pub async fn get(db: impl PgExecutor<'_>, id: UserId) -> sqlx::Result<Option<User>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id, username, email, nickname, first_name, last_name, position, locale, roles, timezone,
                  notify_props, props, is_bot, email_verified, failed_logins, last_password_update,
                  last_picture_update, created_at, updated_at, deleted_at
           FROM users WHERE id = $1"#,
        id as UserId
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(User::from))
}
