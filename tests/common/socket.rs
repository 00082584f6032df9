//! A websocket client of either dialect.

use std::collections::VecDeque;
use std::time::Duration;

use actix_codec::Framed;
use actix_http::ws::{Codec, Frame, Item, Message};
use awc::BoxedSocket;
use awc::ws::WebsocketsRequest;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::time::timeout;

/// Nothing here depends on it but how long a broken test takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A websocket and what came over it.
pub struct Socket {
    framed: Framed<BoxedSocket, Codec>,
    next_request: u64,
    /// Read while something else was waited for.
    kept: VecDeque<Value>,
    /// The number that the next event must have.
    pub next_seq: u64,
    pub connection_id: String,
}

/// What comes over a socket.
#[derive(Debug, PartialEq)]
pub enum Heard {
    Message(Value),
    Ping,
    Pong,
    /// With the code of the close frame, if there was one.
    Closed(Option<u16>),
}

impl Socket {
    pub async fn open(request: WebsocketsRequest) -> Self {
        Self::try_open(request).await.unwrap()
    }

    pub async fn try_open(request: WebsocketsRequest) -> Result<Self, awc::error::WsClientError> {
        let (_, framed) = request.max_frame_size(1 << 20).connect().await?;
        let (kept, connection_id) = (VecDeque::new(), String::new());
        Ok(Self { framed, next_request: 1, kept, next_seq: 0, connection_id })
    }

    pub async fn send(&mut self, message: Message) {
        self.framed.send(message).await.unwrap();
    }

    pub async fn send_json(&mut self, value: &Value) {
        self.send(Message::Text(value.to_string().into())).await;
    }

    /// The next thing that comes, checking that no event is missing.
    pub async fn hear(&mut self) -> Heard {
        timeout(PATIENCE, self.listen()).await.expect("something must come")
    }

    /// Like [`Self::hear`], for however long nothing comes. Cancelling loses nothing.
    pub async fn listen(&mut self) -> Heard {
        match self.framed.next().await {
            None | Some(Err(_)) => Heard::Closed(None),
            Some(Ok(Frame::Text(bytes))) => {
                let value: Value = serde_json::from_slice(&bytes).unwrap();
                self.check_number(&value);
                Heard::Message(value)
            }
            Some(Ok(Frame::Ping(_))) => Heard::Ping,
            Some(Ok(Frame::Pong(_))) => Heard::Pong,
            Some(Ok(Frame::Close(reason))) => Heard::Closed(reason.map(|reason| reason.code.into())),
            Some(Ok(other)) => panic!("servers do not send {other:?}"),
        }
    }

    fn check_number(&mut self, value: &Value) {
        let Some(seq) = value.get("seq") else { return };
        if name(value) == "hello" {
            self.next_seq = 0;
            self.connection_id = value["data"]["connection_id"].as_str().unwrap().to_owned();
        }
        assert_eq!(seq, self.next_seq, "events come in order and none is missing: {value}");
        self.next_seq += 1;
    }

    /// The next event of this name; earlier ones of other names are dropped.
    pub async fn event(&mut self, wanted: &str) -> Value {
        loop {
            let event = self.next_event().await;
            if name(&event) == wanted {
                return event["data"].clone();
            }
        }
    }

    /// The next event, whatever it is.
    pub async fn next_event(&mut self) -> Value {
        if let Some(at) = self.kept.iter().position(|kept| kept.get("seq").is_some()) {
            return self.kept.remove(at).unwrap();
        }
        loop {
            match self.hear().await {
                Heard::Message(value) if value.get("seq").is_some() => return value,
                Heard::Message(value) => self.kept.push_back(value),
                Heard::Ping | Heard::Pong => {}
                Heard::Closed(code) => panic!("closed with {code:?}"),
            }
        }
    }

    /// Asks on the socket and waits for the answer.
    pub async fn request(&mut self, action: &str, data: Value) -> Value {
        let id = self.next_request;
        self.next_request += 1;
        self.send_json(&json!({ "id": id, "seq": id, "action": action, "data": data })).await;
        self.reply(id).await
    }

    /// Waits for the answer to a request.
    pub async fn reply(&mut self, id: u64) -> Value {
        let is_reply = |value: &Value| value["reply"] == id || value["seq_reply"] == id;
        if let Some(at) = self.kept.iter().position(is_reply) {
            return self.kept.remove(at).unwrap();
        }
        loop {
            match self.hear().await {
                Heard::Message(value) if is_reply(&value) => return value,
                Heard::Message(value) => self.kept.push_back(value),
                Heard::Ping | Heard::Pong => {}
                Heard::Closed(code) => panic!("closed with {code:?}"),
            }
        }
    }

    /// Waits for the end; the code of the close frame, if there was one.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Heard::Closed(code) = self.hear().await {
                return code;
            }
        }
    }

    /// Sends a text in several frames.
    pub async fn send_in_parts(&mut self, parts: &[&str]) {
        for (at, part) in parts.iter().enumerate() {
            let bytes = part.as_bytes().to_vec().into();
            let item = match at {
                0 => Item::FirstText(bytes),
                at if at + 1 == parts.len() => Item::Last(bytes),
                _ => Item::Continue(bytes),
            };
            self.send(Message::Continuation(item)).await;
        }
    }
}

/// What either dialect calls an event.
fn name(event: &Value) -> &str {
    event.get("type").or_else(|| event.get("event")).and_then(Value::as_str).unwrap_or_default()
}
