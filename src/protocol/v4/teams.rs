//! Teams and who belongs to them.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{self, Millis, NewTeam, TeamId, TeamKind, TeamPatch, UserId};

/// A team.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the protocol's own names; see `model::Team`")]
pub struct Team {
    pub id: TeamId,
    pub create_at: Millis,
    pub update_at: Millis,
    pub delete_at: Millis,
    pub display_name: String,
    pub name: String,
    pub description: String,
    pub email: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub company_name: String,
    pub allowed_domains: String,
    pub invite_id: String,
    pub allow_open_invite: bool,
    pub scheme_id: Option<String>,
    pub group_constrained: Option<bool>,
    pub policy_id: Option<String>,
    pub cloud_limits_archived: bool,
}

impl From<model::Team> for Team {
    fn from(team: model::Team) -> Self {
        Self {
            id: team.id,
            create_at: team.created_at,
            update_at: team.updated_at,
            delete_at: team.deleted_at.unwrap_or_default(),
            display_name: team.display_name,
            name: team.name,
            description: team.description,
            email: team.email,
            kind: team.kind.as_str(),
            company_name: team.company_name,
            allowed_domains: team.allowed_domains,
            invite_id: team.invite_id,
            allow_open_invite: team.allow_open_invite,
            scheme_id: None,
            group_constrained: None,
            policy_id: None,
            cloud_limits_archived: false,
        }
    }
}

/// One user's place in one team.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the protocol's own names; see `model::TeamMember`")]
pub struct TeamMember {
    pub team_id: TeamId,
    pub user_id: UserId,
    pub roles: String,
    pub delete_at: Millis,
    pub scheme_guest: bool,
    pub scheme_user: bool,
    pub scheme_admin: bool,
    pub explicit_roles: &'static str,
}

impl From<&model::TeamMember> for TeamMember {
    fn from(member: &model::TeamMember) -> Self {
        Self {
            team_id: member.team_id,
            user_id: member.user_id,
            roles: member.roles().join(" "),
            delete_at: member.deleted_at.unwrap_or_default(),
            scheme_guest: member.is_guest,
            scheme_user: !member.is_guest,
            scheme_admin: member.is_admin,
            explicit_roles: "",
        }
    }
}

/// What one user has not read in one team.
#[derive(Debug, Clone, Copy, Serialize)]
#[expect(missing_docs, reason = "the protocol's own names; see `model::TeamUnread`")]
pub struct TeamUnread {
    pub team_id: TeamId,
    pub msg_count: i64,
    pub mention_count: i64,
    pub mention_count_root: i64,
    pub msg_count_root: i64,
    pub thread_count: i64,
    pub thread_mention_count: i64,
    pub thread_urgent_mention_count: i64,
}

impl From<model::TeamUnread> for TeamUnread {
    fn from(unread: model::TeamUnread) -> Self {
        Self {
            team_id: unread.team_id,
            msg_count: unread.message_count,
            mention_count: unread.mention_count,
            mention_count_root: unread.mention_count_root,
            msg_count_root: unread.root_count,
            thread_count: unread.thread_count,
            thread_mention_count: unread.thread_mention_count,
            thread_urgent_mention_count: 0,
        }
    }
}

/// Teams with how many there are over all pages: `include_total_count=true`.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct TeamsWithCount {
    pub teams: Vec<Team>,
    pub total_count: i64,
}

/// `POST /teams`.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the protocol's own names; see `model::NewTeam`")]
pub struct CreateTeam {
    pub name: String,
    pub display_name: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub description: String,
    pub allow_open_invite: Option<bool>,
}

impl CreateTeam {
    /// In the domain's words.
    ///
    /// # Errors
    /// 400 `team.bad_kind` for a type that is neither `O` nor `I`.
    pub fn into_new(self) -> Result<NewTeam> {
        Ok(NewTeam {
            name: self.name,
            display_name: self.display_name,
            description: self.description,
            kind: team_kind(&self.kind)?,
            allow_open_invite: self.allow_open_invite.unwrap_or(false),
        })
    }
}

/// `PUT /teams/{id}` and `PUT /teams/{id}/patch`: only what is given changes.
#[derive(Debug, Clone, Default, Deserialize)]
#[expect(missing_docs, reason = "the protocol's own names; see `model::TeamPatch`")]
pub struct PatchTeam {
    pub display_name: Option<String>,
    pub description: Option<String>,
    pub company_name: Option<String>,
    pub allowed_domains: Option<String>,
    pub allow_open_invite: Option<bool>,
}

impl From<PatchTeam> for TeamPatch {
    fn from(patch: PatchTeam) -> Self {
        Self {
            display_name: patch.display_name,
            description: patch.description,
            company_name: patch.company_name,
            allowed_domains: patch.allowed_domains,
            allow_open_invite: patch.allow_open_invite,
        }
    }
}

/// `POST /teams/{id}/members`. The team stands in the path.
#[derive(Debug, Clone, Copy, Deserialize)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct AddTeamMember {
    pub user_id: UserId,
}

/// `PUT .../schemeRoles` of a team or a channel.
#[derive(Debug, Clone, Copy, Deserialize)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct SchemeRoles {
    pub scheme_admin: bool,
}

/// `PUT .../roles` of a team or a channel: role names separated by blanks.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct Roles {
    pub roles: String,
}

impl Roles {
    /// Whether the last of `known` (member, then administrator) is among the roles.
    ///
    /// # Errors
    /// 400 `role.unknown` for any other role: memberships have no more than these two.
    pub fn is_admin(&self, [member, admin]: [&str; 2]) -> Result<bool> {
        match self.roles.split_whitespace().find(|role| *role != member && *role != admin) {
            Some(_) => Err(Error::invalid("role.unknown", "roles", format!("Roles are {member} and {admin}."))),
            None => Ok(self.roles.split_whitespace().any(|role| role == admin)),
        }
    }
}

/// `PUT /teams/{id}/privacy`.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct TeamPrivacy {
    pub privacy: String,
}

/// Reads a team's type.
///
/// # Errors
/// 400 `team.bad_kind`.
pub fn team_kind(letter: &str) -> Result<TeamKind> {
    TeamKind::parse(letter).ok_or_else(|| Error::invalid("team.bad_kind", "type", "A team's type is O or I."))
}
