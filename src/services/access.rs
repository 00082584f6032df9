//! Permissions: the one place that says who may do what.
//!
//! A service names the right it needs and gets the loaded object back, so that nobody holds an object without the check.
//! A private thing that the caller may not see looks like one that does not exist.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use parking_lot::RwLock;

use super::{Caller, Core};
use crate::error::{Error, Result};
use crate::model::{
    Channel, ChannelId, ChannelKind, ChannelMember, Permission, Post, PostId, Team, TeamId, TeamMember, UserId,
};
use crate::storage;
use crate::storage::channels::WithMember;

/// What each role grants, in memory; reloaded when a role changes.
#[derive(Debug, Default)]
pub struct RoleBook(RwLock<Arc<HashMap<String, HashSet<String>>>>);

impl RoleBook {
    /// A book with these roles.
    #[must_use]
    pub fn new(grants: HashMap<String, HashSet<String>>) -> Self {
        Self(RwLock::new(Arc::new(grants)))
    }

    /// Forgets the old roles.
    pub fn replace(&self, grants: HashMap<String, HashSet<String>>) {
        *self.0.write() = Arc::new(grants);
    }

    /// Whether one of the roles grants the permission.
    pub fn grants<'a>(&self, roles: impl IntoIterator<Item = &'a str>, permission: Permission) -> bool {
        let book = Arc::clone(&self.0.read());
        roles.into_iter().any(|role| book.get(role).is_some_and(|granted| granted.contains(permission.as_str())))
    }

    /// Everything the roles grant together.
    pub fn union<'a>(&self, roles: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
        let book = Arc::clone(&self.0.read());
        roles.into_iter().filter_map(|role| book.get(role)).flatten().cloned().collect()
    }
}

/// A team the caller may act on, with the caller's place in it.
#[derive(Debug, Clone)]
pub struct TeamAccess {
    /// The team.
    pub team: Team,
    /// The caller's place, where the caller is a member.
    pub member: Option<TeamMember>,
}

/// A channel the caller may act on, as it is in the database at this moment.
#[derive(Debug, Clone)]
pub struct ChannelAccess {
    /// The channel.
    pub channel: Channel,
    /// The caller's place, where the caller is a member.
    pub member: Option<ChannelMember>,
    place: Place,
    team_archived: bool,
}

/// A channel the caller may act on, from memory if possible; so it says nothing that posts or reading move.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The channel. Its counters are 0.
    pub channel: Arc<Channel>,
    place: Place,
    team_archived: bool,
}

/// What roles a user has in a channel and in its team; none where she is not a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    in_channel: Option<&'static [&'static str]>,
    in_team: Option<&'static [&'static str]>,
}

/// What the rights in a channel follow from.
pub trait Rights {
    /// The channel; its counters may be 0.
    fn channel(&self) -> &Channel;
    /// The caller's place in it.
    fn place(&self) -> Place;
    /// Whether its team is archived.
    fn team_archived(&self) -> bool;
}

impl Rights for ChannelAccess {
    fn channel(&self) -> &Channel {
        &self.channel
    }

    fn place(&self) -> Place {
        self.place
    }

    fn team_archived(&self) -> bool {
        self.team_archived
    }
}

impl Rights for Standing {
    fn channel(&self) -> &Channel {
        &self.channel
    }

    fn place(&self) -> Place {
        self.place
    }

    fn team_archived(&self) -> bool {
        self.team_archived
    }
}

/// Whether the caller's system roles alone grant the permission.
#[must_use]
pub fn has_system(core: &Core, caller: &Caller, permission: Permission) -> bool {
    match caller {
        Caller::System => true,
        Caller::User(identity, _) => core.roles.grants(identity.user.roles.iter().map(String::as_str), permission),
    }
}

/// Demands a permission of the caller's system roles.
///
/// # Errors
/// 403 `permission.missing`.
pub fn system(core: &Core, caller: &Caller, permission: Permission) -> Result<()> {
    if has_system(core, caller, permission) { Ok(()) } else { Err(Error::missing(permission)) }
}

