//! Who follows a thread, and how far they have read it.
//!
//! `seen_replies` counts the replies up to `last_viewed_at` that are not deleted; every statement keeps the two in step.
//! Therefore a thread is never marked as read further than its last reply that the same snapshot counts.

use sqlx::PgExecutor;

use super::rows::{posts, select_posts};
use crate::model::{
    ChannelId, Millis, Post, PostId, TeamId, ThreadPlace, ThreadQuery, ThreadReading, ThreadTotals, UserId,
};

/// Most followers of a thread who are told of its replies one by one.
const MOST_FOLLOWERS: i64 = 1_000;

/// Somebody who follows a thread.
#[derive(Debug, PartialEq, Eq)]
pub struct Follower {
    /// Who.
    pub user_id: UserId,
    /// How far she has read.
    pub reading: ThreadReading,
    /// Whether each reply is worth a notification on the desktop.
    pub wants_desktop: bool,
}

/// Who follows a thread and is still in its channel.
///
/// # Errors
/// What the database says.
pub async fn followers(db: impl PgExecutor<'_>, root: PostId) -> sqlx::Result<Vec<Follower>> {
    let rows = sqlx::query!(
        r#"SELECT f.user_id AS "user_id: UserId", f.last_viewed_at,
                  GREATEST(t.reply_count - f.seen_replies, 0) AS "unread!",
                  LEAST(f.mention_count, GREATEST(t.reply_count - f.seen_replies, 0)) AS "mentions!",
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
    .await?;
    let followers = rows.into_iter().map(|row| Follower {
        user_id: row.user_id,
        reading: ThreadReading {
            unread_replies: row.unread,
            unread_mentions: row.mentions,
            last_viewed_at: row.last_viewed_at,
        },
        wants_desktop: row.wants_desktop,
    });
    Ok(followers.collect())
}

/// The members of a channel who want to hear of `@channel`, `@all` and `@here`, at most this many: not those who said so,
/// nor those who muted the channel and did not say otherwise.
///
/// # Errors
/// What the database says.
pub async fn willing(db: impl PgExecutor<'_>, channel: ChannelId, limit: i64) -> sqlx::Result<Vec<UserId>> {
    let members = sqlx::query_scalar!(
        r#"SELECT m.user_id AS "user_id: UserId" FROM channel_members m JOIN users u ON u.id = m.user_id
           WHERE m.channel_id = $1 AND COALESCE(u.notify_props ->> 'channel', 'true') <> 'false'
             AND CASE COALESCE(m.notify_props ->> 'ignore_channel_mentions', 'default')
                     WHEN 'on' THEN false
                     WHEN 'off' THEN true
                     ELSE COALESCE(m.notify_props ->> 'mark_unread', 'all') <> 'mention' END
           LIMIT $2"#,
        channel as ChannelId,
        limit
    );
    members.fetch_all(db).await
}

/// The window of a thread around a moment; see [`super::PageQuery`].
#[derive(Debug, Clone, Copy)]
pub struct ReplyQuery {
    /// Of which thread.
    pub root: PostId,
    /// Replies before this moment are the older ones, those after it the newer ones.
    pub moment: Millis,
    /// Most of the older ones, the nearest.
    pub older: i64,
    /// Most of the newer ones, the nearest.
    pub newer: i64,
    /// Only what changed after this moment, then also deleted replies.
    pub changed_after: Option<Millis>,
}

/// The replies of a window, newest first.
///
/// # Errors
/// What the database says.
pub async fn replies(db: impl PgExecutor<'_>, viewer: UserId, query: ReplyQuery) -> sqlx::Result<Vec<Post>> {
    let rows = select_posts!(
        "((SELECT * FROM posts
           WHERE root_id = $2 AND created_at < $3 AND updated_at > COALESCE($6::bigint, 0)
             AND (deleted_at IS NULL OR $6 IS NOT NULL)
           ORDER BY created_at DESC LIMIT $4)
          UNION ALL
          (SELECT * FROM posts
           WHERE root_id = $2 AND created_at > $3 AND updated_at > COALESCE($6::bigint, 0)
             AND (deleted_at IS NULL OR $6 IS NOT NULL)
           ORDER BY created_at LIMIT $5))",
        "ORDER BY p.created_at DESC",
        Some(viewer),
        query.root as PostId,
        query.moment,
        query.older,
        query.newer,
        query.changed_after
    )
    .fetch_all(db)
    .await?;
    Ok(posts(rows))
}

