use actix_web::http::{Method, header::SET_COOKIE};
use serde_json::{Value, json};

use super::with_headers;
use crate::harness::{Answer, TestServer, text};

/// The value of a cookie that an answer sets, and its attributes.
fn cookie<'a>(answer: &'a Answer, name: &str) -> (&'a str, &'a str) {
    let found = answer.headers.get_all(SET_COOKIE).find_map(|header| header.to_str().unwrap().strip_prefix(name));
    let rest = found.unwrap_or_else(|| panic!("no cookie {name}")).strip_prefix('=').unwrap();
    rest.split_once("; ").unwrap()
}

#[actix_web::test]
async fn a_browser_proves_that_its_own_page_asks() {
    let server = TestServer::start().await;
    server.person("ann").await;
    let client = server.client();
    let login = json!({ "login": "ann", "password": "correct horse" });
    let answer = client.post("/api/v1/sessions", &login).await;
    let (token, attributes) = cookie(&answer, "rustchat_session");
    assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax") && attributes.contains("Path=/"));
    let (csrf, attributes) = cookie(&answer, "rustchat_csrf");
    assert!(!attributes.contains("HttpOnly"));
    assert_eq!(answer.json()["csrf"], csrf);

    let cookies = format!("rustchat_session={token}");
    let patch = json!({ "nickname": "Countess" });
    let sent = async |headers: &[(&str, &str)]| {
        with_headers(&client, Method::PATCH, "/api/v1/me", headers, patch.clone()).await
    };
    let refused = sent(&[("cookie", &cookies)]).await;
    assert_eq!(refused.status, 401);
    assert_eq!(cookie(&refused, "rustchat_session").0, "");
    assert_eq!(sent(&[("cookie", &cookies), ("x-requested-with", "XMLHttpRequest")]).await.status, 401);
    assert_eq!(sent(&[("cookie", &cookies), ("x-csrf-token", csrf)]).await.expect(200)["nickname"], "Countess");
    let read = with_headers(&client, Method::GET, "/api/v1/me", &[("cookie", &cookies)], Value::Null).await;
    read.expect(200);
}

#[actix_web::test]
async fn mattermosts_cookies_come_and_go_with_the_session() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let client = server.client();
    let login = json!({ "login_id": "ann", "password": "correct horse" });
    let answer = client.post("/api/v4/users/login", &login).await;
    let (token, _) = cookie(&answer, "MMAUTHTOKEN");
    assert_eq!(token, answer.header("token"));
    assert_eq!(cookie(&answer, "MMUSERID").0, ann.id);
    let csrf = cookie(&answer, "MMCSRF").0;
    let cookies = format!("MMAUTHTOKEN={token}");

    for proof in [("x-csrf-token", csrf), ("x-requested-with", "XMLHttpRequest")] {
        let headers = [("cookie", cookies.as_str()), proof];
        let answer = with_headers(&client, Method::PUT, "/api/v4/users/me/patch", &headers, json!({})).await;
        answer.expect(200);
    }
    let headers = [("cookie", cookies.as_str()), ("x-csrf-token", csrf)];
    let out = with_headers(&client, Method::POST, "/api/v4/users/logout", &headers, Value::Null).await;
    assert_eq!(out.expect(200), json!({ "status": "OK" }));
    assert_eq!(cookie(&out, "MMAUTHTOKEN").0, "");
    let late = with_headers(&client, Method::GET, "/api/v4/users/me", &headers, Value::Null).await;
    assert_eq!(late.expect(401)["id"], "api.context.session_expired.app_error");
    assert_eq!(cookie(&late, "MMAUTHTOKEN").0, "", "nobody should send a dead token again");
    client.post("/api/v4/users/logout", &Value::Null).await.expect(200);
}

#[actix_web::test]
async fn a_revoked_session_is_dead_at_once_and_so_are_its_sockets() {
    let server = TestServer::start().await;
    let (ann, eve) = (server.person("ann").await, server.person("eve").await);
    let phone = server.log_in("ann").await;
    let mut socket = phone.socket("/api/v1/ws").await;
    socket.next_event().await;

    let sessions = ann.client.get("/api/v1/sessions").await.expect(200);
    let others: Vec<&Value> = sessions.as_array().unwrap().iter().filter(|it| it["current"] == false).collect();
    assert_eq!(others.len(), 1);
    let path = format!("/api/v1/sessions/{}", text(others[0], "id"));
    assert_eq!(eve.client.delete(&path).await.expect(404)["code"], "session.not_found", "not hers");
    ann.client.delete(&path).await.expect(204);
    phone.get("/api/v1/me").await.expect(401);
    assert!(socket.closed().await.is_some());
    ann.client.get("/api/v1/me").await.expect(200);

    let path = format!("/api/v4/users/{}/sessions", ann.id);
    eve.client.get(&path).await.expect(403);
    eve.client.post(&format!("{path}/revoke/all"), &Value::Null).await.expect(403);
    ann.client.post(&format!("{path}/revoke/all"), &Value::Null).await.expect(200);
    ann.client.get("/api/v1/me").await.expect(401);
}

