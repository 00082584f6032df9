//! Posts.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::Answer;
use crate::api::auth::Auth;
use crate::error::Error;
use crate::model::{self, ChannelId, PageFrom, PostId};
use crate::protocol::v1;
use crate::services::posts::{self, ChannelPage};
use crate::services::threads::{self, ReplyPage};
use crate::services::{Core, reactions};

/// Posts of a page that does not say how many it wants.
const DEFAULT_PAGE: i64 = 60;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/channels/{channel_id}/posts", web::get().to(page))
        .route("/channels/{channel_id}/posts", web::post().to(create))
        .route("/channels/{channel_id}/pins", web::get().to(pins))
        .route("/posts/{post_id}", web::get().to(get))
        .route("/posts/{post_id}", web::patch().to(patch))
        .route("/posts/{post_id}", web::delete().to(delete))
        .route("/posts/{post_id}/thread", web::get().to(thread))
        .route("/posts/{post_id}/thread/read", web::post().to(read_thread))
        .route("/posts/{post_id}/reactions/{emoji}", web::put().to(react))
        .route("/posts/{post_id}/reactions/{emoji}", web::delete().to(unreact));
}

/// Say something in a channel, or reply.
#[utoipa::path(
    post, path = "/channels/{channel_id}/posts", tag = "posts", operation_id = "create_post",
    params(("channel_id" = ChannelId, Path)), request_body = v1::CreatePost,
    responses((status = 201, body = v1::Post), (status = 200, body = v1::Post, description = "A retry: the first post"))
)]
pub(super) async fn create(
    core: web::Data<Core>,
    Auth(caller): Auth,
    channel: web::Path<ChannelId>,
    body: web::Json<v1::CreatePost>,
) -> Answer<HttpResponse> {
    let sent = posts::create(&core, &caller, body.into_inner().into_model(*channel)).await?;
    let mut response = if sent.repeated { HttpResponse::Ok() } else { HttpResponse::Created() };
    Ok(response.json(v1::Post::from(sent.post)))
}

/// One post.
#[utoipa::path(
    get, path = "/posts/{post_id}", tag = "posts", operation_id = "get_post",
    params(("post_id" = PostId, Path)), responses((status = 200, body = v1::Post))
)]
pub(super) async fn get(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<PostId>,
) -> Answer<web::Json<v1::Post>> {
    Ok(web::Json(posts::get(&core, &caller, *id).await?.into()))
}

/// Change a post's text, or pin or unpin it.
#[utoipa::path(
    patch, path = "/posts/{post_id}", tag = "posts", operation_id = "patch_post",
    params(("post_id" = PostId, Path)), request_body = v1::PatchPost, responses((status = 200, body = v1::Post))
)]
pub(super) async fn patch(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<PostId>,
    body: web::Json<v1::PatchPost>,
) -> Answer<web::Json<v1::Post>> {
    Ok(web::Json(posts::patch(&core, &caller, *id, body.into_inner().into()).await?.into()))
}

/// Delete a post, and with a root all its replies.
#[utoipa::path(
    delete, path = "/posts/{post_id}", tag = "posts", operation_id = "delete_post",
    params(("post_id" = PostId, Path)), responses((status = 204))
)]
pub(super) async fn delete(core: web::Data<Core>, Auth(caller): Auth, id: web::Path<PostId>) -> Answer<HttpResponse> {
    posts::delete(&core, &caller, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// React to a post. Doing it twice is one reaction.
#[utoipa::path(
    put, path = "/posts/{post_id}/reactions/{emoji}", tag = "posts", operation_id = "add_reaction",
    params(("post_id" = PostId, Path), ("emoji" = String, Path)), responses((status = 200, body = v1::ReactionChange))
)]
pub(super) async fn react(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(PostId, String)>,
) -> Answer<web::Json<v1::ReactionChange>> {
    let (id, emoji) = path.into_inner();
    let change = reactions::add(&core, &caller, id, &emoji).await?;
    Ok(web::Json((&change).into()))
}

/// Take a reaction back.
#[utoipa::path(
    delete, path = "/posts/{post_id}/reactions/{emoji}", tag = "posts", operation_id = "remove_reaction",
    params(("post_id" = PostId, Path), ("emoji" = String, Path)), responses((status = 204))
)]
pub(super) async fn unreact(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(PostId, String)>,
) -> Answer<HttpResponse> {
    let (id, emoji) = path.into_inner();
    reactions::remove(&core, &caller, id, &emoji).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What is pinned to a channel, the newest first.
#[utoipa::path(
    get, path = "/channels/{channel_id}/pins", tag = "posts", operation_id = "list_pins",
    params(("channel_id" = ChannelId, Path)), responses((status = 200, body = v1::PostPage))
)]
pub(super) async fn pins(
    core: web::Data<Core>,
    Auth(caller): Auth,
    channel: web::Path<ChannelId>,
) -> Answer<web::Json<v1::PostPage>> {
    with_people(&core, posts::pinned(&core, &caller, *channel).await?).await
}

