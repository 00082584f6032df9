//! Presence.

use actix_web::web;

use super::Answer;
use super::who::Who;
use crate::api::auth::Auth;
use crate::error::Error;
use crate::model::UserId;
use crate::protocol::v4::{SetStatus, Status};
use crate::services::{Core, statuses};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/users/status/ids", web::post().to(by_ids))
        .route("/users/{user_id}/status", web::get().to(get))
        .route("/users/{user_id}/status", web::put().to(set));
}

async fn by_ids(
    core: web::Data<Core>,
    Auth(caller): Auth,
    ids: web::Json<Vec<UserId>>,
) -> Answer<web::Json<Vec<Status>>> {
    let statuses = statuses::of(&core, &caller, &ids).await?;
    Ok(web::Json(statuses.into_iter().map(Into::into).collect()))
}

async fn get(core: web::Data<Core>, Auth(caller): Auth, who: web::Path<Who>) -> Answer<web::Json<Status>> {
    let statuses = statuses::of(&core, &caller, &[who.id(&caller)?]).await?;
    let status = statuses.into_iter().next().ok_or_else(|| Error::not_found("user.not_found"))?;
    Ok(web::Json(status.into()))
}

async fn set(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    body: web::Json<SetStatus>,
) -> Answer<web::Json<Status>> {
    let user = who.id(&caller)?;
    if body.user_id != user {
        return Err(Error::invalid("status.not_yours", "user_id", "The user must be the one of the address.").into());
    }
    let until = (body.dnd_end_time > 0).then(|| body.dnd_end_time.saturating_mul(1_000));
    let status = statuses::choose(&core, &caller, user, body.status, until).await?;
    Ok(web::Json(status.into()))
}
