//! Errors as Mattermost's clients expect them: they switch on `id`.

use serde::Serialize;

use crate::error::{Error, Kind};

/// The body of every error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppError {
    /// What clients switch on.
    pub id: String,
    /// For people.
    pub message: String,
    /// Always empty: details are in the server's log.
    pub detailed_error: String,
    /// Names this request in the server's log.
    pub request_id: String,
    /// The HTTP status.
    pub status_code: u16,
}

/// The ids of errors that clients know by their own name, and the status they come with where it is not the kind's own.
const KNOWN: &[(&str, &str, Option<u16>)] = &[
    ("session.required", "api.context.session_expired.app_error", None),
    ("permission.missing", "api.context.permissions.app_error", None),
    ("request.too_large", "api.context.request_body_too_large.app_error", None),
    ("request.bad_path", "api.context.invalid_url_param.app_error", None),
    ("request.bad_query", "api.context.invalid_url_param.app_error", None),
    ("route.not_found", "api.context.404.app_error", None),
    ("route.not_implemented", "api.not_implemented.app_error", None),
    ("server.busy", "api.context.server_busy.app_error", None),
    ("category.not_found", "app.channel.sidebar_categories.app_error", None),
    ("channel.default", "api.channel.leave.default.app_error", None),
    ("channel.name_taken", "store.sql_channel.save_channel.exists.app_error", None),
    ("socket.bad_upgrade", "api.web_socket.connect.upgrade.app_error", None),
    ("socket.foreign_origin", "api.web_socket.connect.upgrade.app_error", Some(400)),
    ("team.not_found", "app.team.get.find.app_error", None),
    ("channel.not_found", "app.channel.get.existing.app_error", None),
    ("channel_member.not_found", "app.channel.get_member.missing.app_error", None),
    ("team.bad_invite", "app.team.get_by_invite_id.finding.app_error", None),
    ("team.name_taken", "app.team.save.existing.app_error", None),
    ("team.not_found", "app.team.get.find.app_error", None),
    ("team_member.not_found", "app.team.get_member.missing.app_error", None),
    ("channel.archived", "api.post.create_post.can_not_post_to_deleted.error", None),
    ("post.bad_root", "api.post.create_post.root_id.app_error", None),
    ("post.edit_limit", "api.post.update_post.permissions_time_limit.app_error", None),
    ("post.is_system", "api.post.update_post.system_message.app_error", None),
    ("post.not_found", "app.post.get.app_error", None),
    ("post.too_long", "model.post.is_valid.message_length.app_error", None),
    ("reaction.too_many", "app.reaction.save.save.too_many_reactions", None),
    ("login.blank_password", "api.user.login.blank_pwd.app_error", None),
    ("login.inactive", "api.user.login.inactive.app_error", None),
    ("login.invalid", "api.user.login.invalid_credentials_email_username", None),
    ("login.locked", "api.user.check_user_login_attempts.too_many.app_error", None),
    ("login.throttled", "api.context.rate_limited.app_error", None),
    ("password_reset.bad_token", "api.user.reset_password.link_expired.app_error", None),
    ("password.locked", "api.user.check_user_login_attempts.too_many.app_error", None),
    ("password.required", "api.context.invalid_body_param.app_error", None),
    ("password.wrong", "api.user.update_password.incorrect.app_error", None),
    ("password.too_long", "model.user.is_valid.pwd_max_length.app_error", None),
    ("password.too_short", "model.user.is_valid.pwd_min_length.app_error", None),
    ("user.bad_invitation", "api.user.create_user.signup_link_invalid.app_error", None),
    ("preference.not_found", "app.preference.get.app_error", None),
    ("preference.not_yours", "api.preference.update_preferences.set.app_error", None),
    ("user.bad_email", "model.user.is_valid.email.app_error", None),
    ("user.bad_username", "model.user.is_valid.username.app_error", None),
    ("user.last_admin", "api.user.update_user_roles.last_admin.app_error", None),
    ("user.email_hidden", "api.user.get_user_by_email.permissions.app_error", None),
    ("user.email_taken", "app.user.save.email_exists.app_error", None),
    ("user.not_found", "app.user.missing_account.const", None),
    ("user.signup_closed", "api.user.create_user.no_open_server", None),
    ("user.username_taken", "app.user.save.username_exists.app_error", None),
];

/// The HTTP status of an error on this API: it says 400 where the native one says 409.
#[must_use]
pub fn status(error: &Error) -> u16 {
    let known = KNOWN.iter().find(|(code, ..)| *code == error.code).and_then(|(_, _, status)| *status);
    known.unwrap_or(if error.kind == Kind::Conflict { 400 } else { error.kind.status() })
}

/// The body of an error.
#[must_use]
pub fn body(error: &Error, request_id: String) -> AppError {
    let known = KNOWN.iter().find(|(code, ..)| *code == error.code).map(|(_, id, _)| (*id).to_owned());
    let id = known.unwrap_or_else(|| match error.kind {
        Kind::Invalid => "api.context.invalid_body_param.app_error".to_owned(),
        _ => format!("app.{}.app_error", error.code),
    });
    AppError {
        id,
        message: error.detail.clone(),
        detailed_error: String::new(),
        request_id,
        status_code: status(error),
    }
}
