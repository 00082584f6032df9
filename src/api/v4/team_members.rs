//! Who belongs to a team.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::Answer;
use super::paging::Paging;
use super::who::Who;
use crate::api::auth::Auth;
use crate::error::Error;
use crate::model::{TeamId, UserId, role};
use crate::protocol::v4::{self, DONE, Done};
use crate::services::members::team;
use crate::services::{Core, teams};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/teams/members/invite", web::post().to(join_by_invite))
        .route("/teams/{team_id}/members", web::post().to(add))
        .route("/teams/{team_id}/members", web::get().to(list))
        .route("/teams/{team_id}/members/batch", web::post().to(add_many))
        .route("/teams/{team_id}/members/ids", web::post().to(among))
        .route("/teams/{team_id}/members/{user_id}", web::get().to(get))
        .route("/teams/{team_id}/members/{user_id}", web::delete().to(remove))
        .route("/teams/{team_id}/members/{user_id}/roles", web::put().to(set_roles))
        .route("/teams/{team_id}/members/{user_id}/schemeRoles", web::put().to(set_scheme_roles))
        .route("/users/{user_id}/teams/members", web::get().to(of_user));
}

async fn add(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<TeamId>,
    body: web::Json<v4::AddTeamMember>,
) -> Answer<HttpResponse> {
    let members = team::add(&core, &caller, *id, &[body.user_id]).await?;
    let member = members.first().ok_or_else(|| Error::not_found("user.not_found"))?;
    Ok(HttpResponse::Created().json(v4::TeamMember::from(member)))
}

async fn add_many(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<TeamId>,
    body: web::Json<Vec<v4::AddTeamMember>>,
) -> Answer<HttpResponse> {
    let users: Vec<UserId> = body.iter().map(|member| member.user_id).collect();
    let members = team::add(&core, &caller, *id, &users).await?;
    Ok(HttpResponse::Created().json(members.iter().map(v4::TeamMember::from).collect::<Vec<_>>()))
}

#[derive(Deserialize)]
struct Invitation {
    #[serde(default)]
    invite_id: String,
}

async fn join_by_invite(
    core: web::Data<Core>,
    Auth(caller): Auth,
    invitation: web::Query<Invitation>,
) -> Answer<HttpResponse> {
    let (_, member) = team::join_by_invite(&core, &caller, &invitation.invite_id).await?;
    Ok(HttpResponse::Created().json(v4::TeamMember::from(&member)))
}

async fn list(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<TeamId>,
    paging: web::Query<Paging>,
) -> Answer<web::Json<Vec<v4::TeamMember>>> {
    let members = team::list(&core, &caller, *id, &paging.window()?).await?;
    Ok(web::Json(members.iter().map(Into::into).collect()))
}

async fn among(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<TeamId>,
    users: web::Json<Vec<UserId>>,
) -> Answer<web::Json<Vec<v4::TeamMember>>> {
    let members = team::among(&core, &caller, *id, &users).await?;
    Ok(web::Json(members.iter().map(Into::into).collect()))
}

async fn get(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(TeamId, Who)>,
) -> Answer<web::Json<v4::TeamMember>> {
    let (id, who) = path.into_inner();
    Ok(web::Json((&team::get(&core, &caller, id, who.id(&caller)?).await?).into()))
}

async fn remove(core: web::Data<Core>, Auth(caller): Auth, path: web::Path<(TeamId, Who)>) -> Answer<web::Json<Done>> {
    let (id, who) = path.into_inner();
    team::remove(&core, &caller, id, who.id(&caller)?).await?;
    Ok(web::Json(DONE))
}

async fn set_scheme_roles(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(TeamId, Who)>,
    body: web::Json<v4::SchemeRoles>,
) -> Answer<web::Json<Done>> {
    let (id, who) = path.into_inner();
    team::set_admin(&core, &caller, id, who.id(&caller)?, body.scheme_admin).await?;
    Ok(web::Json(DONE))
}

async fn set_roles(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(TeamId, Who)>,
    body: web::Json<v4::Roles>,
) -> Answer<web::Json<Done>> {
    let (id, who) = path.into_inner();
    let is_admin = body.is_admin([role::TEAM_USER, role::TEAM_ADMIN])?;
    team::set_admin(&core, &caller, id, who.id(&caller)?, is_admin).await?;
    Ok(web::Json(DONE))
}

async fn of_user(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
) -> Answer<web::Json<Vec<v4::TeamMember>>> {
    let teams = teams::of_user(&core, &caller, who.id(&caller)?).await?;
    Ok(web::Json(teams.iter().map(|(_, member)| member.into()).collect()))
}
