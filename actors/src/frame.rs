//! The bytes of an event: encoded once per protocol, finished per session.
//!
//! A [`Frame`] is an *open* JSON object. Everything that differs between two recipients is added as bytes
//! when it is written: the sequence number, and at most one hole that takes the recipient's own name.

use std::collections::HashSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bytes::Bytes;
use uuid::Uuid;

use crate::Protocol;

/// An event's bytes without the end: a JSON object whose last `}` is missing.
///
/// Each session closes it with `,"seq":N}`. So `head` (or `tail`, if there is one) ends after a member's value,
/// for instance `{"event":"posted","data":{}`. With a `tail`, the recipient's own name is written between the two,
/// so that one encoding serves everyone who is mentioned: `{..."mentions":["` + name + `"]`.
///
/// Cloning copies a pointer; rings hold one per waiting event.
#[derive(Clone, Debug)]
pub struct Frame(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    head: Bytes,
    tail: Option<Bytes>,
    born: Instant,
}

impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        self.head() == other.head() && self.tail() == other.tail()
    }
}

impl Eq for Frame {}

impl Frame {
    /// A frame that is the same for all its recipients but for the sequence number.
    #[must_use]
    pub fn new(head: Bytes) -> Self {
        Self(Arc::new(Parts { head, tail: None, born: Instant::now() }))
    }

    /// A frame with the recipient's own name between `head` and `tail`.
    #[must_use]
    pub fn with_name(head: Bytes, tail: Bytes) -> Self {
        Self(Arc::new(Parts { head, tail: Some(tail), born: Instant::now() }))
    }

    /// What comes first.
    #[must_use]
    pub fn head(&self) -> &Bytes {
        &self.0.head
    }

    fn len(&self) -> usize {
        self.head().len() + self.tail().map_or(0, Bytes::len)
    }

    /// When it was encoded, or came from another instance.
    pub(crate) fn born(&self) -> Instant {
        self.0.born
    }

    /// What comes after the recipient's name; `None` if the name is not written.
    #[must_use]
    pub fn tail(&self) -> Option<&Bytes> {
        self.0.tail.as_ref()
    }
}

/// An event in one protocol: what most recipients get, and what some get instead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoded {
    /// What a recipient gets whom no variant matches; `None`: nothing.
    pub base: Option<Frame>,
    /// Tried in order; the first that matches the recipient wins.
    pub variants: Vec<Variant>,
}

impl Encoded {
    /// The same for everyone.
    #[must_use]
    pub fn same(frame: Frame) -> Self {
        Self { base: Some(frame), variants: Vec::new() }
    }

    /// Nothing for anyone: the event does not exist in this protocol.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.base.iter().chain(self.variants.iter().filter_map(|variant| variant.frame.as_ref()))
    }

    /// What one recipient gets.
    #[must_use]
    pub fn frame_for(&self, user: Uuid, privileged: bool) -> Option<&Frame> {
        let special = self.variants.iter().find(|variant| match &variant.who {
            Who::Users(users) => users.contains(&user),
            Who::Privileged => privileged,
        });
        special.map_or(self.base.as_ref(), |variant| variant.frame.as_ref())
    }
}

/// Another frame for some of the recipients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Whom it is for.
    pub who: Who,
    /// What they get; `None`: nothing.
    pub frame: Option<Frame>,
}

/// The recipients of a [`Variant`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// These users.
    Users(Arc<HashSet<Uuid>>),
    /// Sessions of system administrators.
    Privileged,
}

type Encoder = Box<dyn Fn(Protocol) -> Encoded + Send + Sync>;

/// An event's frames in both protocols, each encoded once and only if somebody needs it.
pub struct Frames {
    encoder: Option<Encoder>,
    v1: OnceLock<Result<Encoded, EncodingFailed>>,
    v4: OnceLock<Result<Encoded, EncodingFailed>>,
    encoded_bytes: AtomicUsize,
}

/// The encoder panicked: the event cannot be delivered, so its audience must resync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event could not be encoded")]
pub struct EncodingFailed;

impl Frames {
    /// Frames that `encoder` makes on first demand, on an engine thread.
    #[must_use]
    pub fn lazy(encoder: impl Fn(Protocol) -> Encoded + Send + Sync + 'static) -> Self {
        let (v1, v4) = (OnceLock::new(), OnceLock::new());
        Self { encoder: Some(Box::new(encoder)), v1, v4, encoded_bytes: AtomicUsize::new(0) }
    }

    /// Frames that exist already, for instance because they came over the bridge.
    #[must_use]
    pub fn ready(v1: Encoded, v4: Encoded) -> Self {
        let (v1, v4) = (OnceLock::from(Ok(v1)), OnceLock::from(Ok(v4)));
        Self { encoder: None, v1, v4, encoded_bytes: AtomicUsize::new(0) }
    }

    /// The event in one protocol.
    ///
    /// # Errors
    /// The encoder panicked. It is foreign code on an engine thread, so its panic stops here.
    pub fn get(&self, protocol: Protocol) -> Result<&Encoded, EncodingFailed> {
        let cell = match protocol {
            Protocol::V1 => &self.v1,
            Protocol::V4 => &self.v4,
        };
        cell.get_or_init(|| self.encode(protocol)).as_ref().map_err(|failed| *failed)
    }

    fn encode(&self, protocol: Protocol) -> Result<Encoded, EncodingFailed> {
        let encoder = self.encoder.as_ref().ok_or(EncodingFailed)?;
        let encoded = catch_unwind(AssertUnwindSafe(|| encoder(protocol))).map_err(|_| EncodingFailed)?;
        let bytes = encoded.frames().map(Frame::len).sum();
        self.encoded_bytes.fetch_add(bytes, Relaxed);
        Ok(encoded)
    }

    /// The bytes that were encoded since the last call.
    pub(crate) fn take_encoded_bytes(&self) -> usize {
        self.encoded_bytes.swap(0, Relaxed)
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").field("v1", &self.v1.get()).field("v4", &self.v4.get()).finish_non_exhaustive()
    }
}
