//! The categories of a user's sidebar.

use actix_web::web;

use super::Answer;
use super::who::Who;
use crate::api::auth::Auth;
use crate::error::Error;
use crate::model::TeamId;
use crate::protocol::v4::{Categories, Category, DONE, Done, WriteCategory};
use crate::services::{Core, categories};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/users/{user_id}/teams/{team_id}/channels/categories", web::get().to(list))
        .route("/users/{user_id}/teams/{team_id}/channels/categories", web::post().to(create))
        .route("/users/{user_id}/teams/{team_id}/channels/categories", web::put().to(update))
        .route("/users/{user_id}/teams/{team_id}/channels/categories/order", web::get().to(order))
        .route("/users/{user_id}/teams/{team_id}/channels/categories/order", web::put().to(reorder))
        .route("/users/{user_id}/teams/{team_id}/channels/categories/{category_id}", web::get().to(get))
        .route("/users/{user_id}/teams/{team_id}/channels/categories/{category_id}", web::put().to(update_one))
        .route("/users/{user_id}/teams/{team_id}/channels/categories/{category_id}", web::delete().to(delete));
}

async fn list(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, TeamId)>,
) -> Answer<web::Json<Categories>> {
    let (who, team) = path.into_inner();
    let categories = categories::list(&core, &caller, who.id(&caller)?, team).await?;
    Ok(web::Json(categories.as_slice().into()))
}

async fn create(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, TeamId)>,
    body: web::Json<WriteCategory>,
) -> Answer<web::Json<Category>> {
    let (who, team) = path.into_inner();
    let category = body.into_inner().into_model(who.id(&caller)?, team);
    Ok(web::Json((&categories::create(&core, &caller, category).await?).into()))
}

async fn update(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, TeamId)>,
    body: web::Json<Vec<WriteCategory>>,
) -> Answer<web::Json<Vec<Category>>> {
    let (who, team) = path.into_inner();
    let user = who.id(&caller)?;
    let changes = body.into_inner().into_iter().map(|change| change.into_model(user, team)).collect();
    let changed = categories::update(&core, &caller, user, team, changes).await?;
    Ok(web::Json(changed.iter().map(Into::into).collect()))
}

async fn update_one(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, TeamId, String)>,
    body: web::Json<WriteCategory>,
) -> Answer<web::Json<Category>> {
    let (who, team, id) = path.into_inner();
    let user = who.id(&caller)?;
    let change = WriteCategory { id, ..body.into_inner() }.into_model(user, team);
    let changed = categories::update(&core, &caller, user, team, vec![change]).await?;
    let category = changed.first().ok_or_else(|| Error::not_found("category.not_found"))?;
    Ok(web::Json(category.into()))
}

async fn get(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, TeamId, String)>,
) -> Answer<web::Json<Category>> {
    let (who, team, id) = path.into_inner();
    Ok(web::Json((&categories::get(&core, &caller, who.id(&caller)?, team, &id).await?).into()))
}

async fn delete(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, TeamId, String)>,
) -> Answer<web::Json<Done>> {
    let (who, team, id) = path.into_inner();
    categories::delete(&core, &caller, who.id(&caller)?, team, &id).await?;
    Ok(web::Json(DONE))
}

async fn order(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, TeamId)>,
) -> Answer<web::Json<Vec<String>>> {
    let (who, team) = path.into_inner();
    let categories = categories::list(&core, &caller, who.id(&caller)?, team).await?;
    Ok(web::Json(categories.into_iter().map(|category| category.id).collect()))
}

async fn reorder(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, TeamId)>,
    body: web::Json<Vec<String>>,
) -> Answer<web::Json<Vec<String>>> {
    let (who, team) = path.into_inner();
    let order = body.into_inner();
    categories::reorder(&core, &caller, who.id(&caller)?, team, order.clone()).await?;
    Ok(web::Json(order))
}
