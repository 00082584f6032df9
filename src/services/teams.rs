//! Teams: making, finding, changing and archiving them. Who belongs to them: [`super::members::team`].

use uuid::Uuid;

use super::members::team::{admit, announce};
use super::{Caller, Core, access, idempotency, validate};
use crate::error::{Error, Result, violates};
use crate::events::TeamEvent;
use crate::model::{
    Channel, ChannelId, ChannelKind, NewTeam, OFF_TOPIC, Permission, TOWN_SQUARE, Team, TeamId, TeamKind, TeamMember,
    TeamPatch, TeamUnread, UserId, Window, encode_id, now,
};
use crate::realtime::Stale;
use crate::storage;

/// Names that the web client's own addresses begin with.
const RESERVED: &[&str] = &[
    "admin",
    "api",
    "boards",
    "channel",
    "claim",
    "error",
    "files",
    "forgot-password",
    "help",
    "landing",
    "login",
    "mfa",
    "oauth",
    "plug",
    "playbooks",
    "plugins",
    "post",
    "reset-password",
    "signup",
    "static",
];

/// Makes a team with its two channels; the caller is in all of them and runs the team. The same `key` again gives the
/// same team.
///
/// # Errors
/// 400 `team.bad_name`, `team.bad_display_name`, `team.bad_description`, 409 `team.name_taken`, 403.
pub async fn create(core: &Core, caller: &Caller, new: NewTeam, key: Option<&str>) -> Result<(Team, TeamMember)> {
    access::system(core, caller, Permission::CreateTeam)?;
    let creator = &caller.identity()?.user;
    check_name(&new.name)?;
    let team = named(new, creator.email.clone());
    check_texts(&team)?;
    let mut tx = core.db.begin().await?;
    if let Some(earlier) = idempotency::claim(&mut tx, creator.id, key, "team", team.id.0).await? {
        return joined(core, caller, TeamId(earlier)).await;
    }
    storage::teams::insert(&mut *tx, &team)
        .await
        .map_err(|error| if violates(&error, "teams_name_key") { name_taken() } else { error.into() })?;
    for (name, display_name) in [(TOWN_SQUARE, "Town Square"), (OFF_TOPIC, "Off-Topic")] {
        storage::channels::insert(&mut *tx, &default_channel(&team, name, display_name)).await?;
    }
    let admission = admit(core, &mut tx, &team, Some(creator), &[creator.id], Some(creator.id)).await?;
    tx.commit().await?;
    announce(core, &team, admission, Some(creator.id));
    joined(core, caller, team.id).await
}

/// A team the caller belongs to or may find.
///
/// # Errors
/// 404 `team.not_found`.
pub async fn get(core: &Core, caller: &Caller, id: TeamId) -> Result<Team> {
    let access = access::visible_team(core, caller, id).await?;
    Ok(shown(core, caller, access.team, access.member.as_ref()))
}

/// Like [`get`], by the name in its address.
///
/// # Errors
/// 404 `team.not_found`.
pub async fn by_name(core: &Core, caller: &Caller, name: &str) -> Result<Team> {
    let id = storage::teams::id_by_name(&core.db, name).await?.ok_or_else(|| Error::not_found("team.not_found"))?;
    get(core, caller, id).await
}

/// The teams the caller belongs to or may find, archived ones apart, by display name.
///
/// # Errors
/// None but the database's.
pub async fn list(core: &Core, caller: &Caller, window: &Window) -> Result<Vec<Team>> {
    let (open, private) = listable(core, caller);
    let user = caller.user_id()?;
    let teams = storage::teams::list(&core.db, user, open, private, window);
    let members = storage::members::teams_of(&core.db, user);
    let (teams, members) = tokio::try_join!(teams, members)?;
    Ok(all_shown(core, caller, teams, &members))
}

/// How many teams [`list`] has over all pages.
///
/// # Errors
/// None but the database's.
pub async fn count(core: &Core, caller: &Caller) -> Result<i64> {
    let (open, private) = listable(core, caller);
    Ok(storage::teams::count(&core.db, caller.user_id()?, open, private).await?)
}

