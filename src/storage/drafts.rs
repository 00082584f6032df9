//! What people have begun to write. A channel's own draft has the nil id as its root.

use sqlx::PgExecutor;
use sqlx::types::Json;

use super::props;
use crate::model::{ChannelId, Draft, Millis, PostId, TeamId, UserId};

/// Most drafts in a list.
const MOST: i64 = 1_000;

struct Row {
    user_id: UserId,
    channel_id: ChannelId,
    root_id: PostId,
    message: String,
    props: serde_json::Value,
    created_at: i64,
    updated_at: i64,
}

impl From<Row> for Draft {
    fn from(row: Row) -> Self {
        Self {
            user_id: row.user_id,
            channel_id: row.channel_id,
            root_id: Some(row.root_id).filter(|id| !id.0.is_nil()),
            message: row.message,
            props: props(row.props),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Writes a draft over the one in the same place, and answers with when the place first had one.
///
/// # Errors
/// What the database says.
pub async fn save(db: impl PgExecutor<'_>, draft: &Draft) -> sqlx::Result<Millis> {
    let created_at = sqlx::query_scalar!(
        "INSERT INTO drafts AS d (user_id, channel_id, root_id, message, props, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (user_id, channel_id, root_id) DO UPDATE
         SET message = EXCLUDED.message, props = EXCLUDED.props, updated_at = EXCLUDED.updated_at
         RETURNING created_at",
        draft.user_id as UserId,
        draft.channel_id as ChannelId,
        place(draft.root_id) as PostId,
        draft.message,
        Json(&draft.props) as _,
        draft.created_at,
        draft.updated_at
    );
    created_at.fetch_one(db).await
}

/// Removes a draft; none where there was none.
///
/// # Errors
/// What the database says.
pub async fn remove(
    db: impl PgExecutor<'_>,
    user: UserId,
    channel: ChannelId,
    root: Option<PostId>,
) -> sqlx::Result<Option<Draft>> {
    let row = sqlx::query_as!(
        Row,
        "DELETE FROM drafts WHERE user_id = $1 AND channel_id = $2 AND root_id = $3
         RETURNING user_id, channel_id, root_id, message, props, created_at, updated_at",
        user as UserId,
        channel as ChannelId,
        place(root) as PostId
    );
    Ok(row.fetch_optional(db).await?.map(Draft::from))
}

/// The drafts of a user in channels that she is in, those of a team and direct and group channels, the latest first.
///
/// # Errors
/// What the database says.
pub async fn of_user(db: impl PgExecutor<'_>, user: UserId, team: TeamId) -> sqlx::Result<Vec<Draft>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT d.user_id, d.channel_id, d.root_id, d.message, d.props, d.created_at, d.updated_at
         FROM drafts d
         JOIN channels c ON c.id = d.channel_id AND (c.team_id = $2 OR c.team_id IS NULL)
         JOIN channel_members m ON m.channel_id = d.channel_id AND m.user_id = d.user_id
         WHERE d.user_id = $1
         ORDER BY d.updated_at DESC LIMIT $3",
        user as UserId,
        team as TeamId,
        MOST
    );
    Ok(rows.fetch_all(db).await?.into_iter().map(Draft::from).collect())
}

fn place(root: Option<PostId>) -> PostId {
    root.unwrap_or(PostId(uuid::Uuid::nil()))
}
