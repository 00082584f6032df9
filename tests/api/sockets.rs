//! What holds for every websocket, whatever it is used for.

use actix_http::ws::Message;
use actix_web::http::header::{AUTHORIZATION, COOKIE, ORIGIN};
use serde_json::{Value, json};

use crate::harness::{Heard, Person, Socket, TestServer, text};

async fn two_in_a_channel(server: &TestServer) -> (Person, Person, Value) {
    let (ann, bob) = (server.person("ann").await, server.person("bob").await);
    let team = ann.team("lab", &[&bob]).await;
    let channel = ann.channel(&team, "bench", &[&bob]).await;
    (ann, bob, channel)
}

#[actix_web::test]
async fn hello_comes_first_and_names_the_connection() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let mut native = ann.client.socket("/api/v1/ws").await;
    let hello = native.next_event().await;
    assert_eq!((&hello["type"], &hello["seq"]), (&json!("hello"), &json!(0)));
    assert_eq!(text(&hello["data"], "connection_id").len(), 26);

    let mut foreign = ann.client.socket("/api/v4/websocket?connection_id=&sequence_number=0").await;
    let hello = foreign.next_event().await;
    assert_eq!((&hello["event"], &hello["seq"]), (&json!("hello"), &json!(0)));
    assert_eq!(hello["broadcast"]["user_id"], ann.id.as_str());
    let version = text(&hello["data"], "server_version");
    assert!(version.starts_with("11.6.0.") && version.ends_with(".false"), "{version}");
}

#[actix_web::test]
async fn a_post_reaches_everyone_in_the_channel_and_nobody_else() {
    let server = TestServer::start().await;
    let (ann, bob, channel) = two_in_a_channel(&server).await;
    let eve = server.person("eve").await;
    let (mut native, mut foreign, mut stranger) = (bob.socket().await, bob.v4_socket().await, eve.socket().await);
    let post = ann.post(&channel, "hello bob").await;
    assert_eq!(native.event("post.created").await["post"]["id"], post["id"]);
    let posted = foreign.event("posted").await;
    let inner: Value = serde_json::from_str(text(&posted, "post")).unwrap();
    assert_eq!((&inner["id"], &inner["message"]), (&post["id"], &json!("hello bob")));
    // Asked for after the post, so it would come after the event.
    stranger.request("ping", Value::Null).await;
    assert_eq!(stranger.next_seq, 1, "nothing but hello");
}

#[actix_web::test]
async fn what_was_missed_comes_after_a_resume() {
    let server = TestServer::start().await;
    let (ann, bob, channel) = two_in_a_channel(&server).await;
    let mut socket = bob.socket().await;
    ann.post(&channel, "1").await;
    socket.event("post.created").await;
    let (id, next) = (socket.connection_id.clone(), socket.next_seq);
    drop(socket);
    for message in ["2", "3", "4"] {
        ann.post(&channel, message).await;
    }
    let mut socket = bob.client.socket(&format!("/api/v1/ws?connection_id={id}&sequence_number={next}")).await;
    socket.next_seq = next;
    let mut messages = Vec::new();
    for _ in 2..=4 {
        messages.push(text(&socket.event("post.created").await["post"], "message").to_owned());
    }
    assert_eq!(messages, ["2", "3", "4"]);
}

#[actix_web::test]
async fn a_resume_that_cannot_be_proven_begins_anew() {
    let server = TestServer::start().await;
    let (ann, bob, channel) = two_in_a_channel(&server).await;
    let mut socket = bob.v4_socket().await;
    ann.post(&channel, "1").await;
    socket.event("posted").await;
    let id = socket.connection_id.clone();
    drop(socket);
    // Somebody else's connection, one that never was, and a number from the future.
    for (who, id, next) in [(&ann, id.as_str(), 2), (&bob, "yyyyyyyyyyyyyyyyyyyyyyyyyy", 2), (&bob, id.as_str(), 77)] {
        let path = format!("/api/v4/websocket?connection_id={id}&sequence_number={next}");
        let mut socket = who.client.socket(&path).await;
        let hello = socket.next_event().await;
        assert_eq!(hello["event"], "hello");
        assert_ne!(hello["data"]["connection_id"], id);
    }
}

