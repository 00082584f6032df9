//! Channels and how far the caller has read them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{self, ChannelId, ChannelKind, Millis, PostId, Props, TeamId, UserId};

/// What kind of channel it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ChannelKind)]
pub enum Kind {
    /// Every member of the team may read it and join.
    Open,
    /// By invitation.
    Private,
    /// Two people, or one with herself.
    Direct,
    /// Three to eight people.
    Group,
}

impl From<ChannelKind> for Kind {
    fn from(kind: ChannelKind) -> Self {
        match kind {
            ChannelKind::Open => Self::Open,
            ChannelKind::Private => Self::Private,
            ChannelKind::Direct => Self::Direct,
            ChannelKind::Group => Self::Group,
        }
    }
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Channel {
    /// The channel's id.
    pub id: ChannelId,
    /// Its team; `null` for direct and group channels.
    pub team_id: Option<TeamId>,
    /// What kind it is.
    pub kind: Kind,
    /// Its place in URLs.
    pub name: String,
    /// What people read; empty for direct channels, which are named after the other person.
    pub display_name: String,
    /// Shown above the timeline.
    pub header: String,
    /// What it is for.
    pub purpose: String,
    /// Members of a direct or group channel; empty for a team's channels.
    pub member_ids: Vec<UserId>,
    /// Posts ever, replies included, join and leave messages apart.
    pub message_count: i64,
    /// The same, roots alone.
    pub root_count: i64,
    /// When the last post came; 0 for never.
    pub last_post_at: Millis,
    /// When it was made.
    pub created_at: Millis,
    /// When anything here but the counters last changed.
    pub updated_at: Millis,
    /// When it was archived.
    pub archived_at: Option<Millis>,
}

/// The caller's place in a channel. Unread roots are `channel.root_count - seen_roots`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Membership {
    /// Where.
    pub channel_id: ChannelId,
    /// Who.
    pub user_id: UserId,
    /// Role names.
    pub roles: Vec<String>,
    /// How many of the channel's `message_count` were seen.
    pub seen_messages: i64,
    /// How many of the channel's `root_count` were seen.
    pub seen_roots: i64,
    /// Mentions since the last view, replies included.
    pub mention_count: i64,
    /// Mentions in roots since the last view: the number on the badge.
    pub mention_count_root: i64,
    /// Posts up to here were seen; 0 before the first view.
    pub last_viewed_at: Millis,
    /// Only mentions mark the channel unread.
    pub muted: bool,
    /// How the user wants to be notified of this channel.
    #[schema(value_type = Object)]
    pub notify_props: Props,
}

/// A channel with the caller's place in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JoinedChannel {
    /// The channel.
    pub channel: Channel,
    /// The caller's place.
    pub membership: Membership,
}

/// Somebody who was added to a channel, or who joined it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AddedMember {
    /// The channel.
    pub channel: Channel,
    /// Who is in it now.
    pub member: ChannelMember,
    /// The caller's own place, where she joined; nobody sees how far somebody else has read.
    pub membership: Option<Membership>,
}

/// Somebody's place in a channel, without what is private to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChannelMember {
    /// Where.
    pub channel_id: ChannelId,
    /// Who.
    pub user_id: UserId,
    /// Role names.
    pub roles: Vec<String>,
}

/// `POST /teams/{id}/channels`: make an open or private channel.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateChannel {
    /// 1 to 64 of `a-z 0-9 - _`.
    pub name: String,
    /// 1 to 64 characters.
    pub display_name: String,
    /// At most 250 characters.
    #[serde(default)]
    pub purpose: String,
    /// At most 1,024 characters.
    #[serde(default)]
    pub header: String,
    /// By invitation only.
    #[serde(default)]
    pub private: bool,
}

/// `POST /channels/direct`: the direct (one other, or oneself) or group (two to seven others) channel with these people.
/// The same people always get the same channel.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenDirect {
    /// The others; the caller is added.
    pub user_ids: Vec<UserId>,
}

