//! What belongs to an account: sessions, preferences, statuses, roles.

use serde::{Deserialize, Serialize};

use crate::model::{self, Availability, Millis, Preference, Props, RoleId, SessionId, UserId};

/// A login.
#[derive(Debug, Serialize)]
pub struct Session {
    id: SessionId,
    token: &'static str,
    create_at: Millis,
    expires_at: Millis,
    last_activity_at: Millis,
    user_id: UserId,
    device_id: String,
    roles: String,
    is_oauth: bool,
    expired_notify: bool,
    props: Props,
    team_members: [(); 0],
    local: bool,
}

impl Session {
    /// With the roles of its user.
    #[must_use]
    pub fn new(session: model::Session, roles: &[String]) -> Self {
        Self {
            id: session.id,
            token: "",
            create_at: session.created_at,
            expires_at: session.expires_at,
            last_activity_at: session.last_activity_at,
            user_id: session.user_id,
            device_id: session.device_id,
            roles: roles.join(" "),
            is_oauth: false,
            expired_notify: false,
            props: session.props,
            team_members: [],
            local: false,
        }
    }
}

/// `POST /users/{user_id}/sessions/revoke`.
#[derive(Debug, Deserialize)]
pub struct RevokeSession {
    /// Which.
    pub session_id: SessionId,
}

/// `PUT /users/sessions/device`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Device {
    /// The phone's push address; empty to leave it.
    pub device_id: String,
    /// "true" where the phone shows no notifications.
    pub device_notification_disabled: Option<String>,
    /// The app's version.
    pub mobile_version: Option<String>,
}

/// `PUT /users/{user_id}/password`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChangePassword {
    /// The one in force; administrators need not give another's.
    pub current_password: String,
    /// The one to come.
    pub new_password: String,
}

/// `POST /users/password/reset/send`.
#[derive(Debug, Deserialize)]
pub struct SendReset {
    /// Of the account whose password was forgotten.
    pub email: String,
}

/// `POST /users/password/reset`.
#[derive(Debug, Deserialize)]
pub struct RedeemReset {
    /// From the mail.
    pub token: String,
    /// The one to come.
    pub new_password: String,
}

/// A preference. Clients may leave the value out when they delete it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PreferenceItem {
    user_id: UserId,
    category: String,
    name: String,
    #[serde(default)]
    value: String,
}

impl From<&Preference> for PreferenceItem {
    fn from(preference: &Preference) -> Self {
        let Preference { user_id, category, name, value } = preference.clone();
        Self { user_id, category, name, value }
    }
}

impl From<PreferenceItem> for Preference {
    fn from(item: PreferenceItem) -> Self {
        Self { user_id: item.user_id, category: item.category, name: item.name, value: item.value }
    }
}

/// Somebody's presence.
#[derive(Debug, Serialize)]
pub struct Status {
    user_id: UserId,
    status: Availability,
    manual: bool,
    last_activity_at: Millis,
    /// Seconds, unlike every other time.
    #[serde(skip_serializing_if = "Option::is_none")]
    dnd_end_time: Option<i64>,
}

impl From<model::Status> for Status {
    fn from(status: model::Status) -> Self {
        Self {
            user_id: status.user_id,
            status: status.availability,
            manual: status.manual,
            last_activity_at: status.last_activity_at,
            dnd_end_time: status.dnd_end_at.map(|end| end / 1_000),
        }
    }
}

/// `PUT /users/{user_id}/status`.
#[derive(Debug, Deserialize)]
pub struct SetStatus {
    /// Whose; must be the user of the path.
    pub user_id: UserId,
    /// The choice.
    pub status: Availability,
    /// Seconds; 0 or absent for no end.
    #[serde(default)]
    pub dnd_end_time: i64,
}

/// A role.
#[derive(Debug, Serialize)]
pub struct Role {
    id: RoleId,
    name: String,
    display_name: String,
    description: String,
    create_at: Millis,
    update_at: Millis,
    delete_at: Millis,
    permissions: Vec<String>,
    scheme_managed: bool,
    built_in: bool,
}

impl From<model::Role> for Role {
    fn from(role: model::Role) -> Self {
        Self {
            id: role.id,
            name: role.name,
            display_name: role.display_name,
            description: role.description,
            create_at: role.created_at,
            update_at: role.updated_at,
            delete_at: 0,
            permissions: role.permissions,
            scheme_managed: role.scheme_managed,
            built_in: role.built_in,
        }
    }
}
