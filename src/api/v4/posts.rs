//! Posts.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::Answer;
use crate::api::auth::Auth;
use crate::error::Error;
use crate::model::{ChannelId, Millis, PageFrom, PostId};
use crate::protocol::v4;
use crate::services::Core;
use crate::services::posts::{self, ChannelPage};

/// Posts of a page that does not say how many it wants.
const DEFAULT_PAGE: i64 = 60;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/posts", web::post().to(create))
        .route("/posts/{post_id}", web::get().to(get))
        .route("/channels/{channel_id}/posts", web::get().to(of_channel))
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
    if body.file_ids.as_ref().is_some_and(|files| !files.is_empty()) {
        return Err(Error::not_implemented().into());
    }
    let sent = posts::create(&core, &caller, body.into_model(query.set_online.unwrap_or(true))).await?;
    Ok(HttpResponse::Created().json(v4::Post::from(sent.post)))
}

async fn get(core: web::Data<Core>, Auth(caller): Auth, id: web::Path<PostId>) -> Answer<web::Json<v4::Post>> {
    Ok(web::Json(posts::get(&core, &caller, *id).await?.into()))
}

/// The contract's names; what it does not say is the newest page.
#[derive(Deserialize)]
struct PageParams {
    page: Option<i64>,
    per_page: Option<i64>,
    before: Option<PostId>,
    after: Option<PostId>,
    since: Option<Millis>,
    limit_before: Option<i64>,
    limit_after: Option<i64>,
    #[serde(default, rename = "collapsedThreads")]
    collapsed: bool,
    #[serde(default, rename = "skipFetchThreads")]
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
) -> Answer<web::Json<v4::PostList>> {
    let page = match query.since {
        Some(since) => posts::changed_since(&core, &caller, *channel, since).await?,
        None => posts::page(&core, &caller, *channel, query.wanted()?).await?,
    };
    Ok(web::Json(page.into()))
}

async fn around_unread(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(String, ChannelId)>,
    query: web::Query<PageParams>,
) -> Answer<web::Json<v4::PostList>> {
    let (_, channel) = path.into_inner();
    let limits = (query.limit_before.unwrap_or(DEFAULT_PAGE), query.limit_after.unwrap_or(DEFAULT_PAGE));
    if limits.0 < 0 || limits.1 < 1 {
        return Err(Error::invalid("request.bad_query", "limit_after", "A page needs room for the unread post.").into());
    }
    Ok(web::Json(posts::around_unread(&core, &caller, channel, limits, query.wanted()?).await?.into()))
}
