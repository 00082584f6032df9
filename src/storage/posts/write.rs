//! Writing a post with everything it moves, in one statement.

use sqlx::PgExecutor;
use sqlx::types::Json;

use super::rows::select_posts;
use crate::model::{ChannelId, Mentions, Millis, Post, PostId, Props, ThreadSummary, UserId};

/// Members of a group channel, which each of its posts mentions.
const MOST_IN_GROUP: i64 = 8;

/// A post to be written.
#[derive(Debug)]
pub struct Insert<'a> {
    /// Its id.
    pub id: PostId,
    /// Where.
    pub channel: ChannelId,
    /// By whom.
    pub author: UserId,
    /// The root it replies to.
    pub root: Option<PostId>,
    /// See [`Post::kind`].
    pub kind: &'a str,
    /// See [`Post::message`].
    pub message: &'a str,
    /// See [`Post::hashtags`].
    pub hashtags: &'a str,
    /// See [`Post::props`].
    pub props: &'a Props,
    /// See [`Post::pending_post_id`].
    pub pending: Option<&'a str>,
    /// Whom it may mention.
    pub mentions: &'a Mentions,
    /// Whether it raises the channel's counters, see [`Post::counts`].
    pub counts: bool,
    /// The clock.
    pub now: Millis,
}

/// What a new post moved.
#[derive(Debug, PartialEq, Eq)]
pub struct Created {
    /// When it was said.
    pub created_at: Millis,
    /// The channel's counters after it.
    pub message_count: i64,
    /// The same, roots alone.
    pub root_count: i64,
    /// See [`crate::model::Channel::last_root_post_at`].
    pub last_root_post_at: Millis,
    /// Its place among the posts of its channel, counted without holes.
    pub number: i64,
    /// Members of the channel whom it mentions.
    pub mentioned: Vec<UserId>,
    /// For a reply: its root's thread after it.
    pub thread: Option<ThreadSummary>,
}

