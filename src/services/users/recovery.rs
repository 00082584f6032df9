//! A new password for whoever has forgotten the old one, by a link in a mail.

use std::net::IpAddr;

use uuid::Uuid;

use super::password;
use crate::error::{Error, Result};
use crate::mail::Letter;
use crate::model::{Millis, encode_id, now};
use crate::services::{Core, passwords};
use crate::storage;

/// How long a link can be used.
const LIFETIME: Millis = 24 * 60 * 60 * 1_000;

/// Mails a link to whoever has this address; an earlier link of hers no longer works. Whoever asks does not learn whether
/// anybody has it.
///
/// # Errors
/// 429 `login.throttled`.
pub async fn send_reset(core: &Core, email: &str, from: IpAddr) -> Result<()> {
    let email = email.trim().to_lowercase();
    core.throttles.address(from).await?;
    core.throttles.account(&format!("reset {email}")).await?;
    let token = encode_id(Uuid::new_v4());
    if storage::password_resets::keep(&core.db, &email, &token, now() + LIFETIME).await? {
        core.mail.send(link(core, email, &token));
    }
    Ok(())
}

/// Sets the password of whoever was sent this token, which is used up. All sessions of hers end, and the account is no
/// longer locked.
///
/// # Errors
/// 400 `password_reset.bad_token` for one that was never sent, is used up, older than a day, or of an account that is
/// deactivated or has another address now; 400 `password.too_short`, `password.too_long`; 429 `login.throttled`.
pub async fn redeem_reset(core: &Core, token: &str, new: &str, from: IpAddr) -> Result<()> {
    core.throttles.address(from).await?;
    passwords::check(new, core.config.accounts.password_min_length)?;
    let mut transaction = core.db.begin().await?;
    let user = storage::password_resets::take(&mut *transaction, token, now()).await?.ok_or_else(bad_token)?;
    let hash = core.passwords.hash(new).await?;
    password::store(core, transaction, user, &hash, None).await
}

fn bad_token() -> Error {
    let detail = "This link has been used or is too old. Ask for another one.";
    Error::invalid("password_reset.bad_token", "token", detail)
}

/// The token stands behind the `#`, so that no server's or proxy's log ever has it.
fn link(core: &Core, to: String, token: &str) -> Letter {
    let server = &core.config.server;
    Letter {
        to,
        subject: format!("Choose a new password for {}", server.site_name),
        text: format!(
            "Somebody, probably you, has forgotten the password of your account at\n{site}\n\n\
             Choose a new one here, within a day:\n{site}/reset-password#token={token}\n\n\
             If it was not you, do nothing: your password stays as it is.\n",
            site = server.site_url
        ),
    }
}
