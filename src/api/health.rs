//! For load balancers and supervisors: is the process alive, can it do its work.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::services::Core;
use crate::services::health::{Readiness, readiness};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::scope("/health")
            .route("/live", web::get().to(live))
            .route("/ready", web::get().to(ready))
            .default_service(web::to(HttpResponse::NotFound)),
    );
}

/// Answers as long as the HTTP workers turn.
async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "live"}))
}

/// 200 when everything works, 503 with what does not, or when this instance is stopping.
async fn ready(core: web::Data<Core>) -> HttpResponse {
    let Readiness { database, realtime, draining } = readiness(&core).await;
    let (mut response, status) = match (draining, database && realtime) {
        (true, _) => (HttpResponse::ServiceUnavailable(), "draining"),
        (false, true) => (HttpResponse::Ok(), "ready"),
        (false, false) => (HttpResponse::ServiceUnavailable(), "degraded"),
    };
    response.json(json!({"status": status, "database": word(database), "realtime": word(realtime)}))
}

const fn word(works: bool) -> &'static str {
    if works { "ok" } else { "no answer" }
}
