//! What a socket writes: an answer as it is, or an event finished with its number.

use std::time::Instant;

use bytes::{Bytes, BytesMut};

use crate::Frame;

/// One message that is ready to be written to the socket.
pub struct Outgoing<'a>(Piece<'a>);

pub(crate) enum Piece<'a> {
    Reply(&'a Bytes),
    Event { frame: &'a Frame, name: &'a Bytes, seq: u64 },
}

const SEQ: &[u8] = b",\"seq\":";

impl<'a> Outgoing<'a> {
    pub(crate) fn new(piece: Piece<'a>) -> Self {
        Self(piece)
    }

    /// When the event was encoded.
    pub(crate) fn born(&self) -> Option<Instant> {
        match &self.0 {
            Piece::Reply(_) => None,
            Piece::Event { frame, .. } => Some(frame.born()),
        }
    }

    /// Its length in bytes.
    #[expect(clippy::len_without_is_empty, reason = "a message is never empty")]
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Piece::Reply(answer) => answer.len(),
            Piece::Event { frame, name, seq } => {
                let hole = frame.tail().map_or(0, |tail| name.len() + tail.len());
                frame.head().len() + hole + SEQ.len() + digits(*seq) + 1
            }
        }
    }

    /// Appends exactly [`len`](Self::len) bytes: one complete JSON text.
    pub fn write_to(&self, out: &mut BytesMut) {
        match &self.0 {
            Piece::Reply(answer) => out.extend_from_slice(answer),
            Piece::Event { frame, name, seq } => {
                out.extend_from_slice(frame.head());
                if let Some(tail) = frame.tail() {
                    out.extend_from_slice(name);
                    out.extend_from_slice(tail);
                }
                out.extend_from_slice(SEQ);
                write_number(out, *seq);
                out.extend_from_slice(b"}");
            }
        }
    }
}

fn digits(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| usize::try_from(log).unwrap_or(0) + 1)
}

fn write_number(out: &mut BytesMut, number: u64) {
    let width = digits(number);
    let start = out.len();
    out.resize(start + width, b'0');
    let mut rest = number;
    for digit in out.iter_mut().rev().take(width) {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(message: &Outgoing<'_>) -> String {
        let mut out = BytesMut::from("before:");
        message.write_to(&mut out);
        assert_eq!(out.len(), "before:".len() + message.len());
        String::from_utf8(out.split_off("before:".len()).to_vec()).unwrap()
    }

    #[test]
    fn numbers_of_every_length_are_closed_in() {
        let (frame, name) = (Frame::new(Bytes::from_static(b"{\"a\":1")), Bytes::new());
        for seq in [0, 1, 9, 10, 99, 100, 12_345, u64::MAX] {
            let message = Outgoing::new(Piece::Event { frame: &frame, name: &name, seq });
            assert_eq!(written(&message), format!("{{\"a\":1,\"seq\":{seq}}}"));
        }
    }

    #[test]
    fn the_name_fills_the_hole_and_an_answer_stays_as_it_is() {
        let frame = Frame::with_name(Bytes::from_static(b"{\"to\":[\""), Bytes::from_static(b"\"]"));
        let name = Bytes::from_static(b"ann");
        let message = Outgoing::new(Piece::Event { frame: &frame, name: &name, seq: 7 });
        assert_eq!(written(&message), "{\"to\":[\"ann\"],\"seq\":7}");
        let answer = Bytes::from_static(b"{\"status\":\"OK\"}");
        assert_eq!(written(&Outgoing::new(Piece::Reply(&answer))), "{\"status\":\"OK\"}");
    }
}
