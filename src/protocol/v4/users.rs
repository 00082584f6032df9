//! People.

use serde::{Deserialize, Serialize};

use crate::model::{self, Millis, NewUser, Props, UserId, UserPatch};

/// A person or a bot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct User {
    id: UserId,
    create_at: Millis,
    update_at: Millis,
    delete_at: Millis,
    username: String,
    auth_data: &'static str,
    auth_service: &'static str,
    email: String,
    #[serde(skip_serializing_if = "is_false")]
    email_verified: bool,
    nickname: String,
    first_name: String,
    last_name: String,
    position: String,
    roles: String,
    #[serde(skip_serializing_if = "Props::is_empty")]
    props: Props,
    #[serde(skip_serializing_if = "Props::is_empty")]
    notify_props: Props,
    #[serde(skip_serializing_if = "is_zero")]
    last_password_update: Millis,
    #[serde(skip_serializing_if = "is_zero")]
    last_picture_update: Millis,
    locale: String,
    timezone: Props,
    #[serde(skip_serializing_if = "is_false")]
    is_bot: bool,
    disable_welcome_email: bool,
}

impl From<&model::User> for User {
    /// All that is there: services have taken out what the reader may not see.
    fn from(user: &model::User) -> Self {
        Self {
            id: user.id,
            create_at: user.created_at,
            update_at: user.updated_at,
            delete_at: user.deleted_at.unwrap_or_default(),
            username: user.username.clone(),
            auth_data: "",
            auth_service: "",
            email: user.email.clone(),
            email_verified: user.email_verified,
            nickname: user.nickname.clone(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            position: user.position.clone(),
            roles: user.roles.join(" "),
            props: user.props.clone(),
            notify_props: user.notify_props.clone(),
            last_password_update: user.last_password_update,
            last_picture_update: user.last_picture_update,
            locale: user.locale.clone(),
            timezone: user.timezone.clone(),
            is_bot: user.is_bot,
            disable_welcome_email: false,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(value: &Millis) -> bool {
    *value == 0
}

/// `POST /users`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignUp {
    username: String,
    email: String,
    password: String,
    nickname: String,
    first_name: String,
    last_name: String,
    locale: String,
}

impl SignUp {
    /// With the invite id of the query.
    #[must_use]
    pub fn into_model(self, invite_id: Option<String>) -> NewUser {
        NewUser {
            username: self.username,
            email: self.email,
            password: self.password,
            nickname: self.nickname,
            first_name: self.first_name,
            last_name: self.last_name,
            locale: self.locale,
            invite_id: invite_id.filter(|id| !id.is_empty()),
        }
    }
}

/// `POST /users/login`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LogIn {
    /// Username or e-mail address.
    pub login_id: String,
    /// The password.
    pub password: String,
    /// A phone's push address.
    pub device_id: String,
}

/// `PUT /users/{user_id}/patch`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PatchUser {
    username: Option<String>,
    email: Option<String>,
    /// Proves a change of the address.
    pub password: Option<String>,
    nickname: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    position: Option<String>,
    locale: Option<String>,
    timezone: Option<Props>,
    notify_props: Option<Props>,
    props: Option<Props>,
}

impl From<PatchUser> for UserPatch {
    fn from(patch: PatchUser) -> Self {
        Self {
            username: patch.username,
            email: patch.email,
            nickname: patch.nickname,
            first_name: patch.first_name,
            last_name: patch.last_name,
            position: patch.position,
            locale: patch.locale,
            timezone: patch.timezone,
            notify_props: patch.notify_props,
            props: patch.props,
        }
    }
}

/// `PUT /users/{user_id}/roles`.
#[derive(Debug, Deserialize)]
pub struct SetRoles {
    /// Names, separated by spaces.
    pub roles: String,
}

/// `PUT /users/{user_id}/active`.
#[derive(Debug, Deserialize)]
pub struct SetActive {
    /// Whether the account may be used.
    pub active: bool,
}
