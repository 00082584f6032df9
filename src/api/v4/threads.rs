//! Threads: their posts, who follows them, how far they were read.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::Answer;
use super::etag;
use super::query::{flag, or_blank};
use super::who::Who;
use crate::api::auth::Auth;
use crate::error::{Error, Result};
use crate::model::{Millis, PostId, PostPage, TeamId, ThreadQuery, ThreadTotals};
use crate::protocol::v4::{self, DONE, Done};
use crate::services::threads::{self, Place, ReplyPage};
use crate::services::{Caller, Core};

/// Threads of a list that does not say how many it wants.
const DEFAULT_LIST: i64 = 30;
/// Most threads of a list.
const MOST_LISTED: i64 = 200;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    let threads = "/users/{user_id}/teams/{team_id}/threads";
    config
        .route("/posts/{post_id}/thread", web::get().to(page))
        .route(threads, web::get().to(followed))
        .route(&format!("{threads}/read"), web::put().to(read_all))
        .route(&format!("{threads}/{{thread_id}}"), web::get().to(get))
        .route(&format!("{threads}/{{thread_id}}/following"), web::put().to(follow))
        .route(&format!("{threads}/{{thread_id}}/following"), web::delete().to(unfollow))
        .route(&format!("{threads}/{{thread_id}}/read/{{timestamp}}"), web::put().to(read))
        .route(&format!("{threads}/{{thread_id}}/set_unread/{{post_id}}"), web::post().to(mark_unread));
}

/// Where a page of a thread begins. Within a channel no two posts have the same time, so the post says no more than the
/// time does.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageParams {
    #[serde(default, deserialize_with = "or_blank")]
    per_page: Option<i64>,
    #[serde(default, deserialize_with = "or_blank")]
    from_create_at: Option<Millis>,
    #[serde(default, deserialize_with = "or_blank")]
    from_post: Option<PostId>,
    #[serde(default, deserialize_with = "or_blank")]
    from_update_at: Option<Millis>,
    #[serde(default, deserialize_with = "flag")]
    updates_only: bool,
    #[serde(default)]
    direction: Direction,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Direction {
    /// From the newest reply, or from the given one, to older ones.
    #[default]
    #[serde(alias = "")]
    Up,
    /// From the oldest reply, or from the given one, to newer ones.
    Down,
}

async fn page(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<PostId>,
    query: web::Query<PageParams>,
    request: HttpRequest,
) -> Answer<HttpResponse> {
    let query = query.into_inner();
    let limit = query.per_page.unwrap_or(threads::MAX_PAGE);
    if limit < 0 {
        return Err(Error::invalid("request.bad_query", "perPage", "A page cannot have less than no posts.").into());
    }
    let from = match (query.from_create_at.filter(|at| *at > 0), query.from_post) {
        (Some(at), _) => Some(at),
        (None, Some(post)) => Some(threads::moment(&core, &caller, *id, post).await?),
        (None, None) => None,
    };
    let changed_after = if query.updates_only { Some(query.from_update_at.unwrap_or(0)) } else { None };
    let limit = if limit == 0 { threads::MAX_PAGE } else { limit };
    let down = query.direction == Direction::Down;
    let wanted = if down {
        ReplyPage { after: Some(from.unwrap_or(0)), limit, changed_after, before: None }
    } else {
        ReplyPage { before: from, limit, changed_after, after: None }
    };
    etag::json(&request, &thread_list(threads::page(&core, &caller, *id, wanted).await?, down))
}

/// The root comes first, then the replies in the order in which they are read on.
fn thread_list(mut page: PostPage, down: bool) -> v4::PostList {
    let has_next = page.next.is_some() || page.previous.is_some();
    if down {
        page.posts.reverse();
    }
    page.posts.splice(0..0, std::mem::take(&mut page.related));
    (page.next, page.previous) = (None, None);
    v4::PostList { has_next: Some(has_next), ..page.into() }
}

#[derive(Deserialize)]
struct ListParams {
    #[serde(default, deserialize_with = "or_blank", alias = "pageSize")]
    per_page: Option<i64>,
    #[serde(default, deserialize_with = "or_blank")]
    before: Option<PostId>,
    #[serde(default, deserialize_with = "or_blank")]
    after: Option<PostId>,
    #[serde(default, deserialize_with = "or_blank")]
    since: Option<Millis>,
    #[serde(default, deserialize_with = "flag")]
    unread: bool,
    #[serde(default, deserialize_with = "flag")]
    extended: bool,
    #[serde(default, deserialize_with = "flag", rename = "totalsOnly")]
    totals_only: bool,
    #[serde(default, deserialize_with = "flag", rename = "threadsOnly")]
    threads_only: bool,
    #[serde(default, deserialize_with = "flag", rename = "excludeDirect")]
    without_direct: bool,
}