#[actix_web::test]
async fn a_new_password_ends_the_other_sessions() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let other = server.log_in("ann").await;
    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    let wrong = ann.client.put("/api/v1/me/password", &change("wrong", "battery staple")).await.expect(400);
    assert_eq!(wrong["code"], "password.wrong");
    let short = ann.client.put("/api/v1/me/password", &change("correct horse", "short")).await.expect(400);
    assert_eq!(short["code"], "password.too_short");
    other.get("/api/v1/me").await.expect(200);
    ann.client.put("/api/v1/me/password", &change("correct horse", "battery staple")).await.expect(204);
    other.get("/api/v1/me").await.expect(401);
    ann.client.get("/api/v1/me").await.expect(200);
    let old = json!({ "login": "ann", "password": "correct horse" });
    server.client().post("/api/v1/sessions", &old).await.expect(401);
}

#[actix_web::test]
async fn a_phone_has_one_session() {
    let server = TestServer::start_with(|config| config.sessions.mobile_hours = 1).await;
    let ann = server.person("ann").await;
    let login = json!({ "login_id": "ann", "password": "correct horse", "device_id": "android_rn-v2:abc" });
    let first = server.client().post("/api/v4/users/login", &login).await;
    let first = server.client().with_token(first.header("token"));
    first.get("/api/v4/users/me").await.expect(200);
    server.client().post("/api/v4/users/login", &login).await.expect(200);
    first.get("/api/v4/users/me").await.expect(401);

    // The browser's session turns out to be a phone's.
    let device = json!({ "device_id": "android_rn-v2:abc", "mobile_version": "2.43.0" });
    ann.client.put("/api/v4/users/sessions/device", &device).await.expect(200);
    let sessions = ann.client.get("/api/v4/users/me/sessions").await.expect(200);
    let [session] = sessions.as_array().unwrap().as_slice() else { panic!("one session: {sessions}") };
    assert_eq!(session["device_id"], "android_rn-v2:abc");
    assert_eq!(session["props"]["mobile_version"], "2.43.0");
    let length = session["expires_at"].as_i64().unwrap() - session["create_at"].as_i64().unwrap();
    assert!((3_600_000..3_700_000).contains(&length), "{length}");
}

#[actix_web::test]
async fn use_extends_a_session_and_is_noted() {
    let server = TestServer::start().await;
    server.person("ann").await;
    let client = server.client();
    let login = json!({ "login": "ann", "password": "correct horse" });
    let answer = client.post("/api/v1/sessions", &login).await;
    let cookies = format!("rustchat_session={}", cookie(&answer, "rustchat_session").0);
    let fresh = with_headers(&client, Method::GET, "/api/v1/me", &[("cookie", &cookies)], Value::Null).await;
    assert!(fresh.headers.get(SET_COOKIE).is_none(), "a fresh session is long enough");

    let day = 24 * 3_600_000_i64;
    let age = "UPDATE sessions SET extended_at = extended_at - $1, expires_at = expires_at - $1, last_activity_at = 0";
    sqlx::query(age).bind(day).execute(&server.core.db).await.unwrap();
    server.core.caches.clear();
    let before = answer.json()["expires_at"].as_i64().unwrap() - day;
    let used = with_headers(&client, Method::GET, "/api/v1/me", &[("cookie", &cookies)], Value::Null).await;
    assert!(cookie(&used, "rustchat_session").1.contains("Max-Age=25"), "thirty days, give or take a second");

    rustchat::services::sessions::save_activity(&server.core).await.unwrap();
    let row = "SELECT max(expires_at), max(last_activity_at) FROM sessions";
    let (expires_at, used_at): (i64, i64) = sqlx::query_as(row).fetch_one(&server.core.db).await.unwrap();
    assert!(expires_at >= before + day && used_at > 0);
}

#[actix_web::test]
async fn an_expired_session_is_over_and_then_gone() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    sqlx::query("UPDATE sessions SET expires_at = 1").execute(&server.core.db).await.unwrap();
    server.core.caches.clear();
    ann.client.get("/api/v1/me").await.expect(401);
    rustchat::services::sessions::delete_expired(&server.core).await.unwrap();
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions").fetch_one(&server.core.db).await.unwrap();
    assert_eq!(left, 0);
}
