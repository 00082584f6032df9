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
        PostEvent::Deleted { post, thread, root_updated_at } => Encoded::same(&Event::PostDeleted(PostDeleted {
            post_id: post.id,
            channel_id: post.channel_id,
            root_id: post.root_id,
            deleted_at: post.deleted_at.unwrap_or(post.updated_at),
            thread: thread.clone().map(Into::into),
            root_updated_at: *root_updated_at,
        })),
        PostEvent::ReactionAdded(change) => Encoded::same(&Event::ReactionAdded(change.into())),
        PostEvent::ReactionRemoved(change) => Encoded::same(&Event::ReactionRemoved(change.into())),
        // What a thread shows of itself travels with its posts; who follows what is no part of this protocol, and its
        // clients keep their drafts to themselves.
        PostEvent::ThreadMoved(_)
        | PostEvent::ThreadFollowed { .. }
        | PostEvent::ThreadRead { .. }
        | PostEvent::ChannelThreadsRead { .. }
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
        // A reply touches its root at its own moment.
        root_updated_at: created.post.root_id.map(|_| created.post.created_at),
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

impl From<&events::ReactionChange> for ReactionChange {
    fn from(change: &events::ReactionChange) -> Self {
        Self {
            post_id: change.reaction.post_id,
            channel_id: change.channel_id,
            user_id: change.reaction.user_id,
            emoji: change.reaction.emoji_name.clone(),
            post_updated_at: change.post_updated_at,
        }
    }
}
