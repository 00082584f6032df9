//! What native clients say on the socket, and how they are answered.

use rustchat_actors::{ConnectionId, Disconnect, Frame};
use serde_json::{Value, json};

use super::farewell::Farewell;
use super::inbound::Message;
use super::peer::Peer;
use crate::api::v1::Failure;
use crate::error::Error;
use crate::model::{UserId, encode_id, now};
use crate::protocol::Text;
use crate::protocol::v1::{Action, Event, Hello, Reply, Status};
use crate::realtime::into_frame;
use crate::services::statuses;

/// People whose presence one connection may watch.
const MAX_WATCHED: usize = 500;

/// The first event on a new connection id.
pub(super) fn hello(connection: ConnectionId) -> Frame {
    into_frame(Text::plain(&Event::Hello(Hello {
        connection_id: encode_id(connection.0),
        server_version: env!("CARGO_PKG_VERSION").to_owned(),
    })))
}

/// Works on one message.
///
/// # Errors
/// The socket must be closed.
pub(super) async fn handle(peer: &mut Peer, message: Message) -> Result<(), Farewell> {
    let Message::Text(bytes) = message else { return Err(Farewell::Undecodable) };
    let request: Value = serde_json::from_slice(&bytes).map_err(|_| Farewell::Undecodable)?;
    let id = request.get("id").and_then(Value::as_u64).ok_or(Farewell::Undecodable)?;
    let answer = match serde_json::from_value(request) {
        Ok(Action::Authenticate { token }) if peer.is_anonymous() => {
            peer.authenticate(&token).await?;
            Ok(None)
        }
        _ if peer.is_anonymous() => return Err(Farewell::Unauthenticated),
        Ok(action) => answer(peer, action).await,
        Err(error) => Err(Error::invalid("socket.bad_action", "action", error.to_string())),
    };
    let reply = match answer {
        Ok(data) => Reply { reply: id, ok: true, data, problem: None },
        Err(error) => Reply { reply: id, ok: false, data: None, problem: Some(Failure::from(error).problem()) },
    };
    peer.reply(serde_json::to_string(&reply).unwrap_or_default())
}

async fn answer(peer: &mut Peer, action: Action) -> Result<Option<Value>, Error> {
    match action {
        Action::Authenticate { .. } => {
            Err(Error::conflict("socket.authenticated", "token", "This socket is authenticated already."))
        }
        Action::Ping => Ok(Some(json!({ "now": now() }))),
        Action::Typing { channel_id, root_id } => peer.typing(channel_id, root_id).await.map(|()| None),
        Action::Active { active } => {
            peer.active(active);
            Ok(None)
        }
        Action::WatchPresence { user_ids } => watch(peer, user_ids).await.map(Some),
    }
}

/// Joins what tells of these people's presence, before asking how it is: a change in between is heard.
async fn watch(peer: &Peer, users: Vec<UserId>) -> Result<Value, Error> {
    if users.len() > MAX_WATCHED {
        let detail = format!("At most {MAX_WATCHED} people can be watched.");
        return Err(Error::invalid("socket.too_many_watched", "user_ids", detail));
    }
    let caller = peer.caller().await?;
    let Some(connection) = peer.wire.connection() else { return Err(Error::unauthenticated()) };
    let closed = |reason| Error::unavailable(format!("The connection is closed: {}", Disconnect::text(reason)));
    connection.watch(users.iter().map(|user| user.0).collect()).await.map_err(closed)?;
    let known = statuses::of(&peer.core, &caller, &users).await?;
    serde_json::to_value(known.into_iter().map(Status::from).collect::<Vec<_>>()).map_err(Error::internal)
}
