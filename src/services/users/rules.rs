//! What an account may look like.

use serde_json::json;

use crate::error::{Error, Result};
use crate::model::{Props, User};
use crate::services::validate;

/// Names that would mean something else in a message or an address.
const RESERVED: &[&str] = &["all", "channel", "here", "matterbot", "me", "system"];
const MAX_USERNAME: usize = 64;
const MAX_EMAIL: usize = 128;
const MAX_NAME: usize = 64;
const MAX_POSITION: usize = 128;
const MAX_LOCALE: usize = 5;
/// Bytes of each JSON object in a profile: they travel with it.
const MAX_PROPS_BYTES: usize = 16_384;

/// The language of those who chose none.
pub(super) const DEFAULT_LOCALE: &str = "en";

/// Whether an account may look like this.
///
/// # Errors
/// 400 with the first field at fault: `user.bad_username`, `user.bad_email`, `user.too_long`.
pub(super) fn check(user: &User) -> Result<()> {
    check_username(&user.username)?;
    check_email(&user.email)?;
    validate::length("user.too_long", "nickname", &user.nickname, 0..=MAX_NAME)?;
    validate::length("user.too_long", "first_name", &user.first_name, 0..=MAX_NAME)?;
    validate::length("user.too_long", "last_name", &user.last_name, 0..=MAX_NAME)?;
    validate::length("user.too_long", "position", &user.position, 0..=MAX_POSITION)?;
    validate::length("user.too_long", "locale", &user.locale, 0..=MAX_LOCALE)?;
    check_props("timezone", &user.timezone)?;
    check_props("notify_props", &user.notify_props)?;
    check_props("props", &user.props)
}

fn check_username(name: &str) -> Result<()> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    let detail = if name.is_empty() || name.len() > MAX_USERNAME || !name.bytes().all(allowed) {
        format!("A username has 1 to {MAX_USERNAME} of the letters a-z, digits and . _ -")
    } else if RESERVED.contains(&name) {
        format!("The username {name} is reserved.")
    } else {
        return Ok(());
    };
    Err(Error::invalid("user.bad_username", "username", detail))
}

/// Not a grammar: mail alone proves an address. It keeps out what cannot be one.
fn check_email(email: &str) -> Result<()> {
    let plausible = email.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty() && !domain.is_empty() && !domain.contains('@') && !domain.starts_with('.')
    });
    let printable = email.chars().all(|letter| !letter.is_whitespace() && !letter.is_control() && letter != ',');
    if plausible && printable && email.chars().count() <= MAX_EMAIL {
        return Ok(());
    }
    let detail = format!("Give a valid e-mail address of at most {MAX_EMAIL} characters.");
    Err(Error::invalid("user.bad_email", "email", detail))
}

fn check_props(field: &'static str, props: &Props) -> Result<()> {
    let bytes = serde_json::to_string(props).map_err(Error::internal)?.len();
    if bytes <= MAX_PROPS_BYTES {
        return Ok(());
    }
    Err(Error::invalid("user.too_long", field, format!("{field} has at most {MAX_PROPS_BYTES} bytes.")))
}

/// How somebody is notified who has chosen nothing (contract of `/api/v4`).
pub(super) fn default_notify_props() -> Props {
    object(json!({
        "email": "true",
        "push": "mention",
        "desktop": "mention",
        "desktop_sound": "true",
        "mention_keys": "",
        "channel": "true",
        "push_status": "online",
        "comments": "never",
        "first_name": "false",
        "desktop_threads": "all",
        "email_threads": "all",
        "push_threads": "all",
    }))
}

/// The time zone of the device until the user chooses one.
pub(super) fn default_timezone() -> Props {
    object(json!({ "automaticTimezone": "", "manualTimezone": "", "useAutomaticTimezone": "true" }))
}

fn object(value: serde_json::Value) -> Props {
    match value {
        serde_json::Value::Object(map) => map,
        _ => Props::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_out_names_that_nobody_can_be_called_by() {
        for name in ["a", "ada.lovelace_1-2", &"x".repeat(64)] {
            assert!(check_username(name).is_ok(), "{name}");
        }
        for name in ["", "Ada", "ada lovelace", "ädä", "all", "here", &"x".repeat(65)] {
            assert_eq!(check_username(name).unwrap_err().code, "user.bad_username", "{name}");
        }
    }

    #[test]
    fn keeps_out_what_cannot_be_an_address() {
        for email in ["ada@example.org", "ü@bücher.example", "a+b@localhost"] {
            assert!(check_email(email).is_ok(), "{email}");
        }
        for email in ["", "ada", "@example.org", "ada@", "a@b@c", "a b@c", "a@b,c@d", &format!("{}@b", "x".repeat(127))]
        {
            assert_eq!(check_email(email).unwrap_err().code, "user.bad_email", "{email}");
        }
    }
}
