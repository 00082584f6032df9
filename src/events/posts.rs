//! What happens to posts.

use std::collections::HashSet;
use std::sync::Arc;

use super::Audience;
use crate::model::{Channel, ChannelId, Post, PostId, Reaction, ThreadSummary, UserId};

/// A new post, with what its readers need to show it without asking.
#[derive(Debug)]
pub struct PostCreated {
    /// The post.
    pub post: Post,
    /// Its channel, with the counters after it.
    pub channel: Channel,
    /// The author's username and names.
    pub author: Arc<crate::model::User>,
    /// Whom it mentions.
    pub mentioned: HashSet<UserId>,
    /// Who follows its thread and wants to be notified of replies.
    pub followers: HashSet<UserId>,
    /// For a reply: its root's thread after it.
    pub thread: Option<ThreadSummary>,
    /// Whether it makes its author online.
    pub set_online: bool,
}

/// Something about posts.
#[derive(Debug)]
pub enum PostEvent {
    /// Somebody posted or replied.
    Created(Box<PostCreated>),
    /// A post's text or pin changed.
    Updated {
        /// As it is now.
        post: Box<Post>,
    },
    /// A post (and a root's replies) was deleted.
    Deleted {
        /// As it was, with `deleted_at` and `deleted_by`.
        post: Box<Post>,
        /// For a reply: its root's thread as it is now.
        thread: Option<ThreadSummary>,
    },
    /// Somebody reacted.
    ReactionAdded {
        /// With what.
        reaction: Reaction,
        /// Where.
        channel_id: ChannelId,
    },
    /// Somebody took a reaction back.
    ReactionRemoved {
        /// Which.
        reaction: Reaction,
        /// Where.
        channel_id: ChannelId,
    },
    /// Somebody is writing.
    Typing {
        /// Where.
        channel_id: ChannelId,
        /// In which thread.
        root_id: Option<PostId>,
        /// Who.
        user_id: UserId,
    },
}

impl PostEvent {
    pub(super) fn audience(&self) -> Audience {
        match self {
            Self::Created(created) => Audience::Channel(created.post.channel_id),
            Self::Updated { post } | Self::Deleted { post, .. } => Audience::Channel(post.channel_id),
            Self::ReactionAdded { channel_id, .. }
            | Self::ReactionRemoved { channel_id, .. }
            | Self::Typing { channel_id, .. } => Audience::Channel(*channel_id),
        }
    }

    pub(super) fn except(&self) -> Option<UserId> {
        match self {
            Self::Typing { user_id, .. } => Some(*user_id),
            _ => None,
        }
    }
}
