//! The writing half: a response body that carries websocket frames.
//!
//! Everything that waits becomes one chunk of finished frames, and so one write. An idle socket holds no buffer: chunks
//! are built in a scratch buffer of the worker, which the dispatcher copies from at once.

use std::cell::{Cell, OnceCell, RefCell};
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use actix_http::ws::{CloseReason, OpCode, Parser};
use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use rustchat_actors::Connection;
use tokio::sync::Notify;

use super::farewell::Farewell;

/// A chunk takes no further message once it has this many bytes. The dispatcher's own buffer grows to what one chunk
/// needs and stays so, which is most of what a busy socket costs.
const CHUNK: usize = 8 * 1024;

thread_local! {
    static SCRATCH: RefCell<BytesMut> = RefCell::new(BytesMut::new());
}

/// What the reading task and the response body share.
#[derive(Default)]
pub(super) struct Wire {
    connection: OnceCell<Connection>,
    ping: Cell<bool>,
    /// Only the latest ping needs an answer (RFC 6455, section 5.5.3).
    pong: Cell<Option<Bytes>>,
    farewell: Cell<Option<Farewell>>,
    finished: Cell<bool>,
    finishing: Notify,
    writer: Cell<Option<Waker>>,
}

impl Wire {
    /// The authenticated end of the session.
    pub(super) fn connection(&self) -> Option<&Connection> {
        self.connection.get()
    }

    /// From now on the body carries this session's events.
    pub(super) fn attach(&self, connection: Connection) {
        // A socket is authenticated once; the caller has checked.
        let _ = self.connection.set(connection);
        self.wake();
    }

    /// Asks the peer whether it is still there.
    pub(super) fn ping(&self) {
        self.ping.set(true);
        self.wake();
    }

    /// Answers the peer's question whether we are.
    pub(super) fn pong(&self, payload: Bytes) {
        self.pong.set(Some(payload));
        self.wake();
    }

    /// Ends the body after saying why.
    pub(super) fn close(&self, farewell: Farewell) {
        self.farewell.set(Some(farewell));
        self.wake();
    }

    /// Waits until the body has ended, for whatever reason.
    pub(super) async fn finished(&self) {
        while !self.finished.get() {
            self.finishing.notified().await;
        }
    }

    fn wake(&self) {
        if let Some(writer) = self.writer.take() {
            writer.wake();
        }
    }

    fn finish(&self) {
        self.finished.set(true);
        self.finishing.notify_one();
    }

    /// Appends everything that waits, as frames.
    fn fill(&self, chunk: &mut BytesMut, context: &mut Context<'_>) {
        self.writer.set(Some(context.waker().clone()));
        if let Some(payload) = self.pong.take() {
            Parser::write_message(chunk, payload, OpCode::Pong, true, false);
        }
        if self.ping.take() {
            Parser::write_message(chunk, "", OpCode::Ping, true, false);
        }
        if let Some(farewell) = self.farewell.take() {
            return self.say(farewell, chunk);
        }
        let Some(connection) = self.connection.get() else { return };
        if connection.poll_ready(context).is_pending() {
            return;
        }
        let taken = connection.drain(CHUNK, |message| {
            write_head(chunk, message.len());
            message.write_to(chunk);
        });
        if let (0, Some(reason)) = (taken, connection.closed()) {
            self.say(Farewell::Engine(reason), chunk);
        }
    }

    fn say(&self, farewell: Farewell, chunk: &mut BytesMut) {
        let reason = CloseReason { code: farewell.code().into(), description: Some(farewell.text().to_owned()) };
        Parser::write_close(chunk, Some(reason), false);
        self.finish();
    }
}

/// The head of an unmasked text frame.
fn write_head(out: &mut BytesMut, len: usize) {
    const TEXT: u8 = 0x81;
    out.reserve(len + 10);
    match (u8::try_from(len), u16::try_from(len)) {
        (Ok(len @ ..=125), _) => out.extend_from_slice(&[TEXT, len]),
        (_, Ok(len)) => {
            out.extend_from_slice(&[TEXT, 126]);
            out.extend_from_slice(&len.to_be_bytes());
        }
        _ => {
            out.extend_from_slice(&[TEXT, 127]);
            out.extend_from_slice(&u64::try_from(len).unwrap_or(u64::MAX).to_be_bytes());
        }
    }
}

/// The response body of an upgraded connection.
pub(super) struct Body(pub(super) Rc<Wire>);

impl Stream for Body {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.0.finished.get() {
            return Poll::Ready(None);
        }
        let chunk = SCRATCH.with_borrow_mut(|scratch| {
            self.0.fill(scratch, context);
            scratch.split().freeze()
        });
        if chunk.is_empty() { Poll::Pending } else { Poll::Ready(Some(Ok(chunk))) }
    }
}

impl Drop for Body {
    /// The connection is gone.
    fn drop(&mut self) {
        self.0.finish();
    }
}
