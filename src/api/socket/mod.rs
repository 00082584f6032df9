//! The websockets: `/api/v4/websocket` and `/api/v1/ws`, two dialects over one engine.
//!
//! Owns: the upgrade, the frames, and what clients may say. Reading is a task ([`peer`]), writing is the response's body
//! ([`wire`]); between the two there are a few cells. What is heard, in which order, and how a client resumes is the
//! engine's business.

mod deadlines;
mod farewell;
mod inbound;
mod peer;
mod tcp;
mod v1;
mod v4;
mod wire;

use std::rc::Rc;
use std::sync::{Arc, Weak};

use actix_web::http::header::{HOST, ORIGIN};
use actix_web::web::{Data, Payload, Query, ServiceConfig, get, resource};
use actix_web::{HttpRequest, HttpResponse, rt};
use actix_web_actors::ws::handshake;
use rustchat_actors::{ConnectionId, Protocol, Resume};
use serde::Deserialize;
use utoipa::IntoParams;

use self::farewell::Farewell;
use self::inbound::Inbound;
use self::peer::Peer;
use self::tcp::Tcp;
use self::wire::{Body, Wire};
use super::auth::Anyone;
use super::cookies;
use crate::error::{Error, Result};
use crate::model::{IdError, decode_id};
use crate::protocol::v1::Problem;
use crate::request_id;
use crate::services::{Caller, Core, Identity};

pub use tcp::remember_connection;

/// How a client says where it was.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Opening {
    /// The id that the last `hello` named; empty or absent for a new connection.
    connection_id: Option<String>,
    /// The `seq` that is expected next.
    sequence_number: Option<String>,
}

pub(super) fn v1_routes(config: &mut ServiceConfig) {
    config.service(resource("/ws").route(get().to(open_v1)));
}

pub(super) fn v4_routes(config: &mut ServiceConfig) {
    config.service(resource(["/websocket", "/websocket/"]).route(get().to(open_v4)));
}

/// The websocket. The server sends `Event`s, each with its `seq`, and `Reply`s; the client sends `Action`s, each with an
/// `id`.
#[utoipa::path(get, path = "/ws", tag = "realtime", params(Opening), responses(
    (status = 101, description = "Switched to the websocket protocol."),
    (status = 400, body = Problem, description = "Not an upgrade, or it names no place to go on from."),
    (status = 403, body = Problem, description = "A page of another site came with cookies."),
))]
pub(super) async fn open_v1(
    core: Data<Core>,
    Anyone(caller): Anyone,
    opening: Query<Opening>,
    request: HttpRequest,
    payload: Payload,
) -> super::v1::Answer<HttpResponse> {
    let resume = opening.resume().map_err(|_| {
        Error::invalid("socket.bad_resume", "sequence_number", "Give connection_id and sequence_number, or neither.")
    })?;
    check_origin(&core, &request, cookies::V1_SESSION)?;
    Ok(open(core, Protocol::V1, caller, Ok(resume), &request, payload)?)
}

async fn open_v4(
    core: Data<Core>,
    Anyone(caller): Anyone,
    opening: Query<Opening>,
    request: HttpRequest,
    payload: Payload,
) -> super::v4::Answer<HttpResponse> {
    check_origin(&core, &request, cookies::V4_SESSION)?;
    // Whoever authenticates later begins anew, whatever was given here.
    let resume = if caller.is_some() { opening.resume() } else { Ok(None) };
    Ok(open(core, Protocol::V4, caller, resume, &request, payload)?)
}

