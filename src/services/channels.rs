//! A team's channels: making, finding, changing, archiving. Direct and group channels: [`super::direct`]; who belongs
//! to a channel: [`super::members::channel`].

use std::sync::Arc;

use sqlx::PgConnection;

use super::access::ChannelAccess;
use super::members::{announce_in_channel, publish_all, welcome};
use super::posts::{SystemPost, system_post};
use super::{Caller, Core, access, idempotency, notices, teams, validate};
use crate::error::{Error, Result, violates};
use crate::events::ChannelEvent;
use crate::model::{
    Channel, ChannelId, ChannelKind, ChannelMember, ChannelPatch, ChannelStats, Millis, NewChannel, Permission, TeamId,
    UserId, Window, now,
};
use crate::realtime::Stale;
use crate::storage;

/// Most channels that a search answers with.
const MAX_FOUND: i64 = 100;

/// Makes an open or private channel; the caller is in it and runs it. The same `key` again gives the same channel.
///
/// # Errors
/// 400 for texts out of bounds or an archived team, 409 `channel.name_taken` (archived channels keep their names),
/// 403, 404 for an unknown team.
pub async fn create(
    core: &Core,
    caller: &Caller,
    new: NewChannel,
    key: Option<&str>,
) -> Result<(Channel, ChannelMember)> {
    let permission = match new.kind {
        ChannelKind::Open => Permission::CreatePublicChannel,
        _ => Permission::CreatePrivateChannel,
    };
    teams::live(access::team(core, caller, new.team_id, permission).await?.team)?;
    let creator = caller.user_id()?;
    let channel = named(new, creator);
    check(&channel)?;
    let mut tx = core.db.begin().await?;
    if let Some(earlier) = idempotency::claim(&mut tx, creator, key, "channel", channel.id.0).await? {
        return joined(core, caller, ChannelId(earlier)).await;
    }
    if !storage::channels::insert(&mut *tx, &channel).await? {
        return Err(name_taken());
    }
    storage::members::join_channels(&mut *tx, &[channel.id], &[creator], Some(creator), now()).await?;
    let members = storage::members::of_channels_among(&mut *tx, &[channel.id], &[creator]).await?;
    let notices = welcome(&mut tx, &channel, Some(&caller.identity()?.user), &[creator]).await?;
    tx.commit().await?;
    announce_in_channel(core, &channel, members, Some(creator), true);
    publish_all(core, notices);
    joined(core, caller, channel.id).await
}

/// A channel the caller may read.
///
/// # Errors
/// 403, 404.
pub async fn get(core: &Core, caller: &Caller, id: ChannelId) -> Result<Channel> {
    Ok(access::channel(core, caller, id, Permission::ReadChannel).await?.channel)
}

/// A team's channel by the name in its address; archived ones only where `archived`.
///
/// # Errors
/// 403, 404.
pub async fn by_name(core: &Core, caller: &Caller, team: TeamId, name: &str, archived: bool) -> Result<Channel> {
    let channel = storage::channels::by_name(&core.db, Some(team), name).await?;
    match channel.filter(|channel| archived || channel.deleted_at.is_none()) {
        Some(channel) => get(core, caller, channel.id).await,
        None => Err(Error::not_found("channel.not_found")),
    }
}

/// A team's open channels whose name or display name begins with `prefix`, by display name; the archived ones instead
/// of the others where `archived`.
///
/// # Errors
/// 403, 404.
pub async fn browse(
    core: &Core,
    caller: &Caller,
    team: TeamId,
    prefix: &str,
    archived: bool,
    window: &Window,
) -> Result<Vec<Channel>> {
    access::team(core, caller, team, Permission::ListTeamChannels).await?;
    Ok(storage::channels::open_in_team(&core.db, team, prefix, archived, window).await?)
}

/// The channels of a team that the caller may find, open ones and her own private ones, whose name or display name
/// contains `term`; at most 100, by display name.
///
/// # Errors
/// 403, 404.
pub async fn search(core: &Core, caller: &Caller, team: TeamId, term: &str) -> Result<Vec<Channel>> {
    access::team(core, caller, team, Permission::ListTeamChannels).await?;
    Ok(storage::channels::search(&core.db, caller.user_id()?, team, term, MAX_FOUND).await?)
}

/// The channels a user is in: of `team` and her direct and group channels, or of all her teams. Archived ones are
/// among them if they were archived at `archived_since` or later. Only she and those who may edit others see them.
///
/// # Errors
/// 403.
pub async fn of_user(
    core: &Core,
    caller: &Caller,
    user: UserId,
    team: Option<TeamId>,
    archived_since: Option<Millis>,
) -> Result<Vec<Channel>> {
    access::self_or_admin(core, caller, user)?;
    Ok(storage::channels::of_user(&core.db, user, team, archived_since).await?)
}

