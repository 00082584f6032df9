//! A client of both APIs.

use std::fmt::Display;
use std::time::Duration;

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::http::{Method, StatusCode};
use awc::error::SendRequestError;
use serde_json::Value;

use super::Socket;

/// Far longer than any answer takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(120);
/// Largest answer that a test reads.
const MAX_BODY: usize = 8 << 20;

/// A client with, or without, a login.
#[derive(Clone)]
pub struct Client {
    http: awc::Client,
    base: String,
    token: Option<String>,
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub what: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Client {
    pub fn new(address: impl Display) -> Self {
        let http = awc::Client::builder().disable_redirects().timeout(PATIENCE).finish();
        Self { http, base: format!("http://{address}"), token: None }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// A request to be added to.
    pub fn request(&self, method: Method, path: &str) -> awc::ClientRequest {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.insert_header((AUTHORIZATION, format!("Bearer {token}"))),
            None => request,
        }
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.try_send(method, path, body).await.unwrap()
    }

    /// For a server that may not be there, or die meanwhile.
    pub async fn try_send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, SendRequestError> {
        let what = format!("{method} {path}");
        let request = self.request(method, path);
        let mut response = match body {
            Some(body) => request.send_json(body).await,
            None => request.send().await,
        }?;
        let bytes = response.body().limit(MAX_BODY).await.map_err(|_| SendRequestError::Timeout)?.to_vec();
        Ok(Answer { what, status: response.status(), headers: response.headers().clone(), bytes })
    }

    /// Sends bytes as they are, called JSON.
    pub async fn send_bytes(&self, method: Method, path: &str, body: impl Into<Vec<u8>>) -> Answer {
        let what = format!("{method} {path}");
        let request = self.request(method, path).insert_header(("content-type", "application/json"));
        Answer::read(what, request.send_body(body.into()).await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// A websocket with this login in its headers.
    pub async fn socket(&self, path: &str) -> Socket {
        Socket::open(self.authorized_socket(path)).await
    }

    /// For a server that may not be there, or not let anybody in.
    pub async fn try_socket(&self, path: &str) -> Option<Socket> {
        Socket::try_open(self.authorized_socket(path)).await.ok()
    }

    fn authorized_socket(&self, path: &str) -> awc::ws::WebsocketsRequest {
        let request = self.socket_request(path);
        match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    /// A websocket to be added to.
    pub fn socket_request(&self, path: &str) -> awc::ws::WebsocketsRequest {
        self.http.ws(format!("{}{path}", self.base))
    }
}

impl Answer {
    async fn read<S>(what: String, mut response: awc::ClientResponse<S>) -> Self
    where
        S: futures_util::Stream<Item = Result<bytes::Bytes, actix_web::error::PayloadError>> + Unpin,
    {
        let bytes = response.body().limit(MAX_BODY).await.unwrap().to_vec();
        Self { what, status: response.status(), headers: response.headers().clone(), bytes }
    }

    /// Of a request that was added to.
    pub async fn of<S>(sent: Result<awc::ClientResponse<S>, awc::error::SendRequestError>) -> Self
    where
        S: futures_util::Stream<Item = Result<bytes::Bytes, actix_web::error::PayloadError>> + Unpin,
    {
        Self::read("the request".to_owned(), sent.unwrap()).await
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.what, String::from_utf8_lossy(&self.bytes)))
    }

    /// The body, after making sure of the status; null where there is none.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        let body = String::from_utf8_lossy(&self.bytes);
        assert_eq!(self.status.as_u16(), status, "{} answered {body}", self.what);
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }

    /// Makes sure of the status, whatever the body is.
    #[track_caller]
    pub fn expect_bytes(&self, status: u16) -> &[u8] {
        assert_eq!(self.status.as_u16(), status, "{}", self.what);
        &self.bytes
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}
