//! The caller's own account.

use actix_web::web;

use super::Answer;
use crate::api::auth::Auth;
use crate::protocol::v1::{Me, Problem};
use crate::services::{Core, users};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/me", web::get().to(me));
}

/// The caller's own account.
#[utoipa::path(get, path = "/me", tag = "me", responses((status = 200, body = Me), (status = 401, body = Problem)))]
pub(super) async fn me(core: web::Data<Core>, Auth(caller): Auth) -> Answer<web::Json<Me>> {
    Ok(web::Json(Me::from(&users::me(&core, &caller)?)))
}