impl ListParams {
    fn query(&self, team: TeamId) -> Result<ThreadQuery> {
        let limit = self.per_page.unwrap_or(DEFAULT_LIST);
        if limit < 0 {
            return Err(Error::invalid("request.bad_query", "per_page", "A page cannot have less than no threads."));
        }
        Ok(ThreadQuery {
            team,
            without_direct: self.without_direct,
            unread_only: self.unread,
            since: self.since.filter(|since| *since > 0),
            before: self.before,
            after: self.after,
            limit: if limit == 0 { DEFAULT_LIST } else { limit.min(MOST_LISTED) },
        })
    }
}

async fn followed(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, TeamId)>,
    query: web::Query<ListParams>,
) -> Answer<web::Json<v4::Threads>> {
    let (who, team) = path.into_inner();
    let user = who.id(&caller)?;
    let totals = match query.threads_only {
        true => ThreadTotals::default(),
        false => threads::totals(&core, &caller, user, team, query.without_direct).await?,
    };
    let threads = match query.totals_only {
        true => None,
        false => {
            let places = threads::followed(&core, &caller, user, &query.query(team)?).await?;
            let people = if query.extended { threads::participants(&core, &places).await? } else { Vec::new() };
            let thread = |place: Place| v4::Thread::new(place.root, place.reading, &people);
            Some(places.into_iter().map(thread).collect())
        }
    };
    Ok(web::Json(v4::Threads::new(totals, threads)))
}

/// One thread of one user; its team says nothing more.
#[derive(Deserialize)]
struct ThreadPath {
    user_id: Who,
    thread_id: PostId,
}

#[derive(Deserialize)]
struct Extended {
    #[serde(default, deserialize_with = "flag")]
    extended: bool,
}

async fn get(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<ThreadPath>,
    query: web::Query<Extended>,
) -> Answer<web::Json<v4::Thread>> {
    let place = threads::get(&core, &caller, path.user_id.id(&caller)?, path.thread_id).await?;
    let places = [place];
    let people = if query.extended { threads::participants(&core, &places).await? } else { Vec::new() };
    let [place] = places;
    Ok(web::Json(v4::Thread::new(place.root, place.reading, &people)))
}

async fn follow(core: web::Data<Core>, Auth(caller): Auth, path: web::Path<ThreadPath>) -> Answer<web::Json<Done>> {
    set_following(&core, &caller, &path, true).await
}

async fn unfollow(core: web::Data<Core>, Auth(caller): Auth, path: web::Path<ThreadPath>) -> Answer<web::Json<Done>> {
    set_following(&core, &caller, &path, false).await
}

async fn set_following(core: &Core, caller: &Caller, path: &ThreadPath, following: bool) -> Answer<web::Json<Done>> {
    threads::follow(core, caller, path.user_id.id(caller)?, path.thread_id, following).await?;
    Ok(web::Json(DONE))
}

#[derive(Deserialize)]
struct ReadPath {
    user_id: Who,
    thread_id: PostId,
    timestamp: Millis,
}

async fn read(core: web::Data<Core>, Auth(caller): Auth, path: web::Path<ReadPath>) -> Answer<web::Json<v4::Thread>> {
    let place = threads::read(&core, &caller, path.user_id.id(&caller)?, path.thread_id, Some(path.timestamp)).await?;
    Ok(web::Json(v4::Thread::new(place.root, place.reading, &[])))
}

#[derive(Deserialize)]
struct UnreadPath {
    user_id: Who,
    thread_id: PostId,
    post_id: PostId,
}

async fn mark_unread(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<UnreadPath>,
) -> Answer<web::Json<v4::Thread>> {
    let user = path.user_id.id(&caller)?;
    let place = threads::mark_unread(&core, &caller, user, path.thread_id, path.post_id).await?;
    Ok(web::Json(v4::Thread::new(place.root, place.reading, &[])))
}

async fn read_all(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, TeamId)>,
) -> Answer<web::Json<Done>> {
    let (who, team) = path.into_inner();
    threads::read_all(&core, &caller, who.id(&caller)?, team).await?;
    Ok(web::Json(DONE))
}
