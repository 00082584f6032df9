//! A forgotten password, with a real mail server.

use rustchat::config::Secret;
use serde_json::{Value, json};

use crate::harness::{MailServer, Person, TestServer};

const NEW: &str = "battery staple";

/// Ann has forgotten her password.
async fn forgotten(refusals: usize) -> (TestServer, MailServer, Person) {
    let mail = MailServer::start(refusals).await;
    let url = mail.url.clone();
    let server = TestServer::start_with(|config| config.mail.smtp_url = Secret::from(url)).await;
    let ann = server.person("ann").await;
    (server, mail, ann)
}

/// What stands in the link.
fn token(letter: &str) -> String {
    assert!(letter.contains("To: ann@example.com"), "{letter}");
    letter.split("/reset-password#token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_link_sets_a_new_password_once_and_ends_all_sessions() {
    let (server, mut mail, ann) = forgotten(0).await;
    let anyone = server.client();
    anyone.post("/api/v1/password-resets", &json!({ "email": "nobody@example.com" })).await.expect(202);
    anyone.post("/api/v1/password-resets", &json!({ "email": "Ann@example.com" })).await.expect(202);
    let token = token(&mail.letter().await);
    let redeem = async |password: &str| {
        let body = json!({ "token": token, "new_password": password });
        anyone.post("/api/v1/password-resets/redeem", &body).await
    };
    assert_eq!(redeem("short").await.expect(400)["code"], "password.too_short");
    redeem(NEW).await.expect(204);
    ann.client.get("/api/v1/me").await.expect(401);
    anyone.post("/api/v1/sessions", &json!({ "login": "ann", "password": NEW })).await.expect(201);
    assert!(mail.letter().await.contains("Your password for RustChat was changed"));
    assert_eq!(redeem(NEW).await.expect(400)["code"], "password_reset.bad_token");
}

#[actix_web::test]
async fn foreign_clients_reset_passwords_too() {
    let (server, mut mail, ann) = forgotten(0).await;
    let anyone = server.client();
    let send = "/api/v4/users/password/reset/send";
    for email in ["nobody@example.com", "ann@example.com"] {
        assert_eq!(anyone.post(send, &json!({ "email": email })).await.expect(200)["status"], "OK");
    }
    let body = json!({ "token": token(&mail.letter().await), "new_password": NEW });
    assert_eq!(anyone.post("/api/v4/users/password/reset", &body).await.expect(200)["status"], "OK");
    ann.client.get("/api/v4/users/me").await.expect(401);
    let refused = anyone.post("/api/v4/users/password/reset", &body).await.expect(400);
    assert_eq!(refused["id"], "api.user.reset_password.link_expired.app_error");
}

#[actix_web::test]
async fn links_that_are_old_replaced_or_sent_elsewhere_open_nothing() {
    let (server, mut mail, ann) = forgotten(0).await;
    let anyone = server.client();
    let mut link = async || {
        anyone.post("/api/v1/password-resets", &json!({ "email": "ann@example.com" })).await.expect(202);
        token(&mail.letter().await)
    };
    let refused = async |token: &str| {
        let body = json!({ "token": token, "new_password": NEW });
        let problem: Value = anyone.post("/api/v1/password-resets/redeem", &body).await.expect(400);
        assert_eq!(problem["code"], "password_reset.bad_token");
    };
    let (first, second) = (link().await, link().await);
    refused(&first).await;
    sqlx::query("UPDATE password_resets SET expires_at = 1").execute(&server.core.db).await.unwrap();
    refused(&second).await;
    let third = link().await;
    sqlx::query("UPDATE users SET email = 'else@example.com'").execute(&server.core.db).await.unwrap();
    refused(&third).await;
    ann.client.get("/api/v1/me").await.expect(200);
}

#[actix_web::test]
async fn a_mail_that_is_refused_for_the_moment_is_sent_again() {
    let (server, mut mail, _) = forgotten(1).await;
    server.client().post("/api/v1/password-resets", &json!({ "email": "ann@example.com" })).await.expect(202);
    token(&mail.letter().await);
}
