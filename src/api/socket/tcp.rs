//! The TCP connection below a request: what only its file descriptor can do.
//!
//! A response body is not polled while its peer does not read. So a stalled socket can only be ended from outside, through
//! a second handle to the same connection.

use std::any::Any;
use std::net::Shutdown;
use std::sync::{Arc, Weak};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use socket2::{SockRef, Socket};

/// What the kernel may hold for a websocket that does not read; it doubles the number. The default of megabytes would
/// hide a stalled client for thousands of events.
const SEND_BUFFER: usize = 32 * 1024;

/// A second handle to a connection.
pub(super) struct Tcp(Socket);

impl Tcp {
    /// The connection that carries this request.
    pub(super) fn of(request: &HttpRequest) -> Option<Weak<Self>> {
        request.conn_data::<Arc<Self>>().map(Arc::downgrade)
    }

    /// Ends the connection at once, whatever still waits to be written.
    pub(super) fn cut(&self) {
        // Fails only where the peer was faster.
        let _ = self.0.shutdown(Shutdown::Both);
    }

    /// Makes the kernel hold little for this connection.
    pub(super) fn bound_send_buffer(&self) {
        if let Err(error) = self.0.set_send_buffer_size(SEND_BUFFER) {
            log::debug!("a websocket keeps the kernel's send buffer: {error}");
        }
    }
}

/// For `HttpServer::on_connect`: keeps a second handle beside each connection, and lets the kernel drop a peer that has
/// acknowledged nothing for `user_timeout`.
pub fn remember_connection(user_timeout: Option<Duration>) -> impl Fn(&dyn Any, &mut Extensions) {
    move |io, data| {
        let Some(stream) = io.downcast_ref::<TcpStream>() else { return };
        let socket = SockRef::from(stream);
        if let (Some(limit), Err(error)) = (user_timeout, socket.set_tcp_user_timeout(user_timeout)) {
            log::warn!("cannot set TCP_USER_TIMEOUT to {limit:?}: {error}");
        }
        match socket.try_clone() {
            Ok(socket) => {
                data.insert(Arc::new(Tcp(socket)));
            }
            Err(error) => log::warn!("a connection cannot be cut from outside: {error}"),
        }
    }
}