#[actix_web::test]
async fn a_garbled_resume_is_refused() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let id = "yyyyyyyyyyyyyyyyyyyyyyyyyy";
    for query in
        [format!("connection_id={id}"), format!("connection_id={id}&sequence_number=x"), "connection_id=1".into()]
    {
        let mut socket = ann.client.socket(&format!("/api/v4/websocket?{query}")).await;
        assert_eq!(socket.hear().await, Heard::Closed(Some(1008)), "{query}");
        let answer = ann.client.get(&format!("/api/v1/ws?{query}")).await;
        assert_eq!(answer.expect(400)["code"], "socket.bad_resume", "{query}");
    }
}

#[actix_web::test]
async fn a_token_in_the_first_frame_authenticates() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let mut foreign = server.client().socket("/api/v4/websocket").await;
    foreign.send_json(&json!({ "seq": 1, "action": "ping" })).await;
    let data = json!({ "token": ann.client.token() });
    foreign.send_json(&json!({ "seq": 2, "action": "authentication_challenge", "data": data })).await;
    assert_eq!(foreign.reply(2).await["status"], "OK", "what came before it is not answered");
    foreign.event("hello").await;
    // Once more is ignored.
    foreign.send_json(&json!({ "seq": 3, "action": "authentication_challenge", "data": data })).await;
    foreign.send_json(&json!({ "seq": 4, "action": "ping" })).await;
    let Heard::Message(answer) = foreign.hear().await else { panic!("an answer") };
    assert_eq!(answer["seq_reply"], 4);

    let mut native = server.client().socket("/api/v1/ws").await;
    native.send_json(&json!({ "id": 1, "action": "authenticate", "data": data })).await;
    assert_eq!(native.reply(1).await["ok"], true);
    native.event("hello").await;
    assert_eq!(native.request("authenticate", data).await["problem"]["code"], "socket.authenticated");
}

#[actix_web::test]
async fn nobody_stays_without_a_login() {
    let server = TestServer::start_with(|config| config.realtime.auth_seconds = 1).await;
    let client = server.client();
    for path in ["/api/v4/websocket", "/api/v1/ws"] {
        assert_eq!(client.socket(path).await.closed().await, Some(1008), "silent on {path}");
        let mut socket = client.with_token("nonsense").socket(path).await;
        assert_eq!(socket.closed().await, Some(1008), "a bad token on {path}");
    }
    let mut socket = client.socket("/api/v4/websocket").await;
    let data = json!({ "token": "nonsense" });
    socket.send_json(&json!({ "seq": 1, "action": "authentication_challenge", "data": data })).await;
    assert_eq!(socket.hear().await, Heard::Closed(Some(1008)));
    let mut socket = client.socket("/api/v1/ws").await;
    socket.send_json(&json!({ "id": 1, "action": "ping" })).await;
    assert_eq!(socket.hear().await, Heard::Closed(Some(1008)));
}