/// Changes names and texts. In a direct or group channel everyone may change the header, nobody the rest.
///
/// # Errors
/// 400 for texts out of bounds, an archived channel or team or the name of the channel that everyone is in, 403, 404, 409
/// `channel.name_taken`.
pub async fn patch(core: &Core, caller: &Caller, id: ChannelId, patch: ChannelPatch) -> Result<Channel> {
    let access = access::channel(core, caller, id, Permission::ReadChannel).await?;
    let allowed = match access.channel.kind {
        ChannelKind::Open => grants(core, caller, &access, Permission::ManagePublicChannelProperties),
        ChannelKind::Private => grants(core, caller, &access, Permission::ManagePrivateChannelProperties),
        ChannelKind::Direct | ChannelKind::Group if access.member.is_some() => Ok(()),
        ChannelKind::Direct | ChannelKind::Group => Err(Error::not_found("channel.not_found")),
    };
    allowed?;
    access::live(&access)?;
    let mut channel = access.channel;
    let before = channel.clone();
    channel.name = patch.name.unwrap_or(channel.name);
    channel.display_name = patch.display_name.map_or(channel.display_name, |name| name.trim().to_owned());
    channel.header = patch.header.unwrap_or(channel.header);
    channel.purpose = patch.purpose.unwrap_or(channel.purpose);
    check_change(&before, &channel)?;
    channel.updated_at = now();
    let notices = notices::changed(&caller.identity()?.user, &before, &channel);
    let event = ChannelEvent::Updated { channel: Box::new(channel.clone()) };
    store(core, caller, &channel, notices, event).await?;
    Ok(channel)
}

/// Makes an open channel private, or a private one open.
///
/// # Errors
/// 400 for an archived, direct or group channel, for the one that everyone is in and in an archived team, 403, 404.
pub async fn convert(core: &Core, caller: &Caller, id: ChannelId, kind: ChannelKind) -> Result<Channel> {
    let permission = match kind {
        ChannelKind::Open => Permission::ConvertPrivateChannelToPublic,
        _ => Permission::ConvertPublicChannelToPrivate,
    };
    let access = access::channel(core, caller, id, permission).await?;
    access::live(&access)?;
    let mut channel = access.channel;
    of_a_team(&channel)?;
    if kind.is_personal() || channel.is_default() {
        return Err(is_default());
    }
    if channel.kind == kind {
        return Ok(channel);
    }
    channel.kind = kind;
    channel.updated_at = now();
    let notice = notices::converted(&caller.identity()?.user, &channel);
    let event = ChannelEvent::Converted { channel: Box::new(channel.clone()) };
    store(core, caller, &channel, vec![notice], event).await?;
    Ok(channel)
}

/// Archives a channel: it may be read, and nobody can post in it.
///
/// # Errors
/// 400 for a direct or group channel, for the one that everyone is in and in an archived team, 403, 404.
pub async fn archive(core: &Core, caller: &Caller, id: ChannelId) -> Result<Channel> {
    let access = access::channel(core, caller, id, Permission::ReadChannel).await?;
    of_a_team(&access.channel)?;
    let permission = match access.channel.kind {
        ChannelKind::Open => Permission::DeletePublicChannel,
        _ => Permission::DeletePrivateChannel,
    };
    grants(core, caller, &access, permission)?;
    access::in_live_team(&access)?;
    let mut channel = access.channel;
    if channel.is_default() {
        return Err(is_default());
    }
    if channel.deleted_at.is_none() {
        channel.updated_at = now();
        channel.deleted_at = Some(channel.updated_at);
        let notice = notices::archived(&caller.identity()?.user);
        let event = ChannelEvent::Archived { channel: Box::new(channel.clone()) };
        store(core, caller, &channel, vec![notice], event).await?;
    }
    Ok(channel)
}

/// Brings a channel back from the archive.
///
/// # Errors
/// 400 in an archived team, 403, 404.
pub async fn restore(core: &Core, caller: &Caller, id: ChannelId) -> Result<Channel> {
    let access = access::channel(core, caller, id, Permission::ManageTeam).await?;
    access::in_live_team(&access)?;
    let mut channel = access.channel;
    if channel.deleted_at.is_some() {
        channel.updated_at = now();
        channel.deleted_at = None;
        let notice = notices::restored(&caller.identity()?.user);
        let event = ChannelEvent::Restored { channel: Box::new(channel.clone()) };
        store(core, caller, &channel, vec![notice], event).await?;
    }
    Ok(channel)
}

