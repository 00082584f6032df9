//! Saying something. The hot path: what the caller may do is known, the post with all it moves is one statement.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::super::access;
use super::super::{Caller, Core, mentions, threads, users};
use crate::error::{Error, Result, violates};
use crate::events::{PostCreated, PostEvent};
use crate::model::{Channel, NewPost, Permission, Post, PostId, Props, ThreadReading, User, UserId, now};
use crate::storage;
use crate::storage::posts::{Created, Follower, Insert};

/// Contract of `/api/v4`, in characters of the JSON text.
const MAX_PROPS_CHARS: usize = 800_000;
/// Clients send `user id:milliseconds`, 40 characters.
const MAX_PENDING_CHARS: usize = 64;
/// Contract of `/api/v4`: hashtags are kept up to this many characters.
const MAX_HASHTAGS_CHARS: usize = 1_000;
/// Shorter ones are too common to be worth finding.
const MIN_HASHTAG_CHARS: usize = 3;

/// A post as it was made, now or by the request that this one repeats.
#[derive(Debug)]
pub struct Sent {
    /// The post.
    pub post: Post,
    /// Whether this request repeated an earlier one: then nothing was written or told.
    pub repeated: bool,
}

/// Posts or replies.
///
/// A retry with the same `pending_post_id` returns the first post, also when both run at once on two instances: the
/// database decides who was first.
///
/// # Errors
/// 400 `post.empty`, `post.too_long`, `post.bad_text`, `post.bad_kind`, `post.bad_client_id`, `post.props_too_large`,
/// `post.bad_root` (not a live root of this channel), `channel.archived`, `team.archived`; 409 `post.client_id_taken` where the same key
/// made a post elsewhere; those of [`access::standing`] with `create_post`.
pub async fn create(core: &Core, caller: &Caller, new: NewPost) -> Result<Sent> {
    let access = access::standing(core, caller, new.channel_id, Permission::CreatePost).await?;
    let author = &caller.identity()?.user;
    access::live(&access)?;
    validate(core, &new)?;
    let mentions = mentions::resolve(core, caller, &access, &new.message).await?;
    let (id, hashtags) = (PostId::new(), hashtags(&new.message));
    let insert = Insert {
        id,
        channel: access.channel.id,
        author: author.id,
        root: new.root_id,
        kind: &new.kind,
        message: &new.message,
        hashtags: &hashtags,
        props: &new.props,
        pending: new.pending_post_id.as_deref(),
        mentions: &mentions,
        counts: Post::counts(&new.kind),
        now: now(),
    };
    let created = match storage::posts::insert(&core.db, &insert).await {
        Err(error) if violates(&error, "posts_pending_key") => return repeated(core, author, &new).await,
        created => created?,
    };
    let created = match created {
        Some(created) => created,
        None => return Err(refused(core, &new).await?),
    };
    let set_online = new.set_online;
    let post = said(id, author, new, hashtags, &created);
    let followers = match post.root_id {
        Some(root) => storage::posts::followers(&core.db, root).await?,
        None => Vec::new(),
    };
    let team_id = access.channel.team_id;
    let event = event(post.clone(), &access.channel, users::as_author(core, author), created, &followers, set_online);
    let mentioned = event.mentioned.clone();
    core.realtime.publish(PostEvent::Created(Box::new(event)));
    if set_online {
        core.realtime.active(author.id);
    }
    if let Some(root) = post.root_id {
        threads::moved(core, root, team_id, &followers, |it| before(it, author.id, &mentioned)).await?;
    }
    Ok(Sent { post, repeated: false })
}

/// Where a follower stood before a reply: whoever wrote it has read everything.
fn before(follower: &Follower, author: UserId, mentioned: &HashSet<UserId>) -> ThreadReading {
    let ThreadReading { unread_replies, unread_mentions, last_viewed_at } = follower.reading;
    if follower.user_id == author {
        return follower.reading;
    }
    let new_mentions = i64::from(mentioned.contains(&follower.user_id));
    ThreadReading {
        unread_replies: (unread_replies - 1).max(0),
        unread_mentions: (unread_mentions - new_mentions).max(0),
        last_viewed_at,
    }
}

fn validate(core: &Core, new: &NewPost) -> Result<()> {
    if new.message.trim().is_empty() {
        return Err(Error::invalid("post.empty", "message", "A post needs a text."));
    }
    valid_text(core, &new.message)?;
    valid_props(&new.props)?;
    let people_may = ["", "me", "slack_attachment"].contains(&new.kind.as_str()) || new.kind.starts_with("custom_");
    if !people_may || new.kind.chars().count() > 26 {
        return Err(Error::invalid("post.bad_kind", "kind", "Posts of this kind are the server's own."));
    }
    let pending = new.pending_post_id.as_deref().unwrap_or("-");
    if pending.is_empty() || pending.chars().count() > MAX_PENDING_CHARS || pending.contains('\0') {
        let detail = format!("An idempotency key has 1 to {MAX_PENDING_CHARS} characters.");
        return Err(Error::invalid("post.bad_client_id", "client_id", detail));
    }
    Ok(())
}

