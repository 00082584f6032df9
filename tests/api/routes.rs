//! Which routes there are, asked of the router itself.

use actix_web::introspection::IntrospectionTree;
use actix_web::{App, HttpResponse, test, web};
use serde_json::Value;

/// `METHOD /path` of every route of both APIs, with `{}` for each parameter, sorted.
pub async fn registered() -> Vec<String> {
    async fn report(tree: web::Data<IntrospectionTree>) -> HttpResponse {
        HttpResponse::Ok().content_type("application/json").body(tree.report_as_json())
    }
    let app = App::new()
        .route("/introspection", web::get().to(report))
        .configure(|config| rustchat::api::server::routes(config, 1_000_000));
    let app = test::init_service(app).await;
    let request = test::TestRequest::get().uri("/introspection").to_request();
    let items: Vec<Value> = test::call_and_read_body_json(&app, request).await;
    let mut routes: Vec<String> = items.iter().flat_map(routes_of).collect();
    routes.sort();
    routes.dedup();
    routes
}

fn routes_of(item: &Value) -> Vec<String> {
    let path = item["full_path"].as_str().unwrap();
    if !path.starts_with("/api/v") {
        return Vec::new();
    }
    let path = nameless(path.trim_end_matches('/'));
    item["methods"].as_array().unwrap().iter().map(|method| format!("{} {path}", method.as_str().unwrap())).collect()
}

/// `{}` for every `{name}`.
pub fn nameless(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}
