//! Events about channels.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::{Broadcast, Envelope, text};
use crate::events::ChannelEvent;
use crate::model::{Channel, ChannelKind, ChannelMember, PostId, UserId};
use crate::protocol::{Encoded, v4};

pub(super) fn encode(event: &ChannelEvent) -> Encoded {
    match event {
        ChannelEvent::Joined { channel, member, by, created } => joined(channel, member.user_id, *by, *created),
        ChannelEvent::Left { user_id, channel_id, by } => {
            // To the one who is gone: which channel. To the others, below: who.
            send("user_removed", json!({ "channel_id": channel_id, "remover_id": by }), Broadcast::user(*user_id))
        }
        ChannelEvent::MemberAdded { user_id, channel_id, team_id } => send(
            "user_added",
            json!({ "user_id": user_id, "team_id": id_or_empty(team_id.as_ref()) }),
            Broadcast::channel(*channel_id).without(*user_id),
        ),
        ChannelEvent::MemberRemoved { user_id, channel_id, by } => {
            send("user_removed", json!({ "user_id": user_id, "remover_id": by }), Broadcast::channel(*channel_id))
        }
        ChannelEvent::Updated { channel } => send(
            "channel_updated",
            json!({ "channel": text(&v4::Channel::from(channel.as_ref().clone())) }),
            Broadcast::channel(channel.id),
        ),
        ChannelEvent::Converted { channel } => {
            let broadcast = channel.team_id.map_or_else(|| Broadcast::channel(channel.id), Broadcast::team);
            send("channel_converted", json!({ "channel_id": channel.id }), broadcast)
        }
        ChannelEvent::Archived { channel } => send(
            "channel_deleted",
            json!({ "channel_id": channel.id, "delete_at": channel.deleted_at.unwrap_or_default() }),
            whoever_sees(channel),
        ),
        ChannelEvent::Restored { channel } => {
            send("channel_restored", json!({ "channel_id": channel.id }), whoever_sees(channel))
        }
        ChannelEvent::MemberUpdated { member } => send(
            "channel_member_updated",
            json!({ "channelMember": text(&v4::ChannelMember::from(member.as_ref())) }),
            Broadcast::user(member.user_id),
        ),
        ChannelEvent::Viewed { user_id, members } => viewed(*user_id, members),
        ChannelEvent::MarkedUnread { member, channel, post_id } => marked_unread(member, channel, *post_id),
    }
}

fn joined(channel: &Channel, user: UserId, by: UserId, created: bool) -> Encoded {
    let to_user = Broadcast::user(user);
    match channel.kind {
        ChannelKind::Direct => {
            // In a channel with herself the other one is she herself.
            let other = channel.member_ids.iter().find(|member| **member != by).unwrap_or(&by);
            send("direct_added", json!({ "creator_id": by, "teammate_id": other }), Broadcast::channel(channel.id))
        }
        ChannelKind::Group => {
            send("group_added", json!({ "teammate_ids": text(&channel.member_ids) }), to_user.about_channel(channel.id))
        }
        ChannelKind::Open | ChannelKind::Private if created => send(
            "channel_created",
            json!({ "channel_id": channel.id, "team_id": id_or_empty(channel.team_id.as_ref()) }),
            to_user,
        ),
        ChannelKind::Open | ChannelKind::Private => send(
            "user_added",
            json!({ "user_id": user, "team_id": id_or_empty(channel.team_id.as_ref()) }),
            to_user.about_channel(channel.id),
        ),
    }
}

fn viewed(user: UserId, members: &[ChannelMember]) -> Encoded {
    let times: BTreeMap<_, _> =
        members.iter().map(|member| (member.channel_id.to_string(), member.last_viewed_at)).collect();
    send("multiple_channels_viewed", json!({ "channel_times": times }), Broadcast::user(user))
}

fn marked_unread(member: &ChannelMember, channel: &Channel, post_id: PostId) -> Encoded {
    let data = v4::PostUnread {
        msg_count: member.seen_messages,
        msg_count_root: member.seen_roots,
        mention_count: member.mention_count,
        mention_count_root: member.mention_count_root,
        urgent_mention_count: member.urgent_mention_count,
        last_viewed_at: member.last_viewed_at,
        post_id,
    };
    let broadcast = Broadcast::user(member.user_id).about_channel(channel.id).about_team(channel.team_id);
    send("post_unread", data, broadcast)
}

/// An open channel is on everybody's list; a private one is known to its members.
fn whoever_sees(channel: &Channel) -> Broadcast {
    match (channel.kind, channel.team_id) {
        (ChannelKind::Open, Some(team)) => Broadcast::team(team),
        _ => Broadcast::channel(channel.id),
    }
}

fn id_or_empty(id: Option<&impl ToString>) -> String {
    id.map(ToString::to_string).unwrap_or_default()
}

fn send(event: &'static str, data: impl Serialize, broadcast: Broadcast) -> Encoded {
    Encoded::same(&Envelope { event, data, broadcast })
}
