//! The form in which messages travel between instances.
//!
//! One message is: the version (1 byte), the kind (1 byte), its fields. Integers are little-endian; ids are their 16
//! bytes; `bytes` and lists are preceded by a `u32` that counts bytes or elements; what may be absent is preceded by a 0 or
//! 1; alternatives are preceded by their number. Numbers are never reused: a change that old readers would misread
//! raises the version, and a reader refuses versions it does not know.
//!
//! Decoding copies no frame (they are slices of the message), never panics, and allocates no more than the message has
//! bytes.

mod read;
mod write;

use bytes::Bytes;
use uuid::Uuid;

use super::Message;
use read::Reader;
use write::Writer;

/// The version that this instance writes, and the only one it reads.
pub const VERSION: u8 = 1;

/// Why bytes are not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Another version of the format: probably a newer instance.
    #[error("unknown version {0} of the message format")]
    Version(u8),
    /// The message ends too early.
    #[error("the message is cut off")]
    Short,
    /// A number that stands for nothing.
    #[error("{0} is no known {1}")]
    Unknown(u8, &'static str),
    /// The message goes on after its end.
    #[error("{0} bytes are left over")]
    TooLong(usize),
}

/// The bytes of a message. A broadcast is encoded in both protocols for this; if that fails, its audience gets a gap
/// instead, so that it resyncs everywhere.
#[must_use]
pub fn encode(message: &Message) -> Bytes {
    let mut writer = Writer::new();
    writer.u8(VERSION);
    writer.message(message);
    writer.finish()
}

/// The message of these bytes, which the instance `from` sent.
///
/// # Errors
/// See [`WireError`]. The reader has lost what the message said, so whoever it may have concerned has a gap.
pub fn decode(from: Uuid, bytes: &Bytes) -> Result<Message, WireError> {
    let mut reader = Reader::new(from, bytes);
    match reader.u8()? {
        VERSION => {}
        other => return Err(WireError::Version(other)),
    }
    let message = reader.message()?;
    match reader.rest() {
        0 => Ok(message),
        rest => Err(WireError::TooLong(rest)),
    }
}

#[cfg(test)]
mod tests;
