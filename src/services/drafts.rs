//! What people have begun to write, kept for their other devices.

use super::posts::{valid_props, valid_text};
use super::{Caller, Core, access};
use crate::error::{Error, Result};
use crate::events::PostEvent;
use crate::model::{ChannelId, Draft, Permission, PostId, Props, TeamId, now};
use crate::storage;

/// Keeps a draft in a channel or of a reply; an empty one removes what is there.
///
/// # Errors
/// 400 `post.too_long`, `post.bad_text`, `post.props_too_large`, `post.bad_root`; those of [`access::standing`] with
/// `create_post`.
pub async fn save(
    core: &Core,
    caller: &Caller,
    channel: ChannelId,
    root: Option<PostId>,
    (message, props): (String, Props),
) -> Result<Draft> {
    access::standing(core, caller, channel, Permission::CreatePost).await?;
    valid_text(core, &message)?;
    valid_props(&props)?;
    let now = now();
    let user_id = caller.user_id()?;
    let mut draft =
        Draft { user_id, channel_id: channel, root_id: root, message, props, created_at: now, updated_at: now };
    if draft.message.is_empty() {
        remove_from(core, caller, channel, root).await?;
        return Ok(draft);
    }
    if let Some(root) = root {
        let said_at = storage::posts::created_at(&core.db, channel, root).await?;
        said_at.ok_or_else(|| Error::invalid("post.bad_root", "root_id", "There is no such post in this channel."))?;
    }
    draft.created_at = storage::drafts::save(&core.db, &draft).await?;
    core.realtime.publish_except(PostEvent::DraftSaved(Box::new(draft.clone())), caller.connection());
    Ok(draft)
}

/// Removes a draft. There is nothing wrong with one that is not there.
///
/// # Errors
/// Those of [`access::standing`] with `read_channel`.
pub async fn remove(core: &Core, caller: &Caller, channel: ChannelId, root: Option<PostId>) -> Result<()> {
    access::standing(core, caller, channel, Permission::ReadChannel).await?;
    remove_from(core, caller, channel, root).await
}

/// The caller's drafts in the channels of a team and in direct and group channels, the latest first.
///
/// # Errors
/// Those of [`access::team`] with `view_team`.
pub async fn list(core: &Core, caller: &Caller, team: TeamId) -> Result<Vec<Draft>> {
    access::team(core, caller, team, Permission::ViewTeam).await?;
    Ok(storage::drafts::of_user(&core.db, caller.user_id()?, team).await?)
}

async fn remove_from(core: &Core, caller: &Caller, channel: ChannelId, root: Option<PostId>) -> Result<()> {
    if let Some(draft) = storage::drafts::remove(&core.db, caller.user_id()?, channel, root).await? {
        core.realtime.publish_except(PostEvent::DraftRemoved(Box::new(draft)), caller.connection());
    }
    Ok(())
}