/// Writes a post: the post, its channel's counters, the author's own read state, the mention counts of those it
/// mentions, and for a reply its thread and who follows it. One statement, so all of it or nothing.
///
/// None where the channel is archived or the root is no live root of this channel. The channel's row is the lock:
/// `created_at` is at least one millisecond after the channel's last post, so that within a channel the order in time is
/// the order of the commits, and a reader who has seen a moment never misses a post that appears before it.
///
/// Its best plan is the same whatever the parameters, so that PostgreSQL plans it once per connection and not each time,
/// which would cost more than running it.
///
/// # Errors
/// `posts_pending_key` where the author has used this pending id before: then nothing was written.
pub async fn insert(db: impl PgExecutor<'_>, post: &Insert<'_>) -> sqlx::Result<Option<Created>> {
    let Mentions { names, words, exact_words, people, crowd, everyone } = post.mentions;
    let row = sqlx::query!(
        r#"WITH root AS (
               SELECT id, user_id FROM posts
               WHERE id = $4 AND channel_id = $2 AND root_id IS NULL AND deleted_at IS NULL
               FOR NO KEY UPDATE
           ), channel AS (
               UPDATE channels c
               SET post_number = post_number + 1,
                   message_count = message_count + $11::int,
                   root_count = root_count + CASE WHEN $4::uuid IS NULL THEN $11::int ELSE 0 END,
                   last_post_at = GREATEST($10, last_post_at + 1),
                   last_root_post_at = CASE WHEN $4::uuid IS NULL THEN GREATEST($10, last_post_at + 1)
                                            ELSE last_root_post_at END
               WHERE id = $2 AND deleted_at IS NULL AND ($4::uuid IS NULL OR EXISTS (SELECT FROM root))
               RETURNING message_count, root_count, last_post_at, last_root_post_at, post_number
           ), post AS (
               INSERT INTO posts (id, channel_id, user_id, root_id, kind, message, hashtags, props, pending_post_id,
                                  created_at, updated_at)
               SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, last_post_at, last_post_at FROM channel
           ), seen AS (
               UPDATE channel_members m
               SET seen_messages = CASE WHEN $4::uuid IS NULL THEN channel.message_count ELSE seen_messages + $11::int END,
                   seen_roots = CASE WHEN $4::uuid IS NULL THEN channel.root_count ELSE seen_roots END,
                   mention_count = CASE WHEN $4::uuid IS NULL THEN 0 ELSE mention_count END,
                   mention_count_root = CASE WHEN $4::uuid IS NULL THEN 0 ELSE mention_count_root END,
                   urgent_mention_count = CASE WHEN $4::uuid IS NULL THEN 0 ELSE urgent_mention_count END,
                   last_viewed_at = CASE WHEN $4::uuid IS NULL THEN channel.last_post_at ELSE last_viewed_at END
               FROM channel WHERE m.channel_id = $2 AND m.user_id = $3
           ), named AS (
               SELECT id AS user_id FROM users WHERE username = ANY($12)
               UNION
               SELECT id FROM users
               WHERE notify_props ->> 'mention_keys' <> ''
                 AND regexp_split_to_array(lower(notify_props ->> 'mention_keys'), '\s*,\s*') && $13
               UNION
               SELECT id FROM users WHERE notify_props ->> 'first_name' = 'true' AND first_name = ANY($14)
               UNION
               SELECT unnest($15::uuid[])
           ), reached AS (
               SELECT user_id FROM named
               UNION
               SELECT unnest($16::uuid[])
               UNION
               (SELECT user_id FROM channel_members WHERE $17 AND channel_id = $2 LIMIT $18)
           ), mentioned AS (
               UPDATE channel_members m
               SET mention_count = mention_count + 1,
                   mention_count_root = mention_count_root + CASE WHEN $4::uuid IS NULL THEN 1 ELSE 0 END
               FROM channel
               WHERE m.channel_id = $2 AND m.user_id <> $3
                 AND m.user_id = ANY(ARRAY(SELECT user_id FROM reached))
               RETURNING m.user_id
           ), touched AS (
               UPDATE posts SET updated_at = channel.last_post_at, has_thread = true FROM channel, root WHERE posts.id = root.id
           ), thread AS (
               INSERT INTO threads AS t (root_id, channel_id, reply_count, last_reply_at, participants)
               SELECT $4, $2, 1, last_post_at, ARRAY[$3] FROM channel WHERE $4::uuid IS NOT NULL
               ON CONFLICT (root_id) DO UPDATE
               SET reply_count = t.reply_count + 1, last_reply_at = EXCLUDED.last_reply_at,
                   participants = (SELECT p[GREATEST(cardinality(p) - 99, 1):]
                                   FROM (SELECT array_append(array_remove(t.participants, $3), $3) AS p) AS latest)
               RETURNING reply_count, last_reply_at, participants
           ), followers AS (
               INSERT INTO thread_members AS f (user_id, root_id, following, seen_replies, mention_count,
                                                last_viewed_at, updated_at)
               SELECT who.user_id, $4, true, CASE WHEN who.user_id = $3 THEN thread.reply_count ELSE 0 END,
                      max(who.mentions), CASE WHEN who.user_id = $3 THEN thread.last_reply_at ELSE 0 END,
                      thread.last_reply_at
               FROM thread, (
                   SELECT $3 AS user_id, 0 AS mentions
                   UNION ALL
                   SELECT user_id, 1 FROM mentioned
                   UNION ALL
                   SELECT m.user_id, 0 FROM root JOIN channel_members m ON m.channel_id = $2 AND m.user_id = root.user_id
                   UNION ALL
                   SELECT user_id, 0 FROM channel_members
                   WHERE channel_id = $2 AND notify_props ->> 'channel_auto_follow_threads' = 'on'
               ) AS who
               GROUP BY who.user_id, thread.reply_count, thread.last_reply_at
               ON CONFLICT (user_id, root_id) DO UPDATE
               SET following = f.following OR f.user_id = $3 OR EXISTS (SELECT FROM named WHERE named.user_id = f.user_id),
                   seen_replies = CASE WHEN f.user_id = $3 THEN EXCLUDED.seen_replies ELSE f.seen_replies END,
                   mention_count = CASE WHEN f.user_id = $3 THEN 0 ELSE f.mention_count + EXCLUDED.mention_count END,
                   last_viewed_at = CASE WHEN f.user_id = $3 THEN EXCLUDED.last_viewed_at ELSE f.last_viewed_at END,
                   updated_at = EXCLUDED.updated_at
               WHERE f.user_id = $3 OR EXCLUDED.mention_count > 0
           )
           SELECT channel.last_post_at AS "created_at!", channel.message_count AS "message_count!",
                  channel.root_count AS "root_count!", channel.last_root_post_at AS "last_root_post_at!",
                  channel.post_number AS "number!",
                  ARRAY(SELECT user_id FROM mentioned) AS "mentioned!: Vec<UserId>",
                  thread.reply_count AS "reply_count?", thread.last_reply_at AS "last_reply_at?",
                  thread.participants AS "participants?: Vec<UserId>"
           FROM channel LEFT JOIN thread ON true"#,
        post.id as PostId,
        post.channel as ChannelId,
        post.author as UserId,
        post.root as Option<PostId>,
        post.kind,
        post.message,
        post.hashtags,
        Json(post.props) as _,
        post.pending,
        post.now,
        i32::from(post.counts),
        names,
        words,
        exact_words,
        people as &[UserId],
        crowd as &[UserId],
        *everyone,
        MOST_IN_GROUP,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Created {
        created_at: row.created_at,
        message_count: row.message_count,
        root_count: row.root_count,
        last_root_post_at: row.last_root_post_at,
        number: row.number,
        mentioned: row.mentioned,
        thread: row.reply_count.map(|reply_count| ThreadSummary {
            reply_count,
            last_reply_at: row.last_reply_at.unwrap_or_default(),
            participants: row.participants.unwrap_or_default(),
            following: None,
        }),
    }))
}

/// The post that an author made with this pending id.
///
/// # Errors
/// What the database says.
pub async fn pending(db: impl PgExecutor<'_>, author: UserId, pending: &str) -> sqlx::Result<Option<Post>> {
    let row = select_posts!(
        "posts",
        "WHERE p.user_id = $2 AND p.pending_post_id = $3",
        Some(author),
        author as UserId,
        pending
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(Post::from))
}
