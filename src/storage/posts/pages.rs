//! Reading posts: one, the window around a moment, what changed.

use sqlx::PgExecutor;

use super::rows::{posts, select_posts};
use crate::model::{ChannelId, Millis, Post, PostId, UserId};

/// Most posts that one answer about changes holds; a client that missed more reads pages instead.
const MOST_CHANGES: i64 = 1_000;
/// Most replies that come along with a page that shows replies among the roots.
const MOST_RELATED: i64 = 1_000;

/// Most pins that a channel shows.
const MOST_PINNED: i64 = 1_000;

/// One post, deleted or not, as `viewer` sees it.
///
/// # Errors
/// What the database says.
pub async fn get(db: impl PgExecutor<'_>, viewer: Option<UserId>, id: PostId) -> sqlx::Result<Option<Post>> {
    let row = select_posts!("posts", "WHERE p.id = $2", viewer, id as PostId).fetch_optional(db).await?;
    Ok(row.map(Post::from))
}

/// When a post of this channel was said, also a deleted one.
///
/// # Errors
/// What the database says.
pub async fn created_at(db: impl PgExecutor<'_>, channel: ChannelId, id: PostId) -> sqlx::Result<Option<Millis>> {
    let moment = sqlx::query_scalar!(
        "SELECT created_at FROM posts WHERE id = $1 AND channel_id = $2",
        id as PostId,
        channel as ChannelId
    );
    moment.fetch_optional(db).await
}

/// The window of a channel's timeline around a moment. Within a channel no two posts have the same `created_at`, so a
/// moment divides it exactly.
#[derive(Debug, Clone, Copy)]
pub struct PageQuery {
    /// Of which channel.
    pub channel: ChannelId,
    /// Roots alone, or replies among them.
    pub roots_only: bool,
    /// Posts up to here, itself included, are the older ones.
    pub moment: Millis,
    /// How many of the older ones to skip.
    pub skip: i64,
    /// Most of the older ones, the nearest.
    pub older: i64,
    /// Most of the newer ones, the nearest.
    pub newer: i64,
}

/// The posts of a window that are not deleted, newest first.
///
/// # Errors
/// What the database says.
pub async fn page(db: impl PgExecutor<'_>, viewer: UserId, query: PageQuery) -> sqlx::Result<Vec<Post>> {
    let PageQuery { channel, roots_only, moment, skip, older, newer } = query;
    let rows = if roots_only {
        select_posts!(
            "((SELECT * FROM posts
               WHERE channel_id = $2 AND root_id IS NULL AND deleted_at IS NULL AND created_at <= $3
               ORDER BY created_at DESC OFFSET $4 LIMIT $5)
              UNION ALL
              (SELECT * FROM posts
               WHERE channel_id = $2 AND root_id IS NULL AND deleted_at IS NULL AND created_at > $3
               ORDER BY created_at LIMIT $6))",
            "ORDER BY p.created_at DESC",
            Some(viewer),
            channel as ChannelId,
            moment,
            skip,
            older,
            newer
        )
        .fetch_all(db)
        .await?
    } else {
        select_posts!(
            "((SELECT * FROM posts WHERE channel_id = $2 AND deleted_at IS NULL AND created_at <= $3
               ORDER BY created_at DESC OFFSET $4 LIMIT $5)
              UNION ALL
              (SELECT * FROM posts WHERE channel_id = $2 AND deleted_at IS NULL AND created_at > $3
               ORDER BY created_at LIMIT $6))",
            "ORDER BY p.created_at DESC",
            Some(viewer),
            channel as ChannelId,
            moment,
            skip,
            older,
            newer
        )
        .fetch_all(db)
        .await?
    };
    Ok(posts(rows))
}

/// What changed in a channel after a moment, deleted posts included: the latest changes, newest post first.
///
/// # Errors
/// What the database says.
pub async fn changed_since(
    db: impl PgExecutor<'_>,
    viewer: UserId,
    channel: ChannelId,
    since: Millis,
) -> sqlx::Result<Vec<Post>> {
    let rows = select_posts!(
        "(SELECT * FROM posts WHERE channel_id = $2 AND updated_at > $3 ORDER BY updated_at DESC LIMIT $4)",
        "ORDER BY p.created_at DESC",
        Some(viewer),
        channel as ChannelId,
        since,
        MOST_CHANGES
    )
    .fetch_all(db)
    .await?;
    Ok(posts(rows))
}

/// Those of these posts that are not deleted and that `viewer` sees as a member of their channels, newest first.
///
/// # Errors
/// What the database says.
pub async fn by_ids(db: impl PgExecutor<'_>, viewer: UserId, ids: &[PostId]) -> sqlx::Result<Vec<Post>> {
    let rows = select_posts!(
        "posts",
        "JOIN channel_members m ON m.channel_id = p.channel_id AND m.user_id = $1
         WHERE p.id = ANY($2) AND p.deleted_at IS NULL
         ORDER BY p.created_at DESC",
        Some(viewer),
        ids as &[PostId]
    )
    .fetch_all(db)
    .await?;
    Ok(posts(rows))
}

/// What is pinned to a channel, the newest first.
///
/// # Errors
/// What the database says.
pub async fn pinned(db: impl PgExecutor<'_>, viewer: UserId, channel: ChannelId) -> sqlx::Result<Vec<Post>> {
    let rows = select_posts!(
        "posts",
        "WHERE p.channel_id = $2 AND p.is_pinned AND p.deleted_at IS NULL
         ORDER BY p.created_at DESC LIMIT $3",
        Some(viewer),
        channel as ChannelId,
        MOST_PINNED
    )
    .fetch_all(db)
    .await?;
    Ok(posts(rows))
}

/// These roots and, if asked, their latest replies; what is deleted is left out.
///
/// # Errors
/// What the database says.
pub async fn roots_of(
    db: impl PgExecutor<'_>,
    viewer: UserId,
    roots: &[PostId],
    with_replies: bool,
) -> sqlx::Result<Vec<Post>> {
    let rows = select_posts!(
        "posts",
        "WHERE p.deleted_at IS NULL AND (p.id = ANY($2) OR ($3 AND p.root_id = ANY($2)))
         ORDER BY p.created_at DESC LIMIT $4",
        Some(viewer),
        roots as &[PostId],
        with_replies,
        MOST_RELATED
    )
    .fetch_all(db)
    .await?;
    Ok(posts(rows))
}
