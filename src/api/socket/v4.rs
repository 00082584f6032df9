//! What Mattermost's clients say on the socket, and how they are answered.

use rustchat_actors::{ConnectionId, Frame};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::farewell::Farewell;
use super::inbound::Message;
use super::peer::Peer;
use crate::api::v4::client_config;
use crate::error::{Error, Kind};
use crate::model::{Status, UserId, encode_id, now};
use crate::protocol::Text;
use crate::protocol::v4::{self, Broadcast, Envelope};
use crate::realtime::into_frame;
use crate::services::{Core, statuses};

/// Ids that one `get_statuses_by_ids` may name.
const MAX_STATUSES: usize = 200;

/// `{"action","seq","data"}`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Request {
    action: String,
    seq: i64,
    data: Option<Map<String, Value>>,
}

/// An answer. It never takes part in the sequence of events.
#[derive(Debug, Serialize)]
struct Reply {
    status: &'static str,
    seq_reply: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
}

/// Why a request failed. Clients get no details.
#[derive(Debug, Serialize)]
struct Failure {
    id: &'static str,
    message: String,
    detailed_error: &'static str,
    status_code: u16,
}

/// The first event on a new connection id.
pub(super) fn hello(core: &Core, connection: ConnectionId, user: UserId) -> Frame {
    into_frame(Text::plain(&Envelope {
        event: "hello",
        data: json!({
            "connection_id": encode_id(connection.0),
            "server_version": client_config::version_id(core),
            "server_hostname": "",
        }),
        broadcast: Broadcast::user(user),
    }))
}

/// Works on one message.
///
/// # Errors
/// The socket must be closed.
pub(super) async fn handle(peer: &mut Peer, message: Message) -> Result<(), Farewell> {
    let request = decode(message).ok_or(Farewell::Undecodable)?;
    let answer = match request.action.as_str() {
        "authentication_challenge" if !peer.is_anonymous() => return Ok(()),
        "authentication_challenge" => {
            let token = request.data.as_ref().and_then(|data| data.get("token")).and_then(Value::as_str);
            peer.authenticate(token.ok_or(Farewell::Unauthenticated)?).await?;
            Ok(None)
        }
        _ if peer.is_anonymous() => return Ok(()),
        action if action.starts_with("custom_") => return Ok(()),
        _ => answer(peer, &request).await,
    };
    let reply = match answer {
        Ok(data) => Reply { status: "OK", seq_reply: request.seq, data, error: None },
        Err(error) => Reply { status: "FAIL", seq_reply: request.seq, data: None, error: Some(error) },
    };
    peer.reply(serde_json::to_string(&reply).unwrap_or_default())
}

/// Text is JSON, binary is MessagePack.
fn decode(message: Message) -> Option<Request> {
    match message {
        Message::Text(bytes) => serde_json::from_slice(&bytes).ok(),
        Message::Binary(bytes) => rmp_serde::from_slice(&bytes).ok(),
        Message::Ping(_) | Message::Pong => None,
    }
}

async fn answer(peer: &mut Peer, request: &Request) -> Result<Option<Value>, Failure> {
    let data = request.data.as_ref();
    let text = |key: &str| data.and_then(|data| data.get(key)).and_then(Value::as_str);
    match request.action.as_str() {
        "" => Err(Failure::new("api.web_socket_router.no_action.app_error", 400, "No action.")),
        _ if request.seq <= 0 => {
            Err(Failure::new("api.web_socket_router.bad_seq.app_error", 400, "seq must be 1 or more."))
        }
        "ping" => Ok(Some(json!({
            "text": "pong", "version": v4::version_id(&peer.core.installation.id), "server_time": now(), "node_id": "",
        }))),
        "user_typing" => {
            let channel = text("channel_id").and_then(|id| id.parse().ok()).ok_or_else(|| invalid("channel_id"))?;
            let root = text("parent_id").filter(|id| !id.is_empty());
            let root = root.map(str::parse).transpose().map_err(|_| invalid("parent_id"))?;
            peer.typing(channel, root).await.map_err(|error| Failure::from_service(&error, "channel_id"))?;
            Ok(None)
        }
        "user_update_active_status" => {
            let active = data.and_then(|data| data.get("user_is_active")).and_then(Value::as_bool);
            peer.active(active.ok_or_else(|| invalid("user_is_active"))?);
            Ok(None)
        }
        "get_statuses" => {
            let known = async { Ok(statuses::known(&peer.core, &peer.caller().await?).await) };
            known.await.map(|known| Some(in_words(known))).map_err(|error| Failure::from_service(&error, "action"))
        }
        "get_statuses_by_ids" => {
            let ids = data.and_then(|data| data.get("user_ids")).and_then(Value::as_array);
            let ids: Option<Vec<UserId>> =
                ids.into_iter().flatten().map(|id| id.as_str().and_then(|id| id.parse().ok())).collect();
            match ids {
                Some(ids) if (1..=MAX_STATUSES).contains(&ids.len()) => statuses_of(peer, &ids).await,
                _ => Err(invalid("user_ids")),
            }
        }
        // What a client looks at would only narrow what it gets, and its delivery reports are for statistics.
        "presence" | "posted_notify_ack" => Ok(None),
        _ => Err(Failure::new("api.web_socket_router.bad_action.app_error", 500, "Unknown action.")),
    }
}

impl Failure {
    fn new(id: &'static str, status_code: u16, message: impl Into<String>) -> Self {
        Self { id, message: message.into(), detailed_error: "", status_code }
    }

    /// A refusal looks like a bad `param`: whoever may not act on a channel need not know more about it.
    fn from_service(error: &Error, param: &'static str) -> Self {
        match error.kind {
            Kind::Unauthenticated => {
                Self::new("api.web_socket_router.not_authenticated.app_error", 401, error.detail.clone())
            }
            Kind::Internal | Kind::Unavailable => {
                log::warn!("a socket's request failed: {}", crate::api::describe(error));
                Self::new("api.context.server_busy.app_error", 503, "The server is busy. Try again in a moment.")
            }
            _ => invalid(param),
        }
    }
}

fn invalid(param: &'static str) -> Failure {
    Failure::new("api.websocket_handler.invalid_param.app_error", 400, format!("{param} is not valid."))
}

/// How these users are.
async fn statuses_of(peer: &Peer, users: &[UserId]) -> Result<Option<Value>, Failure> {
    let found = async { statuses::of(&peer.core, &peer.caller().await?, users).await };
    let found = found.await.map_err(|error| Failure::from_service(&error, "user_ids"))?;
    Ok(Some(in_words(found)))
}

/// A map from user to word.
fn in_words(statuses: Vec<Status>) -> Value {
    let words = statuses.into_iter().map(|status| (status.user_id.to_string(), status.availability.as_str().into()));
    Value::Object(words.collect())
}
