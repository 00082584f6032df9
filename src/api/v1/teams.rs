//! Teams and who belongs to them.

use actix_web::{HttpResponse, web};

use super::Answer;
use super::idempotency::IdempotencyKey;
use super::paging::{Paging, next_cursor};
use crate::api::auth::Auth;
use crate::error::Error;
use crate::model::{TeamId, UserId};
use crate::protocol::v1::{
    AddMember, CreateTeam, JoinTeam, JoinedTeam, MemberPage, PatchTeam, Problem, Team, TeamMember, TeamPage,
};
use crate::services::members::team;
use crate::services::{Core, teams};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/teams", web::get().to(list))
        .route("/teams", web::post().to(create))
        .route("/teams/join", web::post().to(join))
        .route("/teams/{team_id}", web::get().to(get))
        .route("/teams/{team_id}", web::patch().to(patch))
        .route("/teams/{team_id}", web::delete().to(archive))
        .route("/teams/{team_id}/members", web::get().to(members))
        .route("/teams/{team_id}/members", web::post().to(add_member))
        .route("/teams/{team_id}/members/{user_id}", web::delete().to(remove_member));
}

/// The teams the caller belongs to or may join.
#[utoipa::path(get, path = "/teams", tag = "teams", params(Paging),
    responses((status = 200, body = TeamPage), (status = 400, body = Problem)))]
pub(super) async fn list(
    core: web::Data<Core>,
    Auth(caller): Auth,
    paging: web::Query<Paging>,
) -> Answer<web::Json<TeamPage>> {
    let window = paging.window()?;
    let teams = teams::list(&core, &caller, &window).await?;
    let next_cursor = next_cursor(&teams, &window, |team| (&team.display_name, team.id.0));
    Ok(web::Json(TeamPage { teams: teams.into_iter().map(Into::into).collect(), next_cursor }))
}

/// Make a team; the caller runs it.
#[utoipa::path(post, path = "/teams", tag = "teams", request_body = CreateTeam,
    params(("Idempotency-Key" = Option<String>, Header, description = "A retry with the same key gets the same team")),
    responses((status = 201, body = JoinedTeam), (status = 400, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn create(
    core: web::Data<Core>,
    Auth(caller): Auth,
    key: IdempotencyKey,
    body: web::Json<CreateTeam>,
) -> Answer<HttpResponse> {
    let joined = teams::create(&core, &caller, body.into_inner().into(), key.as_deref()).await?;
    Ok(HttpResponse::Created().json(JoinedTeam::from(joined)))
}

/// Join a team by its invite id.
#[utoipa::path(post, path = "/teams/join", tag = "teams", request_body = JoinTeam,
    responses((status = 200, body = JoinedTeam), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn join(
    core: web::Data<Core>,
    Auth(caller): Auth,
    body: web::Json<JoinTeam>,
) -> Answer<web::Json<JoinedTeam>> {
    Ok(web::Json(team::join_by_invite(&core, &caller, &body.invite_id).await?.into()))
}

/// One team.
#[utoipa::path(get, path = "/teams/{team_id}", tag = "teams", params(("team_id" = TeamId, Path)),
    responses((status = 200, body = Team), (status = 404, body = Problem)))]
pub(super) async fn get(core: web::Data<Core>, Auth(caller): Auth, id: web::Path<TeamId>) -> Answer<web::Json<Team>> {
    Ok(web::Json(teams::get(&core, &caller, *id).await?.into()))
}

/// Change a team's names and settings.
#[utoipa::path(patch, path = "/teams/{team_id}", tag = "teams", params(("team_id" = TeamId, Path)),
    request_body = PatchTeam,
    responses((status = 200, body = Team), (status = 400, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(super) async fn patch(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<TeamId>,
    body: web::Json<PatchTeam>,
) -> Answer<web::Json<Team>> {
    Ok(web::Json(teams::patch(&core, &caller, *id, body.into_inner().into()).await?.into()))
}

/// Archive a team.
#[utoipa::path(delete, path = "/teams/{team_id}", tag = "teams", params(("team_id" = TeamId, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn archive(core: web::Data<Core>, Auth(caller): Auth, id: web::Path<TeamId>) -> Answer<HttpResponse> {
    teams::archive(&core, &caller, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The members of a team, with their profiles.
#[utoipa::path(get, path = "/teams/{team_id}/members", tag = "teams", params(("team_id" = TeamId, Path), Paging),
    responses((status = 200, body = MemberPage<TeamMember>), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(super) async fn members(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<TeamId>,
    paging: web::Query<Paging>,
) -> Answer<web::Json<MemberPage<TeamMember>>> {
    let window = paging.window()?;
    let (members, users) = team::list_with_profiles(&core, &caller, *id, &window).await?;
    let next_cursor = next_cursor(&users, &window, |user| (&user.username, user.id.0));
    let (members, users) =
        (members.iter().map(Into::into).collect(), users.iter().map(|user| user.as_ref().into()).collect());
    Ok(web::Json(MemberPage { members, users, next_cursor }))
}

/// Add somebody to a team; oneself to join an open one.
#[utoipa::path(post, path = "/teams/{team_id}/members", tag = "teams", params(("team_id" = TeamId, Path)),
    request_body = AddMember,
    responses((status = 201, body = TeamMember), (status = 400, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(super) async fn add_member(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<TeamId>,
    body: web::Json<AddMember>,
) -> Answer<HttpResponse> {
    let members = team::add(&core, &caller, *id, &[body.user_id]).await?;
    let member = members.first().ok_or_else(|| Error::not_found("user.not_found"))?;
    Ok(HttpResponse::Created().json(TeamMember::from(member)))
}

/// Take somebody out of a team; oneself to leave it.
#[utoipa::path(delete, path = "/teams/{team_id}/members/{user_id}", tag = "teams",
    params(("team_id" = TeamId, Path), ("user_id" = UserId, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn remove_member(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(TeamId, UserId)>,
) -> Answer<HttpResponse> {
    let (id, user) = path.into_inner();
    team::remove(&core, &caller, id, user).await?;
    Ok(HttpResponse::NoContent().finish())
}
