//! Editing, pinning and deleting.

use super::super::access::{self, Standing};
use super::super::{Caller, Core, threads};
use super::create::{hashtags, valid_props, valid_text};
use crate::error::{Error, Result};
use crate::events::PostEvent;
use crate::model::{Millis, Permission, Post, PostId, PostPatch, ThreadReading, now};
use crate::storage;
use crate::storage::posts::Follower;

/// Changes a post's text, properties or pin. A new text is the author's, or that of whoever may edit others' posts; a
/// pin is for everyone who may post in the channel.
///
/// # Errors
/// 400 `post.empty`, `post.too_long`, `post.bad_text`, `post.props_too_large`, `post.is_system`, `post.edit_limit`,
/// `channel.archived`, `team.archived`; those of [`access::post`] with `edit_post`, `edit_others_posts` or `create_post`.
pub async fn patch(core: &Core, caller: &Caller, id: PostId, patch: PostPatch) -> Result<Post> {
    let (post, access) = access::post(core, caller, id, Permission::ReadChannelContent).await?;
    if patch.message.is_some() || patch.props.is_some() {
        may_edit(core, caller, &post, &access)?;
    }
    if patch.is_pinned.is_some() {
        access::demand(core, caller, &access, Permission::CreatePost)?;
    }
    access::live(&access)?;
    validate(core, &patch)?;
    let hashtags = patch.message.as_deref().map(hashtags).unwrap_or_default();
    if !storage::posts::update(&core.db, id, &patch, &hashtags, now()).await? {
        return Err(Error::not_found("post.not_found"));
    }
    let post = storage::posts::get(&core.db, caller.user_id().ok(), id).await?;
    let post = post.ok_or_else(|| Error::not_found("post.not_found"))?;
    core.realtime.publish(PostEvent::Updated { post: Box::new(for_everyone(&post)) });
    Ok(post)
}

/// Deletes a post, and with a root all its replies.
///
/// # Errors
/// 400 `channel.archived`, `team.archived`; those of [`access::post`] with `delete_post` or `delete_others_posts`.
pub async fn delete(core: &Core, caller: &Caller, id: PostId) -> Result<()> {
    let (mut post, access) = access::post(core, caller, id, Permission::ReadChannelContent).await?;
    let by = caller.user_id()?;
    let right = if post.user_id == by { Permission::DeletePost } else { Permission::DeleteOthersPosts };
    access::demand(core, caller, &access, right)?;
    access::live(&access)?;
    let now = now();
    let mut transaction = core.db.begin().await?;
    storage::posts::lock(&mut transaction, post.root_id.unwrap_or(id)).await?;
    let deleted_at = storage::posts::delete(&mut transaction, id, by, now).await?;
    post.deleted_at = Some(deleted_at.ok_or_else(|| Error::not_found("post.not_found"))?);
    post.deleted_by = Some(by);
    let (thread, root_updated_at) = match post.root_id {
        Some(root) => Some(storage::posts::forget_reply(&mut transaction, root, post.created_at, now).await?),
        None => None,
    }
    .unzip();
    transaction.commit().await?;
    post.updated_at = post.deleted_at.unwrap_or(now);
    core.realtime.publish(PostEvent::Deleted { post: Box::new(for_everyone(&post)), thread, root_updated_at });
    match post.root_id {
        Some(root) => tell_followers(core, root, post.created_at, &access).await,
        None => Ok(()),
    }
}

async fn tell_followers(core: &Core, root: PostId, said_at: Millis, access: &Standing) -> Result<()> {
    let followers = storage::posts::followers(&core.db, root).await?;
    let before = |it: &Follower| {
        let was_unread = i64::from(it.reading.last_viewed_at < said_at);
        ThreadReading { unread_replies: it.reading.unread_replies + was_unread, ..it.reading }
    };
    threads::moved(core, root, access.channel.team_id, &followers, before).await
}

fn may_edit(core: &Core, caller: &Caller, post: &Post, access: &Standing) -> Result<()> {
    if post.is_system() {
        return Err(Error::invalid("post.is_system", "post_id", "What the server said cannot be edited."));
    }
    access::demand(core, caller, access, Permission::EditPost)?;
    if post.user_id != caller.user_id()? {
        access::demand(core, caller, access, Permission::EditOthersPosts)?;
    }
    let limit = core.config.posts.edit_limit_seconds;
    if limit >= 0 && now() > post.created_at.saturating_add(seconds(limit)) {
        let detail = format!("Posts can be edited for {limit} seconds only.");
        return Err(Error::invalid("post.edit_limit", "post_id", detail));
    }
    Ok(())
}

fn validate(core: &Core, patch: &PostPatch) -> Result<()> {
    if let Some(message) = &patch.message {
        if message.trim().is_empty() {
            return Err(Error::invalid("post.empty", "message", "A post needs a text."));
        }
        valid_text(core, message)?;
    }
    patch.props.as_ref().map_or(Ok(()), valid_props)
}

fn seconds(seconds: i64) -> Millis {
    seconds.saturating_mul(1_000)
}

/// Whether somebody follows a thread is for that user alone to know.
fn for_everyone(post: &Post) -> Post {
    let mut post = post.clone();
    post.thread.following = None;
    post
}
