//! What a client remembers for its user.

use serde::{Deserialize, Serialize};

use super::UserId;

/// One remembered value. Categories and names belong to the clients (≤ 32 characters each, value ≤ 20,000).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Preference {
    /// Whose.
    pub user_id: UserId,
    /// What it is about.
    pub category: String,
    /// Which one of it.
    pub name: String,
    /// The value.
    pub value: String,
}
