//! People.

use serde::{Deserialize, Serialize};

use crate::model::{self, Millis, NewUser, Props, UserId};

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

impl User {
    /// All of it: for the user and for administrators.
    #[must_use]
    pub fn full(user: &model::User) -> Self {
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

    /// What others see; `user` is already without what the installation hides.
    #[must_use]
    pub fn of_another(user: &model::User) -> Self {
        Self { email_verified: false, notify_props: Props::new(), last_password_update: 0, ..Self::full(user) }
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
    /// A user's id, instead of a name.
    pub id: String,
    /// Username or e-mail address.
    pub login_id: String,
    /// The password.
    pub password: String,
    /// A phone's push address.
    pub device_id: String,
}
