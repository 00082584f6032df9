//! What clients remember for their users.

use actix_web::web;

use super::Answer;
use super::who::Who;
use crate::api::auth::Auth;
use crate::protocol::v4::{DONE, Done, PreferenceItem};
use crate::services::{Core, preferences};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/users/{user_id}/preferences", web::get().to(list))
        .route("/users/{user_id}/preferences", web::put().to(save))
        .route("/users/{user_id}/preferences/delete", web::post().to(delete))
        .route("/users/{user_id}/preferences/{category}", web::get().to(list_category))
        .route("/users/{user_id}/preferences/{category}/name/{name}", web::get().to(get));
}

async fn list(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
) -> Answer<web::Json<Vec<PreferenceItem>>> {
    let preferences = preferences::list(&core, &caller, who.id(&caller)?, None).await?;
    Ok(web::Json(preferences.iter().map(Into::into).collect()))
}

async fn list_category(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, String)>,
) -> Answer<web::Json<Vec<PreferenceItem>>> {
    let (who, category) = path.into_inner();
    let preferences = preferences::list(&core, &caller, who.id(&caller)?, Some(&category)).await?;
    Ok(web::Json(preferences.iter().map(Into::into).collect()))
}

async fn get(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, String, String)>,
) -> Answer<web::Json<PreferenceItem>> {
    let (who, category, name) = path.into_inner();
    let preference = preferences::get(&core, &caller, who.id(&caller)?, &category, &name).await?;
    Ok(web::Json(PreferenceItem::from(&preference)))
}

async fn save(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    body: web::Json<Vec<PreferenceItem>>,
) -> Answer<web::Json<Done>> {
    let items = body.into_inner().into_iter().map(Into::into).collect();
    preferences::save(&core, &caller, who.id(&caller)?, items).await?;
    Ok(web::Json(DONE))
}

async fn delete(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    body: web::Json<Vec<PreferenceItem>>,
) -> Answer<web::Json<Done>> {
    let items = body.into_inner().into_iter().map(Into::into).collect();
    preferences::delete(&core, &caller, who.id(&caller)?, items).await?;
    Ok(web::Json(DONE))
}
