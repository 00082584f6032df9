//! The reading half: bytes into whole messages, within `realtime.max_frame_bytes`.

use actix_http::ws::{Codec, Frame, Item, ProtocolError};
use actix_web::web::Payload;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio_util::codec::Decoder;

use super::farewell::Farewell;

/// The longest head of a client's frame: two bytes, eight of length, four of mask.
const MAX_HEAD: usize = 14;

/// What a client sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// A text, not yet proven to be UTF-8.
    Text(Bytes),
    /// Bytes.
    Binary(Bytes),
    /// Asks whether we are there.
    Ping(Bytes),
    /// Answers our ping.
    Pong,
}

/// Reads messages from the request's body.
pub(super) struct Inbound {
    payload: Payload,
    frames: Frames,
}

impl Inbound {
    pub(super) fn new(payload: Payload, max_bytes: usize) -> Self {
        Self { payload, frames: Frames::new(max_bytes) }
    }

    /// The next message; `None` when the connection is gone. Cancelling loses nothing.
    pub(super) async fn next(&mut self) -> Option<Result<Message, Farewell>> {
        loop {
            if let Some(message) = self.frames.next().transpose() {
                return Some(message);
            }
            let bytes = self.payload.next().await?.ok()?;
            self.frames.feed(bytes);
        }
    }

    /// Waits, without reading any further message, until the connection is gone.
    pub(super) async fn gone(&mut self) {
        while self.payload.next().await.is_some_and(|bytes| bytes.is_ok()) {}
    }
}

/// Bytes that came and messages that have begun.
struct Frames {
    codec: Codec,
    max_bytes: usize,
    bytes: BytesMut,
    begun: Option<Begun>,
}

/// A message that comes in several frames.
struct Begun {
    is_text: bool,
    bytes: BytesMut,
}

impl Frames {
    fn new(max_bytes: usize) -> Self {
        Self { codec: Codec::new().max_size(max_bytes), max_bytes, bytes: BytesMut::new(), begun: None }
    }

    fn feed(&mut self, bytes: Bytes) {
        if self.bytes.is_empty() {
            self.bytes = BytesMut::from(bytes);
        } else {
            self.bytes.extend_from_slice(&bytes);
        }
    }

    /// The next complete message, if there is one.
    fn next(&mut self) -> Result<Option<Message>, Farewell> {
        while let Some(frame) = self.frame()? {
            match frame {
                Frame::Text(bytes) => return Ok(Some(Message::Text(bytes))),
                Frame::Binary(bytes) => return Ok(Some(Message::Binary(bytes))),
                Frame::Ping(bytes) => return Ok(Some(Message::Ping(bytes))),
                Frame::Pong(_) => return Ok(Some(Message::Pong)),
                Frame::Close(_) => return Err(Farewell::Answered),
                Frame::Continuation(item) => {
                    if let Some(message) = self.put_together(item)? {
                        return Ok(Some(message));
                    }
                }
            }
        }
        Ok(None)
    }

    fn frame(&mut self) -> Result<Option<Frame>, Farewell> {
        let frame = self.codec.decode(&mut self.bytes).map_err(|error| match error {
            ProtocolError::Overflow => Farewell::TooLarge,
            _ => Farewell::ProtocolError,
        })?;
        if self.bytes.is_empty() {
            // An idle socket holds no buffer.
            self.bytes = BytesMut::new();
        }
        // The codec waits for the whole of a frame before it looks at its size.
        if frame.is_none() && self.bytes.len() > self.max_bytes + MAX_HEAD {
            return Err(Farewell::TooLarge);
        }
        Ok(frame)
    }

    fn put_together(&mut self, item: Item) -> Result<Option<Message>, Farewell> {
        let (bytes, is_last) = match item {
            Item::FirstText(bytes) => {
                self.begun = Some(Begun { is_text: true, bytes: BytesMut::from(bytes) });
                return Ok(None);
            }
            Item::FirstBinary(bytes) => {
                self.begun = Some(Begun { is_text: false, bytes: BytesMut::from(bytes) });
                return Ok(None);
            }
            Item::Continue(bytes) => (bytes, false),
            Item::Last(bytes) => (bytes, true),
        };
        let mut begun = self.begun.take().ok_or(Farewell::ProtocolError)?;
        if begun.bytes.len() + bytes.len() > self.max_bytes {
            return Err(Farewell::TooLarge);
        }
        begun.bytes.extend_from_slice(&bytes);
        if !is_last {
            self.begun = Some(begun);
            return Ok(None);
        }
        let bytes = begun.bytes.freeze();
        Ok(Some(if begun.is_text { Message::Text(bytes) } else { Message::Binary(bytes) }))
    }
}

#[cfg(test)]
mod tests {
    use actix_http::ws::{OpCode, Parser};

    use super::*;

    fn frames(parts: &[(&[u8], OpCode, bool)]) -> Frames {
        let mut bytes = BytesMut::new();
        for (payload, opcode, last) in parts {
            Parser::write_message(&mut bytes, payload, *opcode, *last, true);
        }
        let mut frames = Frames::new(8);
        frames.feed(bytes.freeze());
        frames
    }

    #[test]
    fn puts_parts_together_around_a_ping() {
        let mut frames = frames(&[
            (b"he", OpCode::Text, false),
            (b"?", OpCode::Ping, true),
            (b"ll", OpCode::Continue, false),
            (b"o", OpCode::Continue, true),
        ]);
        assert_eq!(frames.next(), Ok(Some(Message::Ping("?".into()))));
        assert_eq!(frames.next(), Ok(Some(Message::Text("hello".into()))));
        assert_eq!(frames.next(), Ok(None));
        assert_eq!(frames.bytes.capacity(), 0);
    }

    #[test]
    fn refuses_a_message_over_the_limit_in_one_frame_or_many() {
        assert_eq!(frames(&[(b"123456789", OpCode::Binary, true)]).next(), Err(Farewell::TooLarge));
        let parts: &[(&[u8], OpCode, bool)] = &[(b"12345", OpCode::Binary, false), (b"6789", OpCode::Continue, true)];
        assert_eq!(frames(parts).next(), Err(Farewell::TooLarge));
    }

    #[test]
    fn does_not_wait_for_all_of_a_frame_that_is_too_large() {
        let mut bytes = BytesMut::new();
        Parser::write_message(&mut bytes, vec![0; 100_000], OpCode::Binary, true, true);
        let mut frames = Frames::new(8);
        frames.feed(bytes.freeze().slice(..30));
        assert_eq!(frames.next(), Err(Farewell::TooLarge));
    }

    #[test]
    fn refuses_what_is_not_masked() {
        let mut bytes = BytesMut::new();
        Parser::write_message(&mut bytes, "hello", OpCode::Text, true, false);
        let mut frames = Frames::new(8);
        frames.feed(bytes.freeze());
        assert_eq!(frames.next(), Err(Farewell::ProtocolError));
    }

    #[test]
    fn waits_for_the_rest() {
        let mut bytes = BytesMut::new();
        Parser::write_message(&mut bytes, "hello", OpCode::Text, true, true);
        let bytes = bytes.freeze();
        let mut frames = Frames::new(8);
        frames.feed(bytes.slice(..4));
        assert_eq!(frames.next(), Ok(None));
        frames.feed(bytes.slice(4..));
        assert_eq!(frames.next(), Ok(Some(Message::Text("hello".into()))));
    }
}
