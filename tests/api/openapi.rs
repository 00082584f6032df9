//! The description of the native API leaves nothing out.

use std::collections::HashSet;

use serde_json::Value;

use crate::harness::TestServer;
use crate::routes::{nameless, registered};

/// The description itself and the page around it.
const NOT_DESCRIBED: [&str; 4] =
    ["GET /api/v1/docs", "GET /api/v1/docs/docs.css", "GET /api/v1/docs/docs.js", "GET /api/v1/openapi.json"];

#[actix_web::test]
async fn every_route_is_described_once() {
    let server = TestServer::start().await;
    let document = server.client().get("/api/v1/openapi.json").await.expect(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut described = Vec::new();
    let mut names = HashSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            described.push(format!("{} {}", method.to_uppercase(), nameless(path)));
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} is the name of several operations");
            assert!(operation["tags"][0].is_string(), "{method} {path} has a tag");
        }
    }
    described.extend(NOT_DESCRIBED.map(str::to_owned));
    described.sort();
    let native = registered().await.into_iter().filter(|route| route.contains(" /api/v1/"));
    assert_eq!(described, native.collect::<Vec<_>>());
}

#[actix_web::test]
async fn every_reference_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = serde_json::to_value(rustchat::api::v1::openapi::document()).unwrap();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.contains(&"#/components/schemas/PostCreated"), "events are described, too");
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[actix_web::test]
async fn the_page_to_try_it_needs_nothing_from_elsewhere() {
    let server = TestServer::start().await;
    let page = server.client().get("/api/v1/docs").await;
    page.expect_bytes(200);
    assert!(page.header("content-security-policy").starts_with("default-src 'self'"));
    let text = String::from_utf8(page.bytes).unwrap();
    assert!(!text.contains("http://") && !text.contains("https://"));
    for file in ["docs/docs.js", "docs/docs.css"] {
        assert!(text.contains(file));
        server.client().get(&format!("/api/v1/{file}")).await.expect_bytes(200);
    }
}
