//! Channels, who belongs to them, and how far they have read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ids::or_empty;
use crate::error::{Error, Result};
use crate::model::{
    self, ChannelId, ChannelKind, ChannelPatch, Millis, NewChannel, PostId, Props, Team, TeamId, UserId,
};

/// How a member is notified unless she says otherwise.
const DEFAULT_NOTIFY_PROPS: [(&str, &str); 6] = [
    ("channel_auto_follow_threads", "off"),
    ("desktop", "default"),
    ("email", "default"),
    ("ignore_channel_mentions", "default"),
    ("mark_unread", "all"),
    ("push", "default"),
];

/// A channel.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the protocol's own names; see `model::Channel`")]
pub struct Channel {
    pub id: ChannelId,
    pub create_at: Millis,
    pub update_at: Millis,
    pub delete_at: Millis,
    pub team_id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub display_name: String,
    pub name: String,
    pub header: String,
    pub purpose: String,
    pub last_post_at: Millis,
    pub total_msg_count: i64,
    pub extra_update_at: Millis,
    pub creator_id: String,
    pub scheme_id: Option<String>,
    pub props: Option<Props>,
    pub group_constrained: Option<bool>,
    pub autotranslation: bool,
    pub shared: Option<bool>,
    pub total_msg_count_root: i64,
    pub policy_id: Option<String>,
    pub last_root_post_at: Millis,
    pub banner_info: Option<Value>,
    pub policy_enforced: bool,
    pub policy_is_active: bool,
    pub default_category_name: &'static str,
}

impl From<model::Channel> for Channel {
    fn from(channel: model::Channel) -> Self {
        Self {
            id: channel.id,
            create_at: channel.created_at,
            update_at: channel.updated_at,
            delete_at: channel.deleted_at.unwrap_or_default(),
            team_id: channel.team_id.map(|id| id.to_string()).unwrap_or_default(),
            kind: channel.kind.as_str(),
            display_name: channel.display_name,
            name: channel.name,
            header: channel.header,
            purpose: channel.purpose,
            last_post_at: channel.last_post_at,
            total_msg_count: channel.message_count,
            extra_update_at: 0,
            creator_id: channel.creator_id.map(|id| id.to_string()).unwrap_or_default(),
            scheme_id: None,
            props: None,
            group_constrained: None,
            autotranslation: false,
            shared: None,
            total_msg_count_root: channel.root_count,
            policy_id: None,
            last_root_post_at: channel.last_root_post_at,
            banner_info: None,
            policy_enforced: false,
            policy_is_active: false,
            default_category_name: "",
        }
    }
}

/// One user's place in one channel.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the protocol's own names; see `model::ChannelMember`")]
pub struct ChannelMember {
    pub channel_id: ChannelId,
    pub user_id: UserId,
    pub roles: String,
    pub last_viewed_at: Millis,
    pub msg_count: i64,
    pub mention_count: i64,
    pub mention_count_root: i64,
    pub urgent_mention_count: i64,
    pub msg_count_root: i64,
    pub notify_props: Props,
    pub last_update_at: Millis,
    pub scheme_guest: bool,
    pub scheme_user: bool,
    pub scheme_admin: bool,
    pub explicit_roles: &'static str,
    pub autotranslation_disabled: bool,
}

impl From<&model::ChannelMember> for ChannelMember {
    /// As the member herself sees it.
    fn from(member: &model::ChannelMember) -> Self {
        Self {
            channel_id: member.channel_id,
            user_id: member.user_id,
            roles: member.roles().join(" "),
            last_viewed_at: member.last_viewed_at,
            msg_count: member.seen_messages,
            mention_count: member.mention_count,
            mention_count_root: member.mention_count_root,
            urgent_mention_count: member.urgent_mention_count,
            msg_count_root: member.seen_roots,
            notify_props: notify_props(&member.notify_props),
            last_update_at: member.updated_at,
            scheme_guest: member.is_guest,
            scheme_user: !member.is_guest,
            scheme_admin: member.is_admin,
            explicit_roles: "",
            autotranslation_disabled: false,
        }
    }
}

