//! Requests to any of several servers, as somebody, with retries.

use std::cell::Cell;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::Outcome;
use crate::http::Http;

/// How long a request that must succeed is tried, on one server after the other.
const KEEP_TRYING: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The servers of one installation, each as `host:port`.
pub struct Servers {
    addresses: Vec<String>,
    turn: Cell<usize>,
}

impl Servers {
    pub fn new(addresses: &[String]) -> Outcome<Self> {
        let addresses: Vec<_> =
            addresses.iter().map(|it| it.trim_start_matches("http://").trim_end_matches('/').to_owned()).collect();
        if addresses.iter().any(|it| it.contains('/') || !it.contains(':')) {
            return Err("a server is given as HOST:PORT; https is not spoken here".into());
        }
        Ok(Self { addresses, turn: Cell::new(0) })
    }

    /// Where the next one begins who goes through them in turn.
    pub fn begin(&self) -> usize {
        self.turn.replace(self.turn.get().wrapping_add(1))
    }

    /// The server at a place, counted through them again and again.
    pub fn at(&self, place: usize) -> &str {
        self.addresses.get(place % self.addresses.len()).map_or("", String::as_str)
    }

    /// How long to wait before trying for the `attempt`th time again: all servers are tried before the pause grows.
    pub fn pause(&self, attempt: u32) -> Duration {
        pause(attempt / u32::try_from(self.addresses.len()).unwrap_or(u32::MAX))
    }
}

/// Twice as long each time, up to a bound, and for nobody exactly as long as for another.
fn pause(attempt: u32) -> Duration {
    let longest = (FIRST_PAUSE * 2_u32.saturating_pow(attempt.min(16))).min(LONGEST_PAUSE);
    longest.mul_f64(0.5 + fastrand::f64() / 2.0)
}

/// Somebody's way to the servers: a kept connection to one of them, and another one when it fails.
pub struct Caller<'a> {
    servers: &'a Servers,
    /// The server that it talks to, or will.
    place: usize,
    token: &'a str,
    connection: Option<Http>,
    /// Requests that had to be sent again.
    pub retries: usize,
}

impl<'a> Caller<'a> {
    /// An empty token is nobody's.
    pub fn new(servers: &'a Servers, token: &'a str) -> Self {
        Self { servers, place: servers.begin(), token, connection: None, retries: 0 }
    }

    /// Goes on as somebody else over the same connection.
    pub fn act_as(&mut self, token: &'a str) {
        self.token = token;
    }

    /// Sends a request once and says the answer's status.
    pub async fn once(&mut self, method: &str, path: &str, body: &str) -> Outcome<u16> {
        // Taken out, so that a connection that fails half-way, or is given up half-way, is never used again.
        let mut connection = match self.connection.take().filter(Http::is_open) {
            Some(connection) => connection,
            None => Http::connect(self.servers.at(self.place)).await?,
        };
        let status = connection.send(method, path, self.token, body).await?;
        self.connection = Some(connection);
        Ok(status)
    }

    /// Sends a request that does no harm twice until a server takes it; an answer below 500 or of 501 is one.
    pub async fn until_taken(&mut self, method: &str, path: &str, body: &str) -> Outcome<u16> {
        let begun = Instant::now();
        for attempt in 0.. {
            let result = self.once(method, path, body).await;
            let wait = match &result {
                Ok(429) => {
                    self.connection.as_ref().and_then(Http::retry_after).unwrap_or_else(|| self.servers.pause(attempt))
                }
                Ok(status) if *status < 500 || *status == 501 => return result,
                _ => self.servers.pause(attempt),
            };
            if begun.elapsed() > KEEP_TRYING {
                return result;
            }
            self.retries += 1;
            if !matches!(result, Ok(429)) {
                // Another server may be better off.
                self.connection = None;
                self.place = self.place.wrapping_add(1);
            }
            sleep(wait.min(LONGEST_PAUSE)).await;
        }
        Err("no attempt".into())
    }

    /// Like [`Self::until_taken`], demanding success; what was answered, as JSON.
    pub async fn json(&mut self, method: &str, path: &str, body: &Value) -> Outcome<Value> {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let status = self.until_taken(method, path, &text).await?;
        if status >= 300 {
            let said = String::from_utf8_lossy(self.body());
            return Err(format!("{method} {path} answered {status}: {said}").into());
        }
        Ok(serde_json::from_slice(self.body())?)
    }

    /// The body that was answered last.
    pub fn body(&self) -> &[u8] {
        self.connection.as_ref().map_or(&[], |connection| connection.body())
    }

    /// The token that a login answered with.
    pub fn token(&self) -> Option<&str> {
        self.connection.as_ref().and_then(Http::token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_take_turns() {
        let servers = Servers::new(&["http://a:1/".to_owned(), "b:2".to_owned()]).unwrap();
        let begun: Vec<_> = (0..3).map(|_| servers.at(servers.begin())).collect();
        assert_eq!(begun, ["a:1", "b:2", "a:1"]);
        assert!(Servers::new(&["https://a:1".to_owned()]).is_err());
    }

    #[test]
    fn pauses_grow_up_to_a_bound() {
        for attempt in [0, 3, 100] {
            let full = (FIRST_PAUSE * 2_u32.pow(attempt.min(16))).min(LONGEST_PAUSE);
            assert!((full / 2..=full).contains(&pause(attempt)));
        }
    }
}
