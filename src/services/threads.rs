//! Threads: reading them, following them, and how far each follower has read.

use std::sync::Arc;

use super::access::{self, Standing};
use super::{Caller, Core, users};
use crate::error::{Error, Result};
use crate::events::{PostEvent, ThreadMoved, ThreadRead};
use crate::model::{
    Millis, Permission, Post, PostId, PostPage, TeamId, ThreadPlace, ThreadQuery, ThreadReading, ThreadTotals, User,
    UserId, now,
};
use crate::storage;
use crate::storage::posts::{Follower, ReplyQuery};

/// Most replies in a page.
pub const MAX_PAGE: i64 = 1_000;

/// A thread with a user's place in it. Whether she follows it stands in the root.
#[derive(Debug)]
pub struct Place {
    /// The root with its thread.
    pub root: Post,
    /// How far it was read.
    pub reading: ThreadReading,
}

impl Place {
    /// The root was loaded for whoever asked, who may be another.
    fn new(mut root: Post, place: ThreadPlace) -> Self {
        root.thread.following = Some(place.following);
        Self { root, reading: place.reading }
    }
}

/// Which part of a thread to read.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReplyPage {
    /// Replies before this moment, the nearest; without it and `after` the newest ones.
    pub before: Option<Millis>,
    /// Replies after this moment, the nearest.
    pub after: Option<Millis>,
    /// Most replies, 1 to [`MAX_PAGE`]; others are brought into these bounds.
    pub limit: i64,
    /// Only what changed after this moment, then also deleted replies.
    pub changed_after: Option<Millis>,
}

/// A page of the replies of the thread that a post is in, newest first; the root comes along.
///
/// # Errors
/// Those of [`access::post`] with `read_channel_content`.
pub async fn page(core: &Core, caller: &Caller, id: PostId, wanted: ReplyPage) -> Result<PostPage> {
    let (post, _) = access::post(core, caller, id, Permission::ReadChannelContent).await?;
    let root = match post.root_id {
        Some(root) => live(core, caller, root).await?,
        None => post,
    };
    let limit = wanted.limit.clamp(1, MAX_PAGE);
    let (moment, older, newer) = match (wanted.before, wanted.after) {
        (None, Some(moment)) => (moment, 0, limit + 1),
        (moment, _) => (moment.unwrap_or(Millis::MAX), limit + 1, 0),
    };
    let query = ReplyQuery { root: root.id, moment, older, newer, changed_after: wanted.changed_after };
    let mut posts = storage::posts::replies(&core.db, caller.user_id()?, query).await?;
    let is_more = i64::try_from(posts.len()).is_ok_and(|count| count > limit);
    let (mut next, mut previous) = (None, None);
    if is_more && newer > 0 {
        next = Some(posts.remove(0).id);
    } else if is_more {
        previous = posts.pop().map(|post| post.id);
    }
    Ok(PostPage { posts, related: vec![root], next, previous })
}

/// When a reply of the thread that a post is in was said: where another page of it begins.
///
/// # Errors
/// 404 `post.not_found` for a post of another channel; those of [`access::post`] with `read_channel_content`.
pub async fn moment(core: &Core, caller: &Caller, thread: PostId, reply: PostId) -> Result<Millis> {
    let (post, _) = access::post(core, caller, thread, Permission::ReadChannelContent).await?;
    let moment = storage::posts::created_at(&core.db, post.channel_id, reply).await?;
    moment.ok_or_else(|| Error::not_found("post.not_found"))
}

/// The threads that `user` follows, the latest reply first.
///
/// # Errors
/// 403 for another's; those of [`access::team`] with `view_team`.
pub async fn followed(core: &Core, caller: &Caller, user: UserId, query: &ThreadQuery) -> Result<Vec<Place>> {
    access::self_or_admin(core, caller, user)?;
    access::team(core, caller, query.team, Permission::ViewTeam).await?;
    let places = storage::posts::followed(&core.db, user, query).await?;
    let ids: Vec<PostId> = places.iter().map(|place| place.root_id).collect();
    let mut roots = storage::posts::by_ids(&core.db, user, &ids).await?;
    let take = |place: ThreadPlace| {
        let position = roots.iter().position(|root| root.id == place.root_id)?;
        Some(Place { root: roots.swap_remove(position), reading: place.reading })
    };
    Ok(places.into_iter().filter_map(take).collect())
}

/// How many threads `user` follows.
///
/// # Errors
/// 403 for another's; those of [`access::team`] with `view_team`.
pub async fn totals(
    core: &Core,
    caller: &Caller,
    user: UserId,
    team: TeamId,
    without_direct: bool,
) -> Result<ThreadTotals> {
    access::self_or_admin(core, caller, user)?;
    access::team(core, caller, team, Permission::ViewTeam).await?;
    Ok(storage::posts::totals(&core.db, user, team, without_direct).await?)
}

/// One thread and the place of `user` in it.
///
/// # Errors
/// Those of [`root`].
pub async fn get(core: &Core, caller: &Caller, user: UserId, id: PostId) -> Result<Place> {
    let (root, _) = root(core, caller, user, id).await?;
    let place = storage::posts::place(&core.db, user, id).await?;
    Ok(Place::new(root, place))
}

