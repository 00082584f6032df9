//! What makes no sense gets a clear answer in the form of its API, and changes nothing.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, TestServer, text};

/// Makes sure that the answer is a refusal with this status, in the form of the API.
#[track_caller]
fn refused(answer: &Answer, status: u16) -> Value {
    let body = answer.expect(status);
    let keys: &[&str] = if answer.what.contains("/api/v4/") {
        &["id", "message", "detailed_error", "request_id", "status_code"]
    } else {
        &["type", "title", "status", "code", "detail", "request_id"]
    };
    assert!(keys.iter().all(|key| !body[key].is_null()), "{}: {body}", answer.what);
    body
}

#[actix_web::test]
async fn bodies_that_are_no_json_or_of_other_types() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let team = ann.team("lab", &[]).await;
    let channel = ann.channel(&team, "bench", &[]).await;
    let native = format!("/api/v1/channels/{}/posts", text(&channel, "id"));
    let bodies: [&[u8]; 6] = [b"", b"{", b"[]", b"{\"message\":7}", b"{\"message\":\"\xff\xfe\"}", b"null"];
    for body in bodies {
        for path in [native.as_str(), "/api/v4/posts", "/api/v1/teams", "/api/v4/teams"] {
            refused(&ann.client.send_bytes(Method::POST, path, body).await, 400);
        }
    }
    let page = ann.client.get(&native).await.expect(200);
    assert_eq!(page["posts"].as_array().unwrap().iter().filter(|post| post["kind"] == "").count(), 0);
}

#[actix_web::test]
async fn huge_bodies() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let huge = json!({ "message": "x".repeat(400_000) }).to_string();
    for path in ["/api/v1/teams", "/api/v4/posts"] {
        refused(&ann.client.send_bytes(Method::POST, path, huge.clone()).await, 413);
    }
    ann.client.get("/api/v1/me").await.expect(200);
}

#[actix_web::test]
async fn ids_that_are_malformed_unknown_or_of_something_else() {
    let server = TestServer::start().await;
    // The first one sees everything.
    server.person("root").await;
    let (ann, bob) = (server.person("ann").await, server.person("bob").await);
    let team = bob.team("lab", &[]).await;
    let channel = bob.channel(&team, "bench", &[]).await;
    let post = bob.post(&channel, "secret").await;
    for api in ["/api/v1", "/api/v4"] {
        for noun in ["teams", "channels", "posts"] {
            refused(&ann.client.get(&format!("{api}/{noun}/short")).await, 400);
            for unknown in ["y".repeat(26), "0".repeat(26), text(&team, "id").to_owned(), ann.id.clone()] {
                refused(&ann.client.get(&format!("{api}/{noun}/{unknown}")).await, 404);
            }
        }
        // Another team's things look like things that are not there.
        refused(&ann.client.get(&format!("{api}/channels/{}", text(&channel, "id"))).await, 404);
        refused(&ann.client.get(&format!("{api}/posts/{}", text(&post, "id"))).await, 404);
    }
}

#[actix_web::test]
async fn names_that_are_too_long_or_taken() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let team = ann.team("lab", &[]).await;
    let path = format!("/api/v1/teams/{}/channels", text(&team, "id"));
    let long = "x".repeat(65);
    for (name, display_name) in [(long.as_str(), "fine"), ("fine", long.as_str()), ("No Good", "fine"), ("", "fine")] {
        let body = json!({ "name": name, "display_name": display_name });
        refused(&ann.client.post(&path, &body).await, 400);
    }
    let body = json!({ "name": "town-square", "display_name": "Mine" });
    refused(&ann.client.post(&path, &body).await, 409);
    let body = json!({ "username": "ann", "email": "other@example.com", "password": "long enough" });
    refused(&server.client().post("/api/v1/users", &body).await, 409);
    let body = json!({ "username": "new", "email": "new@example.com", "password": "x".repeat(73) });
    refused(&server.client().post("/api/v1/users", &body).await, 400);
}

#[actix_web::test]
async fn pages_that_cannot_be() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    for path in
        ["/api/v1/users?limit=-1", "/api/v1/users?limit=x", "/api/v1/users?cursor=%00", "/api/v1/teams?cursor=x"]
    {
        refused(&ann.client.get(path).await, 400);
    }
    // The contract of v4 is lenient: whatever makes no sense is the default.
    for path in ["/api/v4/users?page=-1", "/api/v4/users?per_page=100000"] {
        let answer = ann.client.get(path).await;
        assert!(answer.status.is_success() || answer.status == 400, "{}: {}", answer.what, answer.status);
    }
}

#[actix_web::test]
async fn deleted_things_are_gone() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let team = ann.team("lab", &[]).await;
    let channel = ann.channel(&team, "bench", &[]).await;
    let post = ann.post(&channel, "soon gone").await;
    let path = format!("/api/v1/posts/{}", text(&post, "id"));
    ann.client.delete(&path).await.expect(204);
    refused(&ann.client.get(&path).await, 404);
    refused(&ann.client.patch(&path, &json!({ "message": "back" })).await, 404);
    refused(&ann.client.delete(&path).await, 404);
    let reply = json!({ "message": "to nothing", "root_id": post["id"] });
    refused(&ann.client.post(&format!("/api/v1/channels/{}/posts", text(&channel, "id")), &reply).await, 400);
    ann.client.delete(&format!("/api/v1/channels/{}", text(&channel, "id"))).await.expect(204);
    let late = json!({ "message": "too late" });
    refused(&ann.client.post(&format!("/api/v1/channels/{}/posts", text(&channel, "id")), &late).await, 400);
}

#[actix_web::test]
async fn routes_that_are_nowhere() {
    let server = TestServer::start().await;
    assert_eq!(refused(&server.client().get("/api/v1/nowhere").await, 404)["code"], "route.not_found");
    assert_eq!(refused(&server.client().get("/api/v4/nowhere").await, 404)["id"], "api.context.404.app_error");
}
