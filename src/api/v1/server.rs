//! The installation.

use actix_web::web;

use super::Answer;
use crate::error::Result;
use crate::model::now;
use crate::protocol::v1::Server;
use crate::services::{Core, server};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/server", web::get().to(get));
}

/// What anybody may know of this installation.
#[utoipa::path(get, path = "/server", tag = "server", security(()), responses((status = 200, body = Server)))]
pub(super) async fn get(core: web::Data<Core>) -> Answer<web::Json<Server>> {
    Ok(web::Json(describe(&core).await?))
}

/// Also part of the bootstrap.
pub(super) async fn describe(core: &Core) -> Result<Server> {
    let config = &core.config;
    Ok(Server {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        site_name: config.server.site_name.clone(),
        needs_first_user: server::needs_first_user(core).await?,
        open_signup: config.accounts.open_signup,
        password_min_length: u32::try_from(config.accounts.password_min_length).unwrap_or(u32::MAX),
        post_max_chars: u32::try_from(config.posts.max_chars).unwrap_or(u32::MAX),
        now: now(),
    })
}
