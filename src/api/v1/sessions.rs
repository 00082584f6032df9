//! Logins.

use actix_web::{HttpRequest, HttpResponse, web};

use super::Answer;
use crate::api::auth::Auth;
use crate::api::{client::client, cookies};
use crate::model::SessionId;
use crate::protocol::v1::{LogIn, LoggedIn, Me, Problem, Session};
use crate::services::{Core, sessions};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/sessions", web::post().to(log_in))
        .route("/sessions", web::get().to(list))
        .route("/sessions", web::delete().to(revoke_others))
        .route("/sessions/current", web::delete().to(log_out))
        .route("/sessions/{session_id}", web::delete().to(revoke));
}

/// Log in with a username or an e-mail address. Browsers get the session as cookies as well.
#[utoipa::path(post, path = "/sessions", tag = "sessions", request_body = LogIn, security(()),
    responses((status = 201, body = LoggedIn), (status = 401, body = Problem), (status = 429, body = Problem)))]
pub(super) async fn log_in(
    core: web::Data<Core>,
    request: HttpRequest,
    body: web::Json<LogIn>,
) -> Answer<HttpResponse> {
    let client = client(&core, &request, String::new());
    let logged_in = sessions::log_in(&core, &body.login, &body.password, client).await?;
    let session = &logged_in.identity.session;
    let mut response = HttpResponse::Created();
    for cookie in cookies::v1(&core.config, &logged_in.token, session) {
        response.cookie(cookie);
    }
    Ok(response.json(LoggedIn {
        csrf: session.csrf.clone(),
        expires_at: session.expires_at,
        me: Me::from(logged_in.identity.user.as_ref()),
        token: logged_in.token,
    }))
}

/// The caller's sessions, the last used first.
#[utoipa::path(get, path = "/sessions", tag = "sessions", responses((status = 200, body = [Session])))]
pub(super) async fn list(core: web::Data<Core>, Auth(caller): Auth) -> Answer<web::Json<Vec<Session>>> {
    let identity = caller.identity()?;
    let sessions = sessions::list(&core, &caller, identity.user.id).await?;
    Ok(web::Json(sessions.iter().map(|session| Session::new(session, identity.session.id)).collect()))
}

/// End all of the caller's sessions but this one.
#[utoipa::path(delete, path = "/sessions", tag = "sessions", responses((status = 204)))]
pub(super) async fn revoke_others(core: web::Data<Core>, Auth(caller): Auth) -> Answer<HttpResponse> {
    let identity = caller.identity()?;
    sessions::revoke_all(&core, &caller, identity.user.id, Some(identity.session.id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End one of the caller's sessions.
#[utoipa::path(delete, path = "/sessions/{session_id}", tag = "sessions",
    params(("session_id" = SessionId, Path, description = "Which")),
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn revoke(
    core: web::Data<Core>,
    Auth(caller): Auth,
    session: web::Path<SessionId>,
) -> Answer<HttpResponse> {
    sessions::revoke(&core, &caller, caller.user_id()?, *session).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Log out.
#[utoipa::path(delete, path = "/sessions/current", tag = "sessions",
    responses((status = 204), (status = 401, body = Problem)))]
pub(super) async fn log_out(core: web::Data<Core>, Auth(caller): Auth) -> Answer<HttpResponse> {
    sessions::log_out(&core, &caller).await?;
    let mut response = HttpResponse::NoContent();
    for cookie in cookies::forget_v1(&core.config) {
        response.cookie(cookie);
    }
    Ok(response.finish())
}
