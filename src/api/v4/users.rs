//! People.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::Answer;
use crate::api::auth::{Anyone, Auth};
use crate::protocol::v4;
use crate::services::{Core, users};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/users", web::post().to(sign_up)).route("/users/me", web::get().to(me));
}

#[derive(Deserialize)]
struct Invitation {
    /// A team's invite id.
    iid: Option<String>,
}

async fn sign_up(
    core: web::Data<Core>,
    Anyone(caller): Anyone,
    invitation: web::Query<Invitation>,
    body: web::Json<v4::SignUp>,
) -> Answer<HttpResponse> {
    let new = body.into_inner().into_model(invitation.into_inner().iid);
    let user = users::sign_up(&core, caller.as_ref(), new).await?;
    Ok(HttpResponse::Created().json(v4::User::full(&user)))
}

async fn me(core: web::Data<Core>, Auth(caller): Auth) -> Answer<web::Json<v4::User>> {
    Ok(web::Json(v4::User::full(&users::me(&core, &caller)?)))
}
