use actix_web::http::Method;
use serde_json::{Value, json};

use super::with_headers;
use crate::harness::{TestServer, text};

fn usernames(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|user| text(user, "username")).collect()
}

#[actix_web::test]
async fn a_changed_profile_reaches_everyone_as_far_as_they_may_see_it() {
    let server = TestServer::start_with(|config| config.accounts.show_email_addresses = false).await;
    let (admin, ann, bob) = (server.person("admin").await, server.person("ann").await, server.person("bob").await);
    let (mut hers, mut native, mut foreign, mut admins) =
        (ann.socket().await, bob.socket().await, bob.v4_socket().await, admin.v4_socket().await);
    let patched = ann.client.patch("/api/v1/me", &json!({ "nickname": "Countess" })).await.expect(200);

    assert_eq!(hers.event("me.updated").await, patched, "what a refetch would say");
    assert_eq!(ann.client.get("/api/v1/me").await.expect(200), patched);
    let seen = native.event("user.updated").await;
    assert_eq!(seen, bob.client.get(&format!("/api/v1/users/{}", ann.id)).await.expect(200));
    let user = foreign.event("user_updated").await["user"].clone();
    assert_eq!((&user["nickname"], &user["email"]), (&json!("Countess"), &json!("")));
    assert_eq!(user.get("notify_props"), None);
    assert_eq!(user, bob.client.get(&format!("/api/v4/users/{}", ann.id)).await.expect(200));
    let user = admins.event("user_updated").await["user"].clone();
    assert_eq!(user["email"], "ann@example.com");
}

#[actix_web::test]
async fn a_profile_is_its_owners_to_change() {
    let server = TestServer::start().await;
    let (admin, ann, bob) = (server.person("admin").await, server.person("ann").await, server.person("bob").await);
    let path = format!("/api/v4/users/{}/patch", ann.id);
    let refused = bob.client.put(&path, &json!({ "nickname": "x" })).await.expect(403);
    assert_eq!(refused["id"], "api.context.permissions.app_error");
    assert_eq!(admin.client.put(&path, &json!({ "nickname": "x" })).await.expect(200)["nickname"], "x");
    ann.client.put(&path, &json!({ "username": "bob" })).await.expect(400);
    assert_eq!(
        ann.client.patch("/api/v1/me", &json!({ "username": "bob" })).await.expect(409)["code"],
        "user.username_taken"
    );
    ann.client.patch("/api/v1/me", &json!({ "unheard_of": 1 })).await.expect(400);

    let new = "new@example.com";
    ann.client.put(&path, &json!({ "email": new })).await.expect(400);
    ann.client.put(&path, &json!({ "email": new, "password": "wrong" })).await.expect(400);
    assert_eq!(ann.client.get("/api/v1/me").await.expect(200)["email"], "ann@example.com");
    ann.client.put(&path, &json!({ "email": new, "password": "correct horse" })).await.expect(200);
    assert_eq!(ann.client.get("/api/v1/me").await.expect(200)["email"], new);
}

#[actix_web::test]
async fn people_are_found_by_id_name_address_team_and_channel() {
    let server = TestServer::start().await;
    let (ann, bob, eve) = (server.person("ann").await, server.person("bob").await, server.person("eve").await);
    let team = ann.team("lab", &[&bob]).await;
    let channel = ann.channel(&team, "bench", &[]).await;
    let (team, channel) = (text(&team, "id"), text(&channel, "id"));
    let found = async |query: String| {
        let list = ann.client.get(&format!("/api/v4/users?{query}")).await.expect(200);
        usernames(&list).join(" ")
    };
    assert_eq!(found(String::new()).await, "ann bob eve");
    assert_eq!(found("page=1&per_page=2".to_owned()).await, "eve");
    assert_eq!(found(format!("in_team={team}")).await, "ann bob");
    assert_eq!(found(format!("not_in_team={team}")).await, "eve");
    assert_eq!(found(format!("in_channel={channel}")).await, "ann");
    assert_eq!(found(format!("in_team={team}&not_in_channel={channel}")).await, "bob");
    assert_eq!(found("roles=system_admin".to_owned()).await, "ann");
    assert_eq!(found("inactive=true".to_owned()).await, "");
    assert_eq!(found("sort=create_at".to_owned()).await, "eve bob ann");
    for bad in ["sort=shoe_size", "page=-1", "in_team=short", "active=true&inactive=true"] {
        ann.client.get(&format!("/api/v4/users?{bad}")).await.expect(400);
    }
    eve.client.get(&format!("/api/v4/users?in_channel={channel}")).await.expect(404);

    let ids = json!([bob.id, "y".repeat(26)]);
    assert_eq!(usernames(&eve.client.post("/api/v4/users/ids", &ids).await.expect(200)), ["bob"]);
    let names = json!(["EVE", "nobody", "ann"]);
    eve.client.post("/api/v4/users/usernames", &names).await.expect(200);
    assert_eq!(eve.client.get("/api/v4/users/username/bob").await.expect(200)["id"], bob.id.as_str());
    assert_eq!(eve.client.get("/api/v4/users/email/bob@example.com").await.expect(200)["id"], bob.id.as_str());
    eve.client.get(&format!("/api/v4/users/{}", "0".repeat(26))).await.expect(404);
    eve.client.get("/api/v4/users/short").await.expect(400);

    let page = eve.client.get("/api/v1/users?limit=2").await.expect(200);
    assert_eq!(usernames(&page["users"]), ["ann", "bob"]);
    let page =
        eve.client.get(&format!("/api/v1/users?limit=2&cursor={}", text(&page, "next_cursor"))).await.expect(200);
    assert_eq!((usernames(&page["users"]), &page["next_cursor"]), (vec!["eve"], &Value::Null));
    assert_eq!(usernames(&eve.client.get("/api/v1/users?q=BO").await.expect(200)["users"]), ["bob"]);
    eve.client.get(&format!("/api/v1/users?team={team}")).await.expect(404);
}

#[actix_web::test]
async fn an_unchanged_profile_is_not_sent_twice() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let first = ann.client.get("/api/v4/users/me").await;
    assert_eq!(first.header("content-type"), "application/json");
    assert_eq!(first.header("expires"), "0");
    assert!(first.header("x-version-id").starts_with("11.6.0."));
    let known = [("if-none-match", first.header("etag"))];
    let again = with_headers(&ann.client, Method::GET, "/api/v4/users/me", &known, Value::Null).await;
    assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
    ann.client.patch("/api/v1/me", &json!({ "nickname": "x" })).await.expect(200);
    with_headers(&ann.client, Method::GET, "/api/v4/users/me", &known, Value::Null).await.expect(200);
}

#[actix_web::test]
async fn everybody_has_a_picture() {
    let server = TestServer::start().await;
    let (ann, bob) = (server.person("ann").await, server.person("bob").await);
    let path = format!("/api/v4/users/{}/image", bob.id);
    let picture = ann.client.get(&path).await;
    assert_eq!((picture.status.as_u16(), picture.header("content-type")), (200, "image/png"));
    assert!(picture.header("cache-control").contains("private"));
    let native = ann.client.get(&format!("/api/v1/users/{}/picture?v=0", bob.id)).await;
    assert_eq!(native.bytes, picture.bytes);
    let known = [("if-none-match", picture.header("etag"))];
    assert_eq!(with_headers(&ann.client, Method::GET, &path, &known, Value::Null).await.status, 304);
    server.client().get(&path).await.expect(401);
    ann.client.get(&format!("/api/v4/users/{}/image", "y".repeat(26))).await.expect(404);
}
