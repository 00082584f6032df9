//! The least websocket client that can be: it counts events and looks at their first bytes.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;
use crate::http::Target;

/// How an event of a new post begins.
pub const POSTED: &[u8] = br#"{"event":"posted""#;
const HELLO: &[u8] = br#"{"event":"hello""#;
const HEAD_END: &[u8] = b"\r\n\r\n";

/// An open websocket.
pub struct Socket {
    stream: TcpStream,
    pub frames: Frames,
}

impl Socket {
    /// Opens a socket and waits for its `hello`.
    pub async fn open(target: &Target, token: &str) -> Outcome<Self> {
        let mut stream = TcpStream::connect(&target.address).await?;
        let request = format!(
            "GET /api/v4/websocket HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {token}\r\n\r\n",
            target.address
        );
        stream.write_all(request.as_bytes()).await?;
        let mut bytes = Vec::new();
        let head = loop {
            if let Some(at) = bytes.windows(HEAD_END.len()).position(|window| window == HEAD_END) {
                break at + HEAD_END.len();
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Err("the server closed the socket".into());
            }
        };
        if !bytes.starts_with(b"HTTP/1.1 101") {
            return Err(format!("no websocket: {}", String::from_utf8_lossy(&bytes)).into());
        }
        let mut socket = Self { stream, frames: Frames { rest: bytes.split_off(head) } };
        while socket.frames.count(HELLO)? == 0 {
            socket.read(&mut vec![0; 4096]).await?;
        }
        Ok(socket)
    }

    /// Reads what is there into the shared `buffer`, waiting for something.
    pub async fn read(&mut self, buffer: &mut [u8]) -> Outcome<()> {
        let read = self.stream.read(buffer).await?;
        if read == 0 {
            return Err("the server closed a socket".into());
        }
        self.frames.rest.extend_from_slice(buffer.get(..read).unwrap_or_default());
        Ok(())
    }

    /// Waits until `wanted` frames that begin so have come.
    pub async fn expect(&mut self, begin: &[u8], wanted: usize, buffer: &mut [u8]) -> Outcome<()> {
        let mut seen = self.frames.count(begin)?;
        while seen < wanted {
            self.read(buffer).await?;
            seen += self.frames.count(begin)?;
        }
        if seen == wanted { Ok(()) } else { Err(format!("{seen} events came where {wanted} should").into()) }
    }
}

/// Bytes of frames that have not been counted.
pub struct Frames {
    pub rest: Vec<u8>,
}

impl Frames {
    /// Counts and forgets the complete frames, as far as their payload begins so.
    pub fn count(&mut self, begin: &[u8]) -> Outcome<usize> {
        let (mut at, mut count) = (0, 0);
        while let Some((payload, next)) = frame(self.rest.get(at..).unwrap_or_default()) {
            if self.rest.get(at).is_some_and(|first| first & 0x0f == 8) {
                return Err("the server closed a socket".into());
            }
            count += usize::from(self.rest.get(at + payload..at + next).is_some_and(|it| it.starts_with(begin)));
            at += next;
        }
        self.rest.drain(..at);
        Ok(count)
    }
}

/// Where the payload of the first frame begins and ends, if it is complete. Servers do not mask.
fn frame(bytes: &[u8]) -> Option<(usize, usize)> {
    let (payload, length) = match *bytes.get(1)? & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        length => (2, usize::from(length)),
    };
    (bytes.len() >= payload + length).then_some((payload, payload + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_whole_frames_and_keeps_the_rest() {
        let mut frames = Frames { rest: b"\x81\x02ab\x81\x02xy\x81\x02a".to_vec() };
        assert_eq!(frames.count(b"a").unwrap(), 1);
        assert_eq!(frames.rest, b"\x81\x02a");
        frames.rest.push(b'b');
        assert_eq!(frames.count(b"a").unwrap(), 1);
    }

    #[test]
    fn a_closed_socket_is_an_error() {
        assert!(Frames { rest: b"\x88\x00".to_vec() }.count(b"a").is_err());
    }
}
