use serde_json::{Value, json};

use crate::harness::{TestServer, text};

#[actix_web::test]
async fn preferences_follow_their_owner_to_every_device() {
    let server = TestServer::start().await;
    let (ann, eve) = (server.person("ann").await, server.person("eve").await);
    let (mut native, mut foreign) = (ann.socket().await, ann.v4_socket().await);
    let item = json!({ "user_id": ann.id, "category": "theme", "name": "", "value": "dark" });
    let saved = ann.client.put("/api/v4/users/me/preferences", &json!([item, item])).await;
    assert_eq!(saved.expect(200), json!({ "status": "OK" }));
    assert_eq!(ann.client.get("/api/v4/users/me/preferences").await.expect(200), json!([item]));
    assert_eq!(ann.client.get("/api/v4/users/me/preferences/theme").await.expect(200), json!([item]));
    ann.client.get("/api/v4/users/me/preferences/theme/name/other").await.expect(404);
    let told: Value = serde_json::from_str(text(&foreign.event("preferences_changed").await, "preferences")).unwrap();
    assert_eq!(told, json!([item]));
    let short = json!({ "category": "theme", "name": "", "value": "dark" });
    assert_eq!(native.event("preferences.changed").await, json!({ "saved": [short], "removed": [] }));
    assert_eq!(ann.client.get("/api/v1/me/preferences").await.expect(200), json!([short]));

    ann.client.post("/api/v1/me/preferences/delete", &json!([short])).await.expect(204);
    assert_eq!(native.event("preferences.changed").await["removed"][0]["category"], "theme");
    foreign.event("preferences_deleted").await;
    assert_eq!(ann.client.get("/api/v1/me/preferences").await.expect(200), json!([]));

    eve.client.get(&format!("/api/v4/users/{}/preferences", ann.id)).await.expect(403);
    eve.client.put("/api/v4/users/me/preferences", &json!([item])).await.expect(403);
    assert_eq!(ann.client.get("/api/v1/me/preferences").await.expect(200), json!([]));
}

#[actix_web::test]
async fn preferences_are_bounded() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let item = |category: &str, value: &str| json!({ "category": category, "name": "n", "value": value });
    let longest = item(&"c".repeat(32), &"ü".repeat(20_000));
    ann.client.put("/api/v1/me/preferences", &json!([longest])).await.expect(200);
    let refusals = [
        (json!([]), "preference.too_many"),
        (json!(vec![item("c", ""); 101]), "preference.too_many"),
        (json!([item("", "")]), "preference.bad_key"),
        (json!([item(&"c".repeat(33), "")]), "preference.bad_key"),
        (json!([item("c", &"x".repeat(20_001))]), "preference.too_long"),
        (json!([item("c", "\u{0}")]), "request.bad_text"),
    ];
    for (body, code) in refusals {
        assert_eq!(ann.client.put("/api/v1/me/preferences", &body).await.expect(400)["code"], code);
    }
    assert_eq!(ann.client.get("/api/v1/me/preferences").await.expect(200).as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_chosen_status_is_seen_and_outlives_the_connection() {
    let server = TestServer::start().await;
    let (ann, eve) = (server.person("ann").await, server.person("eve").await);
    let ids = json!([ann.id, "y".repeat(26)]);
    let seen = async || {
        let statuses = eve.client.post("/api/v4/users/status/ids", &ids).await.expect(200);
        assert_eq!(statuses.as_array().unwrap().len(), 1, "who does not exist has no status");
        text(&statuses[0], "status").to_owned()
    };
    assert_eq!(seen().await, "offline");
    let mut socket = ann.v4_socket().await;
    let choice = |status: &str| json!({ "user_id": ann.id, "status": status });
    let answer = ann.client.put("/api/v4/users/me/status", &choice("dnd")).await.expect(200);
    assert_eq!((&answer["status"], &answer["manual"]), (&json!("dnd"), &json!(true)));
    while socket.event("status_change").await["status"] != "dnd" {}
    assert_eq!(seen().await, "dnd");
    drop(socket);
    assert_eq!(seen().await, "dnd");

    ann.client.put("/api/v1/me/status", &json!({ "status": "ooo" })).await.expect(400);
    ann.client.put("/api/v1/me/status", &json!({ "status": "dnd", "until": 1 })).await.expect(400);
    ann.client.put("/api/v1/me/status", &json!({ "status": "asleep" })).await.expect(400);
    eve.client.put("/api/v4/users/me/status", &choice("away")).await.expect(400);
    eve.client.put(&format!("/api/v4/users/{}/status", ann.id), &choice("away")).await.expect(403);
}

#[actix_web::test]
async fn a_client_learns_what_the_server_can_do() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let anonymous = server.client().get("/api/v4/config/client?format=old").await.expect(200);
    let full = ann.client.get("/api/v4/config/client").await.expect(200);
    for config in [&anonymous, &full] {
        assert!(config.as_object().unwrap().values().all(Value::is_string));
        assert_eq!((text(config, "Version"), text(config, "DiagnosticId").len()), ("11.6.0", 26));
    }
    assert_eq!(anonymous["DiagnosticId"], full["DiagnosticId"]);
    assert_eq!((anonymous.get("MaxPostSize"), text(&full, "MaxPostSize")), (None, "16383"));

    let names = json!(["system_user", "no_such_role"]);
    let roles = ann.client.post("/api/v4/roles/names", &names).await.expect(200);
    assert_eq!((roles.as_array().unwrap().len(), text(&roles[0], "name")), (1, "system_user"));
    ann.client.post("/api/v4/roles/names", &json!(vec!["x"; 101])).await.expect(400);
    server.client().post("/api/v4/roles/names", &names).await.expect(401);

    assert_eq!(server.client().get("/api/v4/license/client").await.expect(200), json!({ "IsLicensed": "false" }));
    let ping = server.client().get("/api/v4/system/ping?get_server_status=true").await.expect(200);
    assert_eq!((text(&ping, "status"), text(&ping, "database_status")), ("OK", "OK"));
    let limits = ann.client.get("/api/v4/limits/server").await.expect(200);
    assert_eq!(limits["activeUserCount"], 1, "the first one is an administrator");
    let eve = server.person("eve").await;
    assert_eq!(eve.client.get("/api/v4/limits/server").await.expect(200)["activeUserCount"], 0);
    assert_eq!(eve.client.get("/api/v4/plugins/webapp").await.expect(200), json!([]));
}
