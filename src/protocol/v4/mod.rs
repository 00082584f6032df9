//! The shapes of Mattermost's API (`/api/v4`), as its clients expect them.
//!
//! Absent times are 0, absent ids are "", see `docs/compatibility.md`.

use super::Encoded;
use crate::events::Event;

/// An event as Mattermost's clients expect it.
#[must_use]
pub fn encode(event: &Event) -> Encoded {
    let _ = event;
    Encoded::nothing()
}
