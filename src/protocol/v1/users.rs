//! People, logins, preferences, presence.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use serde_json::Value;

use crate::model::{self, Availability, Millis, NewUser, Preference, Props, SessionId, UserId, UserPatch};

/// A person or a bot, as anybody of the installation may see them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// The name to mention them by.
    pub username: String,
    /// Shown instead of the names where set.
    pub nickname: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// What they do.
    pub position: String,
    /// A program's account.
    pub is_bot: bool,
    /// A guest of the installation.
    pub is_guest: bool,
    /// When the picture last changed; 0 for the generated one. Part of the picture's URL, so that it may be cached.
    pub picture_at: Millis,
    /// When anything here last changed.
    pub updated_at: Millis,
    /// When the account was deactivated.
    pub deactivated_at: Option<Millis>,
}

impl From<&model::User> for User {
    fn from(user: &model::User) -> Self {
        Self {
            id: user.id,
            username: user.username.clone(),
            nickname: user.nickname.clone(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            position: user.position.clone(),
            is_bot: user.is_bot,
            is_guest: user.is_guest(),
            picture_at: user.last_picture_update,
            updated_at: user.updated_at,
            deactivated_at: user.deleted_at,
        }
    }
}

/// The caller's own account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// What everybody sees.
    #[serde(flatten)]
    pub user: User,
    /// The address.
    pub email: String,
    /// Language tag.
    pub locale: String,
    /// System roles.
    pub roles: Vec<String>,
    /// `automaticTimezone`, `manualTimezone`, `useAutomaticTimezone`.
    #[schema(value_type = Object)]
    pub timezone: Props,
    /// How the user wants to be notified.
    #[schema(value_type = Object)]
    pub notify_props: Props,
    /// Free properties.
    #[schema(value_type = Object)]
    pub props: Props,
}

impl From<&model::User> for Me {
    fn from(user: &model::User) -> Self {
        Self {
            user: user.into(),
            email: user.email.clone(),
            locale: user.locale.clone(),
            roles: user.roles.clone(),
            timezone: user.timezone.clone(),
            notify_props: user.notify_props.clone(),
            props: user.props.clone(),
        }
    }
}

/// `POST /users`: sign up. The first user becomes system administrator.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// 1 to 64 of `a-z 0-9 . _ -`.
    pub username: String,
    /// At most 128 characters.
    pub email: String,
    /// 8 to 72 bytes.
    pub password: String,
    /// Shown instead of the names where set.
    #[serde(default)]
    pub nickname: String,
    /// Given name.
    #[serde(default)]
    pub first_name: String,
    /// Family name.
    #[serde(default)]
    pub last_name: String,
    /// A team's invite id, needed where sign-up is closed; the new user joins that team.
    #[serde(default)]
    pub invite_id: Option<String>,
}

impl From<SignUp> for NewUser {
    fn from(new: SignUp) -> Self {
        Self {
            username: new.username,
            email: new.email,
            password: new.password,
            nickname: new.nickname,
            first_name: new.first_name,
            last_name: new.last_name,
            locale: String::new(),
            invite_id: new.invite_id.filter(|id| !id.is_empty()),
        }
    }
}

/// `POST /sessions`: log in.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogIn {
    /// Username or e-mail address.
    pub login: String,
    /// The password.
    pub password: String,
}

/// The answer to a login. Browsers also get it as cookies and need not keep the token.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LoggedIn {
    /// For `Authorization: Bearer`.
    pub token: String,
    /// What a browser echoes in `X-CSRF-Token` on requests that change something.
    pub csrf: String,
    /// When the session ends unless it is used.
    pub expires_at: Millis,
    /// Who logged in.
    pub me: Me,
}

/// A login of the caller.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// Whether this request came with it.
    pub current: bool,
    /// `web`, `mobile` or `api`.
    pub platform: String,
    /// Operating system, as far as known.
    pub os: String,
    /// Browser or app, as far as known.
    pub browser: String,
    /// When the login happened.
    pub created_at: Millis,
    /// When it was last used, to the nearest few minutes.
    pub last_activity_at: Millis,
    /// When it ends unless it is used.
    pub expires_at: Millis,
}

