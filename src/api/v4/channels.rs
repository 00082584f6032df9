//! Channels.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::paging::Paging;
use super::who::Who;
use super::{Answer, etag};
use crate::api::auth::Auth;
use crate::model::{ChannelId, Millis, TeamId, User, UserId};
use crate::protocol::v4::{self, DONE, Done};
use crate::services::{Core, channels, direct, teams};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/channels", web::post().to(create))
        .route("/channels/direct", web::post().to(open_direct))
        .route("/channels/group", web::post().to(open_group))
        .route("/channels/{channel_id}", web::get().to(get))
        .route("/channels/{channel_id}", web::put().to(patch))
        .route("/channels/{channel_id}", web::delete().to(archive))
        .route("/channels/{channel_id}/patch", web::put().to(patch))
        .route("/channels/{channel_id}/privacy", web::put().to(set_privacy))
        .route("/channels/{channel_id}/restore", web::post().to(restore))
        .route("/channels/{channel_id}/stats", web::get().to(stats))
        .route("/channels/{channel_id}/timezones", web::get().to(timezones))
        .route("/teams/name/{team_name}/channels/name/{channel_name}", web::get().to(by_names))
        .route("/teams/{team_id}/channels", web::get().to(of_team))
        .route("/teams/{team_id}/channels/autocomplete", web::get().to(autocomplete))
        .route("/teams/{team_id}/channels/search_autocomplete", web::get().to(autocomplete))
        .route("/teams/{team_id}/channels/search", web::post().to(search))
        .route("/teams/{team_id}/channels/deleted", web::get().to(archived_of_team))
        .route("/teams/{team_id}/channels/name/{channel_name}", web::get().to(by_name))
        .route("/users/group_channels", web::post().to(people_of_groups))
        .route("/users/{user_id}/channels", web::get().to(of_user))
        .route("/users/{user_id}/teams/{team_id}/channels", web::get().to(of_user_in_team));
}

async fn create(core: web::Data<Core>, Auth(caller): Auth, body: web::Json<v4::CreateChannel>) -> Answer<HttpResponse> {
    let (channel, _) = channels::create(&core, &caller, body.into_inner().into_new()?, None).await?;
    Ok(HttpResponse::Created().json(v4::Channel::from(channel)))
}

async fn open_direct(core: web::Data<Core>, Auth(caller): Auth, users: web::Json<Vec<UserId>>) -> Answer<HttpResponse> {
    let (channel, _) = direct::open_pair(&core, &caller, &users).await?;
    Ok(HttpResponse::Created().json(v4::Channel::from(channel)))
}

async fn open_group(core: web::Data<Core>, Auth(caller): Auth, users: web::Json<Vec<UserId>>) -> Answer<HttpResponse> {
    let (channel, _) = direct::open_group(&core, &caller, &users).await?;
    Ok(HttpResponse::Created().json(v4::Channel::from(channel)))
}

async fn people_of_groups(
    core: web::Data<Core>,
    Auth(caller): Auth,
    channels: web::Json<Vec<ChannelId>>,
) -> Answer<web::Json<BTreeMap<String, Vec<v4::User>>>> {
    let people = direct::people(&core, &caller, &channels).await?;
    let shown = |users: Vec<Arc<User>>| users.iter().map(|user| user.as_ref().into()).collect();
    Ok(web::Json(people.into_iter().map(|(channel, users)| (channel.to_string(), shown(users))).collect()))
}

async fn get(core: web::Data<Core>, Auth(caller): Auth, id: web::Path<ChannelId>) -> Answer<web::Json<v4::Channel>> {
    Ok(web::Json(channels::get(&core, &caller, *id).await?.into()))
}

#[derive(Deserialize)]
struct Archived {
    #[serde(default)]
    include_deleted: bool,
}

async fn by_name(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(TeamId, String)>,
    archived: web::Query<Archived>,
) -> Answer<web::Json<v4::Channel>> {
    let (team, name) = path.into_inner();
    Ok(web::Json(channels::by_name(&core, &caller, team, &name, archived.include_deleted).await?.into()))
}