fn open(
    core: Data<Core>,
    protocol: Protocol,
    caller: Option<Caller>,
    resume: Result<Option<Resume>, Farewell>,
    request: &HttpRequest,
    payload: Payload,
) -> Result<HttpResponse> {
    if core.realtime.draining() {
        // A load balancer tries the next instance.
        return Err(Error::unavailable("This instance is stopping."));
    }
    let mut response =
        handshake(request).map_err(|error| Error::invalid("socket.bad_upgrade", "upgrade", error.to_string()))?;
    let tcp = Tcp::of(request);
    if let Some(tcp) = tcp.as_ref().and_then(Weak::upgrade) {
        tcp.bound_send_buffer();
    }
    let wire = Rc::new(Wire::default());
    let inbound = Inbound::new(payload, core.config.realtime.max_frame_bytes);
    let peer = Peer::new(core, Rc::clone(&wire), protocol, tcp, resume);
    rt::spawn(request_id::scope(request_id::current(), peer.run(inbound, caller.and_then(identity))));
    Ok(response.streaming(Body(wire)))
}

fn identity(caller: Caller) -> Option<Arc<Identity>> {
    match caller {
        Caller::User(identity, _) => Some(identity),
        Caller::System => None,
    }
}

impl Opening {
    /// The session to go on with; an empty id asks for a new one.
    ///
    /// # Errors
    /// What was given names no place in any session.
    fn resume(&self) -> Result<Option<Resume>, Farewell> {
        let id = self.connection_id.as_deref().unwrap_or_default();
        if id.is_empty() {
            return Ok(None);
        }
        let number = self.sequence_number.as_deref().unwrap_or_default();
        let next_seq = number.parse().map_err(|_| Farewell::BadResume)?;
        match decode_id(id) {
            Ok(id) => Ok(Some(Resume { connection: ConnectionId(id), next_seq })),
            Err(IdError::Unknown) => Ok(None),
            Err(IdError::Malformed) => Err(Farewell::BadResume),
        }
    }
}

/// A browser sends its cookies with whatever page opens the socket, so only pages of ours may.
fn check_origin(core: &Core, request: &HttpRequest, cookie: &str) -> Result<()> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let origin = header(ORIGIN);
    if request.cookie(cookie).is_none()
        || origin.is_empty()
        || is_ours(origin, header(HOST), &core.config.server.site_url)
    {
        return Ok(());
    }
    Err(Error::forbidden("socket.foreign_origin", "A page of another site may not open a socket with your cookies."))
}

/// `origin` is `scheme://host[:port]`, `site_url` may also have a path.
fn is_ours(origin: &str, host: &str, site_url: &str) -> bool {
    let same_host = origin.split_once("://").is_some_and(|(_, ours)| ours.eq_ignore_ascii_case(host));
    let rest = site_url.strip_prefix(origin);
    same_host || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_ours_open_sockets() {
        assert!(is_ours("http://chat.example:8065", "chat.example:8065", "https://elsewhere"));
        assert!(is_ours("https://chat.example", "127.0.0.1:8065", "https://chat.example/team"));
        assert!(!is_ours("https://chat.example.evil", "127.0.0.1:8065", "https://chat.example"));
        assert!(!is_ours("https://chat.exam", "127.0.0.1:8065", "https://chat.example"));
        assert!(!is_ours("null", "chat.example", "https://chat.example"));
    }

    #[test]
    fn resumes_by_an_id_with_a_number() {
        let opening = |id: &str, number: Option<&str>| Opening {
            connection_id: Some(id.to_owned()),
            sequence_number: number.map(str::to_owned),
        };
        let id = ConnectionId::random();
        let text = crate::model::encode_id(id.0);
        assert_eq!(opening(&text, Some("7")).resume(), Ok(Some(Resume { connection: id, next_seq: 7 })));
        assert_eq!(opening("", None).resume(), Ok(None));
        assert_eq!(opening(&"0".repeat(26), Some("7")).resume(), Ok(None), "an id that nothing has");
        assert_eq!(opening(&text, None).resume(), Err(Farewell::BadResume));
        assert_eq!(opening(&text, Some("-1")).resume(), Err(Farewell::BadResume));
        assert_eq!(opening("short", Some("7")).resume(), Err(Farewell::BadResume));
    }
}
