//! Reading a channel.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::access;
use super::super::{Caller, Core, users};
use crate::error::{Error, Result};
use crate::model::{ChannelId, Millis, PageFrom, Permission, Post, PostId, PostPage, User, UserId};
use crate::storage;
use crate::storage::posts::PageQuery;

/// Most posts in a page.
pub const MAX_PAGE: i64 = 200;
/// Most posts that are asked for by id at once.
const MOST_IDS: usize = 1_000;
/// How many posts a first page shows before and after the first unread one.
const HALF_PAGE: i64 = 30;
/// Faces that a root shows of its thread.
const SHOWN_PARTICIPANTS: usize = 5;

/// Which part of a channel's timeline to read, and how.
#[derive(Debug, Clone, Copy)]
pub struct ChannelPage {
    /// Where to begin.
    pub from: PageFrom,
    /// Most posts, 1 to [`MAX_PAGE`]; others are brought into these bounds.
    pub limit: i64,
    /// Roots alone, or replies among them.
    pub roots_only: bool,
    /// Whether roots that are shown for their replies bring all these replies along.
    pub with_threads: bool,
}

/// One post, as the caller sees it.
///
/// # Errors
/// Those of [`access::post`] with `read_channel_content`.
pub async fn get(core: &Core, caller: &Caller, id: PostId) -> Result<Post> {
    Ok(access::post(core, caller, id, Permission::ReadChannelContent).await?.0)
}

/// A page of a channel.
///
/// # Errors
/// 404 `post.not_found` for a page beside a post that is not of this channel; those of [`access::standing`] with
/// `read_channel_content`.
pub async fn page(core: &Core, caller: &Caller, channel: ChannelId, wanted: ChannelPage) -> Result<PostPage> {
    access::standing(core, caller, channel, Permission::ReadChannelContent).await?;
    let limit = wanted.limit.clamp(1, MAX_PAGE);
    let moment = async |id| {
        let moment = storage::posts::created_at(&core.db, channel, id).await?;
        moment.ok_or_else(|| Error::not_found("post.not_found"))
    };
    let window = match wanted.from {
        PageFrom::Latest { skip } => Window { moment: Millis::MAX, skip: skip.max(0), older: limit, newer: 0 },
        PageFrom::Before(id) => Window { moment: moment(id).await? - 1, skip: 0, older: limit, newer: 0 },
        PageFrom::After(id) => Window { moment: moment(id).await?, skip: 0, older: 0, newer: limit },
        PageFrom::Around(id) => {
            Window { moment: moment(id).await? - 1, skip: 0, older: limit / 2, newer: limit - limit / 2 }
        }
    };
    read(core, caller.user_id()?, channel, window, wanted).await
}

/// The page around the first post that `reader` has not read, which is among its newer ones; without unread posts the
/// newest page. `before` and `after` bound the two halves, 0 or 1 to [`MAX_PAGE`].
///
/// # Errors
/// 403 for another's; those of [`access::standing`] with `read_channel_content`.
pub async fn around_unread(
    core: &Core,
    caller: &Caller,
    reader: UserId,
    channel: ChannelId,
    (before, after): (i64, i64),
    wanted: ChannelPage,
) -> Result<PostPage> {
    access::self_or_admin(core, caller, reader)?;
    access::standing(core, caller, channel, Permission::ReadChannelContent).await?;
    let (before, after) = (before.clamp(0, MAX_PAGE), after.clamp(1, MAX_PAGE));
    if let Some(seen_until) = storage::read_state::unread_since(&core.db, reader, channel).await? {
        let window = Window { moment: seen_until, skip: 0, older: before, newer: after };
        let page = read(core, reader, channel, window, wanted).await?;
        if page.posts.first().is_some_and(|newest| newest.created_at > seen_until) {
            return Ok(page);
        }
    }
    let window = Window { moment: Millis::MAX, skip: 0, older: before.max(1), newer: 0 };
    read(core, reader, channel, window, wanted).await
}

/// The page that a client opens a channel with: roots around the caller's first unread one.
///
/// # Errors
/// See [`around_unread`].
pub async fn page_around_unread(core: &Core, caller: &Caller, channel: ChannelId) -> Result<PostPage> {
    let wanted =
        ChannelPage { from: PageFrom::Latest { skip: 0 }, limit: 2 * HALF_PAGE, roots_only: true, with_threads: false };
    around_unread(core, caller, caller.user_id()?, channel, (HALF_PAGE, HALF_PAGE), wanted).await
}

