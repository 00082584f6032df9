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

/// 200 "ready"; 200 "degraded" while Redis is away, as everybody here can still work; 503 "unavailable", or "draining" when
/// this instance is stopping. Says what works and what does not.
async fn ready(core: web::Data<Core>) -> HttpResponse {
    let readiness = readiness(&core).await;
    let (mut response, status) = match (readiness.draining, readiness.works(), readiness.redis) {
        (true, ..) => (HttpResponse::ServiceUnavailable(), "draining"),
        (false, true, None | Some(true)) => (HttpResponse::Ok(), "ready"),
        (false, true, Some(false)) => (HttpResponse::Ok(), "degraded"),
        (false, false, _) => (HttpResponse::ServiceUnavailable(), "unavailable"),
    };
    let Readiness { database, realtime, redis, .. } = readiness;
    let redis = redis.map_or("not used", word);
    response.json(json!({"status": status, "database": word(database), "realtime": word(realtime), "redis": redis}))
}

const fn word(works: bool) -> &'static str {
    if works { "ok" } else { "no answer" }
}