async fn by_names(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(String, String)>,
    archived: web::Query<Archived>,
) -> Answer<web::Json<v4::Channel>> {
    let (team, name) = path.into_inner();
    let team = teams::by_name(&core, &caller, &team).await?.id;
    Ok(web::Json(channels::by_name(&core, &caller, team, &name, archived.include_deleted).await?.into()))
}

async fn of_team(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<TeamId>,
    paging: web::Query<Paging>,
) -> Answer<web::Json<Vec<v4::Channel>>> {
    let channels = channels::browse(&core, &caller, *id, "", false, &paging.window()?).await?;
    Ok(web::Json(channels.into_iter().map(Into::into).collect()))
}

async fn archived_of_team(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<TeamId>,
    paging: web::Query<Paging>,
) -> Answer<web::Json<Vec<v4::Channel>>> {
    let channels = channels::browse(&core, &caller, *id, "", true, &paging.window()?).await?;
    Ok(web::Json(channels.into_iter().map(Into::into).collect()))
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    name: String,
}

async fn autocomplete(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<TeamId>,
    named: web::Query<Named>,
) -> Answer<web::Json<Vec<v4::Channel>>> {
    let channels = channels::search(&core, &caller, *id, &named.name).await?;
    Ok(web::Json(channels.into_iter().map(Into::into).collect()))
}

async fn search(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<TeamId>,
    body: web::Json<v4::SearchChannels>,
) -> Answer<web::Json<Vec<v4::Channel>>> {
    let channels = channels::search(&core, &caller, *id, &body.term).await?;
    Ok(web::Json(channels.into_iter().map(Into::into).collect()))
}

/// Which archived channels to add to a user's channels.
#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    include_deleted: bool,
    #[serde(default)]
    last_delete_at: Millis,
}

impl Since {
    fn archived_since(&self) -> Option<Millis> {
        self.include_deleted.then_some(self.last_delete_at)
    }
}

async fn of_user(
    core: web::Data<Core>,
    Auth(caller): Auth,
    request: HttpRequest,
    who: web::Path<Who>,
    since: web::Query<Since>,
) -> Answer<HttpResponse> {
    let channels = channels::of_user(&core, &caller, who.id(&caller)?, None, since.archived_since()).await?;
    etag::json(&request, &channels.into_iter().map(v4::Channel::from).collect::<Vec<_>>())
}

async fn of_user_in_team(
    core: web::Data<Core>,
    Auth(caller): Auth,
    request: HttpRequest,
    path: web::Path<(Who, TeamId)>,
    since: web::Query<Since>,
) -> Answer<HttpResponse> {
    let (who, team) = path.into_inner();
    let channels = channels::of_user(&core, &caller, who.id(&caller)?, Some(team), since.archived_since()).await?;
    etag::json(&request, &channels.into_iter().map(v4::Channel::from).collect::<Vec<_>>())
}

async fn patch(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
    body: web::Json<v4::PatchChannel>,
) -> Answer<web::Json<v4::Channel>> {
    Ok(web::Json(channels::patch(&core, &caller, *id, body.into_inner().into()).await?.into()))
}

async fn set_privacy(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
    body: web::Json<v4::ChannelPrivacy>,
) -> Answer<web::Json<v4::Channel>> {
    let kind = v4::channel_kind(&body.privacy)?;
    Ok(web::Json(channels::convert(&core, &caller, *id, kind).await?.into()))
}

async fn archive(core: web::Data<Core>, Auth(caller): Auth, id: web::Path<ChannelId>) -> Answer<web::Json<Done>> {
    channels::archive(&core, &caller, *id).await?;
    Ok(web::Json(DONE))
}

async fn restore(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
) -> Answer<web::Json<v4::Channel>> {
    Ok(web::Json(channels::restore(&core, &caller, *id).await?.into()))
}

async fn stats(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
) -> Answer<web::Json<v4::ChannelStats>> {
    Ok(web::Json(v4::ChannelStats::new(*id, channels::stats(&core, &caller, *id).await?)))
}

async fn timezones(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
) -> Answer<web::Json<Vec<String>>> {
    Ok(web::Json(channels::timezones(&core, &caller, *id).await?))
}
