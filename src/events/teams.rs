//! What happens to teams and memberships.

use super::Audience;
use crate::model::{Team, TeamId, TeamMember, UserId};

/// Something about a team.
#[derive(Debug)]
pub enum TeamEvent {
    /// The user is now in this team.
    Joined {
        /// The team.
        team: Box<Team>,
        /// Her place in it.
        member: TeamMember,
    },
    /// The user is no longer in this team; for her.
    Left {
        /// Who.
        user_id: UserId,
        /// Where.
        team_id: TeamId,
    },
    /// Somebody left the team; for the others in it.
    MemberRemoved {
        /// Who.
        user_id: UserId,
        /// Where.
        team_id: TeamId,
    },
    /// The user's roles in the team changed; for her.
    MemberUpdated {
        /// As it is now.
        member: TeamMember,
    },
    /// Names or settings changed.
    Updated {
        /// As it is now.
        team: Box<Team>,
    },
    /// The team was archived.
    Archived {
        /// As it is now.
        team: Box<Team>,
    },
    /// The team is back from the archive.
    Restored {
        /// As it is now.
        team: Box<Team>,
    },
}

impl TeamEvent {
    pub(super) fn audience(&self) -> Audience {
        match self {
            Self::Joined { member, .. } | Self::MemberUpdated { member } => Audience::User(member.user_id),
            Self::Left { user_id, .. } => Audience::User(*user_id),
            Self::MemberRemoved { team_id, .. } => Audience::Team(*team_id),
            Self::Updated { team } | Self::Archived { team } | Self::Restored { team } => Audience::Team(team.id),
        }
    }

    pub(super) fn except(&self) -> Option<UserId> {
        match self {
            Self::MemberRemoved { user_id, .. } => Some(*user_id),
            _ => None,
        }
    }
}
