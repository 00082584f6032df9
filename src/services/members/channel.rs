//! Who belongs to a team's channel, and how each wants to be notified of it. The members of direct and group channels
//! never change.

use std::collections::HashMap;
use std::sync::Arc;

use super::{announce_in_channel, check_batch, farewell, profiles, publish_all, welcome};
use crate::error::{Error, Result};
use crate::events::ChannelEvent;
use crate::model::{
    Channel, ChannelId, ChannelKind, ChannelMember, Permission, Props, Team, TeamId, User, UserId, Window, now,
};
use crate::realtime::Stale;
use crate::services::access::ChannelAccess;
use crate::services::{Caller, Core, access};
use crate::storage;

/// What can be set per channel; clients send more, which is not kept.
const NOTIFY_KEYS: &[&str] = &[
    "channel_auto_follow_threads",
    "desktop",
    "desktop_notification_sound",
    "desktop_sound",
    "desktop_threads",
    "email",
    "ignore_channel_mentions",
    "mark_unread",
    "push",
    "push_threads",
];
/// Characters of one notification setting.
const MAX_NOTIFY_VALUE: usize = 64;

/// Adds people who are in the team to a channel; the caller alone means joining. Who is in it already stays as she is.
/// Answers with all their places.
///
/// # Errors
/// 400 for an archived, direct or group channel, an archived team, somebody outside the team or more than 200 people, 403, 404.
pub async fn add(
    core: &Core,
    caller: &Caller,
    id: ChannelId,
    users: &[UserId],
) -> Result<(Channel, Vec<ChannelMember>)> {
    check_batch(users)?;
    let by = caller.user_id()?;
    let access = if users == [by] {
        access::channel(core, caller, id, Permission::JoinPublicChannels).await?
    } else {
        let access = access::channel(core, caller, id, Permission::ReadChannel).await?;
        demand(core, caller, &access, member_permission(&access.channel))?;
        access
    };
    access::live(&access)?;
    let channel = access.channel;
    let team = changeable(&channel)?;
    let mut tx = core.db.begin().await?;
    let in_team = storage::members::of_team_among(&mut *tx, team, users).await?;
    if users.iter().any(|user| !in_team.iter().any(|member| member.user_id == *user)) {
        return Err(Error::invalid("channel_member.not_in_team", "user_id", "Only members of the team can be added."));
    }
    let joined = storage::members::join_channels(&mut *tx, &[id], users, None, now()).await?;
    let newcomers = storage::members::of_channels_among(&mut *tx, &[id], &joined).await?;
    let notices = welcome(&mut tx, &channel, Some(&caller.identity()?.user), &joined).await?;
    let members = storage::members::of_channels_among(&mut *tx, &[id], users).await?;
    tx.commit().await?;
    announce_in_channel(core, &channel, newcomers, Some(by), false);
    publish_all(core, notices);
    Ok((channel, members))
}

/// Takes somebody out of a channel; the caller herself leaves.
///
/// # Errors
/// 400 for a direct or group channel, or for anybody but a guest in the channel that everyone is in; 403, 404.
pub async fn remove(core: &Core, caller: &Caller, id: ChannelId, user: UserId) -> Result<()> {
    let by = caller.user_id()?;
    let access = access::channel(core, caller, id, Permission::ReadChannel).await?;
    if user != by {
        demand(core, caller, &access, member_permission(&access.channel))?;
    }
    changeable(&access.channel)?;
    let member = storage::members::of_channel(&core.db, id, user).await?.ok_or_else(not_a_member)?;
    if access.channel.is_default() && !member.is_guest {
        return Err(Error::invalid(
            "channel.default",
            "channel_id",
            "Everyone in the team is in this channel. Leave the team instead.",
        ));
    }
    let mut tx = core.db.begin().await?;
    if !storage::members::leave_channel(&mut *tx, id, user).await? {
        return Err(not_a_member());
    }
    let notices = farewell(&mut tx, &access.channel, &caller.identity()?.user, user).await?;
    tx.commit().await?;
    core.forget(Stale::Place(user, id));
    core.realtime.leave_channels(user, &[id]);
    core.realtime.publish(ChannelEvent::Left { user_id: user, channel_id: id, by });
    core.realtime.publish(ChannelEvent::MemberRemoved { user_id: user, channel_id: id, by });
    publish_all(core, notices);
    Ok(())
}

/// One person's place in a channel.
///
/// # Errors
/// 403, 404 for an unknown channel or somebody who is not in it.
pub async fn get(core: &Core, caller: &Caller, id: ChannelId, user: UserId) -> Result<ChannelMember> {
    access::channel(core, caller, id, Permission::ReadChannel).await?;
    storage::members::of_channel(&core.db, id, user).await?.ok_or_else(not_a_member)
}

/// The members of a channel, by username.
///
/// # Errors
/// 403, 404.
pub async fn list(core: &Core, caller: &Caller, id: ChannelId, window: &Window) -> Result<Vec<ChannelMember>> {
    access::channel(core, caller, id, Permission::ReadChannel).await?;
    Ok(storage::members::in_channel(&core.db, id, window).await?)
}

