//! A new password for whoever has forgotten the old one.

use actix_web::{HttpRequest, HttpResponse, web};

use super::Answer;
use crate::api::client::client;
use crate::protocol::v1::{Problem, RedeemPasswordReset, RequestPasswordReset};
use crate::services::{Core, users};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/password-resets", web::post().to(send)).route("/password-resets/redeem", web::post().to(redeem));
}

/// Mail a link for choosing a new password to whoever has this address. The answer is the same if nobody has it.
#[utoipa::path(post, path = "/password-resets", tag = "password-resets", request_body = RequestPasswordReset,
    security(()), responses((status = 202), (status = 429, body = Problem)))]
pub(super) async fn send(
    core: web::Data<Core>,
    request: HttpRequest,
    body: web::Json<RequestPasswordReset>,
) -> Answer<HttpResponse> {
    let address = client(&core, &request, String::new()).address;
    users::send_reset(&core, &body.email, address).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Choose a new password with the token of such a link, which lives a day. All sessions of the account end.
#[utoipa::path(post, path = "/password-resets/redeem", tag = "password-resets", request_body = RedeemPasswordReset,
    security(()), responses((status = 204), (status = 400, body = Problem), (status = 429, body = Problem)))]
pub(super) async fn redeem(
    core: web::Data<Core>,
    request: HttpRequest,
    body: web::Json<RedeemPasswordReset>,
) -> Answer<HttpResponse> {
    let address = client(&core, &request, String::new()).address;
    users::redeem_reset(&core, &body.token, &body.new_password, address).await?;
    Ok(HttpResponse::NoContent().finish())
}