/// Which part of a timeline; at most one of the three places.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// Posts older than this one.
    before: Option<PostId>,
    /// Posts newer than this one, the nearest.
    after: Option<PostId>,
    /// `unread`, or a post to show in the middle.
    around: Option<String>,
    /// Most posts, 1 to 200; 60 where absent.
    limit: Option<i64>,
}

/// A page of a channel's roots, newest first.
#[utoipa::path(
    get, path = "/channels/{channel_id}/posts", tag = "posts", operation_id = "list_posts",
    params(("channel_id" = ChannelId, Path), PageQuery), responses((status = 200, body = v1::PostPage))
)]
pub(super) async fn page(
    core: web::Data<Core>,
    Auth(caller): Auth,
    channel: web::Path<ChannelId>,
    query: web::Query<PageQuery>,
) -> Answer<web::Json<v1::PostPage>> {
    let limit = limit(query.limit)?;
    let mut wanted = ChannelPage { from: PageFrom::Latest { skip: 0 }, limit, roots_only: true, with_threads: false };
    wanted.from = match (query.before, query.after, query.around.as_deref()) {
        (None, None, None) => PageFrom::Latest { skip: 0 },
        (Some(id), None, None) => PageFrom::Before(id),
        (None, Some(id), None) => PageFrom::After(id),
        (None, None, Some("unread")) => {
            let halves = (limit / 2, limit - limit / 2);
            let page = posts::around_unread(&core, &caller, caller.user_id()?, *channel, halves, wanted).await?;
            return with_people(&core, page).await;
        }
        (None, None, Some(id)) => {
            let malformed = |_| Error::invalid("request.bad_query", "around", "Neither `unread` nor an id.");
            PageFrom::Around(id.parse().map_err(malformed)?)
        }
        _ => return Err(Error::invalid("request.bad_query", "around", "One place at a time.").into()),
    };
    with_people(&core, posts::page(&core, &caller, *channel, wanted).await?).await
}

/// Which part of a thread; at most one of the two places.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ThreadQuery {
    /// Replies older than this one.
    before: Option<PostId>,
    /// Replies newer than this one, the nearest.
    after: Option<PostId>,
    /// Most replies, 1 to 200; 60 where absent.
    limit: Option<i64>,
}

/// The replies of the thread a post is in, newest first, with its root in `related`.
#[utoipa::path(
    get, path = "/posts/{post_id}/thread", tag = "posts", operation_id = "get_thread",
    params(("post_id" = PostId, Path), ThreadQuery), responses((status = 200, body = v1::PostPage))
)]
pub(super) async fn thread(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<PostId>,
    query: web::Query<ThreadQuery>,
) -> Answer<web::Json<v1::PostPage>> {
    let mut wanted = ReplyPage { limit: limit(query.limit)?, ..ReplyPage::default() };
    match (query.before, query.after) {
        (Some(_), Some(_)) => {
            return Err(Error::invalid("request.bad_query", "after", "One place at a time.").into());
        }
        (Some(reply), None) => wanted.before = Some(threads::moment(&core, &caller, *id, reply).await?),
        (None, Some(reply)) => wanted.after = Some(threads::moment(&core, &caller, *id, reply).await?),
        (None, None) => {}
    }
    with_people(&core, threads::page(&core, &caller, *id, wanted).await?).await
}

/// Everything in a thread is read. A thread that the caller does not follow has nothing to be read.
#[utoipa::path(
    post, path = "/posts/{post_id}/thread/read", tag = "posts", operation_id = "read_thread",
    params(("post_id" = PostId, Path)), responses((status = 204))
)]
pub(super) async fn read_thread(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<PostId>,
) -> Answer<HttpResponse> {
    threads::read(&core, &caller, caller.user_id()?, *id, None).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn limit(asked: Option<i64>) -> Result<i64, Error> {
    match asked.unwrap_or(DEFAULT_PAGE) {
        limit @ 1..=posts::MAX_PAGE => Ok(limit),
        _ => Err(Error::invalid("request.bad_query", "limit", "A page has 1 to 200 posts.")),
    }
}

async fn with_people(core: &Core, page: model::PostPage) -> Answer<web::Json<v1::PostPage>> {
    let people = posts::people(core, &page).await?;
    Ok(web::Json(v1::PostPage::new(page, &people)))
}
