//! Websocket frames: reading those of a server, writing those of a client.

/// What a frame holds, by its opcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Ping,
    Pong,
    Close,
}

/// A whole frame at the front of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    pub kind: Kind,
    pub payload: &'a [u8],
    /// Bytes that it takes with its head.
    pub length: usize,
}

/// Why bytes are no frame that a server of this protocol sends.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

impl std::error::Error for Malformed {}

impl std::fmt::Display for Malformed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "a malformed frame: {}", self.0)
    }
}

/// The first frame, or none where it has not come whole. Servers neither mask nor, in this protocol, split a message.
pub fn first(bytes: &[u8]) -> Result<Option<Frame<'_>>, Malformed> {
    let [head, length, rest @ ..] = bytes else { return Ok(None) };
    if head & 0x80 == 0 {
        return Err(Malformed("a message in parts"));
    }
    if length & 0x80 != 0 {
        return Err(Malformed("a server does not mask"));
    }
    let kind = match head & 0x7f {
        1 => Kind::Text,
        8 => Kind::Close,
        9 => Kind::Ping,
        10 => Kind::Pong,
        _ => return Err(Malformed("an unknown kind")),
    };
    let (extra, length) = match length {
        126 => (2, rest.first_chunk().map(|bytes| u64::from(u16::from_be_bytes(*bytes)))),
        127 => (8, rest.first_chunk().map(|bytes| u64::from_be_bytes(*bytes))),
        length => (0, Some(u64::from(*length))),
    };
    let Some(length) = length else { return Ok(None) };
    let length = usize::try_from(length).map_err(|_| Malformed("too long"))?;
    let end = length.checked_add(extra).ok_or(Malformed("too long"))?;
    Ok(rest.get(extra..end).map(|payload| Frame { kind, payload, length: 2 + end }))
}

/// A client's frame. The mask is zero: it is there for proxies between browsers and servers, and none is here.
pub fn write(out: &mut Vec<u8>, kind: Kind, payload: &[u8]) {
    let opcode = match kind {
        Kind::Text => 1,
        Kind::Close => 8,
        Kind::Ping => 9,
        Kind::Pong => 10,
    };
    out.push(0x80 | opcode);
    match u16::try_from(payload.len()) {
        Ok(length @ 126..) => {
            out.push(0x80 | 126);
            out.extend_from_slice(&length.to_be_bytes());
        }
        // Nothing longer than 64 KiB is sent from here.
        length => out.push(0x80 | u8::try_from(length.unwrap_or_default()).unwrap_or_default()),
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

/// The name of an event; none for an answer to an action. Servers differ in the space after a colon.
pub fn event(payload: &[u8]) -> Option<&[u8]> {
    let name = payload.strip_prefix(br#"{"event":"#)?.trim_ascii_start().strip_prefix(b"\"")?;
    name.get(..memchr::memchr(b'"', name)?)
}

/// The number of an event, which stands at its very end.
pub fn sequence(payload: &[u8]) -> Option<u64> {
    let body = payload.trim_ascii_end().strip_suffix(b"}")?.trim_ascii_end();
    let digits = body.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, digits) = body.split_at_checked(body.len() - digits)?;
    before.trim_ascii_end().strip_suffix(br#""seq":"#)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_taken_once_it_is_whole() {
        let bytes = b"\x81\x02abc";
        assert_eq!(first(bytes), Ok(Some(Frame { kind: Kind::Text, payload: b"ab", length: 4 })));
        for cut in 0..4 {
            assert_eq!(first(&bytes[..cut]), Ok(None), "after {cut} bytes");
        }
    }

    #[test]
    fn both_longer_lengths_are_read() {
        for head in [vec![0x81, 126, 1, 0], vec![0x81, 127, 0, 0, 0, 0, 0, 0, 1, 0]] {
            let bytes = [head.as_slice(), &[7; 256]].concat();
            assert_eq!(first(&bytes).unwrap().unwrap().length, head.len() + 256);
            assert_eq!(first(&bytes[..bytes.len() - 1]), Ok(None));
        }
    }

    #[test]
    fn what_no_server_sends_is_refused() {
        for bytes in [&b"\x01\x00"[..], b"\x81\x80", b"\x83\x00", b"\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"] {
            assert!(first(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_client_masks() {
        let mut out = Vec::new();
        write(&mut out, Kind::Pong, b"x");
        assert_eq!(out, b"\x8a\x81\0\0\0\0x");
        out.clear();
        write(&mut out, Kind::Text, &[b'y'; 300]);
        assert_eq!(&out[..8], b"\x81\xfe\x01\x2c\0\0\0\0");
    }

    #[test]
    fn names_and_numbers_are_found_in_either_style() {
        for text in
            [r#"{"event":"posted","data":{"seq":1},"seq":42}"#, "{\"event\": \"posted\", \"data\": {}, \"seq\": 42}\n"]
        {
            assert_eq!(event(text.as_bytes()), Some(&b"posted"[..]));
            assert_eq!(sequence(text.as_bytes()), Some(42));
        }
        let answer = br#"{"status":"OK","seq_reply":1}"#;
        assert_eq!((event(answer), sequence(answer)), (None, None));
    }
}
