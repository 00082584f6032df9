use serde_json::{Value, json};

use crate::harness::{TestServer, text};

#[actix_web::test]
async fn a_deactivated_account_loses_everything_at_once_and_comes_back() {
    let server = TestServer::start().await;
    let (admin, ann, eve) = (server.person("admin").await, server.person("ann").await, server.person("eve").await);
    let mut socket = ann.socket().await;
    let path = format!("/api/v4/users/{}/active", ann.id);
    eve.client.put(&path, &json!({ "active": false })).await.expect(403);
    admin.client.put(&path, &json!({ "active": false })).await.expect(200);
    ann.client.get("/api/v1/me").await.expect(401);
    socket.closed().await;
    let login = json!({ "login_id": "ann", "password": "correct horse" });
    let refused = server.client().post("/api/v4/users/login", &login).await.expect(401);
    assert_eq!(refused["id"], "api.user.login.inactive.app_error");
    assert!(eve.client.get(&format!("/api/v4/users/{}", ann.id)).await.expect(200)["delete_at"].as_i64() > Some(0));

    admin.client.put(&path, &json!({ "active": true })).await.expect(200);
    server.client().post("/api/v4/users/login", &login).await.expect(200);
    eve.client.delete(&format!("/api/v4/users/{}", ann.id)).await.expect(403);
}

#[actix_web::test]
async fn roles_count_at_once_and_somebody_always_runs_the_installation() {
    let server = TestServer::start().await;
    let (admin, ann) = (server.person("admin").await, server.person("ann").await);
    let mut socket = ann.v4_socket().await;
    let roles = |id: &str| format!("/api/v4/users/{id}/roles");
    let both = json!({ "roles": "system_admin system_user" });
    ann.client.put(&roles(&ann.id), &both).await.expect(403);
    for bad in ["", "system_admin", "system_user nonsense", "system_user system_guest"] {
        admin.client.put(&roles(&ann.id), &json!({ "roles": bad })).await.expect(400);
    }
    let plain = json!({ "roles": "system_user" });
    let refused = admin.client.put(&roles(&admin.id), &plain).await.expect(400);
    assert_eq!(refused["id"], "api.user.update_user_roles.last_admin.app_error");
    admin.client.delete(&format!("/api/v4/users/{}", admin.id)).await.expect(400);

    admin.client.put(&roles(&ann.id), &both).await.expect(200);
    assert_eq!(text(&socket.event("user_role_updated").await, "roles"), "system_admin system_user");
    ann.client.put(&roles(&admin.id), &plain).await.expect(200);
    admin.client.put(&roles(&ann.id), &plain).await.expect(403);
}

#[actix_web::test]
async fn people_are_found_while_their_names_are_typed() {
    let server = TestServer::start().await;
    let (ann, bob, bea) = (server.person("ann").await, server.person("bob").await, server.person("bea").await);
    let team = ann.team("lab", &[&bob]).await;
    let channel = ann.channel(&team, "bench", &[]).await;
    ann.client.patch("/api/v1/me", &json!({ "first_name": "Bernadette" })).await.expect(200);
    let (team, channel) = (text(&team, "id"), text(&channel, "id"));
    let names = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|user| text(user, "username").to_owned()).collect()
    };
    let path = format!("/api/v4/users/autocomplete?in_team={team}&in_channel={channel}&name=B&limit=25");
    let found = ann.client.get(&path).await.expect(200);
    assert_eq!((names(&found["users"]), names(&found["out_of_channel"])), (vec!["ann".into()], vec!["bob".into()]));
    bea.client.get(&path).await.expect(404);
    let found = bea.client.post("/api/v4/users/search", &json!({ "term": "@be" })).await.expect(200);
    assert_eq!(names(&found), ["ann", "bea"]);
    let found =
        ann.client.post("/api/v4/users/search", &json!({ "term": "b", "team_id": team, "limit": 1 })).await.expect(200);
    assert_eq!(names(&found), ["ann"]);
}
