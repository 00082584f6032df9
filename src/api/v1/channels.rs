//! Channels and who belongs to them.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::Answer;
use super::idempotency::IdempotencyKey;
use super::paging::{Paging, next_cursor};
use crate::api::auth::Auth;
use crate::error::Error;
use crate::model::{ChannelId, TeamId, UserId};
use crate::protocol::v1::{
    AddMember, AddedMember, Channel, ChannelMember, ChannelPage, CreateChannel, JoinedChannel, MarkUnread, MemberPage,
    OpenDirect, PatchChannel, Problem, ReadState,
};
use crate::services::members::channel;
use crate::services::{Core, channels, direct, read_state};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/teams/{team_id}/channels", web::get().to(browse))
        .route("/teams/{team_id}/channels", web::post().to(create))
        .route("/channels/direct", web::post().to(open_direct))
        .route("/channels/{channel_id}", web::get().to(get))
        .route("/channels/{channel_id}", web::patch().to(patch))
        .route("/channels/{channel_id}", web::delete().to(archive))
        .route("/channels/{channel_id}/restore", web::post().to(restore))
        .route("/channels/{channel_id}/view", web::post().to(view))
        .route("/channels/{channel_id}/unread", web::post().to(mark_unread))
        .route("/channels/{channel_id}/members", web::get().to(members))
        .route("/channels/{channel_id}/members", web::post().to(add_member))
        .route("/channels/{channel_id}/members/{user_id}", web::delete().to(remove_member));
}

/// What to look for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Search {
    /// How the name or display name begins; all channels without it.
    #[serde(default)]
    q: String,
}

