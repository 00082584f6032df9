//! Logging in and out.

use actix_web::{HttpRequest, HttpResponse, web};

use super::Answer;
use crate::api::auth::Anyone;
use crate::api::{client::client, cookies};
use crate::protocol::v4::{self, DONE};
use crate::services::{Core, sessions};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/users/login", web::post().to(log_in)).route("/users/logout", web::post().to(log_out));
}

async fn log_in(core: web::Data<Core>, request: HttpRequest, body: web::Json<v4::LogIn>) -> Answer<HttpResponse> {
    let body = body.into_inner();
    let login = if body.login_id.is_empty() { &body.id } else { &body.login_id };
    let client = client(&core, &request, body.device_id);
    let logged_in = sessions::log_in(&core, login, &body.password, client).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header(("Token", logged_in.token.clone()));
    for cookie in cookies::v4(&core.config, &logged_in.token, &logged_in.identity.session) {
        response.cookie(cookie);
    }
    Ok(response.json(v4::User::full(&logged_in.identity.user)))
}

/// Succeeds for everybody: whoever asks is logged out afterwards.
async fn log_out(core: web::Data<Core>, Anyone(caller): Anyone) -> Answer<HttpResponse> {
    if let Some(caller) = caller {
        sessions::log_out(&core, &caller).await?;
    }
    let mut response = HttpResponse::Ok();
    for cookie in cookies::forget_v4(&core.config) {
        response.cookie(cookie);
    }
    Ok(response.json(DONE))
}
