//! Logins.

use actix_web::{HttpRequest, HttpResponse, web};

use super::Answer;
use crate::api::auth::Auth;
use crate::api::{client::client, cookies};
use crate::protocol::v1::{LogIn, LoggedIn, Me, Problem};
use crate::services::{Core, sessions};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/sessions", web::post().to(log_in)).route("/sessions/current", web::delete().to(log_out));
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
