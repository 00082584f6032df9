//! Events about posts.

use std::sync::Arc;

use crate::events::{self, PostEvent};
use crate::model;
use crate::protocol::v1::{Counters, Event, PostCreated, PostDeleted, PostUpdated, ReactionChange, Typing};
use crate::protocol::{Encoded, Text, Who};

pub(super) fn encode(event: &PostEvent) -> Encoded {
    match event {
        PostEvent::Created(created) => self::created(created),
        PostEvent::Updated { post } => {
            Encoded::same(&Event::PostUpdated(PostUpdated { post: post.as_ref().clone().into() }))
        }
        PostEvent::Deleted { post, thread } => Encoded::same(&Event::PostDeleted(PostDeleted {
            post_id: post.id,
            channel_id: post.channel_id,
            root_id: post.root_id,
            deleted_at: post.deleted_at.unwrap_or(post.updated_at),
            thread: thread.clone().map(Into::into),
        })),
        PostEvent::ReactionAdded { reaction, channel_id } => {
            Encoded::same(&Event::ReactionAdded(ReactionChange::new(reaction, *channel_id)))
        }
        PostEvent::ReactionRemoved { reaction, channel_id } => {
            Encoded::same(&Event::ReactionRemoved(ReactionChange::new(reaction, *channel_id)))
        }
        // What a thread shows of itself travels with its posts; who follows what is no part of this protocol, and its
        // clients keep their drafts to themselves.
        PostEvent::ThreadMoved(_)
        | PostEvent::ThreadFollowed { .. }
        | PostEvent::ThreadRead { .. }
        | PostEvent::DraftSaved(_)
        | PostEvent::DraftRemoved(_) => Encoded::nothing(),
        PostEvent::Typing { channel_id, root_id, user_id } => {
            Encoded::same(&Event::Typing(Typing { channel_id: *channel_id, root_id: *root_id, user_id: *user_id }))
        }
    }
}

/// Those who are mentioned get the same frame but for one word.
fn created(created: &events::PostCreated) -> Encoded {
    let mut event = PostCreated {
        post: created.post.clone().into(),
        thread: created.thread.clone().map(Into::into),
        channel: Counters::from(&created.channel),
        mentions_me: false,
        author: created.author.as_ref().into(),
    };
    let base = Encoded::same(&Event::PostCreated(event.clone()));
    if created.mentioned.is_empty() {
        return base;
    }
    event.mentions_me = true;
    base.with(Who::Users(Arc::new(created.mentioned.clone())), Some(Text::plain(&Event::PostCreated(event))))
}

impl From<&model::Channel> for Counters {
    fn from(channel: &model::Channel) -> Self {
        Self {
            message_count: channel.message_count,
            root_count: channel.root_count,
            last_post_at: channel.last_post_at,
        }
    }
}

impl ReactionChange {
    /// A reaction under a post of this channel.
    #[must_use]
    pub fn new(reaction: &model::Reaction, channel_id: model::ChannelId) -> Self {
        Self { post_id: reaction.post_id, channel_id, user_id: reaction.user_id, emoji: reaction.emoji_name.clone() }
    }
}
