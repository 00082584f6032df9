//! The least HTTP/1.1 client that can be: one request at a time over one kept connection.

use std::io::Write;
use std::ops::Range;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::Outcome;

/// How long a connection or an answer may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most headers of an answer.
const HEADERS: usize = 64;

/// A connection, with the answer that came last.
pub struct Http {
    stream: TcpStream,
    host: String,
    request: Vec<u8>,
    buffer: Vec<u8>,
    answer: Answer,
}

/// Where the parts of an answer stand in the buffer.
#[derive(Debug, Default, PartialEq, Eq)]
struct Answer {
    status: u16,
    body: Range<usize>,
    /// The header of this name, with which logins answer.
    token: Option<String>,
    /// Seconds, of a server that wants to be left alone.
    retry_after: Option<u64>,
    /// The server will not take another request here.
    closes: bool,
}

impl Http {
    /// Connects to a server at `host:port`.
    pub async fn connect(address: &str) -> Outcome<Self> {
        let stream = timeout(PATIENCE, TcpStream::connect(address)).await??;
        stream.set_nodelay(true)?;
        let host = address.to_owned();
        Ok(Self { stream, host, request: Vec::new(), buffer: Vec::new(), answer: Answer::default() })
    }

    /// Sends a request, waits for the answer and says its status. An empty token is none.
    pub async fn send(&mut self, method: &str, path: &str, token: &str, body: &str) -> Outcome<u16> {
        self.request.clear();
        write!(self.request, "{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.host)?;
        if !token.is_empty() {
            write!(self.request, "Authorization: Bearer {token}\r\n")?;
        }
        let length = body.len();
        write!(self.request, "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")?;
        timeout(PATIENCE, self.exchange()).await?
    }

    async fn exchange(&mut self) -> Outcome<u16> {
        self.stream.write_all(&self.request).await?;
        self.buffer.clear();
        loop {
            if let Some(answer) = parse(&mut self.buffer)? {
                self.answer = answer;
                return Ok(self.answer.status);
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
        }
    }

    pub fn body(&self) -> &[u8] {
        self.buffer.get(self.answer.body.clone()).unwrap_or_default()
    }

    pub fn token(&self) -> Option<&str> {
        self.answer.token.as_deref()
    }

    pub fn retry_after(&self) -> Option<Duration> {
        self.answer.retry_after.map(Duration::from_secs)
    }

    /// Whether another request can follow.
    pub fn is_open(&self) -> bool {
        !self.answer.closes
    }
}

/// A complete answer, if it is there. A body in chunks is put together in place.
fn parse(bytes: &mut Vec<u8>) -> Outcome<Option<Answer>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(bytes)? else { return Ok(None) };
    let header = |name: &str| {
        let found = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.and_then(|header| std::str::from_utf8(header.value).ok())
    };
    let mut answer = Answer {
        status: response.code.unwrap_or_default(),
        body: head..head,
        token: header("token").map(str::to_owned),
        retry_after: header("retry-after").and_then(|value| value.parse().ok()),
        closes: header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")),
    };
    if header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        let Some(body) = join_chunks(bytes.get(head..).unwrap_or_default())? else { return Ok(None) };
        bytes.truncate(head);
        bytes.extend_from_slice(&body);
        answer.body.end = bytes.len();
        return Ok(Some(answer));
    }
    let length: usize = header("content-length").unwrap_or("0").parse()?;
    answer.body.end = head.checked_add(length).ok_or("a body without end")?;
    Ok((bytes.len() >= answer.body.end).then_some(answer))
}

/// The body, once its last chunk is there.
fn join_chunks(mut rest: &[u8]) -> Outcome<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let httparse::Status::Complete((start, size)) =
            httparse::parse_chunk_size(rest).map_err(|_| "a malformed chunk")?
        else {
            return Ok(None);
        };
        let end = usize::try_from(size)?.checked_add(start).ok_or("a chunk without end")?;
        // Its own line end follows; after the last chunk, of size 0, too, as nobody sends trailers.
        let Some(chunk) = rest.get(start..end).filter(|_| rest.len() >= end + 2) else { return Ok(None) };
        if size == 0 {
            return Ok(Some(body));
        }
        body.extend_from_slice(chunk);
        rest = rest.get(end + 2..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> (Answer, String) {
        for cut in 0..text.len() {
            assert_eq!(parse(&mut text.as_bytes()[..cut].to_vec()).unwrap(), None, "after {cut} bytes");
        }
        let mut bytes = text.as_bytes().to_vec();
        let answer = parse(&mut bytes).unwrap().unwrap();
        let body = String::from_utf8(bytes[answer.body.clone()].to_vec()).unwrap();
        (answer, body)
    }

    #[test]
    fn an_answer_with_a_length_ends_there() {
        let (answer, body) = whole("HTTP/1.1 201 Created\r\nToken: t\r\nContent-Length: 3\r\n\r\nabc");
        assert_eq!((answer.status, answer.token.as_deref(), body.as_str()), (201, Some("t"), "abc"));
        assert!(!answer.closes);
    }

    #[test]
    fn chunks_are_put_together() {
        let (answer, body) = whole(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n",
        );
        assert_eq!(body, "abc0123456789");
        assert!(answer.closes);
    }

    #[test]
    fn garbage_is_an_error() {
        assert!(parse(&mut b"SSH-2.0 hello\r\n\r\n".to_vec()).is_err());
        assert!(parse(&mut b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n".to_vec()).is_err());
    }
}
