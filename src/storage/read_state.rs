//! How far users have read: arithmetic between a channel's counters and a membership's.

use sqlx::PgExecutor;

use super::members::{Row, select_members};
use crate::model::{ChannelId, ChannelMember, Millis, UNCOUNTED, UserId};

/// A post that may mention somebody.
#[derive(Debug)]
pub struct Said {
    /// The text.
    pub message: String,
    /// Whether it replies to another post.
    pub is_reply: bool,
}

/// Counts all of these channels as seen by a member and answers with her places, those that changed with `updated_at`
/// at `now`. Channels that she is not in are left out.
///
/// A place that a new post changes at the same moment stays as it is, because the mention just counted would be lost:
/// its client hears of that post and views again.
///
/// # Errors
/// What the database says.
pub async fn view(
    db: impl PgExecutor<'_>,
    user: UserId,
    channels: &[ChannelId],
    now: Millis,
) -> sqlx::Result<Vec<ChannelMember>> {
    let rows = select_members!(
        "WITH seen AS (
             UPDATE channel_members m
             SET seen_messages = c.message_count, seen_roots = c.root_count, mention_count = 0, mention_count_root = 0,
                 urgent_mention_count = 0, last_viewed_at = c.last_post_at, updated_at = $3
             FROM channel_members before JOIN channels c ON c.id = before.channel_id
             WHERE before.user_id = $1 AND before.channel_id = ANY ($2)
               AND m.channel_id = before.channel_id AND m.user_id = before.user_id
               AND m.seen_messages = before.seen_messages AND m.mention_count = before.mention_count
               AND (m.seen_messages, m.seen_roots, m.mention_count, m.urgent_mention_count, m.last_viewed_at)
                   IS DISTINCT FROM (c.message_count, c.root_count, 0::bigint, 0::bigint, c.last_post_at)
             RETURNING m.*
         ), m AS (
             SELECT * FROM seen
             UNION ALL
             SELECT same.* FROM channel_members same
             WHERE same.user_id = $1 AND same.channel_id = ANY ($2)
               AND NOT EXISTS (SELECT FROM seen WHERE seen.channel_id = same.channel_id)
         )
         SELECT",
        "FROM m ORDER BY channel_id",
        user as UserId,
        channels as &[ChannelId],
        now,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(ChannelMember::from).collect())
}

/// Until when a member has read a channel, where something came after that; none also for whoever is no member.
///
/// # Errors
/// What the database says.
pub async fn unread_since(db: impl PgExecutor<'_>, user: UserId, channel: ChannelId) -> sqlx::Result<Option<Millis>> {
    sqlx::query_scalar!(
        "SELECT m.last_viewed_at FROM channel_members m JOIN channels c ON c.id = m.channel_id
         WHERE m.channel_id = $1 AND m.user_id = $2 AND m.last_viewed_at < c.last_post_at",
        channel as ChannelId,
        user as UserId
    )
    .fetch_optional(db)
    .await
}

/// Marks everything from the moment `since` on as unread, with this many mentions in all and in roots; none where the
/// user is not in the channel.
///
/// # Errors
/// What the database says.
pub async fn mark_unread(
    db: impl PgExecutor<'_>,
    user: UserId,
    channel: ChannelId,
    since: Millis,
    mentions: (i64, i64),
    now: Millis,
) -> sqlx::Result<Option<ChannelMember>> {
    let row = select_members!(
        "UPDATE channel_members m
         SET seen_messages = GREATEST(c.message_count - unread.messages, 0),
             seen_roots = GREATEST(c.root_count - unread.roots, 0),
             mention_count = $4, mention_count_root = $5, urgent_mention_count = 0, last_viewed_at = $3 - 1,
             updated_at = $6
         FROM channels c, (
             SELECT count(*) AS messages, count(*) FILTER (WHERE root_id IS NULL) AS roots FROM posts
             WHERE channel_id = $2 AND created_at >= $3 AND deleted_at IS NULL AND kind <> ALL ($7)
         ) unread
         WHERE c.id = $2 AND m.channel_id = $2 AND m.user_id = $1
         RETURNING",
        "",
        user as UserId,
        channel as ChannelId,
        since,
        mentions.0,
        mentions.1,
        now,
        &UNCOUNTED as &[&str],
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(ChannelMember::from))
}

/// What others than `user` have said in a channel from the moment `since` on, newest first, at most `limit` posts.
///
/// # Errors
/// What the database says.
pub async fn said_since(
    db: impl PgExecutor<'_>,
    user: UserId,
    channel: ChannelId,
    since: Millis,
    limit: i64,
) -> sqlx::Result<Vec<Said>> {
    sqlx::query_as!(
        Said,
        r#"SELECT message, root_id IS NOT NULL AS "is_reply!" FROM posts
           WHERE channel_id = $1 AND created_at >= $2 AND user_id <> $3 AND deleted_at IS NULL
             AND NOT starts_with(kind, 'system_')
           ORDER BY created_at DESC LIMIT $4"#,
        channel as ChannelId,
        since,
        user as UserId,
        limit
    )
    .fetch_all(db)
    .await
}
