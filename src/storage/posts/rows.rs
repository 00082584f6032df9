//! How a post is read: one list of columns for every query.

use super::super::props;
use crate::model::{ChannelId, Post, PostId, Reaction, ThreadSummary, UserId};

/// A row of `posts` with its thread and its reactions as parallel arrays.
pub(super) struct Row {
    pub id: PostId,
    pub channel_id: ChannelId,
    pub user_id: UserId,
    pub root_id: Option<PostId>,
    pub kind: String,
    pub message: String,
    pub hashtags: String,
    pub props: serde_json::Value,
    pub is_pinned: bool,
    pub pending_post_id: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub edited_at: Option<i64>,
    pub deleted_at: Option<i64>,
    pub deleted_by: Option<UserId>,
    pub reply_count: i64,
    pub last_reply_at: i64,
    pub participants: Vec<UserId>,
    pub following: Option<bool>,
    pub reaction_users: Vec<UserId>,
    pub reaction_names: Vec<String>,
    pub reaction_times: Vec<i64>,
}

/// A query for whole posts `p`, as the user `$1` sees them (without one nobody asks who follows what): where they come
/// from, and the rest of the statement. A post without a thread or reactions costs no look at their tables, which
/// `OFFSET 0` sees to: without it PostgreSQL would join first and ask then.
macro_rules! select_posts {
    ($posts:literal, $rest:literal, $viewer:expr $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            $crate::storage::posts::rows::Row,
            r#"SELECT p.id AS "id!", p.channel_id AS "channel_id!", p.user_id AS "user_id!",
                      p.root_id AS "root_id: PostId", p.kind AS "kind!", p.message AS "message!",
                      p.hashtags AS "hashtags!", p.props AS "props!", p.is_pinned AS "is_pinned!", p.pending_post_id,
                      p.created_at AS "created_at!", p.updated_at AS "updated_at!", p.edited_at, p.deleted_at,
                      p.deleted_by AS "deleted_by: UserId",
                      COALESCE(t.reply_count, 0) AS "reply_count!", COALESCE(t.last_reply_at, 0) AS "last_reply_at!",
                      COALESCE(t.participants, '{}') AS "participants!: Vec<UserId>",
                      CASE WHEN $1::uuid IS NOT NULL THEN COALESCE(f.following, false) END AS following,
                      COALESCE(r.users, '{}') AS "reaction_users!: Vec<UserId>",
                      COALESCE(r.names, '{}') AS "reaction_names!", COALESCE(r.times, '{}') AS "reaction_times!"
               FROM "# + $posts + r#" p
               LEFT JOIN LATERAL (SELECT * FROM threads WHERE root_id = p.id AND p.has_thread OFFSET 0) t ON true
               LEFT JOIN LATERAL (
                   SELECT following FROM thread_members WHERE root_id = p.id AND user_id = $1 AND p.has_thread OFFSET 0
               ) f ON true
               LEFT JOIN LATERAL (
                   SELECT array_agg(user_id ORDER BY created_at) AS users,
                          array_agg(emoji_name ORDER BY created_at) AS names,
                          array_agg(created_at ORDER BY created_at) AS times
                   FROM reactions WHERE post_id = p.id AND p.has_reactions
               ) r ON true "# + $rest,
            $viewer as Option<UserId>
            $(, $argument)*
        )
    };
}
pub(super) use select_posts;

impl From<Row> for Post {
    fn from(row: Row) -> Self {
        let reactions =
            row.reaction_users.into_iter().zip(row.reaction_names).zip(row.reaction_times).map(
                |((user_id, emoji_name), created_at)| Reaction { post_id: row.id, user_id, emoji_name, created_at },
            );
        Self {
            id: row.id,
            channel_id: row.channel_id,
            user_id: row.user_id,
            root_id: row.root_id,
            kind: row.kind,
            message: row.message,
            hashtags: row.hashtags,
            props: props(row.props),
            is_pinned: row.is_pinned,
            pending_post_id: row.pending_post_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
            edited_at: row.edited_at,
            deleted_at: row.deleted_at,
            deleted_by: row.deleted_by,
            reactions: reactions.collect(),
            thread: ThreadSummary {
                reply_count: row.reply_count,
                last_reply_at: row.last_reply_at,
                participants: row.participants,
                following: row.following,
            },
        }
    }
}

/// Rows as posts.
pub(super) fn posts(rows: Vec<Row>) -> Vec<Post> {
    rows.into_iter().map(Post::from).collect()
}
