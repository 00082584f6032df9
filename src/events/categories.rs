//! What happens to the categories of a user's sidebar; for her other devices.

use super::Audience;
use crate::model::{Category, TeamId, UserId};

/// Something about a user's categories in one team.
#[derive(Debug)]
pub struct CategoryEvent {
    /// Whose.
    pub user_id: UserId,
    /// In which team's sidebar.
    pub team_id: TeamId,
    /// What happened.
    pub change: CategoryChange,
}

/// See [`CategoryEvent`].
#[derive(Debug)]
pub enum CategoryChange {
    /// There is a new one.
    Created {
        /// Its id.
        id: String,
    },
    /// Some have other channels or settings.
    Updated {
        /// As they are now.
        categories: Vec<Category>,
    },
    /// One is gone.
    Deleted {
        /// Its id.
        id: String,
    },
    /// They have another order.
    Reordered {
        /// All ids, in their order.
        order: Vec<String>,
    },
}

impl CategoryEvent {
    pub(super) fn audience(&self) -> Audience {
        Audience::User(self.user_id)
    }
}