/// The open channels of a team, joined or not.
#[utoipa::path(get, path = "/teams/{team_id}/channels", tag = "channels",
    params(("team_id" = TeamId, Path), Search, Paging),
    responses((status = 200, body = ChannelPage), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn browse(
    core: web::Data<Core>,
    Auth(caller): Auth,
    team: web::Path<TeamId>,
    search: web::Query<Search>,
    paging: web::Query<Paging>,
) -> Answer<web::Json<ChannelPage>> {
    let window = paging.window()?;
    let channels = channels::browse(&core, &caller, *team, &search.q, false, &window).await?;
    let next_cursor = next_cursor(&channels, &window, |channel| (&channel.display_name, channel.id.0));
    Ok(web::Json(ChannelPage { channels: channels.into_iter().map(Into::into).collect(), next_cursor }))
}

/// Make an open or private channel; the caller runs it.
#[utoipa::path(post, path = "/teams/{team_id}/channels", tag = "channels", request_body = CreateChannel,
    params(("team_id" = TeamId, Path),
           ("Idempotency-Key" = Option<String>, Header, description = "A retry with the same key gets the same channel")),
    responses((status = 201, body = JoinedChannel), (status = 400, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn create(
    core: web::Data<Core>,
    Auth(caller): Auth,
    team: web::Path<TeamId>,
    key: IdempotencyKey,
    body: web::Json<CreateChannel>,
) -> Answer<HttpResponse> {
    let joined = channels::create(&core, &caller, body.into_inner().into_new(*team), key.as_deref()).await?;
    Ok(HttpResponse::Created().json(JoinedChannel::from(joined)))
}

/// Open the direct or group channel with these people. The same people always get the same channel.
#[utoipa::path(post, path = "/channels/direct", tag = "channels", request_body = OpenDirect,
    responses((status = 201, body = JoinedChannel), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn open_direct(
    core: web::Data<Core>,
    Auth(caller): Auth,
    body: web::Json<OpenDirect>,
) -> Answer<HttpResponse> {
    let joined = direct::open(&core, &caller, &body.user_ids).await?;
    Ok(HttpResponse::Created().json(JoinedChannel::from(joined)))
}

/// One channel.
#[utoipa::path(get, path = "/channels/{channel_id}", tag = "channels", params(("channel_id" = ChannelId, Path)),
    responses((status = 200, body = Channel), (status = 404, body = Problem)))]
pub(super) async fn get(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
) -> Answer<web::Json<Channel>> {
    Ok(web::Json(channels::get(&core, &caller, *id).await?.into()))
}

/// Change a channel's names and texts.
#[utoipa::path(patch, path = "/channels/{channel_id}", tag = "channels", params(("channel_id" = ChannelId, Path)),
    request_body = PatchChannel,
    responses((status = 200, body = Channel), (status = 400, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn patch(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
    body: web::Json<PatchChannel>,
) -> Answer<web::Json<Channel>> {
    Ok(web::Json(channels::patch(&core, &caller, *id, body.into_inner().into()).await?.into()))
}

/// Archive a channel.
#[utoipa::path(delete, path = "/channels/{channel_id}", tag = "channels", params(("channel_id" = ChannelId, Path)),
    responses((status = 204), (status = 400, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(super) async fn archive(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
) -> Answer<HttpResponse> {
    channels::archive(&core, &caller, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Bring a channel back from the archive.
#[utoipa::path(post, path = "/channels/{channel_id}/restore", tag = "channels",
    params(("channel_id" = ChannelId, Path)),
    responses((status = 200, body = Channel), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn restore(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
) -> Answer<web::Json<Channel>> {
    Ok(web::Json(channels::restore(&core, &caller, *id).await?.into()))
}

/// The members of a channel, with their profiles.
#[utoipa::path(get, path = "/channels/{channel_id}/members", tag = "channels",
    params(("channel_id" = ChannelId, Path), Paging),
    responses((status = 200, body = MemberPage<ChannelMember>), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(super) async fn members(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
    paging: web::Query<Paging>,
) -> Answer<web::Json<MemberPage<ChannelMember>>> {
    let window = paging.window()?;
    let (members, users) = channel::list_with_profiles(&core, &caller, *id, &window).await?;
    let next_cursor = next_cursor(&users, &window, |user| (&user.username, user.id.0));
    let (members, users) =
        (members.iter().map(Into::into).collect(), users.iter().map(|user| user.as_ref().into()).collect());
    Ok(web::Json(MemberPage { members, users, next_cursor }))
}

/// Add somebody to a channel; oneself to join an open one.
#[utoipa::path(post, path = "/channels/{channel_id}/members", tag = "channels",
    params(("channel_id" = ChannelId, Path)), request_body = AddMember,
    responses((status = 201, body = AddedMember), (status = 400, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(super) async fn add_member(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
    body: web::Json<AddMember>,
) -> Answer<HttpResponse> {
    let (channel, mut members) = channel::add(&core, &caller, *id, &[body.user_id]).await?;
    let member = members.pop().ok_or_else(|| Error::not_found("user.not_found"))?;
    Ok(HttpResponse::Created().json(AddedMember {
        channel: channel.into(),
        member: ChannelMember::from(&member),
        membership: (body.user_id == caller.user_id()?).then(|| member.into()),
    }))
}

/// Take somebody out of a channel; oneself to leave it.
#[utoipa::path(delete, path = "/channels/{channel_id}/members/{user_id}", tag = "channels",
    params(("channel_id" = ChannelId, Path), ("user_id" = UserId, Path)),
    responses((status = 204), (status = 400, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(super) async fn remove_member(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(ChannelId, UserId)>,
) -> Answer<HttpResponse> {
    let (id, user) = path.into_inner();
    channel::remove(&core, &caller, id, user).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The caller has seen everything in a channel.
#[utoipa::path(post, path = "/channels/{channel_id}/view", tag = "channels", params(("channel_id" = ChannelId, Path)),
    responses((status = 200, body = ReadState), (status = 404, body = Problem)))]
pub(super) async fn view(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
) -> Answer<web::Json<ReadState>> {
    let members = read_state::view(&core, &caller, caller.user_id()?, &[*id], false).await?;
    let member = members.first().ok_or_else(|| Error::not_found("channel_member.not_found"))?;
    Ok(web::Json(member.into()))
}

/// Mark a post and all after it as unread.
#[utoipa::path(post, path = "/channels/{channel_id}/unread", tag = "channels",
    params(("channel_id" = ChannelId, Path)), request_body = MarkUnread,
    responses((status = 200, body = ReadState), (status = 404, body = Problem)))]
pub(super) async fn mark_unread(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
    body: web::Json<MarkUnread>,
) -> Answer<web::Json<ReadState>> {
    let user = caller.user_id()?;
    let (_, member) = read_state::mark_unread(&core, &caller, user, Some(*id), body.post_id).await?;
    Ok(web::Json((&member).into()))
}
