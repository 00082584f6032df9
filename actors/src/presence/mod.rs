//! Presence: online, away, do not disturb, offline.
//!
//! `ledger` is the rule for one user and `book` knows all users, both without clock or actor; `actor` gives them a timer
//! and tells the world. One actor serves all users of an instance: a user is some 300 bytes in a map instead of an
//! actor of a kilobyte, and there is one timer instead of one each.

mod actor;
mod book;
mod ledger;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use actor::{Presence, PresenceOrder};
pub(crate) use book::Book;
pub(crate) use ledger::Rules;

/// What others see of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Connected and active.
    Online,
    /// Connected, but not active for a while; or chosen.
    Away,
    /// Wants no notifications; always chosen.
    Dnd,
    /// Not connected; or chosen.
    Offline,
}

/// A user's presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceState {
    /// What others see.
    pub status: Status,
    /// Whether the user chose it; what was chosen is never overridden by activity or its absence.
    pub manual: bool,
    /// The last activity, in Unix milliseconds.
    pub last_activity_at: i64,
    /// When do-not-disturb ends by itself, in Unix milliseconds.
    pub dnd_end_at: Option<i64>,
}

impl PresenceState {
    /// A user of whom nothing is known.
    pub(crate) const UNKNOWN: Self =
        Self { status: Status::Offline, manual: false, last_activity_at: 0, dnd_end_at: None };

    /// Whether others see the same; activity alone does not count.
    pub(crate) fn looks_like(&self, other: &Self) -> bool {
        Self { last_activity_at: 0, ..*self } == Self { last_activity_at: 0, ..*other }
    }
}

/// What the server stored the last time; given at connect, used if the engine does not know the user.
pub type SavedPresence = PresenceState;

/// What a user asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceCommand {
    /// Show this until it is changed. Choosing [`Status::Online`] means [`PresenceCommand::Automatic`]: nobody wants
    /// to look online with the lid closed.
    Manual {
        /// What to show.
        status: Status,
        /// For [`Status::Dnd`]: when to go back to automatic, in Unix milliseconds.
        dnd_end_at: Option<i64>,
    },
    /// Show what connections and activity say; counts as activity.
    Automatic,
}

/// A user's presence changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceChange {
    /// Whose.
    pub user: Uuid,
    /// What it was.
    pub before: PresenceState,
    /// What it is now.
    pub now: PresenceState,
}
