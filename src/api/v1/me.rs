//! The caller's own account.

use actix_web::{HttpResponse, web};

use super::Answer;
use crate::api::auth::Auth;
use crate::protocol::v1::{ChangePassword, Me, PatchMe, PreferenceItem, Problem, SetStatus, Status};
use crate::services::{Core, preferences, statuses, users};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/me", web::get().to(me))
        .route("/me", web::patch().to(patch))
        .route("/me/password", web::put().to(change_password))
        .route("/me/status", web::put().to(set_status))
        .route("/me/preferences", web::get().to(list_preferences))
        .route("/me/preferences", web::put().to(save_preferences))
        .route("/me/preferences/delete", web::post().to(delete_preferences));
}

/// The caller's own account.
#[utoipa::path(get, path = "/me", tag = "me", responses((status = 200, body = Me), (status = 401, body = Problem)))]
pub(super) async fn me(core: web::Data<Core>, Auth(caller): Auth) -> Answer<web::Json<Me>> {
    Ok(web::Json(Me::from(&users::me(&core, &caller)?)))
}

/// Change the caller's profile.
#[utoipa::path(patch, path = "/me", tag = "me", request_body = PatchMe,
    responses((status = 200, body = Me), (status = 400, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn patch(
    core: web::Data<Core>,
    Auth(caller): Auth,
    body: web::Json<PatchMe>,
) -> Answer<web::Json<Me>> {
    let user = users::patch(&core, &caller, caller.user_id()?, body.into_inner().into(), None).await?;
    Ok(web::Json(Me::from(&user)))
}

/// Change the caller's password. Every other session of the caller ends.
#[utoipa::path(put, path = "/me/password", tag = "me", request_body = ChangePassword,
    responses((status = 204), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 429, body = Problem)))]
pub(super) async fn change_password(
    core: web::Data<Core>,
    Auth(caller): Auth,
    body: web::Json<ChangePassword>,
) -> Answer<HttpResponse> {
    users::change_password(&core, &caller, &body.current, &body.new).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Choose a status.
#[utoipa::path(put, path = "/me/status", tag = "me", request_body = SetStatus,
    responses((status = 200, body = Status), (status = 400, body = Problem)))]
pub(super) async fn set_status(
    core: web::Data<Core>,
    Auth(caller): Auth,
    body: web::Json<SetStatus>,
) -> Answer<web::Json<Status>> {
    let status = statuses::choose(&core, &caller, caller.user_id()?, body.status, body.until).await?;
    Ok(web::Json(status.into()))
}

/// The caller's preferences.
#[utoipa::path(get, path = "/me/preferences", tag = "me", responses((status = 200, body = [PreferenceItem])))]
pub(super) async fn list_preferences(
    core: web::Data<Core>,
    Auth(caller): Auth,
) -> Answer<web::Json<Vec<PreferenceItem>>> {
    let preferences = preferences::list(&core, &caller, caller.user_id()?, None).await?;
    Ok(web::Json(preferences.into_iter().map(Into::into).collect()))
}

/// Set preferences, at most 100 at once.
#[utoipa::path(put, path = "/me/preferences", tag = "me", request_body = [PreferenceItem],
    responses((status = 200, body = [PreferenceItem]), (status = 400, body = Problem)))]
pub(super) async fn save_preferences(
    core: web::Data<Core>,
    Auth(caller): Auth,
    body: web::Json<Vec<PreferenceItem>>,
) -> Answer<web::Json<Vec<PreferenceItem>>> {
    let owner = caller.user_id()?;
    let preferences = body.into_inner().into_iter().map(|item| item.of(owner)).collect();
    let saved = preferences::save(&core, &caller, owner, preferences).await?;
    Ok(web::Json(saved.into_iter().map(Into::into).collect()))
}

/// Remove preferences by category and name, at most 100 at once.
#[utoipa::path(post, path = "/me/preferences/delete", tag = "me", request_body = [PreferenceItem],
    responses((status = 204), (status = 400, body = Problem)))]
pub(super) async fn delete_preferences(
    core: web::Data<Core>,
    Auth(caller): Auth,
    body: web::Json<Vec<PreferenceItem>>,
) -> Answer<HttpResponse> {
    let owner = caller.user_id()?;
    let preferences = body.into_inner().into_iter().map(|item| item.of(owner)).collect();
    preferences::delete(&core, &caller, owner, preferences).await?;
    Ok(HttpResponse::NoContent().finish())
}