#[actix_web::test]
async fn what_cannot_be_read_closes_the_socket() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let long = "x".repeat(9_000);
    let bad = [
        (Message::Text("{".into()), 1007),
        (Message::Text(r#"{"action":7,"seq":1,"id":1}"#.into()), 0),
        (Message::Binary(vec![0xff, 0xfe].into()), 1007),
        (Message::Text(long.clone().into()), 1009),
        (Message::Binary(long.into_bytes().into()), 1009),
    ];
    for (message, code) in bad {
        let mut socket = ann.v4_socket().await;
        let about = format!("{:.40}", format!("{message:?}"));
        socket.send(message).await;
        let code = if code == 0 { 1007 } else { code };
        assert_eq!(socket.closed().await, Some(code), "{about}");
    }
    // The rest of the house is unharmed.
    ann.v4_socket().await.request("ping", Value::Null).await;
}

#[actix_web::test]
async fn a_message_may_come_in_parts_but_not_exceed_the_limit() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let mut socket = ann.v4_socket().await;
    socket.send_in_parts(&[r#"{"action":"pi"#, r#"ng","#, r#""seq":9}"#]).await;
    assert_eq!(socket.reply(9).await["data"]["text"], "pong");
    let part = " ".repeat(5_000);
    socket.send_in_parts(&[&part, &part]).await;
    assert_eq!(socket.closed().await, Some(1009));
}

#[actix_web::test]
async fn binary_frames_are_message_pack() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let mut socket = ann.v4_socket().await;
    let bytes = rmp_serde::to_vec_named(
        &json!({ "action": "get_statuses_by_ids", "seq": 3, "data": { "user_ids": [ann.id] } }),
    );
    socket.send(Message::Binary(bytes.unwrap().into())).await;
    let reply = socket.reply(3).await;
    assert_eq!((&reply["status"], &reply["data"][&ann.id]), (&json!("OK"), &json!("online")));
}

#[actix_web::test]
async fn bad_requests_fail_without_details() {
    let server = TestServer::start().await;
    let (_, bob, channel) = two_in_a_channel(&server).await;
    let eve = server.person("eve").await;
    let mut socket = eve.v4_socket().await;
    let cases = [
        (json!({ "seq": 1, "action": "" }), "api.web_socket_router.no_action.app_error", 400),
        (json!({ "seq": 0, "action": "ping" }), "api.web_socket_router.bad_seq.app_error", 400),
        (json!({ "seq": 2, "action": "dance" }), "api.web_socket_router.bad_action.app_error", 500),
        (
            json!({ "seq": 3, "action": "get_statuses_by_ids", "data": { "user_ids": [] } }),
            "api.websocket_handler.invalid_param.app_error",
            400,
        ),
        (
            json!({ "seq": 4, "action": "user_typing", "data": { "channel_id": channel["id"] } }),
            "api.websocket_handler.invalid_param.app_error",
            400,
        ),
    ];
    for (request, id, status) in cases {
        socket.send_json(&request).await;
        let reply = socket.reply(request["seq"].as_u64().unwrap()).await;
        assert_eq!((&reply["status"], &reply["error"]["id"]), (&json!("FAIL"), &json!(id)), "{request}");
        assert_eq!(reply["error"]["status_code"], status);
        assert_eq!(reply["error"]["detailed_error"], "");
    }
    let mut native = bob.socket().await;
    assert_eq!(native.request("dance", Value::Null).await["problem"]["code"], "socket.bad_action");
}

#[actix_web::test]
async fn typing_is_shown_to_the_others() {
    let server = TestServer::start().await;
    let (ann, bob, channel) = two_in_a_channel(&server).await;
    let (mut from, mut to, mut foreign) = (ann.socket().await, bob.socket().await, bob.v4_socket().await);
    let reply = from.request("typing", json!({ "channel_id": channel["id"], "root_id": null })).await;
    assert_eq!(reply["ok"], true, "{reply}");
    assert_eq!(to.event("typing").await["user_id"], ann.id.as_str());
    assert_eq!(foreign.event("typing").await["user_id"], ann.id.as_str());
    from.request("ping", Value::Null).await;
    assert_eq!(from.next_seq, 1, "not to oneself");
}

#[actix_web::test]
async fn presence_is_told_to_those_who_watch() {
    let server = TestServer::start().await;
    let (ann, bob, _) = two_in_a_channel(&server).await;
    let mut watcher = ann.socket().await;
    let reply = watcher.request("watch_presence", json!({ "user_ids": [bob.id] })).await;
    assert_eq!((&reply["data"][0]["user_id"], &reply["data"][0]["status"]), (&json!(bob.id), &json!("offline")));
    let _socket = bob.socket().await;
    loop {
        let status = watcher.event("status.changed").await;
        if status["user_id"] == bob.id.as_str() {
            assert_eq!(status["status"], "online");
            break;
        }
    }
}

#[actix_web::test]
async fn a_new_watch_list_replaces_the_one_from_before_a_resume() {
    let server = TestServer::start().await;
    let (ann, bob, _) = two_in_a_channel(&server).await;
    let cat = server.person("cat").await;
    let mut before = ann.socket().await;
    before.request("watch_presence", json!({ "user_ids": [bob.id] })).await;
    let resume = format!("/api/v1/ws?connection_id={}&sequence_number={}", before.connection_id, before.next_seq);
    let next_seq = before.next_seq;
    drop(before);
    let mut after = ann.client.socket(&resume).await;
    after.next_seq = next_seq;
    after.request("watch_presence", json!({ "user_ids": [cat.id] })).await;
    let _bob = bob.socket().await;
    let _cat = cat.socket().await;
    loop {
        let status = after.event("status.changed").await;
        assert_ne!(status["user_id"], bob.id.as_str(), "she no longer watches him");
        if status["user_id"] == cat.id.as_str() {
            break;
        }
    }
}

#[actix_web::test]
async fn all_who_are_connected_have_a_status_for_foreign_clients() {
    let server = TestServer::start().await;
    let (ann, bob, _) = two_in_a_channel(&server).await;
    let cat = server.person("cat").await;
    let mut socket = ann.v4_socket().await;
    let _bob = bob.socket().await;
    bob.client.put("/api/v1/me/status", &json!({ "status": "dnd" })).await.expect(200);
    let statuses = loop {
        let reply = socket.request("get_statuses", json!({})).await;
        assert_eq!(reply["status"], "OK", "{reply}");
        if reply["data"][&bob.id] == "dnd" {
            break reply["data"].clone();
        }
    };
    assert_eq!(statuses[&ann.id], "online");
    assert!(statuses.get(&cat.id).is_none(), "nobody knows of her");
}

#[actix_web::test]
async fn a_revoked_session_closes_its_sockets_and_no_others() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let elsewhere = server.log_in("ann").await;
    let (mut gone, mut stays) = (ann.socket().await, elsewhere.socket("/api/v4/websocket").await);
    ann.client.delete("/api/v1/sessions/current").await.expect(204);
    assert_eq!(gone.closed().await, Some(4103));
    stays.request("ping", Value::Null).await;
}

