//! Accounts.

use serde_json::{Map, Value};

use super::{ChannelId, Millis, TeamId, UserId};

/// A JSON object as it is stored: settings whose keys belong to clients.
pub type Props = Map<String, Value>;

/// A person or a bot, with everything but the password hash.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// 1 to 64 of `a-z 0-9 . _ -`.
    pub username: String,
    /// Lower case, at most 128 characters.
    pub email: String,
    /// At most 64 characters, as are the names.
    pub nickname: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// What the user does, at most 128 characters.
    pub position: String,
    /// Language tag, at most 5 characters.
    pub locale: String,
    /// System roles, by name.
    pub roles: Vec<String>,
    /// `automaticTimezone`, `manualTimezone`, `useAutomaticTimezone` ("true" or "false").
    pub timezone: Props,
    /// How the user wants to be notified (contract of `/api/v4`, kept for both APIs).
    pub notify_props: Props,
    /// Free properties; `customStatus` lives here.
    pub props: Props,
    /// A program's account.
    pub is_bot: bool,
    /// Whether the address has been proven.
    pub email_verified: bool,
    /// Logins that failed since the last good one.
    pub failed_logins: i32,
    /// When the password was last set.
    pub last_password_update: Millis,
    /// When the picture last changed; 0 for the generated one.
    pub last_picture_update: Millis,
    /// When the account was made.
    pub created_at: Millis,
    /// When anything here last changed.
    pub updated_at: Millis,
    /// When the account was deactivated.
    pub deleted_at: Option<Millis>,
}

impl User {
    /// Whether the account may sign in and act.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.deleted_at.is_none()
    }

    /// Whether the user holds the system administrator's role.
    #[must_use]
    pub fn is_system_admin(&self) -> bool {
        self.roles.iter().any(|role| role == super::role::SYSTEM_ADMIN)
    }

    /// Whether the user is a guest of this installation.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        self.roles.iter().any(|role| role == super::role::SYSTEM_GUEST)
    }
}

/// What somebody gives to get an account; validated by the accounts service.
#[derive(Debug, Clone, Default)]
pub struct NewUser {
    /// The name to be called by.
    pub username: String,
    /// The address to be reached at.
    pub email: String,
    /// In clear; hashed before it is stored, and at most 72 bytes.
    pub password: String,
    /// Shown instead of the names where set.
    pub nickname: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Language tag; empty takes the installation's.
    pub locale: String,
    /// The invite id of a team, where sign-up is closed.
    pub invite_id: Option<String>,
}

/// A change of one's profile: only what is given changes.
#[derive(Debug, Clone, Default)]
pub struct UserPatch {
    /// See [`User::username`].
    pub username: Option<String>,
    /// See [`User::email`]; a changed address needs the password on the routes that ask for it.
    pub email: Option<String>,
    /// See [`User::nickname`].
    pub nickname: Option<String>,
    /// See [`User::first_name`].
    pub first_name: Option<String>,
    /// See [`User::last_name`].
    pub last_name: Option<String>,
    /// See [`User::position`].
    pub position: Option<String>,
    /// See [`User::locale`].
    pub locale: Option<String>,
    /// See [`User::timezone`].
    pub timezone: Option<Props>,
    /// See [`User::notify_props`].
    pub notify_props: Option<Props>,
    /// See [`User::props`].
    pub props: Option<Props>,
}

/// Which users to list. What is not set does not filter.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// In this team.
    pub in_team: Option<TeamId>,
    /// Not in this team.
    pub not_in_team: Option<TeamId>,
    /// In this channel.
    pub in_channel: Option<ChannelId>,
    /// Not in this channel.
    pub not_in_channel: Option<ChannelId>,
    /// In no team at all.
    pub without_team: bool,
    /// With one of these system roles.
    pub roles: Option<Vec<String>>,
    /// Active, or deactivated.
    pub active: Option<bool>,
    /// Changed after this moment.
    pub since: Option<Millis>,
    /// Whose username or nickname begins so, in lower case.
    pub prefix: Option<String>,
    /// Let the prefix also match given and family names.
    pub prefix_of_names: bool,
    /// Sharing a channel with this user.
    pub seen_by: Option<UserId>,
}

/// In which order users are listed; the username decides between equals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UserOrder {
    /// By username.
    #[default]
    Username,
    /// The newest first.
    Newest,
    /// The last active first.
    LastActive,
}
