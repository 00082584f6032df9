//! Who belongs to a team. Whoever joins a team is also in its default channels; whoever leaves it leaves them all.

use std::sync::Arc;

use sqlx::PgConnection;

use super::{announce_in_channel, check_batch, farewell, profiles, publish_all, welcome};
use crate::error::{Error, Result};
use crate::events::{ChannelEvent, PostEvent, TeamEvent};
use crate::model::{
    Channel, ChannelMember, OFF_TOPIC, Permission, TOWN_SQUARE, Team, TeamId, TeamMember, User, UserId, Window, now,
};
use crate::realtime::Stale;
use crate::services::teams::{live, shown};
use crate::services::{Caller, Core, access};
use crate::storage;

/// New members of a team, with their places in its default channels before the notices about them, see
/// [`ChannelEvent::Joined`].
pub(in crate::services) struct Admission {
    members: Vec<TeamMember>,
    channels: Vec<Channel>,
    places: Vec<ChannelMember>,
    notices: Vec<PostEvent>,
}

/// Adds people to a team; the caller alone means joining, and so does whomever the server itself adds. Who is in it
/// already stays as she is. Answers with all their places.
///
/// # Errors
/// 400 for an archived or full team or more than 200 people, 403, 404 for an unknown team or person.
pub async fn add(core: &Core, caller: &Caller, id: TeamId, users: &[UserId]) -> Result<Vec<TeamMember>> {
    check_batch(users)?;
    let by = match caller {
        Caller::User(identity, _) => Some(&identity.user),
        Caller::System => None,
    };
    let team = if by.is_some_and(|by| users == [by.id]) {
        may_join(core, caller, id).await?
    } else {
        access::team(core, caller, id, Permission::AddUserToTeam).await?.team
    };
    let team = live(team)?;
    let mut tx = core.db.begin().await?;
    let admission = admit(core, &mut tx, &team, by, users, None).await?;
    let members = storage::members::of_team_among(&mut *tx, id, users).await?;
    if users.iter().any(|user| !members.iter().any(|member| member.user_id == *user)) {
        return Err(Error::not_found("user.not_found"));
    }
    tx.commit().await?;
    announce(core, &team, admission, by.map(|by| by.id));
    Ok(members)
}

/// Joins the team that an invitation is for.
///
/// # Errors
/// 404 `team.bad_invite` for an invitation that is not valid, 403 for guests, 400 for a full team.
pub async fn join_by_invite(core: &Core, caller: &Caller, invite_id: &str) -> Result<(Team, TeamMember)> {
    let user = &caller.identity()?.user;
    if user.is_guest() {
        return Err(Error::missing(Permission::JoinPublicTeams));
    }
    let team =
        storage::teams::by_invite_id(&core.db, invite_id).await?.ok_or_else(|| Error::not_found("team.bad_invite"))?;
    let mut tx = core.db.begin().await?;
    let admission = admit(core, &mut tx, &team, Some(user), &[user.id], None).await?;
    let member = storage::members::of_team(&mut *tx, team.id, user.id).await?;
    let member = member.ok_or_else(|| Error::not_found("user.not_found"))?;
    tx.commit().await?;
    announce(core, &team, admission, Some(user.id));
    Ok((shown(core, caller, team, Some(&member)), member))
}

/// Takes somebody out of a team and of all its channels; the caller herself leaves.
///
/// # Errors
/// 403, 404 for an unknown team or somebody who is not in it.
pub async fn remove(core: &Core, caller: &Caller, id: TeamId, user: UserId) -> Result<()> {
    let by = caller.user_id()?;
    if user == by {
        access::visible_team(core, caller, id).await?;
    } else {
        access::team(core, caller, id, Permission::RemoveUserFromTeam).await?;
    }
    let mut tx = core.db.begin().await?;
    if !storage::members::leave_team(&mut *tx, id, user, now()).await? {
        return Err(Error::not_found("team_member.not_found"));
    }
    let channels = storage::members::leave_channels_of_team(&mut *tx, id, user).await?;
    let notice = match storage::channels::by_name(&mut *tx, Some(id), TOWN_SQUARE).await? {
        Some(channel) => farewell(&mut tx, &channel, &caller.identity()?.user, user).await?,
        None => None,
    };
    tx.commit().await?;
    core.forget(Stale::Places(user));
    core.realtime.leave_channels(user, &channels);
    core.realtime.leave_team(user, id);
    core.realtime.publish(TeamEvent::Left { user_id: user, team_id: id });
    core.realtime.publish(TeamEvent::MemberRemoved { user_id: user, team_id: id });
    for channel_id in channels {
        core.realtime.publish(ChannelEvent::MemberRemoved { user_id: user, channel_id, by });
    }
    publish_all(core, notice);
    Ok(())
}

