//! Parts of long lists.

use uuid::Uuid;

/// A part of an ordered list: what follows a known row (`/api/v1`), or what follows so many rows (`/api/v4`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The row before the first one wanted.
    pub after: Option<SortKey>,
    /// How many rows to skip.
    pub offset: i64,
    /// Most rows wanted, 1 to 200.
    pub limit: i64,
}

/// Where a row stands in a list that is ordered by a text, and by id where texts are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey {
    /// What the list is ordered by.
    pub text: String,
    /// The row's id.
    pub id: Uuid,
}

impl Window {
    /// The text of [`Self::after`], for a query.
    #[must_use]
    pub fn after_text(&self) -> Option<&str> {
        self.after.as_ref().map(|key| key.text.as_str())
    }

    /// The id of [`Self::after`], for a query.
    #[must_use]
    pub fn after_id(&self) -> Option<Uuid> {
        self.after.as_ref().map(|key| key.id)
    }
}