impl Session {
    /// As the session `current` sees it.
    #[must_use]
    pub fn new(session: &model::Session, current: SessionId) -> Self {
        let known = |key: &str| session.props.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self {
            id: session.id,
            current: session.id == current,
            platform: known("platform"),
            os: known("os"),
            browser: known("browser"),
            created_at: session.created_at,
            last_activity_at: session.last_activity_at,
            expires_at: session.expires_at,
        }
    }
}

/// `PATCH /me`: only what is given changes.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchMe {
    /// See [`SignUp::username`].
    pub username: Option<String>,
    /// Shown instead of the names where set.
    pub nickname: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// What they do.
    pub position: Option<String>,
    /// Language tag.
    pub locale: Option<String>,
    /// See [`Me::timezone`].
    #[schema(value_type = Option<Object>)]
    pub timezone: Option<Props>,
    /// See [`Me::notify_props`].
    #[schema(value_type = Option<Object>)]
    pub notify_props: Option<Props>,
}

impl From<PatchMe> for UserPatch {
    fn from(patch: PatchMe) -> Self {
        Self {
            username: patch.username,
            nickname: patch.nickname,
            first_name: patch.first_name,
            last_name: patch.last_name,
            position: patch.position,
            locale: patch.locale,
            timezone: patch.timezone,
            notify_props: patch.notify_props,
            ..Self::default()
        }
    }
}

/// `PUT /me/password`. Every other session of the user ends.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The one in force.
    pub current: String,
    /// 8 to 72 bytes.
    pub new: String,
}

/// `POST /password-resets`.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestPasswordReset {
    /// Of the account whose password was forgotten.
    pub email: String,
}

/// `POST /password-resets/redeem`.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedeemPasswordReset {
    /// What stands behind `#token=` in the link.
    pub token: String,
    /// 8 to 72 bytes.
    pub new_password: String,
}

/// `POST /users/lookup`: read several users at once, by id or by name, at most 1,000 together.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookUpUsers {
    /// Ids.
    #[serde(default)]
    pub ids: Vec<UserId>,
    /// Usernames.
    #[serde(default)]
    pub usernames: Vec<String>,
}

/// A list of users.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UserPage {
    /// Ordered by username.
    pub users: Vec<User>,
    /// Give it as `cursor` for the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

/// Somebody's presence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// Whose.
    pub user_id: UserId,
    /// How reachable.
    pub status: Availability,
    /// Chosen by the user.
    pub manual: bool,
    /// When the user last did something.
    pub last_activity_at: Millis,
}

impl From<model::Status> for Status {
    fn from(status: model::Status) -> Self {
        Self {
            user_id: status.user_id,
            status: status.availability,
            manual: status.manual,
            last_activity_at: status.last_activity_at,
        }
    }
}

/// `POST /users/statuses`: read the presence of at most 1,000 users.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookUpStatuses {
    /// Whose.
    pub user_ids: Vec<UserId>,
}

/// `PUT /me/status`: choose a status; `online` goes back to the automatic one.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetStatus {
    /// `online`, `away`, `dnd` or `offline`.
    pub status: Availability,
    /// When "do not disturb" ends by itself.
    #[serde(default)]
    pub until: Option<Millis>,
}

/// A preference without its owner: always the caller's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreferenceItem {
    /// What it is about, at most 32 characters.
    pub category: String,
    /// Which one of it, at most 32 characters.
    pub name: String,
    /// At most 20,000 characters.
    #[serde(default)]
    pub value: String,
}

impl PreferenceItem {
    /// As `owner`'s preference.
    #[must_use]
    pub fn of(self, owner: UserId) -> Preference {
        Preference { user_id: owner, category: self.category, name: self.name, value: self.value }
    }
}

impl From<Preference> for PreferenceItem {
    fn from(preference: Preference) -> Self {
        Self { category: preference.category, name: preference.name, value: preference.value }
    }
}