/// The teams a user belongs to, with her place in each, by display name. Only she and those who may edit others see
/// them.
///
/// # Errors
/// 403.
pub async fn of_user(core: &Core, caller: &Caller, user: UserId) -> Result<Vec<(Team, TeamMember)>> {
    access::self_or_admin(core, caller, user)?;
    let (teams, members) =
        tokio::try_join!(storage::teams::of_user(&core.db, user), storage::members::teams_of(&core.db, user))?;
    let teams = all_shown(core, caller, teams, &members);
    Ok(teams
        .into_iter()
        .filter_map(|team| members.iter().find(|it| it.team_id == team.id).cloned().map(|member| (team, member)))
        .collect())
}

/// What a user has not read in each of her teams but `except`; threads are counted where `threads`.
///
/// # Errors
/// 403.
pub async fn unreads(
    core: &Core,
    caller: &Caller,
    user: UserId,
    except: Option<TeamId>,
    threads: bool,
) -> Result<Vec<TeamUnread>> {
    access::self_or_admin(core, caller, user)?;
    Ok(storage::teams::unreads(&core.db, user, except, threads).await?)
}

/// Changes names and settings.
///
/// # Errors
/// 400 for a text out of bounds or an archived team, 403, 404.
pub async fn patch(core: &Core, caller: &Caller, id: TeamId, patch: TeamPatch) -> Result<Team> {
    let access = access::team(core, caller, id, Permission::ManageTeam).await?;
    let mut team = live(access.team)?;
    team.display_name = patch.display_name.unwrap_or(team.display_name);
    team.description = patch.description.unwrap_or(team.description);
    team.company_name = patch.company_name.unwrap_or(team.company_name);
    team.allowed_domains = patch.allowed_domains.unwrap_or(team.allowed_domains);
    if let Some(open) = patch.allow_open_invite {
        team.allow_open_invite = open;
        team.kind = if open { TeamKind::Open } else { TeamKind::InviteOnly };
    }
    check_texts(&team)?;
    team.updated_at = now();
    storage::teams::update(&core.db, &team).await?;
    core.realtime.publish(TeamEvent::Updated { team: Box::new(team.clone()) });
    Ok(shown(core, caller, team, access.member.as_ref()))
}

/// Makes a new invitation; the earlier one lets nobody in any more.
///
/// # Errors
/// 400 for an archived team, 403, 404.
pub async fn renew_invite(core: &Core, caller: &Caller, id: TeamId) -> Result<Team> {
    let access = access::team(core, caller, id, Permission::ManageTeam).await?;
    let mut team = live(access.team)?;
    team.invite_id = new_invite_id();
    team.updated_at = now();
    storage::teams::set_invite_id(&core.db, id, &team.invite_id, team.updated_at).await?;
    core.realtime.publish(TeamEvent::Updated { team: Box::new(team.clone()) });
    Ok(team)
}

/// Archives a team: it vanishes from every list, and nobody can post in it.
///
/// # Errors
/// 403, 404.
pub async fn archive(core: &Core, caller: &Caller, id: TeamId) -> Result<Team> {
    let mut team = access::team(core, caller, id, Permission::ManageTeam).await?.team;
    if team.deleted_at.is_some() {
        return Ok(team);
    }
    team.updated_at = now();
    team.deleted_at = Some(team.updated_at);
    storage::teams::set_deleted(&core.db, id, team.deleted_at, team.updated_at).await?;
    core.forget(Stale::Team(id));
    core.realtime.publish(TeamEvent::Archived { team: Box::new(team.clone()) });
    Ok(team)
}

