//! Accounts: getting one, proving who one is, and what people see of each other.

mod administration;
mod login;
mod people;
mod recovery;
mod sessions;
mod settings;
mod sign_up;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, TestServer};

fn account(username: &str) -> Value {
    json!({ "username": username, "email": format!("{username}@example.com"), "password": "correct horse" })
}

/// Sends a request with headers of its own.
async fn with_headers(client: &Client, method: Method, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
    let mut request = client.request(method, path);
    for header in headers {
        request = request.insert_header(*header);
    }
    Answer::of(request.send_json(&body).await).await
}

/// A server where only the first user, invited people and those whom an administrator adds get an account.
async fn closed_server() -> TestServer {
    TestServer::start_with(|config| config.accounts.open_signup = false).await
}