impl ChannelMember {
    /// As `viewer` sees it: when others read is nobody's business, and clients expect -1 there.
    #[must_use]
    pub fn seen_by(member: &model::ChannelMember, viewer: UserId) -> Self {
        let shown = Self::from(member);
        if member.user_id == viewer { shown } else { Self { last_viewed_at: -1, last_update_at: -1, ..shown } }
    }
}

/// A membership with its team: a line of `GET /users/{id}/channel_members`.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct ChannelMemberWithTeam {
    #[serde(flatten)]
    pub member: ChannelMember,
    pub team_display_name: String,
    pub team_name: String,
    pub team_update_at: Millis,
}

impl ChannelMemberWithTeam {
    /// With empty names where the channel has no team.
    #[must_use]
    pub fn new(member: &model::ChannelMember, team: Option<&Team>) -> Self {
        Self {
            member: member.into(),
            team_display_name: team.map(|team| team.display_name.clone()).unwrap_or_default(),
            team_name: team.map(|team| team.name.clone()).unwrap_or_default(),
            team_update_at: team.map(|team| team.updated_at).unwrap_or_default(),
        }
    }
}

/// How many people, pins and files a channel has.
#[derive(Debug, Clone, Copy, Serialize)]
#[expect(missing_docs, reason = "the protocol's own names; see `model::ChannelStats`")]
pub struct ChannelStats {
    pub channel_id: ChannelId,
    pub member_count: i64,
    pub guest_count: i64,
    pub pinnedpost_count: i64,
    /// -1 where files were not asked for.
    pub files_count: i64,
}

impl ChannelStats {
    /// Files are -1: they are not counted here.
    #[must_use]
    pub fn new(channel_id: ChannelId, stats: model::ChannelStats) -> Self {
        Self {
            channel_id,
            member_count: stats.member_count,
            guest_count: stats.guest_count,
            pinnedpost_count: stats.pinned_count,
            files_count: -1,
        }
    }
}

/// `GET /users/{id}/channels/{id}/unread`: here the counts are what is *not* seen.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the protocol's own names; see `model::ChannelMember`")]
pub struct ChannelUnread {
    pub team_id: String,
    pub channel_id: ChannelId,
    pub msg_count: i64,
    pub mention_count: i64,
    pub mention_count_root: i64,
    pub urgent_mention_count: i64,
    pub msg_count_root: i64,
    pub notify_props: Props,
}

impl ChannelUnread {
    /// What this place has not seen of its channel.
    #[must_use]
    pub fn new(channel: &model::Channel, member: &model::ChannelMember) -> Self {
        Self {
            team_id: channel.team_id.map(|id| id.to_string()).unwrap_or_default(),
            channel_id: channel.id,
            msg_count: channel.message_count - member.seen_messages,
            mention_count: member.mention_count,
            mention_count_root: member.mention_count_root,
            urgent_mention_count: member.urgent_mention_count,
            msg_count_root: channel.root_count - member.seen_roots,
            notify_props: notify_props(&member.notify_props),
        }
    }
}

/// The answer to `set_unread`.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the protocol's own names; see `model::ChannelMember`")]
pub struct ChannelUnreadAt {
    pub team_id: String,
    pub user_id: UserId,
    pub channel_id: ChannelId,
    pub msg_count: i64,
    pub mention_count: i64,
    pub mention_count_root: i64,
    pub urgent_mention_count: i64,
    pub msg_count_root: i64,
    pub last_viewed_at: Millis,
    pub notify_props: Props,
}

impl ChannelUnreadAt {
    /// A place in a channel of this team.
    #[must_use]
    pub fn new(member: &model::ChannelMember, team_id: Option<TeamId>) -> Self {
        Self {
            team_id: team_id.map(|id| id.to_string()).unwrap_or_default(),
            user_id: member.user_id,
            channel_id: member.channel_id,
            msg_count: member.seen_messages,
            mention_count: member.mention_count,
            mention_count_root: member.mention_count_root,
            urgent_mention_count: member.urgent_mention_count,
            msg_count_root: member.seen_roots,
            last_viewed_at: member.last_viewed_at,
            notify_props: notify_props(&member.notify_props),
        }
    }
}

