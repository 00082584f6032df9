//! What happens to people.

use super::Audience;
use crate::model::{Preference, Status, User, UserId};

/// Something about a person.
#[derive(Debug)]
pub enum UserEvent {
    /// Somebody signed up.
    Created {
        /// Who.
        user_id: UserId,
    },
    /// A profile changed.
    Updated {
        /// As it is now, for herself and administrators.
        user: Box<User>,
        /// As much of it as everybody may see.
        shown: Box<User>,
    },
    /// System roles changed; for the user.
    RolesUpdated {
        /// As it is now.
        user: Box<User>,
    },
    /// An account was activated or deactivated.
    ActivationChanged {
        /// As it is now, as far as everybody may see it.
        shown: Box<User>,
    },
    /// Presence changed.
    StatusChanged {
        /// As it is now.
        status: Status,
    },
    /// Preferences were set; for their owner.
    PreferencesSaved {
        /// Whose.
        user_id: UserId,
        /// As they are now.
        preferences: Vec<Preference>,
    },
    /// Preferences were removed; for their owner.
    PreferencesRemoved {
        /// Whose.
        user_id: UserId,
        /// Those that are gone.
        preferences: Vec<Preference>,
    },
}

impl UserEvent {
    pub(super) fn audience(&self) -> Audience {
        match self {
            Self::Created { .. } | Self::Updated { .. } | Self::ActivationChanged { .. } => Audience::Everyone,
            Self::RolesUpdated { user } => Audience::User(user.id),
            Self::StatusChanged { status } => Audience::Watchers(status.user_id),
            Self::PreferencesSaved { user_id, .. } | Self::PreferencesRemoved { user_id, .. } => {
                Audience::User(*user_id)
            }
        }
    }
}
