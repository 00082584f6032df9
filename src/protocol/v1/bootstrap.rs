//! The first answer a client needs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Channel, Me, Membership, PostPage, PreferenceItem, Status, Team, TeamMember, User};
use crate::model::{self, ChannelId, Millis, TeamId};

/// What anybody may know of this installation, also before login: `GET /server`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Server {
    /// The server's version.
    pub version: String,
    /// What the installation is called.
    pub site_name: String,
    /// There is no account yet: the next one to sign up becomes system administrator.
    pub needs_first_user: bool,
    /// Whether anybody may sign up without an invitation.
    pub open_signup: bool,
    /// Fewest bytes of a password; the most are 72.
    pub password_min_length: u32,
    /// Most characters of a post.
    pub post_max_chars: u32,
    /// The server's clock.
    pub now: Millis,
}

/// All a client needs for its first paint: `GET /bootstrap?team={name or id}&channel={name or id}`.
///
/// `team` and `channel` say what the client wants to show; without them the caller's last or first ones are opened.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Bootstrap {
    /// The installation.
    pub server: Server,
    /// The caller.
    pub me: Me,
    /// The caller's teams.
    pub teams: Vec<Team>,
    /// The caller's place in each.
    pub team_members: Vec<TeamMember>,
    /// Every channel the caller is in, over all teams, direct and group channels included.
    pub channels: Vec<Channel>,
    /// The caller's place in each.
    pub memberships: Vec<Membership>,
    /// The caller's preferences.
    pub preferences: Vec<PreferenceItem>,
    /// Members of the direct and group channels, and the authors of the open page.
    pub users: Vec<User>,
    /// Presence of those users.
    pub statuses: Vec<Status>,
    /// What the caller may do.
    pub permissions: Permissions,
    /// The channel to show first, with its page around the first unread post; `null` without any channel.
    pub open: Option<OpenChannel>,
}

/// The channel a client shows first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OpenChannel {
    /// Its team, or the one to show a direct channel in.
    pub team_id: Option<TeamId>,
    /// The channel.
    pub channel_id: ChannelId,
    /// Its page around the first unread post, or its newest page.
    pub page: PostPage,
}

/// Permission names the caller holds, to decide what to show. The server checks each request all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Permissions {
    /// Everywhere.
    pub system: Vec<String>,
    /// In each team, by its id.
    pub teams: BTreeMap<String, Vec<String>>,
    /// In each channel, by the role names of the membership.
    pub channel_roles: BTreeMap<String, Vec<String>>,
}

impl Bootstrap {
    /// The answer from its parts.
    #[must_use]
    pub fn new(server: Server, permissions: Permissions, loaded: model::Bootstrap) -> Self {
        let team_members = loaded.teams.iter().map(|(_, member)| member.into()).collect();
        Self {
            server,
            me: (&loaded.me).into(),
            teams: loaded.teams.into_iter().map(|(team, _)| team.into()).collect(),
            team_members,
            channels: loaded.channels.into_iter().map(Channel::from).collect(),
            memberships: loaded.memberships.into_iter().map(Membership::from).collect(),
            preferences: loaded.preferences.into_iter().map(PreferenceItem::from).collect(),
            users: loaded.users.iter().map(|user| user.as_ref().into()).collect(),
            statuses: loaded.statuses.into_iter().map(Status::from).collect(),
            permissions,
            open: loaded.open.map(|open| OpenChannel {
                team_id: open.team,
                channel_id: open.channel,
                page: PostPage::new(open.page, &open.people),
            }),
        }
    }
}
