//! Logins: who is behind a token, for how long, and from where.

mod activity;
mod login;
mod tokens;

use std::sync::Arc;

use serde_json::Value;

pub use activity::{Activity, save_activity};
pub use login::{Client, LoggedIn, Platform, log_in};
pub(super) use login::{LOCKED, claim_attempt};
pub use tokens::TokenKeys;

use super::{Caller, Core, Identity, access};
use crate::error::{Error, Result};
use crate::model::{Millis, Props, Session, SessionId, UserId, now};
use crate::realtime::Stale;
use crate::storage;

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
/// Expired sessions deleted by one statement.
const EXPIRY_BATCH: i64 = 1_000;
/// Characters of one detail a phone tells of itself.
const MAX_DETAIL: usize = 128;

/// Who is behind a token. Answered from memory for as long as nothing about the session or the account changes.
///
/// # Errors
/// 401 `session.required` for a token that is not ours, or whose session has ended or whose account is deactivated.
pub async fn authenticate(core: &Core, token: &str) -> Result<Arc<Identity>> {
    by_id(core, core.tokens.read(token).ok_or_else(Error::unauthenticated)?).await
}

/// Who is behind a session that was proven before, as they are now: read anew while this instance does not hear of those
/// that others end. Counts as a use of the session.
///
/// # Errors
/// See [`authenticate`].
pub async fn by_id(core: &Core, id: SessionId) -> Result<Arc<Identity>> {
    let remembered = if core.realtime.hears_others() { core.caches.identities.get(&id) } else { None };
    let identity = match remembered {
        Some(identity) => identity,
        None => load(core, id).await?,
    };
    if identity.session.expires_at <= now() || !identity.user.is_active() {
        return Err(Error::unauthenticated());
    }
    core.activity.note(id, now());
    Ok(identity)
}

/// Confirms, past the cache, that a session still stands. A socket asks this once it is registered with the engine: a
/// revocation from before could not reach it there, and one from now on will.
///
/// # Errors
/// 401 `session.required`.
pub async fn confirm(core: &Core, id: SessionId) -> Result<()> {
    if storage::sessions::is_live(&core.db, id).await? { Ok(()) } else { Err(Error::unauthenticated()) }
}

async fn load(core: &Core, id: SessionId) -> Result<Arc<Identity>> {
    let reading = core.caches.identities.read();
    let (session, user) =
        tokio::try_join!(storage::sessions::get(&core.db, id), storage::users::of_session(&core.db, id))?;
    let (session, user) = session.zip(user).ok_or_else(Error::unauthenticated)?;
    let identity = Arc::new(Identity { user: Arc::new(user), session });
    core.caches.identities.keep(reading, id, Arc::clone(&identity));
    Ok(identity)
}

/// Gives a session its full length back where it is due: after a hundredth of it, but neither before five minutes nor later
/// than a day since the last time. Answers with the session's new state, which cookies must follow.
///
/// # Errors
/// What the database says.
pub async fn extend(core: &Core, identity: &Identity) -> Result<Option<Session>> {
    let (session, now) = (&identity.session, now());
    let length = length(core, session);
    let due_at = session.extended_at + (length / 100).clamp(5 * MINUTE, 24 * HOUR);
    if !core.config.sessions.extend_with_activity || now < due_at {
        return Ok(None);
    }
    let expires_at = now + length;
    if !storage::sessions::extend(&core.db, session, expires_at, now).await? {
        return Ok(None);
    }
    core.forget(Stale::Session(session.id));
    Ok(Some(Session { expires_at, extended_at: now, last_activity_at: now, ..session.clone() }))
}

/// How long a session lives without being used, by where it is used.
fn length(core: &Core, session: &Session) -> Millis {
    let hours = match Platform::of(session) {
        Platform::Mobile => core.config.sessions.mobile_hours,
        Platform::Web | Platform::Api => core.config.sessions.web_hours,
    };
    Millis::from(hours) * HOUR
}

/// The live sessions of `user`, the last used first; for herself and those who may edit other users.
///
/// # Errors
/// 403 `permission.missing`.
pub async fn list(core: &Core, caller: &Caller, user: UserId) -> Result<Vec<Session>> {
    access::self_or_admin(core, caller, user)?;
    Ok(storage::sessions::of_user(&core.db, user, now()).await?)
}

/// Notes what a phone says of itself after its login: its push address, which no other session of hers keeps, and
/// `details`. Answers with the session's new state, which cookies must follow.
///
/// # Errors
/// 400 `session.bad_device` for an address over 512 characters or details over 128.
pub async fn attach_device(core: &Core, caller: &Caller, device_id: &str, details: Props) -> Result<Session> {
    let mut session = caller.identity()?.session.clone();
    let too_long = |value: &Value| value.as_str().is_none_or(|text| text.chars().count() > MAX_DETAIL);
    if device_id.chars().count() > login::MAX_DEVICE_ID || details.values().any(too_long) {
        return Err(Error::invalid("session.bad_device", "device_id", "The device id or a detail is too long."));
    }
    if !device_id.is_empty() {
        device_id.clone_into(&mut session.device_id);
        session.expires_at = now() + length(core, &session);
    }
    session.props.extend(details);
    let mut transaction = core.db.begin().await?;
    storage::sessions::set_device(&mut *transaction, &session).await?;
    let replaced = match device_id {
        "" => Vec::new(),
        _ => storage::sessions::delete_of_device(&mut *transaction, &session).await?,
    };
    transaction.commit().await?;
    core.forget(Stale::Session(session.id));
    for old in replaced {
        ended(core, old);
    }
    Ok(session)
}

/// Ends the caller's own session.
///
/// # Errors
/// What the database says.
pub async fn log_out(core: &Core, caller: &Caller) -> Result<()> {
    let identity = caller.identity()?;
    if storage::sessions::delete(&core.db, identity.session.id, identity.user.id).await? {
        ended(core, identity.session.id);
    }
    Ok(())
}

/// Ends a session of `user`.
///
/// # Errors
/// 403 `permission.missing`, 404 `session.not_found` where the user has no such session.
pub async fn revoke(core: &Core, caller: &Caller, user: UserId, session: SessionId) -> Result<()> {
    access::self_or_admin(core, caller, user)?;
    if !storage::sessions::delete(&core.db, session, user).await? {
        return Err(Error::not_found("session.not_found"));
    }
    ended(core, session);
    Ok(())
}

/// Ends the sessions of `user`, all but `keep`.
///
/// # Errors
/// 403 `permission.missing`.
pub async fn revoke_all(core: &Core, caller: &Caller, user: UserId, keep: Option<SessionId>) -> Result<()> {
    access::self_or_admin(core, caller, user)?;
    for session in storage::sessions::delete_of_user(&core.db, user, keep).await? {
        ended(core, session);
    }
    Ok(())
}

/// Deletes sessions that have expired and closes what is still connected through them.
///
/// # Errors
/// What the database says.
pub async fn delete_expired(core: &Core) -> Result<()> {
    for session in storage::sessions::delete_expired(&core.db, now(), EXPIRY_BATCH).await? {
        ended(core, session);
    }
    Ok(())
}

/// Every instance forgets the session, and its sockets close.
pub(super) fn ended(core: &Core, session: SessionId) {
    core.forget(Stale::Session(session));
    core.realtime.end_session(session);
}
