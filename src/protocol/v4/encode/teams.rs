//! Events about teams.

use serde::Serialize;
use serde_json::json;

use super::{Broadcast, Envelope, text};
use crate::events::TeamEvent;
use crate::model;
use crate::protocol::Encoded;
use crate::protocol::v4::{Team, TeamMember};

pub(super) fn encode(event: &TeamEvent) -> Encoded {
    match event {
        TeamEvent::Joined { member, .. } => send(
            "added_to_team",
            json!({ "team_id": member.team_id, "user_id": member.user_id }),
            Broadcast::user(member.user_id),
        ),
        TeamEvent::Left { user_id, team_id } => {
            send("leave_team", json!({ "user_id": user_id, "team_id": team_id }), Broadcast::user(*user_id))
        }
        TeamEvent::MemberRemoved { user_id, team_id } => send(
            "leave_team",
            json!({ "user_id": user_id, "team_id": team_id }),
            Broadcast::team(*team_id).without(*user_id),
        ),
        TeamEvent::MemberUpdated { member } => send(
            "memberrole_updated",
            json!({ "member": text(&TeamMember::from(member)) }),
            Broadcast::user(member.user_id),
        ),
        TeamEvent::Updated { team } => about("update_team", team),
        TeamEvent::Archived { team } => about("delete_team", team),
        TeamEvent::Restored { team } => about("restore_team", team),
    }
}

/// Without the invitation and the address, which not every member may know.
fn about(event: &'static str, team: &model::Team) -> Encoded {
    let shown = Team { invite_id: String::new(), email: String::new(), ..team.clone().into() };
    send(event, json!({ "team": text(&shown) }), Broadcast::team(team.id))
}

fn send(event: &'static str, data: impl Serialize, broadcast: Broadcast) -> Encoded {
    Encoded::same(&Envelope { event, data, broadcast })
}
