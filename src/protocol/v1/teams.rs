//! Teams.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::User;
use crate::model::{self, Millis, TeamId, TeamKind, UserId};

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Team {
    /// The team's id.
    pub id: TeamId,
    /// Its place in URLs.
    pub name: String,
    /// What people read.
    pub display_name: String,
    /// What it is for.
    pub description: String,
    /// Whether anybody of the installation may join.
    pub open: bool,
    /// Who has it may join; `null` for those who may not invite.
    pub invite_id: Option<String>,
    /// When it was made.
    pub created_at: Millis,
    /// When anything here last changed.
    pub updated_at: Millis,
    /// When it was archived.
    pub archived_at: Option<Millis>,
}

/// One user's place in one team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamMember {
    /// Where.
    pub team_id: TeamId,
    /// Who.
    pub user_id: UserId,
    /// Role names.
    pub roles: Vec<String>,
    /// When the user joined.
    pub joined_at: Millis,
}

/// `POST /teams`.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTeam {
    /// 2 to 64 of `a-z 0-9 -`.
    pub name: String,
    /// 1 to 64 characters.
    pub display_name: String,
    /// At most 255 characters.
    #[serde(default)]
    pub description: String,
    /// Whether anybody of the installation may join.
    #[serde(default)]
    pub open: bool,
}

/// `PATCH /teams/{id}`: only what is given changes.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchTeam {
    /// 1 to 64 characters.
    pub display_name: Option<String>,
    /// At most 255 characters.
    pub description: Option<String>,
    /// Whether anybody of the installation may join.
    pub open: Option<bool>,
}

/// `POST /teams/join`: join by invite id.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinTeam {
    /// The team's invite id.
    pub invite_id: String,
}

/// `POST /teams/{id}/members` and `POST /channels/{id}/members`: add somebody, or oneself.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMember {
    /// Whom.
    pub user_id: UserId,
}

/// A team with the caller's place in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JoinedTeam {
    /// The team.
    pub team: Team,
    /// The caller's place.
    pub member: TeamMember,
}

/// A list of teams.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TeamPage {
    /// Ordered by display name.
    pub teams: Vec<Team>,
    /// Give it as `cursor` for the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

/// A list of members with their profiles.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MemberPage<M: ToSchema> {
    /// Ordered by username.
    pub members: Vec<M>,
    /// Their profiles, in the same order.
    pub users: Vec<User>,
    /// Give it as `cursor` for the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

impl From<model::Team> for Team {
    /// An empty invite id is one that the reader may not know.
    fn from(team: model::Team) -> Self {
        Self {
            id: team.id,
            name: team.name,
            display_name: team.display_name,
            description: team.description,
            open: team.allow_open_invite,
            invite_id: Some(team.invite_id).filter(|id| !id.is_empty()),
            created_at: team.created_at,
            updated_at: team.updated_at,
            archived_at: team.deleted_at,
        }
    }
}

impl From<&model::TeamMember> for TeamMember {
    fn from(member: &model::TeamMember) -> Self {
        Self {
            team_id: member.team_id,
            user_id: member.user_id,
            roles: member.roles().iter().map(|&role| role.to_owned()).collect(),
            joined_at: member.created_at,
        }
    }
}

impl From<(model::Team, model::TeamMember)> for JoinedTeam {
    fn from((team, member): (model::Team, model::TeamMember)) -> Self {
        Self { team: team.into(), member: (&member).into() }
    }
}

impl From<CreateTeam> for model::NewTeam {
    fn from(team: CreateTeam) -> Self {
        Self {
            name: team.name,
            display_name: team.display_name,
            description: team.description,
            kind: if team.open { TeamKind::Open } else { TeamKind::InviteOnly },
            allow_open_invite: team.open,
        }
    }
}

impl From<PatchTeam> for model::TeamPatch {
    fn from(patch: PatchTeam) -> Self {
        Self {
            display_name: patch.display_name,
            description: patch.description,
            allow_open_invite: patch.open,
            ..Self::default()
        }
    }
}
