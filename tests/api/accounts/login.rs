use actix_web::http::Method;
use serde_json::{Value, json};

use super::with_headers;
use crate::harness::{TestServer, text};

fn v4_login(login: &str, password: &str) -> Value {
    json!({ "login_id": login, "password": password })
}

#[actix_web::test]
async fn a_username_or_an_address_with_the_password_opens() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    for login in ["ann", "ANN", " ann@Example.com "] {
        let answer = server.client().post("/api/v4/users/login", &v4_login(login, "correct horse")).await;
        assert_eq!(answer.expect(200)["id"], ann.id.as_str());
        let token = answer.header("token").to_owned();
        for scheme in ["Bearer", "BEARER", "token"] {
            let authorization = format!("{scheme} {token}");
            let headers = [("authorization", authorization.as_str())];
            let me = with_headers(&server.client(), Method::GET, "/api/v4/users/me", &headers, Value::Null).await;
            assert_eq!(me.expect(200)["username"], "ann");
        }
    }
}

#[actix_web::test]
async fn nobody_learns_who_has_an_account() {
    let server = TestServer::start().await;
    server.person("ann").await;
    let mut answers = Vec::new();
    for login in [v4_login("ann", "wrong"), v4_login("nobody", "wrong")] {
        let mut answer = server.client().post("/api/v4/users/login", &login).await.expect(401);
        assert_eq!(answer["id"], "api.user.login.invalid_credentials_email_username");
        answer["request_id"].take();
        answers.push(answer);
    }
    assert_eq!(answers[0], answers[1]);
    let blank = server.client().post("/api/v4/users/login", &v4_login("ann", "")).await.expect(400);
    assert_eq!(blank["id"], "api.user.login.blank_pwd.app_error");
}

#[actix_web::test]
async fn too_many_failures_lock_an_account_until_its_password_is_reset() {
    let server = TestServer::start_with(|config| config.accounts.max_failed_logins = 3).await;
    let (admin, ann) = (server.person("admin").await, server.person("ann").await);
    // A success in between starts the count anew.
    server.client().post("/api/v4/users/login", &v4_login("ann", "wrong")).await.expect(401);
    server.log_in("ann").await;
    for _ in 0..3 {
        let wrong = server.client().post("/api/v4/users/login", &v4_login("ann", "wrong")).await.expect(401);
        assert_eq!(wrong["id"], "api.user.login.invalid_credentials_email_username");
    }
    let locked = server.client().post("/api/v4/users/login", &v4_login("ann", "correct horse")).await.expect(401);
    assert_eq!(locked["id"], "api.user.check_user_login_attempts.too_many.app_error");

    let reset = format!("/api/v4/users/{}/password", ann.id);
    let new = json!({ "new_password": "battery staple" });
    ann.client.put(&format!("/api/v4/users/{}/password", admin.id), &new).await.expect(403);
    admin.client.put(&reset, &new).await.expect(200);
    server.client().post("/api/v4/users/login", &v4_login("ann", "battery staple")).await.expect(200);
    ann.client.get("/api/v1/me").await.expect(401);
}

#[actix_web::test]
async fn guessing_is_slowed_down() {
    let server = TestServer::start_with(|config| {
        config.throttle.login_account_burst = 2;
        config.throttle.login_account_per_minute = 1;
    })
    .await;
    for _ in 0..2 {
        server.client().post("/api/v4/users/login", &v4_login("nobody", "wrong")).await.expect(401);
    }
    let slowed = server.client().post("/api/v4/users/login", &v4_login("nobody", "wrong")).await;
    slowed.expect(429);
    assert!((1..=60).contains(&slowed.header("retry-after").parse::<u64>().unwrap()));
    let slowed = server.client().post("/api/v1/sessions", &json!({ "login": "nobody", "password": "wrong" })).await;
    assert_eq!(slowed.expect(429)["code"], "login.throttled");
    assert!(!slowed.header("retry-after").is_empty());
    server.client().post("/api/v4/users/login", &v4_login("somebody", "wrong")).await.expect(401);
}

#[actix_web::test]
async fn an_address_is_slowed_down_and_only_trusted_proxies_name_it() {
    let server = TestServer::start_with(|config| {
        config.throttle.login_address_burst = 1;
        config.throttle.login_address_per_minute = 1;
        config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    let from = async |address: &str| {
        let headers = [("x-forwarded-for", address)];
        let login = v4_login("nobody", "wrong");
        with_headers(&server.client(), Method::POST, "/api/v4/users/login", &headers, login).await.status.as_u16()
    };
    assert_eq!([from("192.0.2.1").await, from("192.0.2.1").await, from("192.0.2.2").await], [401, 429, 401]);
    assert_eq!(from("192.0.2.77, 192.0.2.2").await, 429, "the client wrote the first one itself");
}

#[actix_web::test]
async fn a_deactivated_account_opens_to_nobody() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    sqlx::query("UPDATE users SET deleted_at = 1 WHERE username = 'ann'").execute(&server.core.db).await.unwrap();
    server.core.caches.clear();
    ann.client.get("/api/v4/users/me").await.expect(401);
    let refused = server.client().post("/api/v4/users/login", &v4_login("ann", "correct horse")).await.expect(401);
    assert_eq!(text(&refused, "id"), "api.user.login.inactive.app_error");
    let guessed = server.client().post("/api/v4/users/login", &v4_login("ann", "wrong")).await.expect(401);
    assert_eq!(text(&guessed, "id"), "api.user.login.invalid_credentials_email_username");
}
