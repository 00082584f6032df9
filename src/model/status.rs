//! Presence as people see it.

use serde::{Deserialize, Serialize};

use super::{Millis, UserId};

/// How reachable somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Availability {
    /// A device is connected and in use.
    Online,
    /// Connected, but idle.
    Away,
    /// Asked not to be disturbed.
    Dnd,
    /// No device is connected.
    Offline,
    /// Out of office, with an automatic answer.
    Ooo,
}

impl Availability {
    /// The word both APIs and the database use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Dnd => "dnd",
            Self::Offline => "offline",
            Self::Ooo => "ooo",
        }
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Online, Self::Away, Self::Dnd, Self::Offline, Self::Ooo].into_iter().find(|it| it.as_str() == word)
    }
}

/// A user's presence at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Whose.
    pub user_id: UserId,
    /// The state others see.
    pub availability: Availability,
    /// Chosen by the user, so automatic changes leave it alone.
    pub manual: bool,
    /// When the user last did something.
    pub last_activity_at: Millis,
    /// When "do not disturb" ends by itself.
    pub dnd_end_at: Option<Millis>,
}
