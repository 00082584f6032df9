//! Who follows a thread, and how far they have read it.

use sqlx::PgExecutor;

use crate::model::{ChannelId, Millis, PostId, UserId};

/// Most followers of a thread who are told of its replies one by one.
const MOST_FOLLOWERS: i64 = 1_000;

/// Somebody who follows a thread.
#[derive(Debug, PartialEq, Eq)]
pub struct Follower {
    /// Who.
    pub user_id: UserId,
    /// How many of the thread's replies were seen.
    pub seen_replies: i64,
    /// Mentions since the thread was last viewed.
    pub mention_count: i64,
    /// Until when the thread was read.
    pub last_viewed_at: Millis,
    /// Whether each reply is worth a notification on the desktop.
    pub wants_desktop: bool,
}

/// Who follows a thread and is still in its channel.
///
/// # Errors
/// What the database says.
pub async fn followers(db: impl PgExecutor<'_>, root: PostId) -> sqlx::Result<Vec<Follower>> {
    sqlx::query_as!(
        Follower,
        r#"SELECT f.user_id AS "user_id: UserId", f.seen_replies, f.mention_count, f.last_viewed_at,
                  COALESCE(NULLIF(m.notify_props ->> 'desktop_threads', 'default'),
                           u.notify_props ->> 'desktop_threads', 'all') = 'all' AS "wants_desktop!"
           FROM threads t
           JOIN thread_members f ON f.root_id = t.root_id AND f.following
           JOIN channel_members m ON m.channel_id = t.channel_id AND m.user_id = f.user_id
           JOIN users u ON u.id = f.user_id
           WHERE t.root_id = $1
           LIMIT $2"#,
        root as PostId,
        MOST_FOLLOWERS
    )
    .fetch_all(db)
    .await
}

/// The members of a channel, at most this many.
///
/// # Errors
/// What the database says.
pub async fn members(db: impl PgExecutor<'_>, channel: ChannelId, limit: i64) -> sqlx::Result<Vec<UserId>> {
    let members = sqlx::query_scalar!(
        r#"SELECT user_id AS "user_id: UserId" FROM channel_members WHERE channel_id = $1 LIMIT $2"#,
        channel as ChannelId,
        limit
    );
    members.fetch_all(db).await
}
