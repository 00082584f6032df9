//! What a client asks of the server before and beside everything else.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Answer;
use super::client_config::{self, ClientConfig};
use crate::api::auth::{Anyone, Auth};
use crate::model::TeamId;
use crate::protocol::v4;
use crate::services::{Core, health, roles, server};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/config/client", web::get().to(config_of_client))
        .route("/license/client", web::get().to(license))
        .route("/limits/server", web::get().to(limits))
        .route("/plugins/webapp", web::get().to(plugins))
        .route("/roles/names", web::post().to(roles_by_names))
        .route("/system/notices/{team_id}", web::get().to(notices))
        .route("/system/ping", web::get().to(ping));
}

async fn config_of_client(core: web::Data<Core>, Anyone(caller): Anyone) -> Answer<web::Json<ClientConfig>> {
    if caller.is_some() {
        return Ok(web::Json(client_config::full(&core)));
    }
    let no_accounts = server::needs_first_user(&core).await?;
    Ok(web::Json(client_config::limited(&core, no_accounts)))
}

/// There is nothing to license.
async fn license() -> web::Json<Value> {
    web::Json(json!({ "IsLicensed": "false" }))
}

/// There are no limits, and 0 says so; how many accounts there are is for administrators.
async fn limits(core: web::Data<Core>, Auth(caller): Auth) -> Answer<web::Json<Value>> {
    Ok(web::Json(json!({
        "maxUsersLimit": 0,
        "maxUsersHardLimit": 0,
        "activeUserCount": server::active_users(&core, &caller).await?.unwrap_or_default(),
        "postHistoryLimit": 0,
        "lastAccessiblePostTime": 0,
    })))
}

/// This server runs no plugins.
async fn plugins(Auth(_): Auth) -> web::Json<[(); 0]> {
    web::Json([])
}

/// This server announces nothing.
async fn notices(Auth(_): Auth, _: web::Path<TeamId>) -> web::Json<[(); 0]> {
    web::Json([])
}

async fn roles_by_names(
    core: web::Data<Core>,
    Auth(caller): Auth,
    names: web::Json<Vec<String>>,
) -> Answer<web::Json<Vec<v4::Role>>> {
    let roles = roles::by_names(&core, &caller, &names).await?;
    Ok(web::Json(roles.into_iter().map(Into::into).collect()))
}

#[derive(Deserialize)]
struct Ping {
    #[serde(default)]
    get_server_status: bool,
    /// Answer 200 also where something is down.
    #[serde(default)]
    use_rest_semantics: bool,
}

async fn ping(core: web::Data<Core>, query: web::Query<Ping>) -> HttpResponse {
    let mut body = json!({
        "status": "OK",
        "ActiveSearchBackend": "database",
        "AndroidLatestVersion": "",
        "AndroidMinVersion": "",
        "IosLatestVersion": "",
        "IosMinVersion": "",
    });
    if !query.get_server_status {
        return HttpResponse::Ok().json(body);
    }
    let readiness = health::readiness(&core).await;
    let word = |works: bool| if works { "OK" } else { "UNHEALTHY" };
    let works = readiness.works();
    if let Some(map) = body.as_object_mut() {
        map.insert("status".to_owned(), word(works).into());
        map.insert("database_status".to_owned(), word(readiness.database).into());
        map.insert("filestore_status".to_owned(), word(true).into());
    }
    if works || query.use_rest_semantics {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::InternalServerError().json(body)
    }
}
