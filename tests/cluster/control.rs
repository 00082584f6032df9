//! What is done at one instance acts on the sockets and the caches of the other.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Client, Heard, PASSWORD, Socket, text};
use crate::people::{Person, log_in};
use crate::stack::{Server, Stack, eventually};

/// An administrator at the first instance, somebody with a socket at the second, and two channels that both are in.
struct Two {
    admin: Client,
    bob: Person,
    there: Client,
    socket: Socket,
    channels: [String; 2],
}

impl Two {
    async fn meet(stack: &Stack) -> Self {
        let addresses = stack.addresses().into();
        let admin = Person::sign_up("admin", &addresses, 0).await;
        let bob = Person::sign_up("bob", &addresses, 1).await;
        let (admin, there) = (admin.at(0), bob.at(1));
        let body = json!({ "name": "team", "display_name": "Team", "type": "O" });
        let team = text(&admin.post("/api/v4/teams", &body).await.expect(201), "id").to_owned();
        let body = json!({ "team_id": team, "user_id": bob.id });
        admin.post(&format!("/api/v4/teams/{team}/members"), &body).await.expect(201);
        let mut channels = [String::new(), String::new()];
        for (channel, name) in channels.iter_mut().zip(["lab", "bar"]) {
            let body = json!({ "team_id": team, "name": name, "display_name": name, "type": "P" });
            text(&admin.post("/api/v4/channels", &body).await.expect(201), "id").clone_into(channel);
        }
        let mut socket = there.socket("/api/v4/websocket").await;
        socket.event("hello").await;
        Self { admin, bob, there, socket, channels }
    }

    async fn add(&self, channel: &str) {
        let path = format!("/api/v4/channels/{channel}/members");
        self.admin.post(&path, &json!({ "user_id": self.bob.id })).await.expect(201);
    }

    /// Hears the next post.
    async fn hears(&mut self) -> String {
        let posted = self.socket.event("posted").await;
        let post: Value = serde_json::from_str(text(&posted, "post")).unwrap();
        text(&post, "message").to_owned()
    }
}

/// What the private channels of others look like.
const NOT_FOR_YOU: u16 = 404;

/// Posts; whether it is let.
async fn say(client: &Client, channel: &str, message: &str) -> bool {
    let answer = client.post("/api/v4/posts", &json!({ "channel_id": channel, "message": message })).await;
    assert!(matches!(answer.status.as_u16(), 201 | 403 | NOT_FOR_YOU), "{} answered {}", answer.what, answer.status);
    answer.status == 201
}

/// Whether a login is still one.
async fn knows(client: &Client) -> bool {
    client.get("/api/v4/users/me").await.status == 200
}

#[actix_web::test]
async fn joining_and_removal() {
    let stack = Stack::of(2).await;
    let mut two = Two::meet(&stack).await;
    let [lab, bar] = two.channels.clone();
    two.add(&lab).await;
    two.add(&bar).await;
    assert!(say(&two.admin, &lab, "welcome").await);
    while two.hears().await != "welcome" {}
    assert!(say(&two.there, &lab, "hello").await);
    while two.hears().await != "hello" {}
    let path = format!("/api/v4/channels/{lab}/members/{}", two.bob.id);
    two.admin.delete(&path).await.expect(200);
    assert!(say(&two.admin, &lab, "not for bob").await);
    assert!(say(&two.admin, &bar, "for bob").await);
    two.socket.event("user_removed").await;
    assert_eq!(two.hears().await, "for bob", "who is removed hears nothing more");
    eventually("the other instance refuses", async || !say(&two.there, &lab, "still here?").await).await;
    two.there.get(&format!("/api/v4/channels/{lab}/posts")).await.expect(NOT_FOR_YOU);
    // By oneself, the other way round.
    two.there.delete(&format!("/api/v4/channels/{bar}/members/{}", two.bob.id)).await.expect(200);
    eventually("the first instance refuses", async || !say(&two.bob.at(0), &bar, "still here?").await).await;
}

