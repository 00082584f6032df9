//! Events about channels.

use crate::events::ChannelEvent;
use crate::protocol::Encoded;
use crate::protocol::v1::{ChannelMemberRef, ChannelRef, ChannelsRead, Event, JoinedChannel, ReadState};

pub(super) fn encode(event: &ChannelEvent) -> Encoded {
    Encoded::same(&match event {
        ChannelEvent::Joined { channel, member, .. } => Event::ChannelJoined(JoinedChannel {
            channel: channel.as_ref().clone().into(),
            membership: member.as_ref().clone().into(),
        }),
        ChannelEvent::Left { channel_id, .. } => Event::ChannelLeft(ChannelRef { channel_id: *channel_id }),
        ChannelEvent::MemberAdded { user_id, channel_id, .. } => {
            Event::ChannelMemberAdded(ChannelMemberRef { channel_id: *channel_id, user_id: *user_id })
        }
        ChannelEvent::MemberRemoved { user_id, channel_id, .. } => {
            Event::ChannelMemberRemoved(ChannelMemberRef { channel_id: *channel_id, user_id: *user_id })
        }
        ChannelEvent::Updated { channel }
        | ChannelEvent::Converted { channel }
        | ChannelEvent::Archived { channel }
        | ChannelEvent::Restored { channel } => Event::ChannelUpdated(channel.as_ref().clone().into()),
        ChannelEvent::MemberUpdated { member } => Event::MembershipUpdated(member.as_ref().clone().into()),
        ChannelEvent::Viewed { members, .. } => {
            Event::ChannelsRead(ChannelsRead { channels: members.iter().map(ReadState::from).collect() })
        }
        ChannelEvent::MarkedUnread { member, .. } => {
            Event::ChannelsRead(ChannelsRead { channels: vec![member.as_ref().into()] })
        }
    })
}