/// `POST /channels/members/{id}/view`. An empty or absent channel means that none is open.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct ViewChannel {
    #[serde(default, deserialize_with = "or_empty")]
    pub channel_id: Option<ChannelId>,
    #[serde(default, deserialize_with = "or_empty")]
    pub prev_channel_id: Option<ChannelId>,
    /// Whether the client shows threads apart from their channels.
    #[serde(default)]
    pub collapsed_threads_supported: bool,
}

/// The answer to [`ViewChannel`].
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct ViewedChannels {
    pub status: &'static str,
    pub last_viewed_at_times: BTreeMap<String, Millis>,
}

impl ViewedChannels {
    /// When the newest seen post of each of these places came.
    #[must_use]
    pub fn new(members: &[model::ChannelMember]) -> Self {
        let times = members.iter().map(|member| (member.channel_id.to_string(), member.last_viewed_at));
        Self { status: "OK", last_viewed_at_times: times.collect() }
    }
}

/// `POST /channels`.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the protocol's own names; see `model::NewChannel`")]
pub struct CreateChannel {
    pub team_id: TeamId,
    pub name: String,
    pub display_name: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub header: String,
    #[serde(default)]
    pub purpose: String,
}

impl CreateChannel {
    /// In the domain's words.
    ///
    /// # Errors
    /// 400 `channel.bad_kind` for a type that is neither `O` nor `P`.
    pub fn into_new(self) -> Result<NewChannel> {
        Ok(NewChannel {
            team_id: self.team_id,
            kind: channel_kind(&self.kind)?,
            name: self.name,
            display_name: self.display_name,
            header: self.header,
            purpose: self.purpose,
        })
    }
}

/// `PUT /channels/{id}` and `PUT /channels/{id}/patch`: only what is given changes.
#[derive(Debug, Clone, Default, Deserialize)]
#[expect(missing_docs, reason = "the protocol's own names; see `model::ChannelPatch`")]
pub struct PatchChannel {
    pub name: Option<String>,
    pub display_name: Option<String>,
    pub header: Option<String>,
    pub purpose: Option<String>,
}

impl From<PatchChannel> for ChannelPatch {
    fn from(patch: PatchChannel) -> Self {
        Self { name: patch.name, display_name: patch.display_name, header: patch.header, purpose: patch.purpose }
    }
}

/// `POST /teams/{id}/channels/search`.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct SearchChannels {
    #[serde(default)]
    pub term: String,
}

/// `PUT /channels/{id}/privacy`.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct ChannelPrivacy {
    pub privacy: String,
}

/// `POST /channels/{id}/members`: one person, or several.
#[derive(Debug, Clone, Default, Deserialize)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct AddChannelMember {
    pub user_id: Option<UserId>,
    #[serde(default)]
    pub user_ids: Vec<UserId>,
}

impl AddChannelMember {
    /// Everybody who is named.
    #[must_use]
    pub fn users(&self) -> Vec<UserId> {
        self.user_id.map_or_else(|| self.user_ids.clone(), |user| vec![user])
    }
}

/// Which post was marked unread, for the event.
#[derive(Debug, Clone, Copy, Serialize)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct PostUnread {
    pub msg_count: i64,
    pub msg_count_root: i64,
    pub mention_count: i64,
    pub mention_count_root: i64,
    pub urgent_mention_count: i64,
    pub last_viewed_at: Millis,
    pub post_id: PostId,
}

/// Reads the type of a team's channel.
///
/// # Errors
/// 400 `channel.bad_kind`.
pub fn channel_kind(letter: &str) -> Result<ChannelKind> {
    ChannelKind::parse(letter)
        .filter(|kind| !kind.is_personal())
        .ok_or_else(|| Error::invalid("channel.bad_kind", "type", "A channel's type is O or P."))
}

/// The stored settings over the default ones.
#[must_use]
pub fn notify_props(stored: &Props) -> Props {
    let mut props: Map<String, Value> =
        DEFAULT_NOTIFY_PROPS.iter().map(|&(key, value)| (key.to_owned(), value.into())).collect();
    props.extend(stored.iter().map(|(key, value)| (key.clone(), value.clone())));
    props
}
