//! Changing passwords.

use sqlx::{Postgres, Transaction};

use super::{not_found, updated};
use crate::error::{Error, Result};
use crate::mail::Letter;
use crate::model::{Permission, SessionId, UserId, now};
use crate::services::{Caller, Core, access, passwords, sessions};
use crate::storage;

/// Changes the caller's own password. Every other session of hers ends.
///
/// # Errors
/// 400 `password.wrong` where `current` is not hers, `password.too_short`, `password.too_long`; 403 `password.locked`
/// after too many failures; 429 `login.throttled`.
pub async fn change_password(core: &Core, caller: &Caller, current: &str, new: &str) -> Result<()> {
    let identity = caller.identity()?;
    prove(core, identity.user.id, current).await?;
    set(core, identity.user.id, new, Some(identity.session.id)).await
}

/// Sets somebody's password as an administrator. All sessions of hers end, and the account is no longer locked.
///
/// # Errors
/// 403 `permission.missing`; 404 `user.not_found`; 400 `password.too_short`, `password.too_long`.
pub async fn reset_password(core: &Core, caller: &Caller, user: UserId, new: &str) -> Result<()> {
    access::system(core, caller, Permission::ManageSystem)?;
    storage::users::get(&core.db, user).await?.ok_or_else(not_found)?;
    set(core, user, new, None).await
}

/// Sets the password of `login` (username or e-mail address) for the command line.
///
/// # Errors
/// Those of [`reset_password`].
pub async fn set_password(core: &Core, login: &str, new: &str) -> Result<()> {
    let user = storage::users::by_login(&core.db, &login.to_lowercase()).await?.ok_or_else(not_found)?;
    reset_password(core, &Caller::System, user.id, new).await
}

/// Demands the password in force. Guessing it counts like guessing at a login.
pub(super) async fn prove(core: &Core, user: UserId, password: &str) -> Result<()> {
    core.throttles.account(&user.to_string()).await?;
    if !sessions::claim_attempt(core, user).await? {
        return Err(Error::forbidden("password.locked", sessions::LOCKED));
    }
    let hash = storage::users::password_hash(&core.db, user).await?;
    if !core.passwords.verify(password, hash.as_deref()).await? {
        return Err(Error::invalid("password.wrong", "current", "This is not your current password."));
    }
    Ok(storage::users::clear_attempts(&core.db, user).await?)
}

async fn set(core: &Core, user: UserId, new: &str, keep: Option<SessionId>) -> Result<()> {
    passwords::check(new, core.config.accounts.password_min_length)?;
    let hash = core.passwords.hash(new).await?;
    store(core, core.db.begin().await?, user, &hash, keep).await
}

/// Ends a transaction with a new password: all sessions but `keep` end, a link to reset it no longer works, and a mail tells
/// whoever should know.
pub(super) async fn store(
    core: &Core,
    mut transaction: Transaction<'_, Postgres>,
    user: UserId,
    hash: &str,
    keep: Option<SessionId>,
) -> Result<()> {
    storage::users::set_password(&mut *transaction, user, hash, now()).await?;
    let ended = storage::sessions::delete_of_user(&mut *transaction, user, keep).await?;
    storage::password_resets::forget(&mut *transaction, user).await?;
    let user = storage::users::get(&mut *transaction, user).await?.ok_or_else(not_found)?;
    transaction.commit().await?;
    core.mail.send(notice(core, user.email.clone()));
    updated(core, user);
    for session in ended {
        sessions::ended(core, session);
    }
    Ok(())
}

fn notice(core: &Core, to: String) -> Letter {
    let server = &core.config.server;
    Letter {
        to,
        subject: format!("Your password for {} was changed", server.site_name),
        text: format!(
            "The password of your account at\n{site}\nwas changed just now.\n\n\
             If it was not you, choose another one here and tell an administrator:\n{site}/forgot-password\n",
            site = server.site_url
        ),
    }
}
