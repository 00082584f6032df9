//! Emoji under posts.

use super::access;
use super::{Caller, Core};
use crate::error::{Error, Result};
use crate::events::PostEvent;
use crate::model::{ChannelId, Permission, PostId, Reaction, now};
use crate::storage;
use crate::storage::posts::Reacted;

/// Different emoji under one post (contract of `/api/v4`).
const MOST_EMOJI: i64 = 50;
/// Characters of an emoji's name.
const MAX_NAME: usize = 64;

/// Reacts to a post. Reacting twice with the same emoji is one reaction.
///
/// # Errors
/// 400 `reaction.bad_emoji`, `reaction.too_many` for the 51st different emoji, `channel.archived`; those of
/// [`access::post`] with `add_reaction`.
pub async fn add(core: &Core, caller: &Caller, post: PostId, emoji: &str) -> Result<(Reaction, ChannelId)> {
    validate(emoji)?;
    let channel_id = channel(core, caller, post, Permission::AddReaction).await?;
    match storage::posts::react(&core.db, post, caller.user_id()?, emoji, MOST_EMOJI, now()).await? {
        Reacted::Added(reaction) => {
            core.realtime.publish(PostEvent::ReactionAdded { reaction: reaction.clone(), channel_id });
            Ok((reaction, channel_id))
        }
        Reacted::Already(reaction) => Ok((reaction, channel_id)),
        Reacted::Full => {
            let detail = format!("A post may have at most {MOST_EMOJI} different reactions.");
            Err(Error::invalid("reaction.too_many", "emoji", detail))
        }
    }
}

/// Takes the caller's reaction back. There is nothing wrong with one that is not there.
///
/// # Errors
/// 400 `reaction.bad_emoji`, `channel.archived`; those of [`access::post`] with `remove_reaction`.
pub async fn remove(core: &Core, caller: &Caller, post: PostId, emoji: &str) -> Result<()> {
    validate(emoji)?;
    let channel_id = channel(core, caller, post, Permission::RemoveReaction).await?;
    if let Some(reaction) = storage::posts::unreact(&core.db, post, caller.user_id()?, emoji, now()).await? {
        core.realtime.publish(PostEvent::ReactionRemoved { reaction, channel_id });
    }
    Ok(())
}

async fn channel(core: &Core, caller: &Caller, post: PostId, right: Permission) -> Result<ChannelId> {
    let (_, access) = access::post(core, caller, post, right).await?;
    match access.channel.deleted_at {
        Some(_) => Err(super::posts::archived()),
        None => Ok(access.channel.id),
    }
}

fn validate(emoji: &str) -> Result<()> {
    let fits = (1..=MAX_NAME).contains(&emoji.len())
        && emoji.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-'));
    if fits {
        return Ok(());
    }
    let detail = format!("An emoji's name has 1 to {MAX_NAME} letters, digits, `_`, `+` or `-`.");
    Err(Error::invalid("reaction.bad_emoji", "emoji", detail))
}
