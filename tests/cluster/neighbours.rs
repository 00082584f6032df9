//! Others on the same Redis, and a Redis that lets nobody in.

use rustchat_actors::testing::RedisServer;
use serde_json::{Value, json};

use crate::common::{Client, PASSWORD, Socket, text};
use crate::people::Person;
use crate::proxy::Proxy;
use crate::stack::Stack;

async fn listen(stack: &Stack, person: &Person) -> Socket {
    let mut socket = person.at(stack.servers.len() - 1).socket("/api/v4/websocket").await;
    socket.event("hello").await;
    socket
}

async fn sign_up(client: &Client, username: &str) -> Value {
    let body = json!({ "username": username, "email": format!("{username}@example.com"), "password": PASSWORD });
    client.post("/api/v4/users", &body).await.expect(201)["id"].take()
}

#[actix_web::test]
async fn two_installations_on_one_redis_hear_nothing_of_each_other() {
    let ours = Stack::of(2).await;
    let mut theirs = Stack::empty().await;
    let url = ours.redis.url();
    let settings = [("RUSTCHAT_REDIS_URL", url.as_str()), ("RUSTCHAT_REDIS_PREFIX", "theirs")];
    theirs.add(&settings).await;
    theirs.add(&settings).await;
    let us = Person::sign_up("us", &ours.addresses().into(), 0).await;
    let them = Person::sign_up("them", &theirs.addresses().into(), 0).await;
    let (mut our_socket, mut their_socket) = (listen(&ours, &us).await, listen(&theirs, &them).await);
    // Everybody is told of new users. What is said at the first instance comes to the second one through Redis, so when
    // both have heard theirs, whatever had been said before has come as well.
    let their_user = sign_up(&theirs.servers[0].client(), "somebody").await;
    assert_eq!(their_socket.event("new_user").await["user_id"], their_user);
    let our_user = sign_up(&ours.servers[0].client(), "somebody").await;
    assert_eq!(our_socket.event("new_user").await["user_id"], our_user, "the first that was heard");
    for server in ours.servers.iter().chain(&theirs.servers) {
        assert_eq!(server.metric("rustchat_bridge_peers").await, 1.0);
    }

    // Another installation under our prefix touches nothing.
    theirs.add(&[("RUSTCHAT_REDIS_URL", &url)]).await;
    let stranger = &theirs.servers[2];
    assert_eq!(stranger.health().await.as_deref(), Some("degraded"));
    assert!(stranger.log().contains("another installation"), "{}", stranger.log());
    for server in &ours.servers {
        assert_eq!(server.health().await.as_deref(), Some("ready"));
        assert_eq!(server.metric("rustchat_bridge_peers").await, 1.0);
    }
}

#[actix_web::test]
async fn with_a_wrong_password_a_server_is_alone_and_works() {
    let redis = RedisServer::start(&["--requirepass", "right"]);
    let proxy = Proxy::to(&redis).await;
    let mut stack = Stack::empty().await;
    stack.add(&[("RUSTCHAT_REDIS_URL", &proxy.url().replace("://", "://:mistaken@"))]).await;
    let server = &stack.servers[0];
    assert_eq!(server.health().await.as_deref(), Some("degraded"));
    let log = server.log();
    assert!(log.contains("refuses the user or the password") && !log.contains("mistaken"), "{log}");
    let ann = Person::sign_up("ann", &stack.addresses().into(), 0).await;
    let mut socket = listen(&stack, &ann).await;
    let user = sign_up(&server.client(), "bob").await;
    assert_eq!(text(&socket.event("new_user").await, "user_id"), user);
}