/// Brings a team back from the archive.
///
/// # Errors
/// 403, 404.
pub async fn restore(core: &Core, caller: &Caller, id: TeamId) -> Result<Team> {
    let mut team = access::team(core, caller, id, Permission::ManageTeam).await?.team;
    if team.deleted_at.is_none() {
        return Ok(team);
    }
    team.updated_at = now();
    team.deleted_at = None;
    storage::teams::set_deleted(&core.db, id, None, team.updated_at).await?;
    core.forget(Stale::Team(id));
    core.realtime.publish(TeamEvent::Restored { team: Box::new(team.clone()) });
    Ok(team)
}

/// The team, unless it is archived.
pub(super) fn live(team: Team) -> Result<Team> {
    match team.deleted_at {
        None => Ok(team),
        Some(_) => Err(access::team_archived()),
    }
}

/// The team without what this caller may not know of it.
pub(super) fn shown(core: &Core, caller: &Caller, mut team: Team, member: Option<&TeamMember>) -> Team {
    if !access::grants_in_team(core, caller, member, Permission::InviteUser) {
        team.invite_id.clear();
    }
    if !access::grants_in_team(core, caller, member, Permission::ManageTeam) {
        team.email.clear();
    }
    team
}

fn all_shown(core: &Core, caller: &Caller, teams: Vec<Team>, members: &[TeamMember]) -> Vec<Team> {
    let place = |team: &Team| members.iter().find(|member| member.team_id == team.id);
    teams
        .into_iter()
        .map(|team| {
            let member = place(&team);
            shown(core, caller, team, member)
        })
        .collect()
}

async fn joined(core: &Core, caller: &Caller, id: TeamId) -> Result<(Team, TeamMember)> {
    let access = access::visible_team(core, caller, id).await?;
    let member = access.member.ok_or_else(|| Error::not_found("team.not_found"))?;
    Ok((shown(core, caller, access.team, Some(&member)), member))
}

/// Whether the caller may list open and private teams.
fn listable(core: &Core, caller: &Caller) -> (bool, bool) {
    let may = |permission| access::has_system(core, caller, permission);
    (may(Permission::ListPublicTeams), may(Permission::ListPrivateTeams))
}

fn named(new: NewTeam, email: String) -> Team {
    let now = now();
    Team {
        id: TeamId::new(),
        name: new.name,
        display_name: new.display_name.trim().to_owned(),
        description: new.description,
        email,
        kind: new.kind,
        company_name: String::new(),
        allowed_domains: String::new(),
        allow_open_invite: new.allow_open_invite,
        invite_id: new_invite_id(),
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}

fn new_invite_id() -> String {
    encode_id(Uuid::new_v4())
}

fn default_channel(team: &Team, name: &str, display_name: &str) -> Channel {
    Channel {
        id: ChannelId::new(),
        team_id: Some(team.id),
        kind: ChannelKind::Open,
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        header: String::new(),
        purpose: String::new(),
        creator_id: None,
        member_ids: Vec::new(),
        message_count: 0,
        root_count: 0,
        last_post_at: 0,
        last_root_post_at: 0,
        created_at: team.created_at,
        updated_at: team.created_at,
        deleted_at: None,
    }
}

fn check_name(name: &str) -> Result<()> {
    let bad = |detail: &str| Err(Error::invalid("team.bad_name", "name", detail));
    let of_letters = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !(2..=64).contains(&name.len()) || !of_letters || name.starts_with('-') || name.ends_with('-') {
        return bad("A team's name has 2 to 64 of a-z, 0-9 and -, with no - at its ends.");
    }
    if RESERVED.contains(&name) {
        return bad("This name is reserved. Choose another one.");
    }
    Ok(())
}

fn check_texts(team: &Team) -> Result<()> {
    validate::length("team.bad_display_name", "display_name", &team.display_name, 1..=64)?;
    validate::length("team.bad_description", "description", &team.description, 0..=255)?;
    validate::length("team.bad_company_name", "company_name", &team.company_name, 0..=64)?;
    validate::length("team.bad_allowed_domains", "allowed_domains", &team.allowed_domains, 0..=500)
}

fn name_taken() -> Error {
    Error::conflict("team.name_taken", "name", "There is a team of this name. Choose another one.")
}
