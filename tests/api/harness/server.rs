//! A server of one's own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt;
use rustchat::app::Server;
use rustchat::config::Config;
use rustchat::services::Core;
use rustchat::testing;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{Client, PASSWORD, Socket, text};

const SECRET: &[u8] = &[7; 32];

/// A server over a database that no other test sees.
pub struct TestServer {
    pub address: SocketAddr,
    pub core: Arc<Core>,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
}

/// Somebody with an account who is logged in.
pub struct Person {
    pub id: String,
    pub username: String,
    pub client: Client,
}

impl TestServer {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With other settings than the defaults of these tests.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::defaults().unwrap();
        config.server.listen = "127.0.0.1:0".parse().unwrap();
        config.server.workers = 1;
        config.accounts.open_signup = true;
        config.accounts.bcrypt_cost = 4;
        for burst in [&mut config.throttle.login_account_burst, &mut config.throttle.login_address_burst] {
            *burst = 10_000;
        }
        change(&mut config);
        let mut server = Server::start(&Arc::new(config), testing::database().await, SECRET).await.unwrap();
        let (address, core) = (server.listeners.address, Arc::clone(&server.core));
        let (stop, stopped) = oneshot::channel();
        let running = rt::spawn(async move {
            tokio::select! {
                ended = server.run() => panic!("the server ended: {ended}"),
                _ = stopped => server.stop(Duration::from_secs(10)).await,
            }
        });
        Self { address, core, stop: Some(stop), running }
    }

    /// Stops as after SIGTERM.
    pub async fn stop(mut self) {
        self.begin_to_stop();
        self.running.await.unwrap();
    }

    pub fn begin_to_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).unwrap();
        }
    }

    /// A client that nobody is logged in with.
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Signs somebody up and logs them in.
    pub async fn person(&self, username: &str) -> Person {
        let client = self.client();
        let body = json!({ "username": username, "email": format!("{username}@example.com"), "password": PASSWORD });
        let created = client.post("/api/v1/users", &body).await.expect(201);
        Person {
            id: text(&created, "id").to_owned(),
            username: username.to_owned(),
            client: self.log_in(username).await,
        }
    }

    /// Another login of somebody.
    pub async fn log_in(&self, username: &str) -> Client {
        let body = json!({ "login": username, "password": PASSWORD });
        let logged_in = self.client().post("/api/v1/sessions", &body).await.expect(201);
        self.client().with_token(text(&logged_in, "token"))
    }
}

impl Person {
    /// A team of one's own, joined by others.
    pub async fn team(&self, name: &str, others: &[&Self]) -> Value {
        let body = json!({ "name": name, "display_name": name, "open": false });
        let team = self.client.post("/api/v1/teams", &body).await.expect(201)["team"].clone();
        for other in others {
            let path = format!("/api/v1/teams/{}/members", text(&team, "id"));
            self.client.post(&path, &json!({ "user_id": other.id })).await.expect(201);
        }
        team
    }

    /// A private channel of one's own, joined by others.
    pub async fn channel(&self, team: &Value, name: &str, others: &[&Self]) -> Value {
        let path = format!("/api/v1/teams/{}/channels", text(team, "id"));
        let body = json!({ "name": name, "display_name": name, "private": true });
        let channel = self.client.post(&path, &body).await.expect(201)["channel"].clone();
        for other in others {
            let path = format!("/api/v1/channels/{}/members", text(&channel, "id"));
            self.client.post(&path, &json!({ "user_id": other.id })).await.expect(201);
        }
        channel
    }

    pub async fn post(&self, channel: &Value, message: &str) -> Value {
        let path = format!("/api/v1/channels/{}/posts", text(channel, "id"));
        self.client.post(&path, &json!({ "message": message })).await.expect(201)
    }

    /// A native socket that has said hello.
    pub async fn socket(&self) -> Socket {
        let mut socket = self.client.socket("/api/v1/ws").await;
        socket.event("hello").await;
        socket
    }

    /// A socket of Mattermost's clients that has said hello.
    pub async fn v4_socket(&self) -> Socket {
        let mut socket = self.client.socket("/api/v4/websocket").await;
        socket.event("hello").await;
        socket
    }
}
