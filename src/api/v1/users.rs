//! People.

use actix_web::{HttpResponse, web};

use super::Answer;
use crate::api::auth::Anyone;
use crate::protocol::v1::{Me, Problem, SignUp};
use crate::services::{Core, users};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/users", web::post().to(sign_up));
}

/// Sign up. The first user becomes system administrator; the client then logs in.
#[utoipa::path(post, path = "/users", tag = "users", request_body = SignUp, security(()),
    responses((status = 201, body = Me), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn sign_up(
    core: web::Data<Core>,
    Anyone(caller): Anyone,
    body: web::Json<SignUp>,
) -> Answer<HttpResponse> {
    let user = users::sign_up(&core, caller.as_ref(), body.into_inner().into()).await?;
    Ok(HttpResponse::Created().json(Me::from(&user)))
}
