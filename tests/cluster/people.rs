//! Somebody who uses the servers as Mattermost's clients do: whatever fails is tried again, at the next server.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::common::{Answer, Client, PASSWORD, text};
use crate::stack::PATIENCE;

/// Before something that failed is tried again; longer after each failure.
pub const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
pub const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A user with a login.
pub struct Person {
    pub id: String,
    pub username: String,
    token: String,
    /// Where the servers are.
    addresses: Rc<[String]>,
    /// Which of them is asked first.
    at: Cell<usize>,
}

impl Person {
    /// Signs somebody up and logs them in.
    pub async fn sign_up(username: &str, addresses: &Rc<[String]>, home: usize) -> Self {
        let server = Client::new(&addresses[0]);
        let body = json!({ "username": username, "email": format!("{username}@example.com"), "password": PASSWORD });
        let id = text(&server.post("/api/v4/users", &body).await.expect(201), "id").to_owned();
        let token = log_in(&server, username).await;
        Self {
            id,
            username: username.to_owned(),
            token,
            addresses: Rc::clone(addresses),
            at: Cell::new(home % addresses.len()),
        }
    }

    /// The server with this number, with the login.
    pub fn at(&self, server: usize) -> Client {
        Client::new(&self.addresses[server % self.addresses.len()]).with_token(&self.token)
    }

    /// The server at this address, with the login.
    pub fn at_address(&self, address: SocketAddr) -> Client {
        Client::new(address).with_token(&self.token)
    }

    /// Asks until somebody answers who works.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let (deadline, mut pause) = (Instant::now() + PATIENCE, SHORTEST_PAUSE);
        loop {
            match self.at(self.at.get()).try_send(method.clone(), path, body).await {
                Ok(answer) if !answer.status.is_server_error() => return answer,
                failure => assert!(Instant::now() < deadline, "{method} {path} in vain: {failure:?}"),
            }
            self.at.set(self.at.get() + 1);
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    pub async fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, None).await.expect(200)
    }

    /// Does something whose outcome does not matter here.
    pub async fn attempt(&self, method: Method, path: &str, body: &Value) {
        let answer = self.ask(method, path, Some(body)).await;
        let gone = answer.status == StatusCode::NOT_FOUND;
        assert!(answer.status.is_success() || gone, "{} answered {}", answer.what, answer.status);
    }

    /// Posts, and answers with the id once it is acknowledged. A repeated attempt finds what the first one has stored.
    pub async fn say(&self, channel: &str, pending: &str, message: &str) -> String {
        let body = json!({ "channel_id": channel, "message": message, "pending_post_id": pending });
        let post = self.ask(Method::POST, "/api/v4/posts", Some(&body)).await.expect(201);
        text(&post, "id").to_owned()
    }
}

/// Another login of somebody.
pub async fn log_in(server: &Client, username: &str) -> String {
    let body = json!({ "login_id": username, "password": PASSWORD });
    let answer = server.post("/api/v4/users/login", &body).await;
    answer.expect(200);
    answer.header("token").to_owned()
}

/// The word of a message that may mention somebody, after its number.
pub fn word_of(message: &str) -> Option<&str> {
    message.split(' ').nth(1)
}
