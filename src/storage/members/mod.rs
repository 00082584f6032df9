//! Who belongs to which team and channel, and how far each has read.
//!
//! A team membership that ended stays, with `deleted_at`; a channel membership that ended is gone.

mod channel;
mod team;

use sqlx::PgExecutor;

pub use channel::*;
pub(super) use channel::{Row, select_members};
pub use team::*;

use crate::model::{ChannelId, SessionId, TeamId, UserId};

/// Everything a user hears: her teams and her channels, in one query. Archived ones are among them, because their
/// members hear when they come back. None where it is asked through a session that has ended or whose account is
/// deactivated.
///
/// # Errors
/// What the database says.
pub async fn subscriptions(
    db: impl PgExecutor<'_>,
    user: UserId,
    session: Option<SessionId>,
) -> sqlx::Result<Option<(Vec<TeamId>, Vec<ChannelId>)>> {
    let row = sqlx::query!(
        r#"SELECT ARRAY(SELECT m.team_id FROM team_members m WHERE m.user_id = $1 AND m.deleted_at IS NULL)
                      AS "teams!: Vec<TeamId>",
                  ARRAY(SELECT m.channel_id FROM channel_members m WHERE m.user_id = $1)
                      AS "channels!: Vec<ChannelId>"
           WHERE $2::uuid IS NULL OR EXISTS (SELECT FROM sessions s JOIN users u ON u.id = s.user_id
                                             WHERE s.id = $2 AND u.deleted_at IS NULL)"#,
        user as UserId,
        session as Option<SessionId>
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.teams, row.channels)))
}

/// The usernames of those of `users` who are active, sorted.
///
/// # Errors
/// What the database says.
pub async fn usernames(db: impl PgExecutor<'_>, users: &[UserId]) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "SELECT username FROM users WHERE id = ANY ($1) AND deleted_at IS NULL ORDER BY username",
        users as &[UserId]
    )
    .fetch_all(db)
    .await
}
