//! The least HTTP client that can be: one request at a time over one kept connection.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;

/// Where the server is.
#[derive(Debug, Clone)]
pub struct Target {
    pub address: String,
}

impl Target {
    pub fn new(address: &str) -> Self {
        Self { address: address.trim_start_matches("http://").trim_end_matches('/').to_owned() }
    }

    pub async fn connect(&self) -> Outcome<Http> {
        let stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        Ok(Http { stream, host: self.address.clone(), buffer: Vec::new() })
    }
}

/// A connection.
pub struct Http {
    stream: TcpStream,
    host: String,
    buffer: Vec<u8>,
}

/// What was answered.
pub struct Answer {
    pub status: u16,
    /// The header of this name that logins answer with.
    pub token: String,
    pub body: Vec<u8>,
}

impl Http {
    /// Sends a request and waits for the answer.
    pub async fn send(&mut self, method: &str, path: &str, token: &str, body: &str) -> Outcome<Answer> {
        let authorization = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{authorization}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if let Some(answer) = parse(&self.buffer)? {
                return Ok(answer);
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
        }
    }

    /// Like [`Self::send`], demanding success.
    pub async fn json(&mut self, method: &str, path: &str, token: &str, body: &Value) -> Outcome<(Value, String)> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.send(method, path, token, &body).await?;
        if answer.status >= 300 {
            let said = String::from_utf8_lossy(&answer.body);
            return Err(format!("{method} {path} answered {}: {said}", answer.status).into());
        }
        Ok((serde_json::from_slice(&answer.body)?, answer.token))
    }
}

/// A complete answer, if it is there. Answers of the routes that are used here name their length.
fn parse(bytes: &[u8]) -> Outcome<Option<Answer>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(bytes)? else { return Ok(None) };
    let status = response.code.unwrap_or_default();
    let header = |name: &str| {
        let found = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.and_then(|header| std::str::from_utf8(header.value).ok()).unwrap_or_default()
    };
    let length: usize = header("content-length").parse().unwrap_or_default();
    let body = bytes.get(head..head + length);
    Ok(body.map(|body| Answer { status, token: header("token").to_owned(), body: body.to_vec() }))
}