/// One person's place in a team.
///
/// # Errors
/// 403, 404 for an unknown team or somebody who is not in it.
pub async fn get(core: &Core, caller: &Caller, id: TeamId, user: UserId) -> Result<TeamMember> {
    access::team(core, caller, id, Permission::ViewTeam).await?;
    let member = storage::members::of_team(&core.db, id, user).await?;
    member.ok_or_else(|| Error::not_found("team_member.not_found"))
}

/// The members of a team, by username.
///
/// # Errors
/// 403, 404.
pub async fn list(core: &Core, caller: &Caller, id: TeamId, window: &Window) -> Result<Vec<TeamMember>> {
    access::team(core, caller, id, Permission::ViewTeam).await?;
    Ok(storage::members::in_team(&core.db, id, window).await?)
}

/// Like [`list`], with the members' profiles in the same order.
///
/// # Errors
/// 403, 404.
pub async fn list_with_profiles(
    core: &Core,
    caller: &Caller,
    id: TeamId,
    window: &Window,
) -> Result<(Vec<TeamMember>, Vec<Arc<User>>)> {
    let members = list(core, caller, id, window).await?;
    let ids: Vec<UserId> = members.iter().map(|member| member.user_id).collect();
    let users = profiles(core, &ids).await?;
    Ok((members, users))
}

/// The places of those of `users` who are in a team.
///
/// # Errors
/// 400 for nobody or more than 200 people, 403, 404.
pub async fn among(core: &Core, caller: &Caller, id: TeamId, users: &[UserId]) -> Result<Vec<TeamMember>> {
    check_batch(users)?;
    access::team(core, caller, id, Permission::ViewTeam).await?;
    Ok(storage::members::of_team_among(&core.db, id, users).await?)
}

/// Lets a member run the team, or no longer.
///
/// # Errors
/// 403, 404 for an unknown team, somebody who is not in it, or a guest who should run it.
pub async fn set_admin(core: &Core, caller: &Caller, id: TeamId, user: UserId, is_admin: bool) -> Result<TeamMember> {
    access::team(core, caller, id, Permission::ManageTeamRoles).await?;
    let member = storage::members::set_team_admin(&core.db, id, user, is_admin).await?;
    let member = member.ok_or_else(|| Error::not_found("team_member.not_found"))?;
    core.forget(Stale::Places(user));
    core.realtime.publish(TeamEvent::MemberUpdated { member: member.clone() });
    Ok(member)
}

/// Writes that these people are in a team and in its default channels, by themselves or through `by`. Give what it answers to [`announce`] after the
/// commit.
///
/// # Errors
/// 400 `team.full` where the limit of the installation would be passed.
pub(in crate::services) async fn admit(
    core: &Core,
    tx: &mut PgConnection,
    team: &Team,
    by: Option<&Arc<User>>,
    users: &[UserId],
    admin: Option<UserId>,
) -> Result<Admission> {
    let now = now();
    let members = storage::members::join_team(&mut *tx, team.id, users, admin, now).await?;
    let most = i64::from(core.config.teams.max_users);
    if most > 0 && !members.is_empty() && storage::members::count_for_joining(&mut *tx, team.id).await? > most {
        return Err(Error::invalid(
            "team.full",
            "team_id",
            format!("The team has {most} members, the most it may have."),
        ));
    }
    let newcomers: Vec<UserId> = members.iter().map(|member| member.user_id).collect();
    let channels = storage::channels::by_names(&mut *tx, team.id, &[TOWN_SQUARE, OFF_TOPIC]).await?;
    let ids: Vec<_> = channels.iter().map(|channel| channel.id).collect();
    storage::members::join_channels(&mut *tx, &ids, &newcomers, None, now).await?;
    let places = storage::members::of_channels_among(&mut *tx, &ids, &newcomers).await?;
    let mut notices = Vec::new();
    for channel in &channels {
        notices.extend(welcome(&mut *tx, channel, by, &newcomers).await?);
    }
    Ok(Admission { members, channels, places, notices })
}

/// Lets the newcomers hear their team and its default channels, and tells everyone.
pub(in crate::services) fn announce(core: &Core, team: &Team, admission: Admission, by: Option<UserId>) {
    for member in admission.members {
        core.forget(Stale::Places(member.user_id));
        core.realtime.join_team(member.user_id, team.id);
        let mut team = team.clone();
        if !core.roles.grants(member.roles().iter().copied(), Permission::InviteUser) {
            team.invite_id.clear();
        }
        core.realtime.publish(TeamEvent::Joined { team: Box::new(team), member });
    }
    for channel in &admission.channels {
        let places = admission.places.iter().filter(|place| place.channel_id == channel.id).cloned().collect();
        announce_in_channel(core, channel, places, by, false);
    }
    publish_all(core, admission.notices);
}

async fn may_join(core: &Core, caller: &Caller, id: TeamId) -> Result<Team> {
    let access = access::visible_team(core, caller, id).await?;
    if access.member.is_none() {
        let permission =
            if access.team.allow_open_invite { Permission::JoinPublicTeams } else { Permission::JoinPrivateTeams };
        access::system(core, caller, permission)?;
    }
    Ok(access.team)
}