/// `PATCH /channels/{id}`: only what is given changes.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchChannel {
    /// 1 to 64 of `a-z 0-9 - _`.
    pub name: Option<String>,
    /// 1 to 64 characters.
    pub display_name: Option<String>,
    /// At most 1,024 characters.
    pub header: Option<String>,
    /// At most 250 characters.
    pub purpose: Option<String>,
}

/// A list of a team's channels.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChannelPage {
    /// Ordered by display name.
    pub channels: Vec<Channel>,
    /// Give it as `cursor` for the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

/// `POST /channels/{id}/unread`: mark a post and all after it as unread.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkUnread {
    /// The first post to be unread again.
    pub post_id: PostId,
}

/// How far the caller has read a channel, after viewing it or marking it unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadState {
    /// Where.
    pub channel_id: ChannelId,
    /// See [`Membership::seen_messages`].
    pub seen_messages: i64,
    /// See [`Membership::seen_roots`].
    pub seen_roots: i64,
    /// See [`Membership::mention_count`].
    pub mention_count: i64,
    /// See [`Membership::mention_count_root`].
    pub mention_count_root: i64,
    /// See [`Membership::last_viewed_at`].
    pub last_viewed_at: Millis,
}

impl From<model::Channel> for Channel {
    fn from(channel: model::Channel) -> Self {
        Self {
            id: channel.id,
            team_id: channel.team_id,
            kind: channel.kind.into(),
            name: channel.name,
            display_name: channel.display_name,
            header: channel.header,
            purpose: channel.purpose,
            member_ids: channel.member_ids,
            message_count: channel.message_count,
            root_count: channel.root_count,
            last_post_at: channel.last_post_at,
            created_at: channel.created_at,
            updated_at: channel.updated_at,
            archived_at: channel.deleted_at,
        }
    }
}

impl From<model::ChannelMember> for Membership {
    fn from(member: model::ChannelMember) -> Self {
        Self {
            channel_id: member.channel_id,
            user_id: member.user_id,
            roles: role_names(member.roles()),
            seen_messages: member.seen_messages,
            seen_roots: member.seen_roots,
            mention_count: member.mention_count,
            mention_count_root: member.mention_count_root,
            last_viewed_at: member.last_viewed_at,
            muted: member.is_muted(),
            notify_props: member.notify_props,
        }
    }
}

impl From<(model::Channel, model::ChannelMember)> for JoinedChannel {
    fn from((channel, member): (model::Channel, model::ChannelMember)) -> Self {
        Self { channel: channel.into(), membership: member.into() }
    }
}

impl From<&model::ChannelMember> for ChannelMember {
    fn from(member: &model::ChannelMember) -> Self {
        Self { channel_id: member.channel_id, user_id: member.user_id, roles: role_names(member.roles()) }
    }
}

impl From<&model::ChannelMember> for ReadState {
    fn from(member: &model::ChannelMember) -> Self {
        Self {
            channel_id: member.channel_id,
            seen_messages: member.seen_messages,
            seen_roots: member.seen_roots,
            mention_count: member.mention_count,
            mention_count_root: member.mention_count_root,
            last_viewed_at: member.last_viewed_at,
        }
    }
}

impl CreateChannel {
    /// In the domain's words.
    #[must_use]
    pub fn into_new(self, team_id: TeamId) -> model::NewChannel {
        model::NewChannel {
            team_id,
            kind: if self.private { ChannelKind::Private } else { ChannelKind::Open },
            name: self.name,
            display_name: self.display_name,
            header: self.header,
            purpose: self.purpose,
        }
    }
}

impl From<PatchChannel> for model::ChannelPatch {
    fn from(patch: PatchChannel) -> Self {
        Self { name: patch.name, display_name: patch.display_name, header: patch.header, purpose: patch.purpose }
    }
}

fn role_names(roles: &[&str]) -> Vec<String> {
    roles.iter().map(|&role| role.to_owned()).collect()
}