/// What changed in a channel after a moment, deleted posts included, at most the latest 1,000.
///
/// # Errors
/// Those of [`access::standing`] with `read_channel_content`.
pub async fn changed_since(core: &Core, caller: &Caller, channel: ChannelId, since: Millis) -> Result<PostPage> {
    access::standing(core, caller, channel, Permission::ReadChannelContent).await?;
    let posts = storage::posts::changed_since(&core.db, caller.user_id()?, channel, since).await?;
    Ok(PostPage { posts, ..PostPage::default() })
}

/// What is pinned to a channel, the newest first.
///
/// # Errors
/// Those of [`access::standing`] with `read_channel_content`.
pub async fn pinned(core: &Core, caller: &Caller, channel: ChannelId) -> Result<PostPage> {
    access::standing(core, caller, channel, Permission::ReadChannelContent).await?;
    let posts = storage::posts::pinned(&core.db, caller.user_id()?, channel).await?;
    Ok(PostPage { posts, ..PostPage::default() })
}

/// Those of these posts that are in the caller's channels; the others are left out.
///
/// # Errors
/// 400 `post.too_many_ids` for more than 1,000.
pub async fn by_ids(core: &Core, caller: &Caller, ids: &[PostId]) -> Result<Vec<Post>> {
    if ids.len() > MOST_IDS {
        return Err(Error::invalid("post.too_many_ids", "ids", format!("At most {MOST_IDS} posts at once.")));
    }
    Ok(storage::posts::by_ids(&core.db, caller.user_id()?, ids).await?)
}

/// Whom a page shows: authors, reactors, and who replied.
///
/// The caller was allowed to read the page; this asks no further right.
///
/// # Errors
/// What the database says.
pub async fn people(core: &Core, page: &PostPage) -> Result<Vec<Arc<User>>> {
    let mut ids = HashSet::new();
    for post in page.posts.iter().chain(&page.related) {
        ids.insert(post.user_id);
        ids.extend(post.reactions.iter().map(|reaction| reaction.user_id));
        ids.extend(post.thread.participants.iter().rev().take(SHOWN_PARTICIPANTS));
    }
    let ids: Vec<UserId> = ids.into_iter().collect();
    users::profiles(core, &ids).await
}

/// See [`PageQuery`].
#[derive(Debug, Clone, Copy)]
struct Window {
    moment: Millis,
    skip: i64,
    older: i64,
    newer: i64,
}

/// Reads one post more at each end of the window, to name the neighbours.
async fn read(
    core: &Core,
    viewer: UserId,
    channel: ChannelId,
    window: Window,
    wanted: ChannelPage,
) -> Result<PostPage> {
    let Window { moment, skip, older, newer } = window;
    let look_back = i64::from(skip > 0);
    let query = PageQuery {
        channel,
        roots_only: wanted.roots_only,
        moment,
        skip: skip - look_back,
        older: older + look_back + 1,
        newer: newer + 1,
    };
    let mut posts = storage::posts::page(&core.db, viewer, query).await?;
    let newer_found = posts.iter().filter(|post| post.created_at > moment).count();
    let next = match i64::try_from(newer_found) {
        Ok(found) if found > newer => Some(posts.remove(0).id),
        _ if look_back > 0 && !posts.is_empty() => Some(posts.remove(0).id),
        _ => None,
    };
    let older_found = posts.iter().filter(|post| post.created_at <= moment).count();
    let previous = match i64::try_from(older_found) {
        Ok(found) if found > older => posts.pop().map(|post| post.id),
        _ => None,
    };
    let related = related(core, viewer, &posts, wanted).await?;
    Ok(PostPage { posts, related, next, previous })
}

/// What the replies of a page reply to, unless it is in the page.
async fn related(core: &Core, viewer: UserId, posts: &[Post], wanted: ChannelPage) -> Result<Vec<Post>> {
    let roots: HashSet<PostId> = posts.iter().filter_map(|post| post.root_id).collect();
    if roots.is_empty() {
        return Ok(Vec::new());
    }
    let roots: Vec<PostId> = roots.into_iter().collect();
    let found = storage::posts::roots_of(&core.db, viewer, &roots, wanted.with_threads).await?;
    let in_page: HashSet<PostId> = posts.iter().map(|post| post.id).collect();
    Ok(found.into_iter().filter(|post| !in_page.contains(&post.id)).collect())
}
