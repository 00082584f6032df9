//! Emoji under posts.

use super::access;
use super::{Caller, Core};
use crate::error::{Error, Result};
use crate::events::{PostEvent, ReactionChange};
use crate::model::{ChannelId, Permission, PostId, now};
use crate::storage;
use crate::storage::posts::Reacted;

/// Different emoji under one post (contract of `/api/v4`).
const MOST_EMOJI: i64 = 50;
/// Characters of an emoji's name.
const MAX_NAME: usize = 64;

/// Reacts to a post. Reacting twice with the same emoji is one reaction.
///
/// # Errors
/// 400 `reaction.bad_emoji`, `reaction.too_many` for the 51st different emoji, `channel.archived`, `team.archived`; those of
/// [`access::post`] with `add_reaction`.
pub async fn add(core: &Core, caller: &Caller, post: PostId, emoji: &str) -> Result<ReactionChange> {
    validate(emoji)?;
    let channel_id = channel(core, caller, post, Permission::AddReaction).await?;
    let reacted = storage::posts::react(&core.db, post, caller.user_id()?, emoji, MOST_EMOJI, now()).await?;
    let Reacted { reaction, is_new, post_updated_at } = reacted.ok_or_else(too_many)?;
    let change = ReactionChange { reaction, channel_id, post_updated_at };
    if is_new {
        core.realtime.publish(PostEvent::ReactionAdded(change.clone()));
    }
    Ok(change)
}

/// Takes the caller's reaction back. There is nothing wrong with one that is not there.
///
/// # Errors
/// 400 `reaction.bad_emoji`, `channel.archived`, `team.archived`; those of [`access::post`] with `remove_reaction`.
pub async fn remove(core: &Core, caller: &Caller, post: PostId, emoji: &str) -> Result<()> {
    validate(emoji)?;
    let channel_id = channel(core, caller, post, Permission::RemoveReaction).await?;
    let removed = storage::posts::unreact(&core.db, post, caller.user_id()?, emoji, now()).await?;
    if let Some((reaction, post_updated_at)) = removed {
        let change = ReactionChange { reaction, channel_id, post_updated_at };
        core.realtime.publish(PostEvent::ReactionRemoved(change));
    }
    Ok(())
}

async fn channel(core: &Core, caller: &Caller, post: PostId, right: Permission) -> Result<ChannelId> {
    let (_, access) = access::post(core, caller, post, right).await?;
    access::live(&access)?;
    Ok(access.channel.id)
}

fn too_many() -> Error {
    let detail = format!("A post may have at most {MOST_EMOJI} different reactions.");
    Error::invalid("reaction.too_many", "emoji", detail)
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
