//! Reactions. `has_reactions` says that there may be some; once set it stays, so that adding and removing at once
//! cannot hide one.

use sqlx::PgExecutor;

use crate::model::{Millis, PostId, Reaction, UserId};

/// What became of a reaction.
#[derive(Debug, PartialEq, Eq)]
pub enum Reacted {
    /// It is new.
    Added(Reaction),
    /// It was there before.
    Already(Reaction),
    /// The post has as many different emoji as it may have.
    Full,
}

/// Adds a reaction under a post that may have `most` different ones. Of two that come at once both may be the last one:
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
) -> sqlx::Result<Reacted> {
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
           )
           SELECT (SELECT created_at FROM added) AS added,
                  (SELECT created_at FROM reactions WHERE post_id = $1 AND user_id = $2 AND emoji_name = $3) AS already"#,
        post as PostId,
        user as UserId,
        emoji,
        most,
        now
    )
    .fetch_one(db)
    .await?;
    let reaction = |created_at| Reaction { post_id: post, user_id: user, emoji_name: emoji.to_owned(), created_at };
    Ok(match (row.added, row.already) {
        (Some(at), _) => Reacted::Added(reaction(at)),
        (None, Some(at)) => Reacted::Already(reaction(at)),
        (None, None) => Reacted::Full,
    })
}

/// Takes a reaction back; none where there was none.
///
/// # Errors
/// What the database says.
pub async fn unreact(
    db: impl PgExecutor<'_>,
    post: PostId,
    user: UserId,
    emoji: &str,
    now: Millis,
) -> sqlx::Result<Option<Reaction>> {
    let removed = sqlx::query_scalar!(
        r#"WITH removed AS (
               DELETE FROM reactions WHERE post_id = $1 AND user_id = $2 AND emoji_name = $3 RETURNING created_at
           ), touched AS (
               UPDATE posts SET updated_at = GREATEST($4, updated_at + 1) WHERE id = $1 AND EXISTS (SELECT FROM removed)
           )
           SELECT created_at AS "created_at!" FROM removed"#,
        post as PostId,
        user as UserId,
        emoji,
        now
    );
    let removed = removed.fetch_optional(db).await?;
    Ok(removed.map(|created_at| Reaction { post_id: post, user_id: user, emoji_name: emoji.to_owned(), created_at }))
}