/// Checks the text of a post.
///
/// # Errors
/// 400 `post.too_long`, `post.bad_text`.
pub(in crate::services) fn valid_text(core: &Core, message: &str) -> Result<()> {
    let most = core.config.posts.max_chars;
    if message.chars().count() > most {
        return Err(Error::invalid("post.too_long", "message", format!("A post may have at most {most} characters.")));
    }
    if message.contains('\0') {
        return Err(Error::invalid("post.bad_text", "message", "A post cannot hold the character U+0000."));
    }
    Ok(())
}

/// Checks free properties.
///
/// # Errors
/// 400 `post.props_too_large`, `post.bad_text`.
pub(in crate::services) fn valid_props(props: &Props) -> Result<()> {
    let text = serde_json::to_string(props).map_err(Error::internal)?;
    if text.chars().count() > MAX_PROPS_CHARS {
        return Err(Error::invalid("post.props_too_large", "props", "The properties are too large."));
    }
    // The database stores every character of JSON but this one.
    if text.contains("\\u0000") && props.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)) {
        return Err(Error::invalid("post.bad_text", "props", "Properties cannot hold the character U+0000."));
    }
    Ok(())
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

/// `#tags` of a message, separated by blanks.
pub(super) fn hashtags(message: &str) -> String {
    let mut tags = String::new();
    for word in message.split_whitespace() {
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '#');
        let Some(name) = word.strip_prefix('#') else { continue };
        let is_tag = name.chars().count() >= MIN_HASHTAG_CHARS
            && name.starts_with(char::is_alphabetic)
            && name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.'));
        if is_tag && tags.chars().count() + name.chars().count() + 2 <= MAX_HASHTAGS_CHARS {
            if !tags.is_empty() {
                tags.push(' ');
            }
            tags.push_str(word);
        }
    }
    tags
}

async fn repeated(core: &Core, author: &User, new: &NewPost) -> Result<Sent> {
    let pending = new.pending_post_id.as_deref().unwrap_or_default();
    let first = storage::posts::pending(&core.db, author.id, pending).await?;
    match first {
        Some(post) if post.channel_id == new.channel_id && post.root_id == new.root_id => {
            Ok(Sent { post, repeated: true })
        }
        _ => Err(Error::conflict("post.client_id_taken", "client_id", "This key has already made another post.")),
    }
}

/// Why nothing was written: the root is none, or the channel was archived since the access check.
async fn refused(core: &Core, new: &NewPost) -> Result<Error> {
    let Some(root_id) = new.root_id else { return Ok(access::archived()) };
    let root = storage::posts::get(&core.db, None, root_id).await?;
    let fits = |root: &Post| root.channel_id == new.channel_id && root.root_id.is_none() && root.deleted_at.is_none();
    if root.as_ref().is_some_and(fits) {
        return Ok(access::archived());
    }
    Ok(Error::invalid("post.bad_root", "root_id", "A reply needs a post of the same channel that is no reply itself."))
}

pub(super) fn said(id: PostId, author: &User, new: NewPost, hashtags: String, created: &Created) -> Post {
    Post {
        id,
        channel_id: new.channel_id,
        user_id: author.id,
        root_id: new.root_id,
        kind: new.kind,
        message: new.message,
        hashtags,
        props: new.props,
        is_pinned: false,
        pending_post_id: new.pending_post_id,
        created_at: created.created_at,
        updated_at: created.created_at,
        edited_at: None,
        deleted_at: None,
        deleted_by: None,
        reactions: Vec::new(),
        thread: Default::default(),
    }
}

/// What the readers of a new post are told.
pub(super) fn event(
    post: Post,
    channel: &Channel,
    author: Arc<User>,
    created: Created,
    followers: &[Follower],
    set_online: bool,
) -> PostCreated {
    let told = followers.iter().filter(|follower| follower.wants_desktop && follower.user_id != post.user_id);
    PostCreated {
        channel: Channel {
            message_count: created.message_count,
            root_count: created.root_count,
            last_post_at: created.created_at,
            last_root_post_at: created.last_root_post_at,
            ..channel.clone()
        },
        author,
        mentioned: created.mentioned.into_iter().collect(),
        followers: told.map(|follower| follower.user_id).collect::<HashSet<_>>(),
        thread: created.thread,
        set_online,
        number: created.number,
        post,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashtags_are_words_of_three_letters_and_more() {
        assert_eq!(hashtags("#rust is #fun, (#chat-app)! #1st #ab # not#this"), "#rust #fun #chat-app");
        assert!(hashtags(&"#hashtag ".repeat(500)).chars().count() <= MAX_HASHTAGS_CHARS);
    }

    #[test]
    fn properties_cannot_hold_what_the_database_cannot() {
        let nested = serde_json::json!({ "a": [{ "b": "x\u{0}y" }] });
        assert_eq!(valid_props(nested.as_object().unwrap()).unwrap_err().code, "post.bad_text");
        let escaped = serde_json::json!({ "a": "the text \\u0000" });
        assert!(valid_props(escaped.as_object().unwrap()).is_ok());
    }
}
