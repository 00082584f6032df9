//! One websocket connection: the upgrade, reading without a buffer of its own, writing.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use memchr::memmem;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpSocket, TcpStream, lookup_host};

use crate::Outcome;
use crate::frames::{self, Kind};

const HEAD_END: &[u8] = b"\r\n\r\n";
/// Bytes that are read at once, by all sockets of the thread into one place.
const ROOM: usize = 256 * 1024;
/// Longest message; no server of this protocol sends one that is nearly as long.
const LONGEST: usize = 16 * 1024 * 1024;

/// A connection after its upgrade.
pub struct Wire {
    stream: TcpStream,
    /// The beginning of a frame that has not come whole.
    rest: Vec<u8>,
    out: Vec<u8>,
}

/// The connection is over.
pub struct Ended;

/// What came beside messages.
#[derive(Default)]
pub struct Inbox {
    /// The server asked for a pong.
    pub pinged: bool,
}

impl Wire {
    /// Connects to `host:port` and upgrades.
    pub async fn upgrade(address: &str, path: &str, token: &str, receive_buffer: Option<u32>) -> Outcome<Self> {
        let mut stream = connect(address, receive_buffer).await?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut bytes = Vec::new();
        let head = loop {
            if let Some(at) = memmem::find(&bytes, HEAD_END) {
                break at + HEAD_END.len();
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Err("the server closed the socket".into());
            }
        };
        if !bytes.starts_with(b"HTTP/1.1 101") {
            return Err(format!("no websocket: {}", String::from_utf8_lossy(&bytes)).into());
        }
        Ok(Self { stream, rest: bytes.split_off(head), out: Vec::new() })
    }

    /// Takes the messages that came with the answer to the upgrade.
    pub fn begin(&mut self, take: impl FnMut(&[u8]) -> Result<(), Ended>) -> Result<Inbox, Ended> {
        let (used, inbox) = take_frames(&self.rest, take)?;
        self.rest.drain(..used);
        Ok(inbox)
    }

    /// Takes the messages that are there, or waits. `scratch` may hold anything before and afterwards.
    pub fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        scratch: &mut Vec<u8>,
        take: impl FnMut(&[u8]) -> Result<(), Ended>,
    ) -> Poll<Result<Inbox, Ended>> {
        let kept = self.rest.len();
        if scratch.len() < kept + ROOM {
            scratch.resize(kept + ROOM, 0);
        }
        let (before, room) = scratch.split_at_mut(kept);
        let mut buffer = ReadBuf::new(room);
        let result = ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer));
        let read = buffer.filled().len();
        if result.is_err() || read == 0 || kept > LONGEST {
            return Poll::Ready(Err(Ended));
        }
        before.copy_from_slice(&self.rest);
        let bytes = scratch.get(..kept + read).unwrap_or_default();
        let (used, inbox) = take_frames(bytes, take)?;
        self.rest.clear();
        self.rest.extend_from_slice(bytes.get(used..).unwrap_or_default());
        Poll::Ready(Ok(inbox))
    }

    pub async fn send(&mut self, kind: Kind, payload: &[u8]) -> std::io::Result<()> {
        self.out.clear();
        frames::write(&mut self.out, kind, payload);
        self.stream.write_all(&self.out).await
    }
}

/// Connects, with a receive buffer of this size if one is given: that can only be said before.
async fn connect(address: &str, receive_buffer: Option<u32>) -> Outcome<TcpStream> {
    let Some(bytes) = receive_buffer else { return Ok(TcpStream::connect(address).await?) };
    let address = lookup_host(address).await?.next().ok_or("the server's name has no address")?;
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_recv_buffer_size(bytes)?;
    Ok(socket.connect(address).await?)
}

/// Takes every whole frame, and says how many bytes that were.
fn take_frames(bytes: &[u8], mut take: impl FnMut(&[u8]) -> Result<(), Ended>) -> Result<(usize, Inbox), Ended> {
    let (mut at, mut inbox) = (0, Inbox::default());
    while let Some(frame) = frames::first(bytes.get(at..).unwrap_or_default()).map_err(|_| Ended)? {
        match frame.kind {
            Kind::Text => take(frame.payload)?,
            Kind::Ping => inbox.pinged = true,
            Kind::Pong => {}
            Kind::Close => return Err(Ended),
        }
        at += frame.length;
    }
    Ok((at, inbox))
}