/// Like [`list`], with the members' profiles in the same order.
///
/// # Errors
/// 403, 404.
pub async fn list_with_profiles(
    core: &Core,
    caller: &Caller,
    id: ChannelId,
    window: &Window,
) -> Result<(Vec<ChannelMember>, Vec<Arc<User>>)> {
    let members = list(core, caller, id, window).await?;
    let ids: Vec<UserId> = members.iter().map(|member| member.user_id).collect();
    let users = profiles(core, &ids).await?;
    Ok((members, users))
}

/// The places of those of `users` who are in a channel.
///
/// # Errors
/// 400 for nobody or more than 200 people, 403, 404.
pub async fn among(core: &Core, caller: &Caller, id: ChannelId, users: &[UserId]) -> Result<Vec<ChannelMember>> {
    check_batch(users)?;
    access::channel(core, caller, id, Permission::ReadChannel).await?;
    Ok(storage::members::of_channels_among(&core.db, &[id], users).await?)
}

/// A user's places in channels: of `team` and in her direct and group channels, or everywhere. At most `limit` of
/// them, after the first `offset`. Only she and those who may edit others see them.
///
/// # Errors
/// 403.
pub async fn of_user(
    core: &Core,
    caller: &Caller,
    user: UserId,
    team: Option<TeamId>,
    offset: i64,
    limit: Option<i64>,
) -> Result<Vec<ChannelMember>> {
    access::self_or_admin(core, caller, user)?;
    Ok(storage::members::channels_of(&core.db, user, team, offset, limit).await?)
}

/// Like [`of_user`] over all teams, each place with the team of its channel; none for direct and group channels.
///
/// # Errors
/// 403.
pub async fn of_user_with_teams(
    core: &Core,
    caller: &Caller,
    user: UserId,
    offset: i64,
    limit: Option<i64>,
) -> Result<Vec<(ChannelMember, Option<Arc<Team>>)>> {
    access::self_or_admin(core, caller, user)?;
    let members = storage::members::channels_with_teams_of(&core.db, user, offset, limit);
    let teams = storage::teams::of_user(&core.db, user);
    let (members, teams) = tokio::try_join!(members, teams)?;
    let teams: HashMap<TeamId, Arc<Team>> = teams.into_iter().map(|team| (team.id, Arc::new(team))).collect();
    Ok(members.into_iter().map(|(member, team)| (member, team.and_then(|id| teams.get(&id).cloned()))).collect())
}

/// Lets a member run the channel, or no longer.
///
/// # Errors
/// 403, 404 for an unknown channel, somebody who is not in it, or a guest who should run it.
pub async fn set_admin(
    core: &Core,
    caller: &Caller,
    id: ChannelId,
    user: UserId,
    is_admin: bool,
) -> Result<ChannelMember> {
    let access = access::channel(core, caller, id, Permission::ManageChannelRoles).await?;
    changeable(&access.channel)?;
    let member = storage::members::set_channel_admin(&core.db, id, user, is_admin, now()).await?;
    let member = member.ok_or_else(not_a_member)?;
    core.forget(Stale::Place(user, id));
    core.realtime.publish(ChannelEvent::MemberUpdated { member: Box::new(member.clone()) });
    Ok(member)
}

/// Lays `changes` over how a user wants to be notified of a channel.
///
/// # Errors
/// 400 `channel_member.bad_notify_props` for a value that is no text of at most 64 characters, 403, 404.
pub async fn notify(
    core: &Core,
    caller: &Caller,
    id: ChannelId,
    user: UserId,
    changes: Props,
) -> Result<ChannelMember> {
    access::self_or_admin(core, caller, user)?;
    let changes: Props = changes.into_iter().filter(|(key, _)| NOTIFY_KEYS.contains(&key.as_str())).collect();
    if changes.values().any(|value| value.as_str().is_none_or(|text| text.len() > MAX_NOTIFY_VALUE)) {
        return Err(Error::invalid(
            "channel_member.bad_notify_props",
            "notify_props",
            "Each notification setting is a text of at most 64 characters.",
        ));
    }
    let member = storage::members::merge_notify_props(&core.db, id, user, changes, now()).await?;
    let member = member.ok_or_else(not_a_member)?;
    core.realtime.publish(ChannelEvent::MemberUpdated { member: Box::new(member.clone()) });
    Ok(member)
}

fn demand(core: &Core, caller: &Caller, access: &ChannelAccess, permission: Permission) -> Result<()> {
    if access::grants(core, caller, access, permission) { Ok(()) } else { Err(Error::missing(permission)) }
}

fn member_permission(channel: &Channel) -> Permission {
    match channel.kind {
        ChannelKind::Open => Permission::ManagePublicChannelMembers,
        _ => Permission::ManagePrivateChannelMembers,
    }
}

/// The channel's team, where its members may change.
fn changeable(channel: &Channel) -> Result<TeamId> {
    channel.team_id.ok_or_else(|| {
        Error::invalid("channel.fixed_members", "channel_id", "The members of a direct or group channel never change.")
    })
}

fn not_a_member() -> Error {
    Error::not_found("channel_member.not_found")
}
