//! Teams.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::Answer;
use super::paging::Paging;
use super::who::Who;
use crate::api::auth::Auth;
use crate::model::{TeamId, TeamKind, TeamPatch};
use crate::protocol::v4::{self, DONE, Done};
use crate::services::{Core, teams};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/teams", web::post().to(create))
        .route("/teams", web::get().to(list))
        .route("/teams/name/{team_name}", web::get().to(by_name))
        .route("/teams/{team_id}", web::get().to(get))
        .route("/teams/{team_id}", web::put().to(patch))
        .route("/teams/{team_id}", web::delete().to(archive))
        .route("/teams/{team_id}/patch", web::put().to(patch))
        .route("/teams/{team_id}/privacy", web::put().to(set_privacy))
        .route("/teams/{team_id}/restore", web::post().to(restore))
        .route("/teams/{team_id}/regenerate_invite_id", web::post().to(renew_invite))
        .route("/users/{user_id}/teams", web::get().to(of_user))
        .route("/users/{user_id}/teams/unread", web::get().to(unreads));
}

async fn create(core: web::Data<Core>, Auth(caller): Auth, body: web::Json<v4::CreateTeam>) -> Answer<HttpResponse> {
    let (team, _) = teams::create(&core, &caller, body.into_inner().into_new()?, None).await?;
    Ok(HttpResponse::Created().json(v4::Team::from(team)))
}

#[derive(Deserialize)]
struct Counted {
    #[serde(default)]
    include_total_count: bool,
}

async fn list(
    core: web::Data<Core>,
    Auth(caller): Auth,
    paging: web::Query<Paging>,
    counted: web::Query<Counted>,
) -> Answer<HttpResponse> {
    let teams = teams::list(&core, &caller, &paging.window()?).await?;
    let teams: Vec<_> = teams.into_iter().map(v4::Team::from).collect();
    if !counted.include_total_count {
        return Ok(HttpResponse::Ok().json(teams));
    }
    let total_count = teams::count(&core, &caller).await?;
    Ok(HttpResponse::Ok().json(v4::TeamsWithCount { teams, total_count }))
}

async fn get(core: web::Data<Core>, Auth(caller): Auth, id: web::Path<TeamId>) -> Answer<web::Json<v4::Team>> {
    Ok(web::Json(teams::get(&core, &caller, *id).await?.into()))
}

async fn by_name(core: web::Data<Core>, Auth(caller): Auth, name: web::Path<String>) -> Answer<web::Json<v4::Team>> {
    Ok(web::Json(teams::by_name(&core, &caller, &name).await?.into()))
}

async fn patch(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<TeamId>,
    body: web::Json<v4::PatchTeam>,
) -> Answer<web::Json<v4::Team>> {
    Ok(web::Json(teams::patch(&core, &caller, *id, body.into_inner().into()).await?.into()))
}

async fn set_privacy(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<TeamId>,
    body: web::Json<v4::TeamPrivacy>,
) -> Answer<web::Json<v4::Team>> {
    let open = v4::team_kind(&body.privacy)? == TeamKind::Open;
    let patch = TeamPatch { allow_open_invite: Some(open), ..TeamPatch::default() };
    Ok(web::Json(teams::patch(&core, &caller, *id, patch).await?.into()))
}

async fn archive(core: web::Data<Core>, Auth(caller): Auth, id: web::Path<TeamId>) -> Answer<web::Json<Done>> {
    teams::archive(&core, &caller, *id).await?;
    Ok(web::Json(DONE))
}

async fn restore(core: web::Data<Core>, Auth(caller): Auth, id: web::Path<TeamId>) -> Answer<web::Json<v4::Team>> {
    Ok(web::Json(teams::restore(&core, &caller, *id).await?.into()))
}

async fn renew_invite(core: web::Data<Core>, Auth(caller): Auth, id: web::Path<TeamId>) -> Answer<web::Json<v4::Team>> {
    Ok(web::Json(teams::renew_invite(&core, &caller, *id).await?.into()))
}

async fn of_user(core: web::Data<Core>, Auth(caller): Auth, who: web::Path<Who>) -> Answer<web::Json<Vec<v4::Team>>> {
    let teams = teams::of_user(&core, &caller, who.id(&caller)?).await?;
    Ok(web::Json(teams.into_iter().map(|(team, _)| team.into()).collect()))
}

#[derive(Deserialize)]
struct WhichUnreads {
    #[serde(default)]
    exclude_team: String,
    #[serde(default)]
    include_collapsed_threads: bool,
}

async fn unreads(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    which: web::Query<WhichUnreads>,
) -> Answer<web::Json<Vec<v4::TeamUnread>>> {
    let except = which.exclude_team.parse().ok();
    let unreads = teams::unreads(&core, &caller, who.id(&caller)?, except, which.include_collapsed_threads).await?;
    Ok(web::Json(unreads.into_iter().map(Into::into).collect()))
}
