//! Events about teams.

use crate::events::TeamEvent;
use crate::protocol::Encoded;
use crate::protocol::v1::{Event, JoinedTeam, Team, TeamRef};

pub(super) fn encode(event: &TeamEvent) -> Encoded {
    match event {
        TeamEvent::Joined { team, member } => {
            Encoded::same(&Event::TeamJoined(JoinedTeam { team: team.as_ref().clone().into(), member: member.into() }))
        }
        TeamEvent::Left { team_id, .. } => Encoded::same(&Event::TeamLeft(TeamRef { team_id: *team_id })),
        // The channels of the team say who left them.
        TeamEvent::MemberRemoved { .. } => Encoded::nothing(),
        TeamEvent::MemberUpdated { member } => Encoded::same(&Event::TeamMemberUpdated(member.into())),
        TeamEvent::Updated { team } | TeamEvent::Archived { team } | TeamEvent::Restored { team } => {
            // Not every member may invite.
            Encoded::same(&Event::TeamUpdated(Team { invite_id: None, ..team.as_ref().clone().into() }))
        }
    }
}
