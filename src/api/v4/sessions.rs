//! Logins.

use actix_web::cookie::Cookie;
use actix_web::{HttpRequest, HttpResponse, web};

use super::Answer;
use super::who::Who;
use crate::api::auth::{Anyone, Auth};
use crate::api::{auth, client::client, cookies};
use crate::model::Props;
use crate::protocol::v4::{DONE, Device, Done, LogIn, RevokeSession, Session, User};
use crate::services::{Core, sessions, users};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/users/login", web::post().to(log_in))
        .route("/users/logout", web::post().to(log_out))
        .route("/users/sessions/device", web::put().to(attach_device))
        .route("/users/{user_id}/sessions", web::get().to(list))
        .route("/users/{user_id}/sessions/revoke", web::post().to(revoke))
        .route("/users/{user_id}/sessions/revoke/all", web::post().to(revoke_all));
}

async fn log_in(core: web::Data<Core>, request: HttpRequest, body: web::Json<LogIn>) -> Answer<HttpResponse> {
    let body = body.into_inner();
    let client = client(&core, &request, body.device_id);
    let logged_in = sessions::log_in(&core, &body.login_id, &body.password, client).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header(("Token", logged_in.token.clone()));
    for cookie in cookies::v4(&core.config, &logged_in.token, &logged_in.identity.session) {
        response.cookie(cookie);
    }
    Ok(response.json(User::from(logged_in.identity.user.as_ref())))
}

/// Succeeds for everybody: whoever asks is logged out afterwards.
async fn log_out(core: web::Data<Core>, Anyone(caller): Anyone) -> Answer<HttpResponse> {
    if let Some(caller) = caller {
        sessions::log_out(&core, &caller).await?;
    }
    Ok(with_cookies(cookies::forget_v4(&core.config)))
}

async fn attach_device(
    core: web::Data<Core>,
    Auth(caller): Auth,
    request: HttpRequest,
    body: web::Json<Device>,
) -> Answer<HttpResponse> {
    let body = body.into_inner();
    let details =
        [("device_notification_disabled", body.device_notification_disabled), ("mobile_version", body.mobile_version)];
    let details: Props =
        details.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect();
    let session = sessions::attach_device(&core, &caller, &body.device_id, details).await?;
    let token = auth::token(&request).unwrap_or_default();
    Ok(with_cookies(cookies::v4(&core.config, &token, &session)))
}

fn with_cookies(cookies: Vec<Cookie<'static>>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    for cookie in cookies {
        response.cookie(cookie);
    }
    response.json(DONE)
}

async fn list(core: web::Data<Core>, Auth(caller): Auth, who: web::Path<Who>) -> Answer<web::Json<Vec<Session>>> {
    let user = who.id(&caller)?;
    let sessions = sessions::list(&core, &caller, user).await?;
    let roles = users::get(&core, &caller, user).await?.roles;
    Ok(web::Json(sessions.into_iter().map(|session| Session::new(session, &roles)).collect()))
}

async fn revoke(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    body: web::Json<RevokeSession>,
) -> Answer<web::Json<Done>> {
    sessions::revoke(&core, &caller, who.id(&caller)?, body.session_id).await?;
    Ok(web::Json(DONE))
}

/// Ends them all, the caller's own one too.
async fn revoke_all(core: web::Data<Core>, Auth(caller): Auth, who: web::Path<Who>) -> Answer<web::Json<Done>> {
    sessions::revoke_all(&core, &caller, who.id(&caller)?, None).await?;
    Ok(web::Json(DONE))
}
