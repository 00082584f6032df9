//! Posts, threads and reactions.

use super::{ChannelId, Millis, PostId, Props, TeamId, UserId};

/// A post or a reply, with what its thread says about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// The post's id.
    pub id: PostId,
    /// Where it was said.
    pub channel_id: ChannelId,
    /// Who said it.
    pub user_id: UserId,
    /// The post it replies to.
    pub root_id: Option<PostId>,
    /// Empty for what people write, `system_*` for what the server says (see `contract`: system post types).
    pub kind: String,
    /// The text, in Markdown.
    pub message: String,
    /// `#tags` of the message, separated by blanks.
    pub hashtags: String,
    /// Free properties; system posts keep their parameters here.
    pub props: Props,
    /// Pinned to its channel.
    pub is_pinned: bool,
    /// The client's idempotency key.
    pub pending_post_id: Option<String>,
    /// When it was said.
    pub created_at: Millis,
    /// When anything here last changed.
    pub updated_at: Millis,
    /// When its text was last changed by its author.
    pub edited_at: Option<Millis>,
    /// When it was deleted.
    pub deleted_at: Option<Millis>,
    /// Who deleted it.
    pub deleted_by: Option<UserId>,
    /// Every reaction, oldest first.
    pub reactions: Vec<Reaction>,
    /// For a root: its thread. A root without replies has the empty one.
    pub thread: ThreadSummary,
}

/// What a root shows of its thread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThreadSummary {
    /// Replies that are not deleted.
    pub reply_count: i64,
    /// When the last one came; 0 for never.
    pub last_reply_at: Millis,
    /// Who replied, the latest last, at most 100.
    pub participants: Vec<UserId>,
    /// Whether the caller follows it; none where nobody asked.
    pub following: Option<bool>,
}

impl Post {
    /// Whether the server said it.
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.kind.starts_with("system_")
    }

    /// Whether a post of this kind raises its channel's counters.
    #[must_use]
    pub fn counts(kind: &str) -> bool {
        !UNCOUNTED.contains(&kind)
    }
}

/// Kinds that tell of people coming and going: clients may hide them, so they do not count as messages.
pub const UNCOUNTED: [&str; 10] = [
    "system_join_channel",
    "system_leave_channel",
    "system_add_to_channel",
    "system_remove_from_channel",
    "system_join_team",
    "system_leave_team",
    "system_add_to_team",
    "system_remove_from_team",
    "system_join_leave",
    "system_add_remove",
];

/// What it takes to post.
#[derive(Debug, Clone)]
pub struct NewPost {
    /// Where.
    pub channel_id: ChannelId,
    /// The root to reply to.
    pub root_id: Option<PostId>,
    /// The text.
    pub message: String,
    /// Free properties.
    pub props: Props,
    /// The client's idempotency key, at most 64 characters.
    pub pending_post_id: Option<String>,
    /// Post kind; people may only use the empty one, `me`, `slack_attachment` and `custom_*`.
    pub kind: String,
    /// Whether posting makes the author online.
    pub set_online: bool,
}

/// A change of a post: only what is given changes.
#[derive(Debug, Clone, Default)]
pub struct PostPatch {
    /// See [`Post::message`].
    pub message: Option<String>,
    /// See [`Post::props`].
    pub props: Option<Props>,
    /// See [`Post::is_pinned`].
    pub is_pinned: Option<bool>,
}

/// Whom a message may mention; who of them is in the channel is for the database to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Usernames after an `@`, in lower case.
    pub names: Vec<String>,
    /// Every word in lower case, for the keywords people chose.
    pub words: Vec<String>,
    /// Every word as it was written, for first names.
    pub exact_words: Vec<String>,
    /// People mentioned by the nature of the post.
    pub people: Vec<UserId>,
    /// People whom `@channel`, `@all` or `@here` reaches.
    pub crowd: Vec<UserId>,
    /// Whether it mentions all members: each post of a direct or group channel does.
    pub everyone: bool,
}

/// One person's one emoji under one post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// Under which post.
    pub post_id: PostId,
    /// By whom.
    pub user_id: UserId,
    /// Letters, digits, `_`, `+`, `-`; at most 64.
    pub emoji_name: String,
    /// When.
    pub created_at: Millis,
}

/// A page of a channel's or a thread's posts, newest first, with how to go on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PostPage {
    /// The page itself, newest first.
    pub posts: Vec<Post>,
    /// Roots (and with them replies) that the page refers to but does not hold.
    pub related: Vec<Post>,
    /// The neighbour newer than the first post, none at the end.
    pub next: Option<PostId>,
    /// The neighbour older than the last post, none at the beginning.
    pub previous: Option<PostId>,
}

/// Which part of a channel to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageFrom {
    /// From the newest, after skipping this many posts.
    Latest {
        /// Posts to skip.
        skip: i64,
    },
    /// Posts older than this one.
    Before(PostId),
    /// Posts newer than this one, the nearest ones.
    After(PostId),
    /// Half a page older than this post, and half a page from it on.
    Around(PostId),
}

/// What a user has begun to write in a channel, or as a reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Who.
    pub user_id: UserId,
    /// Where.
    pub channel_id: ChannelId,
    /// The root to reply to.
    pub root_id: Option<PostId>,
    /// The text so far.
    pub message: String,
    /// Free properties.
    pub props: Props,
    /// When it was begun.
    pub created_at: Millis,
    /// When it last changed.
    pub updated_at: Millis,
}

/// How far a user has read a thread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ThreadReading {
    /// Replies not seen yet.
    pub unread_replies: i64,
    /// Mentions in them.
    pub unread_mentions: i64,
    /// Until when the thread was read.
    pub last_viewed_at: Millis,
}

/// One user's place in one thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadPlace {
    /// The thread's root.
    pub root_id: PostId,
    /// Whether the user follows it.
    pub following: bool,
    /// How far it was read.
    pub reading: ThreadReading,
}

/// Which of the threads that a user follows to list.
#[derive(Debug, Clone)]
pub struct ThreadQuery {
    /// Those of this team, and those of direct and group channels.
    pub team: TeamId,
    /// Those of the team alone.
    pub without_direct: bool,
    /// Those with unread replies alone.
    pub unread_only: bool,
    /// Those with a reply, or a change of the membership, since this moment.
    pub since: Option<Millis>,
    /// Those whose last reply is older than this thread's.
    pub before: Option<PostId>,
    /// Those whose last reply is newer than this thread's, the nearest.
    pub after: Option<PostId>,
    /// Most threads.
    pub limit: i64,
}

/// How many threads a user follows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ThreadTotals {
    /// All of them.
    pub threads: i64,
    /// Those with unread replies.
    pub unread_threads: i64,
    /// Mentions in unread replies.
    pub unread_mentions: i64,
}
