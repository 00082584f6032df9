//! The form of what one instance writes into its stream.
//!
//! An entry is: the version (1 byte), when it was sent (Unix milliseconds, `u64`), the number of its first record (`u64`),
//! its records. A record is its length (`u32`, the kind counted), its kind (1 byte) and its body. Integers are
//! little-endian. Numbers count the records of one instance from 1 without a hole, so that a reader can prove that it missed
//! nothing. Wire messages are records and are not looked into here.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use uuid::Uuid;

/// The version that this instance writes, and the only one it reads.
const VERSION: u8 = 1;
const HEAD: usize = 17;

/// What an instance writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Record {
    /// A message, encoded by [`crate::bridge::wire`].
    Message(Bytes),
    /// This instance wants to be told again what that one knows of presence.
    Ask(Uuid),
    /// Nothing: shows readers how far the writer had come before a new connection.
    Mark,
    /// The last word of an instance that stops in order.
    Bye,
}

impl Record {
    /// How many bytes it takes in an entry.
    pub(super) fn len(&self) -> usize {
        let body = match self {
            Self::Message(bytes) => bytes.len(),
            Self::Ask(_) => 16,
            Self::Mark | Self::Bye => 0,
        };
        4 + 1 + body
    }

    fn put(&self, entry: &mut BytesMut) {
        // A message is far below 4 GiB; one that was not would be refused by its reader as cut off.
        entry.put_u32_le(u32::try_from(self.len() - 4).unwrap_or(u32::MAX));
        match self {
            Self::Message(bytes) => {
                entry.put_u8(0);
                entry.put_slice(bytes);
            }
            Self::Ask(instance) => {
                entry.put_u8(1);
                entry.put_slice(instance.as_bytes());
            }
            Self::Mark => entry.put_u8(2),
            Self::Bye => entry.put_u8(3),
        }
    }

    fn parse(mut bytes: Bytes) -> Result<Self, EntryError> {
        match bytes.try_get_u8().map_err(|_| EntryError::Short)? {
            0 => Ok(Self::Message(bytes)),
            1 => Uuid::from_slice(&bytes).map(Self::Ask).map_err(|_| EntryError::Short),
            2 => Ok(Self::Mark),
            3 => Ok(Self::Bye),
            other => Err(EntryError::Kind(other)),
        }
    }
}

/// Why bytes are not an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum EntryError {
    /// Probably a newer instance.
    #[error("unknown version {0} of the entry format")]
    Version(u8),
    #[error("unknown kind {0} of record")]
    Kind(u8),
    #[error("the entry is cut off")]
    Short,
}

/// The bytes of an entry.
pub(super) fn pack<'a>(first: u64, sent_ms: u64, records: impl Iterator<Item = &'a Record> + Clone) -> Bytes {
    let length: usize = records.clone().map(Record::len).sum();
    let mut entry = BytesMut::with_capacity(HEAD + length);
    entry.put_u8(VERSION);
    entry.put_u64_le(sent_ms);
    entry.put_u64_le(first);
    records.for_each(|record| record.put(&mut entry));
    entry.freeze()
}

/// An entry that was read.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) sent_ms: u64,
    pub(super) first: u64,
    records: Bytes,
}

/// Reads the head of an entry.
pub(super) fn open(mut bytes: Bytes) -> Result<Entry, EntryError> {
    match bytes.try_get_u8().map_err(|_| EntryError::Short)? {
        VERSION => {}
        other => return Err(EntryError::Version(other)),
    }
    let sent_ms = bytes.try_get_u64_le().map_err(|_| EntryError::Short)?;
    let first = bytes.try_get_u64_le().map_err(|_| EntryError::Short)?;
    Ok(Entry { sent_ms, first, records: bytes })
}

/// The records of an entry, as slices of it. Nothing follows one that is cut off.
impl Iterator for Entry {
    type Item = Result<Record, EntryError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.records.is_empty() {
            return None;
        }
        let length = self.records.try_get_u32_le().ok().and_then(|length| usize::try_from(length).ok());
        let Some(length) = length.filter(|length| *length <= self.records.len()) else {
            self.records.clear();
            return Some(Err(EntryError::Short));
        };
        Some(Record::parse(self.records.split_to(length)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records() -> Vec<Record> {
        vec![
            Record::Message(Bytes::from_static(b"hello")),
            Record::Ask(Uuid::from_u128(7)),
            Record::Mark,
            Record::Message(Bytes::new()),
            Record::Bye,
        ]
    }

    #[test]
    fn what_is_packed_is_read_again() {
        let bytes = pack(41, 1_700_000_000_000, records().iter());
        assert_eq!(bytes.len(), HEAD + records().iter().map(Record::len).sum::<usize>());
        let entry = open(bytes).unwrap();
        assert_eq!((entry.first, entry.sent_ms), (41, 1_700_000_000_000));
        assert_eq!(entry.collect::<Result<Vec<_>, _>>().unwrap(), records());
    }

    #[test]
    fn garbage_is_refused_wherever_it_stands() {
        let whole = pack(1, 2, records().iter());
        for length in 0..HEAD {
            assert_eq!(open(whole.slice(..length)).unwrap_err(), EntryError::Short);
        }
        for length in HEAD..whole.len() {
            let read: Vec<_> = open(whole.slice(..length)).unwrap().collect();
            assert!(read.len() <= records().len());
            for (read, written) in read.iter().zip(records()) {
                assert!(read.is_err() || *read == Ok(written));
            }
        }
        let mut newer = BytesMut::from(&whole[..]);
        newer[0] = 9;
        assert_eq!(open(newer.freeze()).unwrap_err(), EntryError::Version(9));
        let mut unknown = BytesMut::from(&whole[..]);
        unknown[HEAD + 4] = 77;
        let read: Vec<_> = open(unknown.freeze()).unwrap().collect();
        assert_eq!(read[0], Err(EntryError::Kind(77)));
        assert_eq!(read.len(), records().len(), "the others can still be read");
    }
}
