//! Who is writing where.

use super::{Caller, Core, access};
use crate::error::Result;
use crate::events::PostEvent;
use crate::model::{ChannelId, Permission, PostId};

/// Shows the others in a channel that the caller is writing, for some seconds.
///
/// # Errors
/// Those of [`access::standing`] for [`Permission::CreatePost`].
pub async fn announce(core: &Core, caller: &Caller, channel: ChannelId, root: Option<PostId>) -> Result<()> {
    access::standing(core, caller, channel, Permission::CreatePost).await?;
    core.realtime.publish(PostEvent::Typing { channel_id: channel, root_id: root, user_id: caller.user_id()? });
    Ok(())
}