/// Where a user stands in a thread; also of one that she does not follow or that has no replies.
///
/// # Errors
/// What the database says.
pub async fn place(db: impl PgExecutor<'_>, user: UserId, root: PostId) -> sqlx::Result<ThreadPlace> {
    let row = sqlx::query!(
        r#"SELECT f.following AS "following?", f.last_viewed_at AS "last_viewed_at?",
                  GREATEST(t.reply_count - f.seen_replies, 0) AS unread,
                  LEAST(f.mention_count, GREATEST(t.reply_count - f.seen_replies, 0)) AS mentions
           FROM posts p
           LEFT JOIN threads t ON t.root_id = p.id
           LEFT JOIN thread_members f ON f.root_id = p.id AND f.user_id = $1
           WHERE p.id = $2"#,
        user as UserId,
        root as PostId
    )
    .fetch_optional(db)
    .await?;
    let row = row.and_then(|row| {
        let reading = ThreadReading {
            unread_replies: row.unread.unwrap_or_default(),
            unread_mentions: row.mentions.unwrap_or_default(),
            last_viewed_at: row.last_viewed_at?,
        };
        Some(ThreadPlace { root_id: root, following: row.following?, reading })
    });
    Ok(row.unwrap_or(ThreadPlace { root_id: root, following: false, reading: ThreadReading::default() }))
}

/// The threads that a user follows in a team and in her direct and group channels, the latest reply first.
///
/// # Errors
/// What the database says.
pub async fn followed(db: impl PgExecutor<'_>, user: UserId, query: &ThreadQuery) -> sqlx::Result<Vec<ThreadPlace>> {
    let rows = sqlx::query!(
        r#"SELECT t.root_id AS "root_id: PostId", f.last_viewed_at,
                  GREATEST(t.reply_count - f.seen_replies, 0) AS "unread!",
                  LEAST(f.mention_count, GREATEST(t.reply_count - f.seen_replies, 0)) AS "mentions!"
           FROM thread_members f
           JOIN threads t ON t.root_id = f.root_id AND t.reply_count > 0
           JOIN posts p ON p.id = t.root_id AND p.deleted_at IS NULL
           JOIN channels c ON c.id = t.channel_id
           JOIN channel_members m ON m.channel_id = c.id AND m.user_id = f.user_id
           WHERE f.user_id = $1 AND f.following AND (c.team_id = $2 OR (c.team_id IS NULL AND NOT $3))
             AND (NOT $4 OR t.reply_count > f.seen_replies)
             AND ($5::bigint IS NULL OR GREATEST(t.last_reply_at, f.updated_at) >= $5)
             AND ($6::uuid IS NULL OR t.last_reply_at < (SELECT last_reply_at FROM threads WHERE root_id = $6))
             AND ($7::uuid IS NULL OR t.last_reply_at > (SELECT last_reply_at FROM threads WHERE root_id = $7))
           ORDER BY CASE WHEN $7::uuid IS NOT NULL THEN t.last_reply_at END, t.last_reply_at DESC
           LIMIT $8"#,
        user as UserId,
        query.team as TeamId,
        query.without_direct,
        query.unread_only,
        query.since,
        query.before as Option<PostId>,
        query.after as Option<PostId>,
        query.limit
    )
    .fetch_all(db)
    .await?;
    let mut places: Vec<ThreadPlace> = rows
        .into_iter()
        .map(|row| ThreadPlace {
            root_id: row.root_id,
            following: true,
            reading: ThreadReading {
                unread_replies: row.unread,
                unread_mentions: row.mentions,
                last_viewed_at: row.last_viewed_at,
            },
        })
        .collect();
    if query.after.is_some() {
        places.reverse();
    }
    Ok(places)
}

/// How many threads a user follows in a team and in her direct and group channels.
///
/// # Errors
/// What the database says.
pub async fn totals(
    db: impl PgExecutor<'_>,
    user: UserId,
    team: TeamId,
    without_direct: bool,
) -> sqlx::Result<ThreadTotals> {
    sqlx::query_as!(
        ThreadTotals,
        r#"SELECT count(*) AS "threads!",
                  count(*) FILTER (WHERE t.reply_count > f.seen_replies) AS "unread_threads!",
                  COALESCE(sum(LEAST(f.mention_count, GREATEST(t.reply_count - f.seen_replies, 0))), 0)::bigint
                      AS "unread_mentions!"
           FROM thread_members f
           JOIN threads t ON t.root_id = f.root_id AND t.reply_count > 0
           JOIN posts p ON p.id = t.root_id AND p.deleted_at IS NULL
           JOIN channels c ON c.id = t.channel_id
           JOIN channel_members m ON m.channel_id = c.id AND m.user_id = f.user_id
           WHERE f.user_id = $1 AND f.following AND (c.team_id = $2 OR (c.team_id IS NULL AND NOT $3))"#,
        user as UserId,
        team as TeamId,
        without_direct
    )
    .fetch_one(db)
    .await
}

