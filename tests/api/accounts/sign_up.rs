use serde_json::{Value, json};

use super::{account, closed_server};
use crate::harness::{TestServer, text};

#[actix_web::test]
async fn of_two_who_are_first_at_once_one_is() {
    let server = closed_server().await;
    let client = server.client();
    assert_eq!(client.get("/api/v1/server").await.expect(200)["needs_first_user"], true);
    assert_eq!(client.get("/api/v4/config/client").await.expect(200)["NoAccounts"], "true");

    let (ann, bob) = (account("ann"), account("bob"));
    let (ann, bob) = tokio::join!(client.post("/api/v1/users", &ann), client.post("/api/v4/users", &bob));
    let mut statuses = [ann.status.as_u16(), bob.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 403], "one is in, and the door is closed behind her");
    let winner = if ann.status == 201 { ann.json()["roles"].clone() } else { bob.json()["roles"].clone() };
    assert!(winner == json!(["system_admin", "system_user"]) || winner == "system_admin system_user", "{winner}");

    assert_eq!(client.get("/api/v1/server").await.expect(200)["needs_first_user"], false);
    assert_eq!(client.get("/api/v4/config/client").await.expect(200)["NoAccounts"], "false");
}

#[actix_web::test]
async fn later_ones_need_an_administrator_or_an_invitation() {
    let server = closed_server().await;
    let admin = server.person("admin").await;
    let stranger = server.client();
    assert_eq!(stranger.post("/api/v1/users", &account("eve")).await.expect(403)["code"], "user.signup_closed");
    let refused = stranger.post("/api/v4/users", &account("eve")).await.expect(403);
    assert_eq!(refused["id"], "api.user.create_user.no_open_server");

    let added = admin.client.post("/api/v4/users", &account("bob")).await.expect(201);
    assert_eq!(added["roles"], "system_user");
    let bob = server.log_in("bob").await;
    assert_eq!(
        bob.post("/api/v4/users", &account("eve")).await.expect(403)["status_code"],
        403,
        "bob is no administrator"
    );

    let team = admin.team("lab", &[]).await;
    let invitation = format!("/api/v4/users?iid={}", text(&team, "invite_id"));
    stranger.post(&invitation, &account("eve")).await.expect(201);
    let teams = server.log_in("eve").await.get("/api/v4/users/me/teams").await.expect(200);
    assert_eq!(teams[0]["id"], team["id"], "who is invited to a team is in it");

    let mut forged = account("mallory");
    forged["invite_id"] = json!("nonsense");
    assert_eq!(stranger.post("/api/v1/users", &forged).await.expect(400)["code"], "user.bad_invitation");
}

#[actix_web::test]
async fn what_cannot_be_an_account_is_refused_and_leaves_nothing() {
    let server = TestServer::start().await;
    let admin = server.person("admin").await;
    let client = server.client();
    let changed = |field: &str, value: Value| {
        let mut account = account("eve");
        account[field] = value;
        account
    };
    let refusals = [
        (changed("username", json!("")), 400, "user.bad_username"),
        (changed("username", json!("x".repeat(65))), 400, "user.bad_username"),
        (changed("username", json!("eve lyn")), 400, "user.bad_username"),
        (changed("username", json!("all")), 400, "user.bad_username"),
        (changed("username", json!("ADMIN")), 409, "user.username_taken"),
        (changed("email", json!("nowhere")), 400, "user.bad_email"),
        (changed("email", json!("Admin@Example.com")), 409, "user.email_taken"),
        (changed("password", json!("short")), 400, "password.too_short"),
        (changed("password", json!("x".repeat(73))), 400, "password.too_long"),
        (changed("nickname", json!("x".repeat(65))), 400, "user.too_long"),
        (changed("nickname", json!("\u{0}")), 400, "request.bad_text"),
        (changed("username", json!(7)), 400, "request.bad_json"),
    ];
    for (body, status, code) in refusals {
        let problem = client.post("/api/v1/users", &body).await.expect(status);
        assert_eq!(problem["code"], code, "{body}");
        let error = client.post("/api/v4/users", &body).await.expect(400);
        assert!(error["id"].is_string() && error["status_code"] == 400, "{error}");
    }
    let everybody = admin.client.get("/api/v4/users").await.expect(200);
    assert_eq!(everybody.as_array().unwrap().len(), 1);
    assert_eq!(
        text(&client.post("/api/v4/users", &account("admin")).await.expect(400), "id"),
        "app.user.save.username_exists.app_error"
    );
}

#[actix_web::test]
async fn the_longest_password_is_taken_whole() {
    let server = TestServer::start().await;
    let mut account = account("ann");
    account["password"] = json!("x".repeat(72));
    server.client().post("/api/v1/users", &account).await.expect(201);
    let login = |password: String| json!({ "login": "ann", "password": password });
    server.client().post("/api/v1/sessions", &login("x".repeat(72))).await.expect(201);
    for wrong in [71, 73] {
        server.client().post("/api/v1/sessions", &login("x".repeat(wrong))).await.expect(401);
    }
}
