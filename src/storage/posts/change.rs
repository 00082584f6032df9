//! Changing and deleting posts. `updated_at` always grows, so that of two versions the newer one can be told.

use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};

use crate::model::{Millis, PostId, PostPatch, ThreadSummary, UserId};

/// Changes a post that is not deleted; a text that is replaced goes into its history. False where there is none.
///
/// # Errors
/// What the database says.
pub async fn update(
    db: impl PgExecutor<'_>,
    id: PostId,
    patch: &PostPatch,
    hashtags: &str,
    now: Millis,
) -> sqlx::Result<bool> {
    let changed = sqlx::query_scalar!(
        r#"WITH old AS (
               SELECT id, message, props, COALESCE(edited_at, created_at) AS since FROM posts
               WHERE id = $1 AND deleted_at IS NULL
               FOR NO KEY UPDATE
           ), history AS (
               INSERT INTO post_revisions (id, post_id, message, props, created_at, edited_at)
               SELECT $2, id, message, props, since, $7 FROM old WHERE message <> $3
           )
           UPDATE posts p
           SET message = COALESCE($3, p.message),
               hashtags = CASE WHEN $3 IS NULL THEN p.hashtags ELSE $4 END,
               props = COALESCE($5, p.props),
               is_pinned = COALESCE($6, p.is_pinned),
               edited_at = CASE WHEN old.message <> $3 THEN $7 ELSE p.edited_at END,
               updated_at = GREATEST($7, p.updated_at + 1)
           FROM old WHERE p.id = old.id
           RETURNING true AS "changed!""#,
        id as PostId,
        uuid::Uuid::now_v7(),
        patch.message,
        hashtags,
        patch.props.as_ref().map(Json) as _,
        patch.is_pinned,
        now
    );
    Ok(changed.fetch_optional(db).await?.is_some())
}

/// Until the end of this transaction nobody replies to this root or deletes a reply of it.
///
/// # Errors
/// What the database says.
pub async fn lock(db: &mut PgConnection, root: PostId) -> sqlx::Result<()> {
    sqlx::query!("SELECT FROM posts WHERE id = $1 FOR NO KEY UPDATE", root as PostId).execute(db).await?;
    Ok(())
}

/// Deletes a post and its replies, whose root is locked. Answers with when, or none where it is gone already.
///
/// # Errors
/// What the database says.
pub async fn delete(db: &mut PgConnection, id: PostId, by: UserId, now: Millis) -> sqlx::Result<Option<Millis>> {
    let deleted = sqlx::query!(
        r#"UPDATE posts
           SET deleted_at = GREATEST($3, updated_at + 1), updated_at = GREATEST($3, updated_at + 1), deleted_by = $2
           WHERE (id = $1 OR root_id = $1) AND deleted_at IS NULL
           RETURNING id AS "id: PostId", deleted_at AS "deleted_at!""#,
        id as PostId,
        by as UserId,
        now
    );
    let deleted = deleted.fetch_all(db).await?;
    Ok(deleted.iter().find(|row| row.id == id).map(|row| row.deleted_at))
}

/// Counts a thread anew after a reply of `said_at` was deleted, for those who had read it too. Answers with the thread and
/// the `updated_at` of its root, which is locked.
///
/// # Errors
/// What the database says.
pub async fn forget_reply(
    db: &mut PgConnection,
    root: PostId,
    said_at: Millis,
    now: Millis,
) -> sqlx::Result<(ThreadSummary, Millis)> {
    let row = sqlx::query!(
        r#"WITH replies AS (
               SELECT user_id, count(*) AS count, max(created_at) AS latest
               FROM posts WHERE root_id = $1 AND deleted_at IS NULL
               GROUP BY user_id
           ), root AS (
               UPDATE posts SET updated_at = GREATEST($3, updated_at + 1) WHERE id = $1 RETURNING updated_at
           ), readers AS (
               UPDATE thread_members SET seen_replies = seen_replies - 1
               WHERE root_id = $1 AND last_viewed_at >= $2 AND seen_replies > 0
           )
           UPDATE threads
           SET reply_count = COALESCE((SELECT sum(count) FROM replies), 0),
               last_reply_at = COALESCE((SELECT max(latest) FROM replies), 0),
               participants = ARRAY(SELECT user_id FROM (SELECT user_id, latest FROM replies ORDER BY latest DESC LIMIT 100)
                                    AS recent ORDER BY latest)
           WHERE root_id = $1
           RETURNING reply_count, last_reply_at, participants AS "participants: Vec<UserId>",
                     (SELECT updated_at FROM root) AS root_updated_at"#,
        root as PostId,
        said_at,
        now
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map_or_else(Default::default, |row| {
        let root_updated_at = row.root_updated_at.unwrap_or(now);
        let (reply_count, last_reply_at, participants) = (row.reply_count, row.last_reply_at, row.participants);
        (ThreadSummary { reply_count, last_reply_at, participants, following: None }, root_updated_at)
    }))
}