/// Demands that the caller is `user`, or may edit other users.
///
/// # Errors
/// 403 `permission.missing`.
pub fn self_or_admin(core: &Core, caller: &Caller, user: UserId) -> Result<()> {
    match caller {
        Caller::User(identity, _) if identity.user.id == user => Ok(()),
        _ => system(core, caller, Permission::EditOtherUsers),
    }
}

/// Loads a team and proves a right in it.
///
/// # Errors
/// 404 `team.not_found` for a team that is not there or that the caller may neither see nor join, 403
/// `permission.missing` for a member who lacks the right.
pub async fn team(core: &Core, caller: &Caller, id: TeamId, permission: Permission) -> Result<TeamAccess> {
    let access = load_team(core, caller, id).await?;
    if grants_in_team(core, caller, access.member.as_ref(), permission) {
        Ok(access)
    } else if sees_team(core, caller, &access) {
        Err(Error::missing(permission))
    } else {
        Err(Error::not_found("team.not_found"))
    }
}

/// Loads a team that the caller belongs to or may find among the teams to join.
///
/// # Errors
/// 404 `team.not_found` for any other.
pub async fn visible_team(core: &Core, caller: &Caller, id: TeamId) -> Result<TeamAccess> {
    let access = load_team(core, caller, id).await?;
    if sees_team(core, caller, &access) { Ok(access) } else { Err(Error::not_found("team.not_found")) }
}

/// Whether the caller holds a right in a team, by this place in it or by system roles.
#[must_use]
pub fn grants_in_team(core: &Core, caller: &Caller, member: Option<&TeamMember>, permission: Permission) -> bool {
    member.is_some_and(|member| core.roles.grants(member.roles().iter().copied(), permission))
        || has_system(core, caller, permission)
}

async fn load_team(core: &Core, caller: &Caller, id: TeamId) -> Result<TeamAccess> {
    let (team, member) = storage::teams::with_member(&core.db, id, caller_id(caller))
        .await?
        .ok_or_else(|| Error::not_found("team.not_found"))?;
    Ok(TeamAccess { team, member: member.filter(|member| member.deleted_at.is_none()) })
}

fn sees_team(core: &Core, caller: &Caller, access: &TeamAccess) -> bool {
    access.member.is_some()
        || (access.team.allow_open_invite && has_system(core, caller, Permission::ListPublicTeams))
        || has_system(core, caller, Permission::ListPrivateTeams)
}

/// Loads a channel and proves a right in it, in one query: for whoever shows the channel or changes it. Everybody else
/// takes [`standing`].
///
/// Reading an open channel needs no membership of it, only `read_public_channel` in its team.
///
/// # Errors
/// 404 `channel.not_found` for a channel that is not there or that the caller may not see, 403 `permission.missing` for
/// one who sees it but lacks the right.
pub async fn channel(core: &Core, caller: &Caller, id: ChannelId, permission: Permission) -> Result<ChannelAccess> {
    let access = load_channel(core, caller, id).await?;
    prove(core, caller, &access, permission)?;
    Ok(access)
}

/// Proves a right in a channel, mostly without a query. What is remembered is enough to allow, but nobody is refused
/// before the database has been asked: so whoever was let in on another instance is in at once. And while this instance
/// does not hear what others take away, it asks each time.
///
/// # Errors
/// Those of [`channel`].
pub async fn standing(core: &Core, caller: &Caller, id: ChannelId, permission: Permission) -> Result<Standing> {
    let user = caller_id(caller);
    if core.realtime.hears_others()
        && let (Some((channel, team_archived)), Some(place)) =
            (core.caches.channels.get(&id), core.caches.places.get(&(user, id)))
    {
        let standing = Standing { channel, place, team_archived };
        if grants(core, caller, &standing, permission) {
            return Ok(standing);
        }
    }
    let reading = (core.caches.channels.read(), core.caches.places.read());
    let ChannelAccess { channel, place, team_archived, .. } = load_channel(core, caller, id).await?;
    let standing = Standing { channel: Arc::new(channel.without_counters()), place, team_archived };
    core.caches.channels.keep(reading.0, id, (Arc::clone(&standing.channel), team_archived));
    core.caches.places.keep(reading.1, (user, id), place);
    prove(core, caller, &standing, permission)?;
    Ok(standing)
}