/// Makes `user` follow a thread, or stop following it.
///
/// # Errors
/// Those of [`root`].
pub async fn follow(core: &Core, caller: &Caller, user_id: UserId, id: PostId, following: bool) -> Result<()> {
    let (root, access) = root(core, caller, user_id, id).await?;
    if storage::posts::follow(&core.db, user_id, id, following, now()).await? {
        core.realtime.publish(PostEvent::ThreadFollowed {
            user_id,
            team_id: access.channel.team_id,
            root_id: id,
            following,
            reply_count: root.thread.reply_count,
        });
    }
    Ok(())
}

/// The thread is read until a moment, or all of it; what came later is unread, also what was read before. A thread that
/// `user_id` never followed has no place to move.
///
/// # Errors
/// 400 `thread.bad_time` for a moment before 1970; those of [`root`].
pub async fn read(core: &Core, caller: &Caller, user_id: UserId, id: PostId, until: Option<Millis>) -> Result<Place> {
    if until.is_some_and(|until| until < 0) {
        return Err(Error::invalid("thread.bad_time", "timestamp", "Times are counted from 1970."));
    }
    let (root, access) = root(core, caller, user_id, id).await?;
    let until = until.unwrap_or_else(|| now().max(root.thread.last_reply_at));
    let mut transaction = core.db.begin().await?;
    storage::posts::lock(&mut transaction, id).await?;
    let before = storage::posts::read(&mut *transaction, user_id, id, until, now()).await?;
    let place = storage::posts::place(&mut *transaction, user_id, id).await?;
    transaction.commit().await?;
    if let Some(before) = before {
        let thread = ThreadRead { root_id: id, channel_id: root.channel_id, before, now: place.reading };
        let team_id = access.channel.team_id;
        core.realtime.publish(PostEvent::ThreadRead { user_id, team_id, thread: Some(thread), until });
    }
    Ok(Place::new(root, place))
}

/// A reply and all after it are unread again.
///
/// # Errors
/// 404 `post.not_found` for a post of another channel; those of [`root`].
pub async fn mark_unread(core: &Core, caller: &Caller, user: UserId, id: PostId, reply: PostId) -> Result<Place> {
    access::self_or_admin(core, caller, user)?;
    let moment = moment(core, caller, id, reply).await?;
    read(core, caller, user, id, Some(moment - 1)).await
}

/// `user_id` has read everything in the threads of a team, and of direct and group channels.
///
/// # Errors
/// 403 for another's; those of [`access::team`] with `view_team`.
pub async fn read_all(core: &Core, caller: &Caller, user_id: UserId, team: TeamId) -> Result<()> {
    access::self_or_admin(core, caller, user_id)?;
    access::team(core, caller, team, Permission::ViewTeam).await?;
    let until = now();
    storage::posts::read_all(&core.db, user_id, team, until).await?;
    core.realtime.publish(PostEvent::ThreadRead { user_id, team_id: Some(team), thread: None, until });
    Ok(())
}

/// Who took part in these threads.
///
/// The caller was allowed to read them; this asks no further right.
///
/// # Errors
/// What the database says.
pub async fn participants(core: &Core, places: &[Place]) -> Result<Vec<Arc<User>>> {
    let mut ids: Vec<UserId> = places.iter().flat_map(|place| place.root.thread.participants.iter().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    users::profiles(core, &ids).await
}

/// Tells those who follow a thread that it got or lost a reply. `before` says where a follower stood before.
pub(super) async fn moved(
    core: &Core,
    root: PostId,
    team_id: Option<TeamId>,
    followers: &[Follower],
    before: impl Fn(&Follower) -> ThreadReading,
) -> Result<()> {
    if followers.is_empty() {
        return Ok(());
    }
    if let Some(mut root) = storage::posts::get(&core.db, None, root).await? {
        root.thread.following = Some(true);
        let followers = followers.iter().map(|it| (it.user_id, before(it), it.reading)).collect();
        core.realtime.publish(PostEvent::ThreadMoved(Box::new(ThreadMoved { root, team_id, followers })));
    }
    Ok(())
}

/// Loads a root for what concerns `user`.
///
/// # Errors
/// 403 for another's; 404 `post.not_found` for a reply; those of [`access::post`] with `read_channel_content`.
async fn root(core: &Core, caller: &Caller, user: UserId, id: PostId) -> Result<(Post, Standing)> {
    access::self_or_admin(core, caller, user)?;
    let (post, access) = access::post(core, caller, id, Permission::ReadChannelContent).await?;
    if post.root_id.is_some() { Err(Error::not_found("post.not_found")) } else { Ok((post, access)) }
}

async fn live(core: &Core, caller: &Caller, id: PostId) -> Result<Post> {
    let post = storage::posts::get(&core.db, caller.user_id().ok(), id).await?;
    post.filter(|post| post.deleted_at.is_none()).ok_or_else(|| Error::not_found("post.not_found"))
}
