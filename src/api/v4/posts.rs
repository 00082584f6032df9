//! Posts.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::Answer;
use super::etag;
use super::query::{flag, or_blank};
use super::who::Who;
use crate::api::auth::Auth;
use crate::error::Error;
use crate::model::{ChannelId, Millis, PageFrom, PostId, PostPatch};
use crate::protocol::v4::{self, DONE, Done};
use crate::services::posts::{self, ChannelPage};
use crate::services::{Caller, Core};

/// Posts of a page that does not say how many it wants.
const DEFAULT_PAGE: i64 = 60;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/posts", web::post().to(create))
        .route("/posts/ids", web::post().to(by_ids))
        .route("/posts/{post_id}", web::get().to(get))
        .route("/posts/{post_id}", web::put().to(patch))
        .route("/posts/{post_id}", web::delete().to(delete))
        .route("/posts/{post_id}/patch", web::put().to(patch))
        .route("/posts/{post_id}/pin", web::post().to(pin))
        .route("/posts/{post_id}/unpin", web::post().to(unpin))
        .route("/channels/{channel_id}/posts", web::get().to(of_channel))
        .route("/channels/{channel_id}/pinned", web::get().to(pinned))
        .route("/users/{user_id}/channels/{channel_id}/posts/unread", web::get().to(around_unread));
}

#[derive(Deserialize)]
struct CreateQuery {
    set_online: Option<bool>,
}

async fn create(
    core: web::Data<Core>,
    Auth(caller): Auth,
    query: web::Query<CreateQuery>,
    body: web::Json<v4::CreatePost>,
) -> Answer<HttpResponse> {
    let body = body.into_inner();
    without_files(body.file_ids.as_deref())?;
    let sent = posts::create(&core, &caller, body.into_model(query.set_online.unwrap_or(true))).await?;
    Ok(HttpResponse::Created().json(v4::Post::from(sent.post)))
}

async fn get(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<PostId>,
    request: HttpRequest,
) -> Answer<HttpResponse> {
    etag::json(&request, &v4::Post::from(posts::get(&core, &caller, *id).await?))
}

/// Files cannot be uploaded yet, so none can be attached.
pub(super) fn without_files(ids: Option<&[String]>) -> Result<(), Error> {
    if ids.is_none_or(<[String]>::is_empty) { Ok(()) } else { Err(Error::not_implemented()) }
}

async fn by_ids(
    core: web::Data<Core>,
    Auth(caller): Auth,
    ids: web::Json<Vec<PostId>>,
) -> Answer<web::Json<Vec<v4::Post>>> {
    let found = posts::by_ids(&core, &caller, &ids).await?;
    Ok(web::Json(found.into_iter().map(v4::Post::from).collect()))
}

async fn patch(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<PostId>,
    body: web::Json<v4::PatchPost>,
) -> Answer<web::Json<v4::Post>> {
    let body = body.into_inner();
    if body.id.is_some_and(|named| named != *id) {
        return Err(Error::invalid("request.bad_json", "id", "The body names another post than the path.").into());
    }
    without_files(body.file_ids.as_deref())?;
    Ok(web::Json(posts::patch(&core, &caller, *id, body.into()).await?.into()))
}

async fn delete(core: web::Data<Core>, Auth(caller): Auth, id: web::Path<PostId>) -> Answer<web::Json<Done>> {
    posts::delete(&core, &caller, *id).await?;
    Ok(web::Json(DONE))
}

async fn pin(core: web::Data<Core>, Auth(caller): Auth, id: web::Path<PostId>) -> Answer<web::Json<Done>> {
    set_pinned(&core, &caller, *id, true).await
}

async fn unpin(core: web::Data<Core>, Auth(caller): Auth, id: web::Path<PostId>) -> Answer<web::Json<Done>> {
    set_pinned(&core, &caller, *id, false).await
}

async fn set_pinned(core: &Core, caller: &Caller, id: PostId, pinned: bool) -> Answer<web::Json<Done>> {
    posts::patch(core, caller, id, PostPatch { is_pinned: Some(pinned), ..PostPatch::default() }).await?;
    Ok(web::Json(DONE))
}

async fn pinned(
    core: web::Data<Core>,
    Auth(caller): Auth,
    channel: web::Path<ChannelId>,
    request: HttpRequest,
) -> Answer<HttpResponse> {
    etag::json(&request, &v4::PostList::from(posts::pinned(&core, &caller, *channel).await?))
}

/// The contract's names; what it does not say is the newest page.
#[derive(Deserialize)]
struct PageParams {
    #[serde(default, deserialize_with = "or_blank")]
    page: Option<i64>,
    #[serde(default, deserialize_with = "or_blank")]
    per_page: Option<i64>,
    #[serde(default, deserialize_with = "or_blank")]
    before: Option<PostId>,
    #[serde(default, deserialize_with = "or_blank")]
    after: Option<PostId>,
    #[serde(default, deserialize_with = "or_blank")]
    since: Option<Millis>,
    #[serde(default, deserialize_with = "or_blank")]
    limit_before: Option<i64>,
    #[serde(default, deserialize_with = "or_blank")]
    limit_after: Option<i64>,
    #[serde(default, deserialize_with = "flag", rename = "collapsedThreads")]
    collapsed: bool,
    #[serde(default, deserialize_with = "flag", rename = "skipFetchThreads")]
    skip_threads: bool,
}

impl PageParams {
    fn wanted(&self) -> Result<ChannelPage, Error> {
        let limit = self.per_page.unwrap_or(DEFAULT_PAGE).min(posts::MAX_PAGE);
        let page = self.page.unwrap_or(0);
        if page < 0 || limit < 0 {
            return Err(Error::invalid("request.bad_query", "page", "Pages are counted from 0."));
        }
        let from = match (self.before, self.after) {
            (Some(id), _) => PageFrom::Before(id),
            (None, Some(id)) => PageFrom::After(id),
            (None, None) => PageFrom::Latest { skip: page.saturating_mul(limit) },
        };
        Ok(ChannelPage { from, limit, roots_only: self.collapsed, with_threads: !self.skip_threads })
    }
}

async fn of_channel(
    core: web::Data<Core>,
    Auth(caller): Auth,
    channel: web::Path<ChannelId>,
    query: web::Query<PageParams>,
    request: HttpRequest,
) -> Answer<HttpResponse> {
    let page = match query.since {
        Some(since) => posts::changed_since(&core, &caller, *channel, since).await?,
        None => posts::page(&core, &caller, *channel, query.wanted()?).await?,
    };
    etag::json(&request, &v4::PostList::from(page))
}

async fn around_unread(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, ChannelId)>,
    query: web::Query<PageParams>,
    request: HttpRequest,
) -> Answer<HttpResponse> {
    let (who, channel) = path.into_inner();
    let limits = (query.limit_before.unwrap_or(DEFAULT_PAGE), query.limit_after.unwrap_or(DEFAULT_PAGE));
    if limits.0 < 0 || limits.1 < 1 {
        return Err(Error::invalid("request.bad_query", "limit_after", "A page needs room for the unread post.").into());
    }
    let page = posts::around_unread(&core, &caller, who.id(&caller)?, channel, limits, query.wanted()?).await?;
    etag::json(&request, &v4::PostList::from(page))
}