#[actix_web::test]
async fn a_stop_tells_sockets_to_come_back() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let mut socket = ann.socket().await;
    let stopping = actix_web::rt::spawn(server.stop());
    assert_eq!(socket.closed().await, Some(1012));
    stopping.await.unwrap();
}

#[actix_web::test]
async fn a_foreign_page_may_not_use_a_browsers_cookies() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    let open = |path: &str, cookie: &str, origin: String| {
        let cookie = format!("{cookie}={}", ann.client.token());
        Socket::try_open(server.client().socket_request(path).header(COOKIE, cookie).header(ORIGIN, origin))
    };
    let ours = format!("http://{}", server.address);
    for (path, cookie, refusal) in [("/api/v4/websocket", "MMAUTHTOKEN", 400), ("/api/v1/ws", "rustchat_session", 403)]
    {
        open(path, cookie, ours.clone()).await.unwrap().event("hello").await;
        match open(path, cookie, "https://evil.example".into()).await.err() {
            Some(awc::error::WsClientError::InvalidResponseStatus(status)) => assert_eq!(status, refusal, "{path}"),
            other => panic!("{path}: {other:?}"),
        }
        // Without cookies there is nothing to steal.
        let bearer = format!("Bearer {}", ann.client.token());
        let request = server.client().socket_request(path).header(AUTHORIZATION, bearer);
        Socket::open(request.header(ORIGIN, "https://evil.example")).await.event("hello").await;
    }
}

#[actix_web::test]
async fn what_is_no_upgrade_is_refused_in_the_apis_own_shape() {
    let server = TestServer::start().await;
    let ann = server.person("ann").await;
    assert_eq!(ann.client.get("/api/v1/ws").await.expect(400)["code"], "socket.bad_upgrade");
    let refusal = ann.client.get("/api/v4/websocket").await.expect(400);
    assert_eq!(refusal["id"], "api.web_socket.connect.upgrade.app_error");
}

#[actix_web::test]
async fn pings_are_answered_and_asked() {
    let server = TestServer::start_with(|config| config.realtime.ping_seconds = 1).await;
    let ann = server.person("ann").await;
    let mut socket = ann.socket().await;
    socket.send(Message::Ping("x".into())).await;
    assert_eq!(socket.hear().await, Heard::Pong);
    loop {
        match socket.hear().await {
            Heard::Ping => break,
            Heard::Message(_) => {}
            other => panic!("{other:?}"),
        }
    }
    let reply = socket.request("ping", Value::Null).await;
    assert!(reply["data"]["now"].as_i64().unwrap() > 0);
}
