//! Direct and group channels: the same people always get the same channel.
//!
//! The channel's name is derived from its members, and the database keeps names unique: of two requests that open the
//! same channel at once, one makes it and the other finds it.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use sha1::{Digest, Sha1};

use super::members::announce_in_channel;
use super::{Caller, Core, access, users};
use crate::error::{Error, Result};
use crate::model::{Channel, ChannelId, ChannelKind, ChannelMember, Permission, User, UserId, now};
use crate::storage;
use crate::storage::channels::WithMember;

/// Group channels that one request may name.
const MAX_CHANNELS: usize = 200;
/// People in a group channel, the caller included.
const GROUP: RangeInclusive<usize> = 3..=8;
const GROUP_SIZE: &str = "A group has three to eight people, yourself included.";

/// Opens the channel of these people; the caller is one of them, named or not. One person alone talks to herself, two
/// get a direct channel, three to eight a group channel.
///
/// # Errors
/// 400 `channel.bad_members` for more than eight people, 404 `user.not_found` for unknown or deactivated ones, 403.
pub async fn open(core: &Core, caller: &Caller, users: &[UserId]) -> Result<(Channel, ChannelMember)> {
    let opener = caller.user_id()?;
    let people: BTreeSet<UserId> = users.iter().copied().chain([opener]).collect();
    let people: Vec<UserId> = people.into_iter().collect();
    let (kind, permission) = match people.len() {
        1 | 2 => (ChannelKind::Direct, Permission::CreateDirectChannel),
        count if GROUP.contains(&count) => (ChannelKind::Group, Permission::CreateGroupChannel),
        _ => return Err(bad_members(GROUP_SIZE)),
    };
    access::system(core, caller, permission)?;
    let name = match kind {
        ChannelKind::Direct => direct_name(&people),
        _ => group_name(&people),
    };
    match storage::channels::by_name(&core.db, None, &name).await? {
        Some(channel) => existing(core, channel.id, opener).await,
        None => create(core, kind, name, people, opener).await,
    }
}

/// Opens the direct channel of two people, one of them the caller; twice the caller for a channel with herself.
///
/// # Errors
/// 400 `channel.bad_members` for any others, and those of [`open`].
pub async fn open_pair(core: &Core, caller: &Caller, users: &[UserId]) -> Result<(Channel, ChannelMember)> {
    if users.len() != 2 || !users.contains(&caller.user_id()?) {
        return Err(bad_members("Name two people, yourself and the other one."));
    }
    open(core, caller, users).await
}

/// Opens the group channel of these people and the caller.
///
/// # Errors
/// 400 `channel.bad_members` unless they are three to eight, and those of [`open`].
pub async fn open_group(core: &Core, caller: &Caller, users: &[UserId]) -> Result<(Channel, ChannelMember)> {
    let people: BTreeSet<UserId> = users.iter().copied().chain([caller.user_id()?]).collect();
    if !GROUP.contains(&people.len()) {
        return Err(bad_members(GROUP_SIZE));
    }
    open(core, caller, users).await
}

/// The others in those of `channels` that are group channels of the caller, by username.
///
/// # Errors
/// 400 for more than 200 channels.
pub async fn people(core: &Core, caller: &Caller, channels: &[ChannelId]) -> Result<Vec<(ChannelId, Vec<Arc<User>>)>> {
    if channels.len() > MAX_CHANNELS {
        return Err(Error::invalid("channel.too_many", "channel_ids", format!("Ask for {MAX_CHANNELS} at most.")));
    }
    let me = caller.user_id()?;
    let groups = storage::channels::groups_among(&core.db, me, channels).await?;
    let ids: BTreeSet<UserId> = groups.iter().flat_map(|group| &group.member_ids).copied().collect();
    let ids: Vec<UserId> = ids.into_iter().filter(|id| *id != me).collect();
    let mut users = users::profiles(core, &ids).await?;
    users.sort_by(|a, b| a.username.cmp(&b.username));
    let people = |group: &Channel| users.iter().filter(|user| group.member_ids.contains(&user.id)).cloned().collect();
    Ok(groups.iter().map(|group| (group.id, people(group))).collect())
}

async fn create(
    core: &Core,
    kind: ChannelKind,
    name: String,
    people: Vec<UserId>,
    opener: UserId,
) -> Result<(Channel, ChannelMember)> {
    let mut tx = core.db.begin().await?;
    let usernames = storage::members::usernames(&mut *tx, &people).await?;
    if usernames.len() != people.len() {
        return Err(Error::not_found("user.not_found"));
    }
    let display_name = if kind == ChannelKind::Group { usernames.join(", ") } else { String::new() };
    let channel = personal(kind, name, display_name, people, opener);
    if !storage::channels::insert(&mut *tx, &channel).await? {
        tx.rollback().await?;
        let channel = storage::channels::by_name(&core.db, None, &channel.name).await?;
        return existing(core, channel.ok_or_else(|| Error::not_found("channel.not_found"))?.id, opener).await;
    }
    let (id, people) = (channel.id, &channel.member_ids);
    storage::members::join_channels(&mut *tx, &[id], people, None, channel.created_at).await?;
    let members = storage::members::of_channels_among(&mut *tx, &[id], people).await?;
    let place = members.iter().find(|member| member.user_id == opener).cloned();
    let place = place.ok_or_else(|| Error::not_found("user.not_found"))?;
    tx.commit().await?;
    announce_in_channel(core, &channel, members, Some(opener), true);
    Ok((channel, place))
}

/// The channel and the opener's place in it as of one moment, from which clients count on.
async fn existing(core: &Core, id: ChannelId, opener: UserId) -> Result<(Channel, ChannelMember)> {
    match storage::channels::with_member(&core.db, id, opener).await? {
        Some(WithMember { channel, member: Some(member), .. }) => Ok((channel, member)),
        _ => Err(Error::not_found("channel_member.not_found")),
    }
}

fn personal(kind: ChannelKind, name: String, display_name: String, member_ids: Vec<UserId>, opener: UserId) -> Channel {
    let now = now();
    Channel {
        id: ChannelId::new(),
        team_id: None,
        kind,
        name,
        display_name,
        header: String::new(),
        purpose: String::new(),
        creator_id: Some(opener),
        member_ids,
        message_count: 0,
        root_count: 0,
        last_post_at: 0,
        last_root_post_at: 0,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}

/// The two ids, the lesser *text* first, joined by `__`: clients find the other person by it.
fn direct_name(people: &[UserId]) -> String {
    let mut ids: Vec<String> = people.iter().map(ToString::to_string).collect();
    ids.sort_unstable();
    match ids.as_slice() {
        [one] => format!("{one}__{one}"),
        ids => ids.join("__"),
    }
}

/// SHA-1 of the sorted ids, in lower hexadecimal. It only has to be the same for the same people.
fn group_name(people: &[UserId]) -> String {
    let mut ids: Vec<String> = people.iter().map(ToString::to_string).collect();
    ids.sort_unstable();
    Sha1::digest(ids.concat()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bad_members(detail: &str) -> Error {
    Error::invalid("channel.bad_members", "user_ids", detail)
}
