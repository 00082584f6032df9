//! Posts, threads, reactions.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::User;
use crate::model::{self, ChannelId, Millis, NewPost, PostId, PostPatch, Props, UserId};

/// A post or a reply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Post {
    /// The post's id.
    pub id: PostId,
    /// Where it was said.
    pub channel_id: ChannelId,
    /// Who said it.
    pub user_id: UserId,
    /// The post it replies to.
    pub root_id: Option<PostId>,
    /// Empty for what people write; `system_join_channel` and the like for what the server says.
    pub kind: String,
    /// The text, in Markdown; empty once deleted.
    pub message: String,
    /// Free properties; system posts keep their parameters here (`username`, `addedUsername`, ...).
    #[schema(value_type = Object)]
    pub props: Props,
    /// Pinned to its channel.
    pub pinned: bool,
    /// The `client_id` it was created with: how its sender recognises the local echo.
    pub client_id: Option<String>,
    /// When it was said.
    pub created_at: Millis,
    /// When anything here last changed. Of two versions of a post the one with the larger value is newer.
    pub updated_at: Millis,
    /// When its text was last changed by its author.
    pub edited_at: Option<Millis>,
    /// When it was deleted.
    pub deleted_at: Option<Millis>,
    /// Who reacted with what, in the order in which the emoji first came.
    pub reactions: Vec<ReactionGroup>,
    /// For a root, its thread; `null` for a reply.
    pub thread: Option<Thread>,
}

impl From<model::Post> for Post {
    fn from(post: model::Post) -> Self {
        let is_deleted = post.deleted_at.is_some();
        Self {
            id: post.id,
            channel_id: post.channel_id,
            user_id: post.user_id,
            root_id: post.root_id,
            kind: post.kind,
            message: if is_deleted { String::new() } else { post.message },
            props: if is_deleted { Props::new() } else { post.props },
            pinned: post.is_pinned,
            client_id: post.pending_post_id,
            created_at: post.created_at,
            updated_at: post.updated_at,
            edited_at: post.edited_at,
            deleted_at: post.deleted_at,
            reactions: group(post.reactions),
            thread: post.root_id.is_none().then(|| post.thread.into()),
        }
    }
}

/// One emoji under a post and who chose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReactionGroup {
    /// The emoji's name without colons.
    pub emoji: String,
    /// Who, oldest first.
    pub user_ids: Vec<UserId>,
}

fn group(reactions: Vec<model::Reaction>) -> Vec<ReactionGroup> {
    let mut groups: Vec<ReactionGroup> = Vec::new();
    for reaction in reactions {
        match groups.iter_mut().find(|group| group.emoji == reaction.emoji_name) {
            Some(group) => group.user_ids.push(reaction.user_id),
            None => groups.push(ReactionGroup { emoji: reaction.emoji_name, user_ids: vec![reaction.user_id] }),
        }
    }
    groups
}

/// What a root shows of its thread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Thread {
    /// Replies that are not deleted.
    pub reply_count: i64,
    /// When the last one came; 0 for never.
    pub last_reply_at: Millis,
    /// Who replied, the latest last, at most 100.
    pub participants: Vec<UserId>,
}

impl From<model::ThreadSummary> for Thread {
    fn from(thread: model::ThreadSummary) -> Self {
        Self { reply_count: thread.reply_count, last_reply_at: thread.last_reply_at, participants: thread.participants }
    }
}

/// `POST /channels/{id}/posts`.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePost {
    /// 1 to 16,383 characters.
    pub message: String,
    /// The root to reply to.
    #[serde(default)]
    pub root_id: Option<PostId>,
    /// Idempotency key of at most 64 characters: a retry with the same one returns the first post.
    #[serde(default)]
    pub client_id: Option<String>,
    /// Free properties, at most 800,000 characters as JSON.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub props: Props,
}

impl CreatePost {
    /// In the domain's words.
    #[must_use]
    pub fn into_model(self, channel_id: ChannelId) -> NewPost {
        NewPost {
            channel_id,
            root_id: self.root_id,
            message: self.message,
            props: self.props,
            pending_post_id: self.client_id,
            kind: String::new(),
            set_online: true,
        }
    }
}

/// `PATCH /posts/{id}`: only what is given changes.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchPost {
    /// 1 to 16,383 characters.
    pub message: Option<String>,
    /// Pin or unpin.
    pub pinned: Option<bool>,
}

impl From<PatchPost> for PostPatch {
    fn from(patch: PatchPost) -> Self {
        Self { message: patch.message, props: None, is_pinned: patch.pinned }
    }
}

/// A page of a channel or of a thread.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct PostPage {
    /// Newest first. In a channel's timeline: roots alone. In a thread: its replies, the root being in `related`.
    pub posts: Vec<Post>,
    /// Posts that the page refers to but does not hold.
    pub related: Vec<Post>,
    /// Authors and reactors of the page.
    pub users: Vec<User>,
    /// Give it as `before` to read older posts; `null` at the beginning.
    pub older: Option<PostId>,
    /// Give it as `after` to read newer posts; `null` at the end.
    pub newer: Option<PostId>,
}

impl PostPage {
    /// A page with the people it shows.
    #[must_use]
    pub fn new(page: model::PostPage, users: &[Arc<model::User>]) -> Self {
        Self {
            older: page.previous.and(page.posts.last().map(|post| post.id)),
            newer: page.next.and(page.posts.first().map(|post| post.id)),
            posts: page.posts.into_iter().map(Post::from).collect(),
            related: page.related.into_iter().map(Post::from).collect(),
            users: users.iter().map(|user| user.as_ref().into()).collect(),
        }
    }
}