/// Makes a user follow a thread, which then counts as read, or stop following it. False where nothing changed.
///
/// The post's row is locked before the follower's, as a reply does.
///
/// # Errors
/// What the database says.
pub async fn follow(
    db: impl PgExecutor<'_>,
    user: UserId,
    root: PostId,
    following: bool,
    now: Millis,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "WITH root AS (
             UPDATE posts SET has_thread = true WHERE id = $2 AND NOT has_thread RETURNING id
         )
         INSERT INTO thread_members AS f (user_id, root_id, following, seen_replies, last_viewed_at, updated_at)
         SELECT $1, p.id, $3, COALESCE(t.reply_count, 0), COALESCE(t.last_reply_at, 0), $4
         FROM posts p LEFT JOIN threads t ON t.root_id = p.id
         WHERE p.id = $2 AND (SELECT count(*) FROM root) IS NOT NULL
         ON CONFLICT (user_id, root_id) DO UPDATE SET following = $3, updated_at = $4
         WHERE f.following <> $3",
        user as UserId,
        root as PostId,
        following,
        now
    );
    Ok(done.execute(db).await?.rows_affected() > 0)
}

/// Sets until when a user has read a thread. Answers with her place before; none where she never followed it.
///
/// # Errors
/// What the database says.
pub async fn read(
    db: impl PgExecutor<'_>,
    user: UserId,
    root: PostId,
    until: Millis,
    now: Millis,
) -> sqlx::Result<Option<ThreadReading>> {
    let old = sqlx::query!(
        r#"WITH old AS (
               SELECT f.mention_count, f.seen_replies, f.last_viewed_at, t.reply_count, t.last_reply_at
               FROM thread_members f JOIN threads t ON t.root_id = f.root_id
               WHERE f.user_id = $1 AND f.root_id = $2
               FOR UPDATE OF f
           ), seen AS (
               SELECT count(*) AS count FROM posts WHERE root_id = $2 AND deleted_at IS NULL AND created_at <= $3
           )
           UPDATE thread_members f
           SET seen_replies = seen.count, last_viewed_at = LEAST($3, old.last_reply_at), updated_at = $4,
               mention_count = LEAST(f.mention_count, GREATEST(old.reply_count - seen.count, 0))
           FROM old, seen
           WHERE f.user_id = $1 AND f.root_id = $2
           RETURNING GREATEST(old.reply_count - old.seen_replies, 0) AS "unread!",
                     LEAST(old.mention_count, GREATEST(old.reply_count - old.seen_replies, 0)) AS "mentions!",
                     old.last_viewed_at AS "last_viewed_at!""#,
        user as UserId,
        root as PostId,
        until,
        now
    )
    .fetch_optional(db)
    .await?;
    Ok(old.map(|old| ThreadReading {
        unread_replies: old.unread,
        unread_mentions: old.mentions,
        last_viewed_at: old.last_viewed_at,
    }))
}

/// Marks every thread that a user follows in a team, and in her direct and group channels, as read.
///
/// # Errors
/// What the database says.
pub async fn read_all(db: impl PgExecutor<'_>, user: UserId, team: TeamId, now: Millis) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE thread_members f
         SET seen_replies = t.reply_count, last_viewed_at = t.last_reply_at, mention_count = 0, updated_at = $3
         FROM threads t JOIN channels c ON c.id = t.channel_id
         WHERE f.user_id = $1 AND f.root_id = t.root_id AND f.following AND (c.team_id = $2 OR c.team_id IS NULL)
           AND (f.seen_replies <> t.reply_count OR f.mention_count > 0)",
        user as UserId,
        team as TeamId,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Marks every thread that a user follows in these channels as read, and answers with the channels where one was not.
///
/// # Errors
/// What the database says.
pub async fn read_in_channels(
    db: impl PgExecutor<'_>,
    user: UserId,
    channels: &[ChannelId],
    now: Millis,
) -> sqlx::Result<Vec<ChannelId>> {
    sqlx::query_scalar!(
        r#"WITH seen AS (
               UPDATE thread_members f
               SET seen_replies = t.reply_count, last_viewed_at = t.last_reply_at, mention_count = 0, updated_at = $3
               FROM threads t
               WHERE f.user_id = $1 AND f.root_id = t.root_id AND f.following AND t.channel_id = ANY ($2)
                 AND (f.seen_replies <> t.reply_count OR f.mention_count > 0)
               RETURNING t.channel_id
           )
           SELECT DISTINCT channel_id AS "channel_id!: ChannelId" FROM seen"#,
        user as UserId,
        channels as &[ChannelId],
        now
    )
    .fetch_all(db)
    .await
}