#[actix_web::test]
async fn roles() {
    let stack = Stack::of(2).await;
    let mut two = Two::meet(&stack).await;
    let path = format!("/api/v4/users/{}/roles", two.bob.id);
    // What only administrators may.
    let secret = format!("/api/v4/channels/{}/posts", two.channels[0]);
    two.there.get(&secret).await.expect(NOT_FOR_YOU);
    two.admin.put(&path, &json!({ "roles": "system_user system_admin" })).await.expect(200);
    two.socket.event("user_role_updated").await;
    eventually("an administrator there", async || two.there.get(&secret).await.status == 200).await;
    two.admin.put(&path, &json!({ "roles": "system_user" })).await.expect(200);
    two.socket.event("user_role_updated").await;
    eventually("no administrator any more", async || two.there.get(&secret).await.status == NOT_FOR_YOU).await;
}

#[actix_web::test]
async fn ends_of_sessions() {
    let stack = Stack::of(2).await;
    let Two { admin, bob, there, mut socket, .. } = Two::meet(&stack).await;
    let server = &stack.servers[1];

    bob.at(0).post("/api/v4/users/logout", &Value::Null).await.expect(200);
    is_over(&mut socket, &there, 4103).await;

    let (there, mut socket) = again(server).await;
    let body = json!({ "new_password": PASSWORD });
    admin.put(&format!("/api/v4/users/{}/password", bob.id), &body).await.expect(200);
    is_over(&mut socket, &there, 4103).await;

    let (there, mut socket) = again(server).await;
    let sessions = admin.get(&format!("/api/v4/users/{}/sessions", bob.id)).await.expect(200);
    let body = json!({ "session_id": sessions[0]["id"] });
    admin.post(&format!("/api/v4/users/{}/sessions/revoke", bob.id), &body).await.expect(200);
    is_over(&mut socket, &there, 4103).await;

    let (there, mut socket) = again(server).await;
    admin.send(Method::DELETE, &format!("/api/v4/users/{}", bob.id), None).await.expect(200);
    is_over(&mut socket, &there, 4103).await;
    let body = json!({ "login_id": "bob", "password": PASSWORD });
    assert_eq!(server.client().post("/api/v4/users/login", &body).await.status, 401);
}

async fn again(server: &Server) -> (Client, Socket) {
    let there = server.client().with_token(&log_in(&server.client(), "bob").await);
    assert!(knows(&there).await, "the login is remembered there");
    let mut socket = there.socket("/api/v4/websocket").await;
    socket.event("hello").await;
    (there, socket)
}

/// The socket is closed, and the login forgotten.
async fn is_over(socket: &mut Socket, client: &Client, code: u16) {
    loop {
        if let Heard::Closed(closed) = socket.hear().await {
            assert_eq!(closed, Some(code));
            break;
        }
    }
    eventually("the login is forgotten", async || !knows(client).await).await;
}

#[actix_web::test]
async fn attempts_to_log_in_count_together() {
    let mut stack = Stack::empty().await;
    for _ in 0..2 {
        let settings =
            [("RUSTCHAT_THROTTLE_LOGIN_ACCOUNT_BURST", "4"), ("RUSTCHAT_THROTTLE_LOGIN_ACCOUNT_PER_MINUTE", "1")];
        stack.add(&settings).await;
    }
    Person::sign_up("ann", &stack.addresses().into(), 0).await;
    let guess = json!({ "login_id": "ann", "password": "wrong horse" });
    // Signing up has logged in once. At most three guesses and whatever is regained meanwhile are let: a machine so slow
    // that a guess takes a minute would never be refused.
    let mut let_through = 0;
    let mut servers = stack.servers.iter().cycle();
    while servers.next().unwrap().client().post("/api/v4/users/login", &guess).await.status == 401 {
        let_through += 1;
        assert!(let_through < 6, "each instance counts for itself");
    }
    assert_eq!(servers.next().unwrap().client().post("/api/v4/users/login", &guess).await.status, 429);
}