async fn load_channel(core: &Core, caller: &Caller, id: ChannelId) -> Result<ChannelAccess> {
    let WithMember { channel, member, team_member, team_archived } =
        storage::channels::with_member(&core.db, id, caller_id(caller))
            .await?
            .ok_or_else(|| Error::not_found("channel.not_found"))?;
    let place = Place {
        in_channel: member.as_ref().map(ChannelMember::roles),
        in_team: team_member.filter(|member| member.deleted_at.is_none()).as_ref().map(TeamMember::roles),
    };
    Ok(ChannelAccess { channel, member, place, team_archived })
}

/// Loads a post that is not deleted and proves a right in its channel.
///
/// # Errors
/// 404 `post.not_found` where the post or its channel is not there for the caller, 403 `permission.missing` for one who
/// sees it but lacks the right.
pub async fn post(core: &Core, caller: &Caller, id: PostId, permission: Permission) -> Result<(Post, Standing)> {
    let post = storage::posts::get(&core.db, caller.user_id().ok(), id)
        .await?
        .filter(|post| post.deleted_at.is_none())
        .ok_or_else(|| Error::not_found("post.not_found"))?;
    let standing = standing(core, caller, post.channel_id, permission).await.map_err(|error| match error.code {
        "channel.not_found" => Error::not_found("post.not_found"),
        _ => error,
    })?;
    Ok((post, standing))
}

/// Demands a right in a channel that the caller sees.
///
/// # Errors
/// 403 `permission.missing`.
pub fn demand(core: &Core, caller: &Caller, access: &impl Rights, permission: Permission) -> Result<()> {
    if grants(core, caller, access, permission) { Ok(()) } else { Err(Error::missing(permission)) }
}

/// Whether the caller holds a right in a channel.
#[must_use]
pub fn grants(core: &Core, caller: &Caller, access: &impl Rights, permission: Permission) -> bool {
    let (is_open, place) = (access.channel().kind == ChannelKind::Open, access.place());
    let role_grants = |roles: Option<&[&'static str]>, permission| {
        roles.is_some_and(|roles| core.roles.grants(roles.iter().copied(), permission))
    };
    let as_reader = matches!(permission, Permission::ReadChannel | Permission::ReadChannelContent)
        && is_open
        && role_grants(place.in_team, Permission::ReadPublicChannel);
    as_reader
        || role_grants(place.in_channel, permission)
        || (place.in_channel.is_some() || is_open) && role_grants(place.in_team, permission)
        || has_system(core, caller, permission)
}

/// Demands that the channel is more than a thing of the past to be read: neither it nor its team is archived.
///
/// # Errors
/// 400 `channel.archived`, `team.archived`.
pub fn live(access: &impl Rights) -> Result<()> {
    in_live_team(access)?;
    if access.channel().deleted_at.is_some() { Err(archived()) } else { Ok(()) }
}

/// Demands that the channel's team, if it has one, is not archived.
///
/// # Errors
/// 400 `team.archived`.
pub fn in_live_team(access: &impl Rights) -> Result<()> {
    if access.team_archived() { Err(team_archived()) } else { Ok(()) }
}

/// A channel that takes no posts any more.
pub(super) fn archived() -> Error {
    Error::invalid("channel.archived", "channel_id", "The channel is archived: it can only be read.")
}

/// A team that takes nothing new any more.
pub(super) fn team_archived() -> Error {
    Error::invalid("team.archived", "team_id", "The team is archived: what is in it can only be read.")
}

fn prove(core: &Core, caller: &Caller, access: &impl Rights, permission: Permission) -> Result<()> {
    if grants(core, caller, access, permission) {
        Ok(())
    } else if access.place().in_channel.is_some() || grants(core, caller, access, Permission::ReadChannel) {
        Err(Error::missing(permission))
    } else {
        Err(Error::not_found("channel.not_found"))
    }
}

/// The system sees what nobody in particular sees; its rights do not come from memberships.
fn caller_id(caller: &Caller) -> UserId {
    match caller {
        Caller::User(identity, _) => identity.user.id,
        Caller::System => UserId(uuid::Uuid::nil()),
    }
}
