//! How far a user has read a channel.
//!
//! A channel counts its posts and a place in it remembers how many of them were seen, so nothing is written per post
//! and reader, and viewing is one statement.

use super::{Caller, Core, access, mentions};
use crate::error::{Error, Result};
use crate::events::{ChannelEvent, PostEvent};
use crate::model::{Channel, ChannelId, ChannelMember, Permission, Post, PostId, User, UserId, now};
use crate::storage;
use crate::storage::channels::WithMember;

/// Channels that one request may view.
const MAX_CHANNELS: usize = 200;
/// Posts that are looked through for mentions when one is marked unread; older mentions are not counted again.
const MAX_COUNTED_AGAIN: i64 = 1_000;

/// The user has seen everything in these channels, and where `threads_too` everything in the threads there that she
/// follows. Answers with her places in those that she is in; the first one must at least be readable to her.
///
/// # Errors
/// 400 for more than 200 channels, 403, 404 for an unknown first channel.
pub async fn view(
    core: &Core,
    caller: &Caller,
    user: UserId,
    channels: &[ChannelId],
    threads_too: bool,
) -> Result<Vec<ChannelMember>> {
    access::self_or_admin(core, caller, user)?;
    if channels.len() > MAX_CHANNELS {
        return Err(Error::invalid(
            "channel.too_many",
            "channel_ids",
            format!("View at most {MAX_CHANNELS} channels."),
        ));
    }
    let Some(first) = channels.first() else { return Ok(Vec::new()) };
    let at = now();
    let places = storage::read_state::view(&core.db, user, channels, at).await?;
    if !places.iter().any(|place| place.channel_id == *first) {
        access::standing(core, caller, *first, Permission::ReadChannel).await?;
    }
    let changed: Vec<_> = places.iter().filter(|place| place.updated_at == at).cloned().collect();
    if !changed.is_empty() {
        core.realtime.publish(ChannelEvent::Viewed { user_id: user, members: changed });
    }
    if threads_too {
        for channel_id in storage::posts::read_in_channels(&core.db, user, channels, at).await? {
            core.realtime.publish(PostEvent::ChannelThreadsRead { user_id: user, channel_id, until: at });
        }
    }
    Ok(places)
}

/// The user has not seen this post, which must be in the channel `within` if one is named, and all after it. Answers with the channel and her place in it.
///
/// # Errors
/// 403, 404 for an unknown post or a channel that she is not in.
pub async fn mark_unread(
    core: &Core,
    caller: &Caller,
    user: UserId,
    within: Option<ChannelId>,
    post: PostId,
) -> Result<(Channel, ChannelMember)> {
    access::self_or_admin(core, caller, user)?;
    let (post, _) = access::post(core, caller, post, Permission::ReadChannelContent).await?;
    if within.is_some_and(|channel| channel != post.channel_id) {
        return Err(Error::not_found("post.not_found"));
    }
    let not_a_member = || Error::not_found("channel_member.not_found");
    let (reader, found) = tokio::try_join!(
        storage::users::get(&core.db, user),
        storage::channels::with_member(&core.db, post.channel_id, user)
    )?;
    let Some((reader, WithMember { channel, member: Some(place), .. })) = reader.zip(found) else {
        return Err(not_a_member());
    };
    let mentions = count_mentions(core, &channel, &reader, &place, &post).await?;
    let member =
        storage::read_state::mark_unread(&core.db, user, post.channel_id, post.created_at, mentions, now()).await?;
    let member = member.ok_or_else(not_a_member)?;
    core.realtime.publish(ChannelEvent::MarkedUnread {
        member: Box::new(member.clone()),
        channel: Box::new(channel.clone()),
        post_id: post.id,
    });
    Ok((channel, member))
}

/// A channel and the user's place in it, to tell what she has not read.
///
/// # Errors
/// 403, 404 for an unknown channel or one that she is not in.
pub async fn unread(core: &Core, caller: &Caller, user: UserId, id: ChannelId) -> Result<(Channel, ChannelMember)> {
    access::self_or_admin(core, caller, user)?;
    match storage::channels::with_member(&core.db, id, user).await? {
        Some(WithMember { channel, member: Some(member), .. }) => Ok((channel, member)),
        _ => Err(Error::not_found("channel.not_found")),
    }
}

/// Mentions from a post on: in all posts, and in roots alone.
async fn count_mentions(
    core: &Core,
    channel: &Channel,
    reader: &User,
    place: &ChannelMember,
    from: &Post,
) -> Result<(i64, i64)> {
    let said =
        storage::read_state::said_since(&core.db, reader.id, channel.id, from.created_at, MAX_COUNTED_AGAIN).await?;
    let hears_all = hears_all(reader, place);
    let mentioning =
        said.iter().filter(|post| channel.kind.is_personal() || mentions::reaches(&post.message, reader, hears_all));
    Ok(mentioning.fold((0, 0), |(all, roots), post| (all + 1, roots + i64::from(!post.is_reply))))
}

/// Whether `@channel` and the like mean this member: see `storage::posts::insert`, which decides it for new posts.
fn hears_all(reader: &User, place: &ChannelMember) -> bool {
    let wants = reader.notify_props.get("channel").and_then(|value| value.as_str()) != Some("false");
    let here = place.notify_props.get("ignore_channel_mentions").and_then(|value| value.as_str());
    wants
        && match here {
            Some("on") => false,
            Some("off") => true,
            _ => !place.is_muted(),
        }
}