/// How many people and pinned posts a channel has.
///
/// # Errors
/// 403, 404.
pub async fn stats(core: &Core, caller: &Caller, id: ChannelId) -> Result<ChannelStats> {
    access::channel(core, caller, id, Permission::ReadChannel).await?;
    Ok(storage::channels::stats(&core.db, id).await?)
}

/// The time zones of a channel's members.
///
/// # Errors
/// 403, 404.
pub async fn timezones(core: &Core, caller: &Caller, id: ChannelId) -> Result<Vec<String>> {
    access::channel(core, caller, id, Permission::ReadChannel).await?;
    Ok(storage::channels::timezones(&core.db, id).await?)
}

async fn joined(core: &Core, caller: &Caller, id: ChannelId) -> Result<(Channel, ChannelMember)> {
    let access = access::channel(core, caller, id, Permission::ReadChannel).await?;
    let member = access.member.ok_or_else(|| Error::not_found("channel.not_found"))?;
    Ok((access.channel, member))
}

/// Writes a changed channel with what the server says about it, and tells everyone. An archived channel takes no posts,
/// so the one about archiving goes first.
async fn store(
    core: &Core,
    caller: &Caller,
    channel: &Channel,
    notices: Vec<SystemPost>,
    event: ChannelEvent,
) -> Result<()> {
    let author = &caller.identity()?.user;
    let mut tx = core.db.begin().await?;
    let mut said = Vec::new();
    if channel.deleted_at.is_none() {
        update(&mut tx, channel).await?;
    }
    for notice in notices {
        said.extend(system_post(&mut tx, channel, Arc::clone(author), notice).await?);
    }
    if channel.deleted_at.is_some() {
        update(&mut tx, channel).await?;
    }
    tx.commit().await?;
    core.forget(Stale::Channel(channel.id));
    core.realtime.publish(event);
    publish_all(core, said);
    Ok(())
}

async fn update(tx: &mut PgConnection, channel: &Channel) -> Result<()> {
    let updated = storage::channels::update(tx, channel).await;
    updated.map_err(|error| if violates(&error, "channels_name_key") { name_taken() } else { error.into() })
}

fn grants(core: &Core, caller: &Caller, access: &ChannelAccess, permission: Permission) -> Result<()> {
    if access::grants(core, caller, access, permission) { Ok(()) } else { Err(Error::missing(permission)) }
}

fn named(new: NewChannel, creator: UserId) -> Channel {
    let now = now();
    Channel {
        id: ChannelId::new(),
        team_id: Some(new.team_id),
        kind: new.kind,
        name: new.name,
        display_name: new.display_name.trim().to_owned(),
        header: new.header,
        purpose: new.purpose,
        creator_id: Some(creator),
        member_ids: Vec::new(),
        message_count: 0,
        root_count: 0,
        last_post_at: 0,
        last_root_post_at: 0,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}

fn check(channel: &Channel) -> Result<()> {
    let of_letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    if !(1..=64).contains(&channel.name.len()) || !channel.name.bytes().all(of_letters) {
        let detail = "A channel's name has 1 to 64 of a-z, 0-9, - and _.";
        return Err(Error::invalid("channel.bad_name", "name", detail));
    }
    validate::length("channel.bad_display_name", "display_name", &channel.display_name, 1..=64)?;
    check_texts(channel)
}

fn check_texts(channel: &Channel) -> Result<()> {
    validate::length("channel.bad_header", "header", &channel.header, 0..=1024)?;
    validate::length("channel.bad_purpose", "purpose", &channel.purpose, 0..=250)
}

fn check_change(before: &Channel, after: &Channel) -> Result<()> {
    let renamed = before.name != after.name;
    if after.kind.is_personal() {
        if renamed || before.display_name != after.display_name || before.purpose != after.purpose {
            return Err(not_of_a_team());
        }
        return check_texts(after);
    }
    if renamed && before.is_default() {
        return Err(is_default());
    }
    check(after)
}

fn of_a_team(channel: &Channel) -> Result<()> {
    if channel.kind.is_personal() { Err(not_of_a_team()) } else { Ok(()) }
}

fn not_of_a_team() -> Error {
    let detail = "A direct or group channel has neither name nor kind of its own, and cannot be archived.";
    Error::invalid("channel.not_of_a_team", "channel_id", detail)
}

fn is_default() -> Error {
    let detail = "Everyone in the team is in this channel: its name and kind stay, and it cannot be archived.";
    Error::invalid("channel.default", "channel_id", detail)
}

fn name_taken() -> Error {
    let detail = "The team has a channel of this name, perhaps an archived one. Choose another name.";
    Error::conflict("channel.name_taken", "name", detail)
}
