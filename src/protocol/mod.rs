//! Wire shapes and the pure conversions into and out of them.
//!
//! Owns: what a client sees. It does no I/O, asks no permission and holds no rule of the business.

pub mod v1;
pub mod v4;

use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;

use crate::model::UserId;

/// An event as text in one protocol.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encoded {
    /// For everyone whom no variant matches; none where they get nothing.
    pub base: Option<Text>,
    /// Tried in order; the first match wins.
    pub variants: Vec<(Who, Option<Text>)>,
}

/// Whom a variant is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// These users.
    Users(Arc<HashSet<UserId>>),
    /// System administrators.
    Privileged,
}

/// An *open* JSON object: its last brace is missing, because each session closes it with its own sequence number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// The same for every recipient.
    Plain(String),
    /// With the recipient's id between the two halves, so that one encoding serves everyone who is named in it.
    Named {
        /// Up to the id.
        head: String,
        /// After the id.
        tail: String,
    },
}

/// Stands for the recipient's id while a [`Text::Named`] is encoded. Nothing that people write may follow it.
pub(crate) const RECIPIENT: &str = "<recipient>";

impl Encoded {
    /// Nothing: this protocol does not know the event.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// The same for everyone.
    #[must_use]
    pub fn same(value: &impl Serialize) -> Self {
        Self { base: Some(Text::plain(value)), variants: Vec::new() }
    }

    /// Adds what some get instead.
    #[must_use]
    pub fn with(mut self, who: Who, text: Option<Text>) -> Self {
        self.variants.push((who, text));
        self
    }
}

impl Text {
    /// Encodes an object without its last brace.
    #[must_use]
    pub fn plain(value: &impl Serialize) -> Self {
        Self::Plain(open_object(value))
    }

    /// Encodes an object that holds [`RECIPIENT`], and splits it there.
    #[must_use]
    pub fn named(value: &impl Serialize) -> Self {
        let text = open_object(value);
        match text.rsplit_once(RECIPIENT) {
            Some((head, tail)) => Self::Named { head: head.to_owned(), tail: tail.to_owned() },
            None => Self::Plain(text),
        }
    }
}

/// Wire shapes serialise by construction (string keys, no failing `Serialize`); the empty object stands in for the
/// impossible.
fn open_object(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned());
    text.pop();
    text
}
