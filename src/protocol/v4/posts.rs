//! Posts, lists of posts, reactions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{self, ChannelId, Millis, NewPost, PostId, PostPatch, Props, UserId};

/// A post or a reply.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub struct Post {
    pub id: PostId,
    pub create_at: Millis,
    pub update_at: Millis,
    pub edit_at: Millis,
    pub delete_at: Millis,
    pub is_pinned: bool,
    pub user_id: UserId,
    pub channel_id: ChannelId,
    /// "" for a root.
    pub root_id: String,
    /// Always "": earlier versions are not posts here.
    pub original_id: String,
    /// "" once deleted.
    pub message: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub props: Props,
    pub hashtags: String,
    pub file_ids: Vec<String>,
    pub pending_post_id: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_reactions: bool,
    pub reply_count: i64,
    pub last_reply_at: Millis,
    /// `null` where nobody replied.
    pub participants: Option<Vec<UserStub>>,
    /// Absent where nobody in particular asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_following: Option<bool>,
    pub metadata: Metadata,
}

/// A user of whom only the id is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UserStub {
    /// Who.
    pub id: UserId,
}

/// What a post brings along.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub struct Metadata {
    pub embeds: [(); 0],
    pub emojis: [(); 0],
    pub files: [(); 0],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

/// One person's one emoji under one post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub struct Reaction {
    pub user_id: UserId,
    pub post_id: PostId,
    pub emoji_name: String,
    pub create_at: Millis,
    pub update_at: Millis,
    pub delete_at: Millis,
    pub channel_id: ChannelId,
}

impl Reaction {
    /// A reaction under a post of this channel.
    #[must_use]
    pub fn new(reaction: model::Reaction, channel_id: ChannelId) -> Self {
        Self {
            user_id: reaction.user_id,
            post_id: reaction.post_id,
            emoji_name: reaction.emoji_name,
            create_at: reaction.created_at,
            update_at: reaction.created_at,
            delete_at: 0,
            channel_id,
        }
    }
}

impl From<model::Post> for Post {
    fn from(post: model::Post) -> Self {
        let is_deleted = post.deleted_at.is_some();
        let participants: Vec<_> = post.thread.participants.into_iter().map(|id| UserStub { id }).collect();
        Self {
            id: post.id,
            create_at: post.created_at,
            update_at: post.updated_at,
            edit_at: post.edited_at.unwrap_or_default(),
            delete_at: post.deleted_at.unwrap_or_default(),
            is_pinned: post.is_pinned,
            user_id: post.user_id,
            channel_id: post.channel_id,
            root_id: post.root_id.map(|id| id.to_string()).unwrap_or_default(),
            original_id: String::new(),
            message: if is_deleted { String::new() } else { post.message },
            kind: post.kind,
            props: if is_deleted { Props::new() } else { post.props },
            hashtags: if is_deleted { String::new() } else { post.hashtags },
            file_ids: Vec::new(),
            pending_post_id: post.pending_post_id.unwrap_or_default(),
            has_reactions: !post.reactions.is_empty(),
            reply_count: post.thread.reply_count,
            last_reply_at: post.thread.last_reply_at,
            participants: (!participants.is_empty()).then_some(participants),
            is_following: post.thread.following,
            metadata: Metadata {
                reactions: post.reactions.into_iter().map(|it| Reaction::new(it, post.channel_id)).collect(),
                ..Metadata::default()
            },
        }
    }
}

/// A page of posts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub struct PostList {
    /// Ids of the page, newest first.
    pub order: Vec<PostId>,
    /// The page and what it refers to.
    pub posts: BTreeMap<PostId, Post>,
    /// The newer neighbour; "" at the end.
    pub next_post_id: String,
    /// The older neighbour; "" at the beginning.
    pub prev_post_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_next: Option<bool>,
    pub first_inaccessible_post_time: Millis,
}

impl From<model::PostPage> for PostList {
    fn from(page: model::PostPage) -> Self {
        let id = |id: Option<PostId>| id.map(|id| id.to_string()).unwrap_or_default();
        Self {
            order: page.posts.iter().map(|post| post.id).collect(),
            posts: page.posts.into_iter().chain(page.related).map(|post| (post.id, post.into())).collect(),
            next_post_id: id(page.next),
            prev_post_id: id(page.previous),
            has_next: None,
            first_inaccessible_post_time: 0,
        }
    }
}

/// `POST /posts`. Other fields that clients send (`user_id`, `create_at`, `metadata`, ...) are the server's to decide.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub struct CreatePost {
    pub channel_id: ChannelId,
    #[serde(default, deserialize_with = "super::ids::or_empty")]
    pub root_id: Option<PostId>,
    #[serde(default)]
    pub message: String,
    #[serde(default, rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub props: Option<Props>,
    #[serde(default)]
    pub pending_post_id: String,
    #[serde(default)]
    pub file_ids: Option<Vec<String>>,
}

impl CreatePost {
    /// In the domain's words.
    #[must_use]
    pub fn into_model(self, set_online: bool) -> NewPost {
        NewPost {
            channel_id: self.channel_id,
            root_id: self.root_id,
            message: self.message,
            props: self.props.unwrap_or_default(),
            pending_post_id: (!self.pending_post_id.is_empty()).then_some(self.pending_post_id),
            kind: self.kind,
            set_online,
        }
    }
}

/// `PUT /posts/{id}` and `PUT /posts/{id}/patch`: only what is given changes.
#[derive(Debug, Clone, Default, Deserialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub struct PatchPost {
    /// Where given, the post that the path names.
    #[serde(default)]
    pub id: Option<PostId>,
    #[serde(default)]
    pub message: Option<String>,
    #[serde(default)]
    pub props: Option<Props>,
    #[serde(default)]
    pub is_pinned: Option<bool>,
    #[serde(default)]
    pub file_ids: Option<Vec<String>>,
}

impl From<PatchPost> for PostPatch {
    fn from(patch: PatchPost) -> Self {
        Self { message: patch.message, props: patch.props, is_pinned: patch.is_pinned }
    }
}

/// `POST /reactions`.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub struct CreateReaction {
    pub user_id: UserId,
    pub post_id: PostId,
    pub emoji_name: String,
}
