//! Drafts, and who is writing.

use actix_web::{HttpResponse, web};

use super::Answer;
use super::posts::without_files;
use super::who::Who;
use crate::api::auth::Auth;
use crate::model::{ChannelId, PostId, TeamId};
use crate::protocol::v4::{self, DONE, Done};
use crate::services::{Core, drafts, typing};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/drafts", web::post().to(save))
        .route("/users/{user_id}/teams/{team_id}/drafts", web::get().to(list))
        .route("/users/{user_id}/channels/{channel_id}/drafts", web::delete().to(remove))
        .route("/users/{user_id}/channels/{channel_id}/drafts/{thread_id}", web::delete().to(remove_reply))
        .route("/users/{user_id}/typing", web::post().to(type_));
}

async fn save(core: web::Data<Core>, Auth(caller): Auth, body: web::Json<v4::SaveDraft>) -> Answer<HttpResponse> {
    let body = body.into_inner();
    without_files(body.file_ids.as_deref())?;
    let content = (body.message, body.props.unwrap_or_default());
    let draft = drafts::save(&core, &caller, body.channel_id, body.root_id, content).await?;
    Ok(HttpResponse::Created().json(v4::Draft::from(draft)))
}

async fn list(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, TeamId)>,
) -> Answer<web::Json<Vec<v4::Draft>>> {
    let (who, team) = path.into_inner();
    who.is_caller(&caller)?;
    let drafts = drafts::list(&core, &caller, team).await?;
    Ok(web::Json(drafts.into_iter().map(v4::Draft::from).collect()))
}

async fn remove(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, ChannelId)>,
) -> Answer<web::Json<Done>> {
    let (who, channel) = path.into_inner();
    who.is_caller(&caller)?;
    drafts::remove(&core, &caller, channel, None).await?;
    Ok(web::Json(DONE))
}

async fn remove_reply(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, ChannelId, PostId)>,
) -> Answer<web::Json<Done>> {
    let (who, channel, root) = path.into_inner();
    who.is_caller(&caller)?;
    drafts::remove(&core, &caller, channel, Some(root)).await?;
    Ok(web::Json(DONE))
}

async fn type_(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    body: web::Json<v4::Typing>,
) -> Answer<web::Json<Done>> {
    who.is_caller(&caller)?;
    typing::announce(&core, &caller, body.channel_id, body.parent_id).await?;
    Ok(web::Json(DONE))
}
