//! What happens to channels and memberships.

use super::Audience;
use crate::model::{Channel, ChannelId, ChannelKind, ChannelMember, PostId, TeamId, UserId};

/// Something about a channel.
///
/// One act may be several events: whoever is added hears [`Joined`](Self::Joined), the others hear
/// [`MemberAdded`](Self::MemberAdded).
#[derive(Debug)]
pub enum ChannelEvent {
    /// The user is now in this channel: she made it, joined it, was added, or a direct or group channel was opened.
    Joined {
        /// The channel.
        channel: Box<Channel>,
        /// Her place in it before the server says there that she has come: that post follows, and whoever counts it
        /// arrives at the place as it is now.
        member: Box<ChannelMember>,
        /// Who made her a member.
        by: UserId,
        /// Whether the channel is new.
        created: bool,
    },
    /// The user is no longer in this channel.
    Left {
        /// Who.
        user_id: UserId,
        /// Where.
        channel_id: ChannelId,
        /// Who removed her; she herself when she left.
        by: UserId,
    },
    /// Somebody came into a channel; for the others in it.
    MemberAdded {
        /// Who.
        user_id: UserId,
        /// Where.
        channel_id: ChannelId,
        /// The channel's team.
        team_id: Option<TeamId>,
    },
    /// Somebody left a channel; for the others in it.
    MemberRemoved {
        /// Who.
        user_id: UserId,
        /// Where.
        channel_id: ChannelId,
        /// Who removed her.
        by: UserId,
    },
    /// Names or texts changed.
    Updated {
        /// As it is now.
        channel: Box<Channel>,
    },
    /// The channel became open or private.
    Converted {
        /// As it is now.
        channel: Box<Channel>,
    },
    /// The channel was archived.
    Archived {
        /// As it is now.
        channel: Box<Channel>,
    },
    /// The channel is back from the archive.
    Restored {
        /// As it is now.
        channel: Box<Channel>,
    },
    /// Roles or notification settings of a membership changed; for its owner.
    MemberUpdated {
        /// As it is now.
        member: Box<ChannelMember>,
    },
    /// The user viewed channels; for her other devices.
    Viewed {
        /// Who.
        user_id: UserId,
        /// Her places, after viewing.
        members: Vec<ChannelMember>,
    },
    /// The user marked a post unread; for her other devices.
    MarkedUnread {
        /// Her place as it is now.
        member: Box<ChannelMember>,
        /// The channel.
        channel: Box<Channel>,
        /// The first post to be unread again.
        post_id: PostId,
    },
}

impl ChannelEvent {
    pub(super) fn audience(&self) -> Audience {
        match self {
            Self::Joined { member, .. } | Self::MemberUpdated { member } | Self::MarkedUnread { member, .. } => {
                Audience::User(member.user_id)
            }
            Self::Left { user_id, .. } | Self::Viewed { user_id, .. } => Audience::User(*user_id),
            Self::MemberAdded { channel_id, .. } | Self::MemberRemoved { channel_id, .. } => {
                Audience::Channel(*channel_id)
            }
            Self::Updated { channel } => Audience::Channel(channel.id),
            Self::Converted { channel } => channel.team_id.map_or(Audience::Channel(channel.id), Audience::Team),
            Self::Archived { channel } | Self::Restored { channel } => match (channel.kind, channel.team_id) {
                (ChannelKind::Open, Some(team_id)) => Audience::Team(team_id),
                _ => Audience::Channel(channel.id),
            },
        }
    }

    pub(super) fn except(&self) -> Option<UserId> {
        match self {
            Self::MemberAdded { user_id, .. } => Some(*user_id),
            _ => None,
        }
    }
}
