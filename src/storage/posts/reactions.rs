//! Reactions. `has_reactions` says that there may be some; once set it stays, so that adding and removing at once
//! cannot hide one.

use sqlx::PgExecutor;

use crate::model::{Millis, PostId, Reaction, UserId};

/// A reaction that is there.
#[derive(Debug, PartialEq, Eq)]
pub struct Reacted {
    /// The reaction.
    pub reaction: Reaction,
    /// Whether it was not there before.
    pub is_new: bool,
    /// The post's `updated_at` as it is now.
    pub post_updated_at: Millis,
}

/// Adds a reaction under a post that may have `most` different ones; none where it has as many already. Of two that come at once both may be the last one:
/// the bound is there for the size of a post, which one more does not hurt.
///
/// # Errors
/// What the database says.
pub async fn react(
    db: impl PgExecutor<'_>,
    post: PostId,
    user: UserId,
    emoji: &str,
    most: i64,
    now: Millis,
) -> sqlx::Result<Option<Reacted>> {
    let row = sqlx::query!(
        r#"WITH added AS (
               INSERT INTO reactions (post_id, user_id, emoji_name, created_at)
               SELECT $1, $2, $3, $5
               WHERE (SELECT count(DISTINCT emoji_name) FROM reactions WHERE post_id = $1 AND emoji_name <> $3) < $4
               ON CONFLICT DO NOTHING
               RETURNING created_at
           ), touched AS (
               UPDATE posts SET has_reactions = true, updated_at = GREATEST($5, updated_at + 1)
               WHERE id = $1 AND EXISTS (SELECT FROM added)
               RETURNING updated_at
           )
           SELECT (SELECT created_at FROM added) AS added,
                  (SELECT created_at FROM reactions WHERE post_id = $1 AND user_id = $2 AND emoji_name = $3) AS already,
                  COALESCE((SELECT updated_at FROM touched), p.updated_at) AS "post_updated_at!"
           FROM posts p WHERE p.id = $1"#,
        post as PostId,
        user as UserId,
        emoji,
        most,
        now
    )
    .fetch_one(db)
    .await?;
    Ok(row.added.or(row.already).map(|created_at| Reacted {
        reaction: Reaction { post_id: post, user_id: user, emoji_name: emoji.to_owned(), created_at },
        is_new: row.added.is_some(),
        post_updated_at: row.post_updated_at,
    }))
}

/// Takes a reaction back. Answers with it and the post's `updated_at` after that; none where there was none.
///
/// # Errors
/// What the database says.
pub async fn unreact(
    db: impl PgExecutor<'_>,
    post: PostId,
    user: UserId,
    emoji: &str,
    now: Millis,
) -> sqlx::Result<Option<(Reaction, Millis)>> {
    let removed = sqlx::query!(
        r#"WITH removed AS (
               DELETE FROM reactions WHERE post_id = $1 AND user_id = $2 AND emoji_name = $3 RETURNING created_at
           ), touched AS (
               UPDATE posts SET updated_at = GREATEST($4, updated_at + 1) WHERE id = $1 AND EXISTS (SELECT FROM removed)
               RETURNING updated_at
           )
           SELECT removed.created_at, touched.updated_at FROM removed, touched"#,
        post as PostId,
        user as UserId,
        emoji,
        now
    );
    let removed = removed.fetch_optional(db).await?;
    Ok(removed.map(|row| {
        let (emoji_name, created_at) = (emoji.to_owned(), row.created_at);
        (Reaction { post_id: post, user_id: user, emoji_name, created_at }, row.updated_at)
    }))
}
