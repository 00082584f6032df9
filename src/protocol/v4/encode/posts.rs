//! Events about posts.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;

use super::{Broadcast, Envelope, text, threads};
use crate::events::{PostCreated, PostEvent};
use crate::model::{self, ChannelKind, UserId};
use crate::protocol::v4::{Draft, Post, Reaction};
use crate::protocol::{Encoded, RECIPIENT, Text, Who};

pub(super) fn encode(event: &PostEvent) -> Encoded {
    match event {
        PostEvent::Created(created) => posted(created),
        PostEvent::Updated { post } => Encoded::same(&Envelope {
            event: "post_edited",
            data: PostData { post: text(&Post::from(post.as_ref().clone())), delete_by: None },
            broadcast: Broadcast::channel(post.channel_id),
        }),
        PostEvent::Deleted { post, .. } => deleted(post),
        PostEvent::ReactionAdded(change) => Encoded::same(&Envelope {
            event: "reaction_added",
            data: ReactionData { reaction: text(&Reaction::new(change.reaction.clone(), change.channel_id)) },
            broadcast: Broadcast::channel(change.channel_id),
        }),
        PostEvent::ReactionRemoved(change) => Encoded::same(&Envelope {
            event: "reaction_removed",
            data: ReactionData { reaction: text(&Reaction::new(change.reaction.clone(), change.channel_id)) },
            broadcast: Broadcast::channel(change.channel_id),
        }),
        PostEvent::ThreadMoved(moved) => threads::moved(moved),
        PostEvent::ThreadFollowed { user_id, team_id, root_id, following, reply_count } => {
            threads::followed(*user_id, *team_id, *root_id, *following, *reply_count)
        }
        PostEvent::ChannelThreadsRead { user_id, channel_id, until } => {
            threads::read_in_channel(*user_id, *channel_id, *until)
        }
        PostEvent::ThreadRead { user_id, team_id, thread, until } => {
            threads::read(*user_id, *team_id, thread.as_ref(), *until)
        }
        PostEvent::DraftSaved(draft) => drafted("draft_created", draft),
        PostEvent::DraftRemoved(draft) => drafted("draft_deleted", draft),
        PostEvent::Typing { channel_id, root_id, user_id } => Encoded::same(&Envelope {
            event: "typing",
            data: Typing { parent_id: root_id.map(|id| id.to_string()).unwrap_or_default(), user_id: *user_id },
            broadcast: Broadcast::channel(*channel_id).without(*user_id),
        }),
    }
}

fn drafted(event: &'static str, draft: &model::Draft) -> Encoded {
    Encoded::same(&Envelope {
        event,
        data: DraftData { draft: text(&Draft::from(draft.clone())) },
        broadcast: Broadcast::user(draft.user_id).about_channel(draft.channel_id),
    })
}

#[derive(Serialize)]
struct DraftData {
    draft: String,
}

#[derive(Serialize)]
struct PostData {
    post: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    delete_by: Option<UserId>,
}

#[derive(Serialize)]
struct ReactionData {
    reaction: String,
}

#[derive(Serialize)]
struct Typing {
    parent_id: String,
    user_id: UserId,
}

#[derive(Serialize)]
struct Posted<'a> {
    post: String,
    channel_type: &'static str,
    channel_display_name: &'a str,
    channel_name: &'a str,
    sender_name: &'a str,
    team_id: String,
    set_online: bool,
    /// Nothing that people write may follow these two: one of them holds the recipient's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    followers: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mentions: Option<String>,
}

/// Readers, those who are mentioned, followers of the thread, and those who are both get a frame each. A frame has one
/// place for the recipient's own id, so those who are both find it among the few ids of `followers`.
fn posted(created: &PostCreated) -> Encoded {
    let PostCreated { post, channel, author, mentioned, followers, .. } = created;
    let sender_name = format!("@{}", author.username);
    let is_direct = channel.kind == ChannelKind::Direct;
    let encode = |followers: Option<String>, mentions: Option<String>| {
        let (data, broadcast) = (
            Posted {
                post: text(&Post::from(post.clone())),
                channel_type: channel.kind.as_str(),
                channel_display_name: if is_direct { &sender_name } else { &channel.display_name },
                channel_name: &channel.name,
                sender_name: &sender_name,
                team_id: channel.team_id.map(|id| id.to_string()).unwrap_or_default(),
                set_online: created.set_online,
                followers,
                mentions,
            },
            Broadcast::channel(channel.id),
        );
        Envelope { event: "posted", data, broadcast }
    };
    let recipient = || Some(text(&[RECIPIENT]));
    let both: HashSet<UserId> = mentioned.intersection(followers).copied().collect();
    let mut encoded = Encoded::same(&encode(None, None));
    if !both.is_empty() {
        let named = Text::named(&encode(Some(text(&both)), recipient()));
        encoded = encoded.with(Who::Users(Arc::new(both)), Some(named));
    }
    if !mentioned.is_empty() {
        let named = Text::named(&encode(None, recipient()));
        encoded = encoded.with(Who::Users(Arc::new(mentioned.clone())), Some(named));
    }
    if !followers.is_empty() {
        let named = Text::named(&encode(recipient(), None));
        encoded = encoded.with(Who::Users(Arc::new(followers.clone())), Some(named));
    }
    encoded
}

/// Who deleted it is for administrators to know.
fn deleted(post: &model::Post) -> Encoded {
    let event = |delete_by, broadcast| Envelope {
        event: "post_deleted",
        data: PostData { post: text(&Post::from(post.clone())), delete_by },
        broadcast,
    };
    let base = Broadcast::channel(post.channel_id);
    Encoded::same(&event(None, base.clone().sanitized()))
        .with(Who::Privileged, Some(Text::plain(&event(post.deleted_by, base.sensitive()))))
}
