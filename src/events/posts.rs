//! What happens to posts.

use std::collections::HashSet;
use std::sync::Arc;

use super::Audience;
use crate::model::{
    Channel, ChannelId, Draft, Millis, Post, PostId, Reaction, TeamId, ThreadReading, ThreadSummary, UserId,
};

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
    /// Its place among the posts of its channel, counted without holes: they are heard in this order.
    pub number: i64,
}

/// A reaction that came or went.
#[derive(Debug, Clone)]
pub struct ReactionChange {
    /// Whose, with what and under which post.
    pub reaction: Reaction,
    /// Where.
    pub channel_id: ChannelId,
    /// The post's [`Post::updated_at`] as it is now.
    pub post_updated_at: Millis,
}

/// A thread moved, and with it the place of those who follow it.
#[derive(Debug)]
pub struct ThreadMoved {
    /// The root, with its thread as it is now.
    pub root: Post,
    /// The channel's team.
    pub team_id: Option<TeamId>,
    /// Each follower's place before and now.
    pub followers: Vec<(UserId, ThreadReading, ThreadReading)>,
}

/// Somebody's place in a thread before and now.
#[derive(Debug, Clone, Copy)]
pub struct ThreadRead {
    /// Which thread.
    pub root_id: PostId,
    /// Where.
    pub channel_id: ChannelId,
    /// The place before.
    pub before: ThreadReading,
    /// The place now.
    pub now: ThreadReading,
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
        /// For a reply: its root's [`Post::updated_at`] as it is now.
        root_updated_at: Option<Millis>,
    },
    /// Somebody reacted.
    ReactionAdded(ReactionChange),
    /// Somebody took a reaction back.
    ReactionRemoved(ReactionChange),
    /// A thread got or lost a reply; for those who follow it.
    ThreadMoved(Box<ThreadMoved>),
    /// The user follows a thread, or no longer does; for her other devices.
    ThreadFollowed {
        /// Who.
        user_id: UserId,
        /// The team of the thread's channel.
        team_id: Option<TeamId>,
        /// Which thread.
        root_id: PostId,
        /// Whether she follows it now.
        following: bool,
        /// Replies of the thread.
        reply_count: i64,
    },
    /// The user read a thread, marked a reply unread, or read all threads of a team; for her other devices.
    ThreadRead {
        /// Who.
        user_id: UserId,
        /// Where.
        team_id: Option<TeamId>,
        /// Which thread; none for all of the team.
        thread: Option<ThreadRead>,
        /// Until when.
        until: Millis,
    },
    /// The user has read all threads of a channel, as her client shows replies among the posts.
    ChannelThreadsRead {
        /// Who.
        user_id: UserId,
        /// Where.
        channel_id: ChannelId,
        /// Until when.
        until: Millis,
    },
    /// The user wrote on at a draft; for her other devices.
    DraftSaved(Box<Draft>),
    /// The user's draft is gone; for her other devices.
    DraftRemoved(Box<Draft>),
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
            Self::ThreadMoved(moved) => Audience::Channel(moved.root.channel_id),
            Self::DraftSaved(draft) | Self::DraftRemoved(draft) => Audience::User(draft.user_id),
            Self::ThreadFollowed { user_id, .. }
            | Self::ThreadRead { user_id, .. }
            | Self::ChannelThreadsRead { user_id, .. } => Audience::User(*user_id),
            Self::ReactionAdded(change) | Self::ReactionRemoved(change) => Audience::Channel(change.channel_id),
            Self::Typing { channel_id, .. } => Audience::Channel(*channel_id),
        }
    }

    pub(super) fn except(&self) -> Option<UserId> {
        match self {
            Self::Typing { user_id, .. } => Some(*user_id),
            _ => None,
        }
    }
}
