//! Logins.

use super::{Millis, Props, SessionId, UserId};

/// One login of one user. A token names its session, and dies with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// Whose login it is.
    pub user_id: UserId,
    /// What a browser must echo on requests that change something.
    pub csrf: String,
    /// The phone's push address, empty for others.
    pub device_id: String,
    /// What is known of the client: `platform`, `os`, `browser`.
    pub props: Props,
    /// When the login happened.
    pub created_at: Millis,
    /// When it ends unless extended.
    pub expires_at: Millis,
    /// When it was last extended.
    pub extended_at: Millis,
    /// When it was last used, to the nearest few minutes.
    pub last_activity_at: Millis,
}
