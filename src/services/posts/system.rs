//! What the server itself says in a channel: who came, who went, what was renamed.

use std::sync::Arc;

use sqlx::PgConnection;

use super::create::{event, said};
use crate::error::Result;
use crate::events::PostEvent;
use crate::model::{Channel, Mentions, NewPost, Post, PostId, Props, User, UserId, now};
use crate::storage;
use crate::storage::posts::Insert;

/// Something the server says in a channel.
#[derive(Debug)]
pub struct SystemPost {
    /// One of the `system_*` kinds. Those of coming and going do not raise the channel's counters.
    pub kind: &'static str,
    /// The English text, for clients that do not translate the kind.
    pub message: String,
    /// The parameters of the kind (contract of `/api/v4`: `username`, `addedUsername`, ...).
    pub props: Props,
    /// Whom it mentions: the user who was added.
    pub mentions: Option<UserId>,
}

/// Writes a system post inside the caller's transaction. Publish the event after the commit, and after the changes of
/// membership that it tells of. None where the channel is archived.
///
/// # Errors
/// What the database says.
pub async fn system_post(
    db: &mut PgConnection,
    channel: &Channel,
    author: Arc<User>,
    post: SystemPost,
) -> Result<Option<PostEvent>> {
    let id = PostId::new();
    let mentions = Mentions { people: post.mentions.into_iter().collect(), ..Mentions::default() };
    let insert = Insert {
        id,
        channel: channel.id,
        author: author.id,
        root: None,
        kind: post.kind,
        message: &post.message,
        hashtags: "",
        props: &post.props,
        pending: None,
        mentions: &mentions,
        counts: Post::counts(post.kind),
        now: now(),
    };
    let Some(created) = storage::posts::insert(db, &insert).await? else { return Ok(None) };
    let new = NewPost {
        channel_id: channel.id,
        root_id: None,
        message: post.message,
        props: post.props,
        pending_post_id: None,
        kind: post.kind.to_owned(),
        set_online: false,
    };
    let post = said(id, &author, new, String::new(), &created);
    Ok(Some(PostEvent::Created(Box::new(event(post, channel, author, created, &[], false)))))
}
