//! Changing accounts.

use super::sign_up::taken;
use super::{not_found, password, rules, updated};
use crate::error::{Error, Result};
use crate::model::{Permission, User, UserId, UserPatch, now};
use crate::services::{Caller, Core, access};
use crate::storage;

/// Changes what `patch` gives of a profile. Whoever changes her own e-mail address proves with `password` that it is her.
///
/// # Errors
/// 403 `permission.missing` for another's profile; 404 `user.not_found`; 400 `password.required`, `password.wrong` for an
/// address without the password, and for fields out of their bounds (see [`super::sign_up`]); 409 `user.username_taken`,
/// `user.email_taken`.
pub async fn patch(core: &Core, caller: &Caller, id: UserId, patch: UserPatch, password: Option<&str>) -> Result<User> {
    access::self_or_admin(core, caller, id)?;
    if patch.email.is_some() {
        prove_for_email(core, caller, id, &patch, password).await?;
    }
    let mut transaction = core.db.begin().await?;
    let before = storage::users::lock(&mut transaction, id).await?.ok_or_else(not_found)?;
    if before.is_system_admin() && caller.user_id().is_ok_and(|caller| caller != id) {
        access::system(core, caller, Permission::ManageSystem)?;
    }
    let user = patched(before, patch);
    rules::check(&user)?;
    storage::users::update(&mut *transaction, &user).await.map_err(taken)?;
    transaction.commit().await?;
    updated(core, user.clone());
    Ok(user)
}

async fn prove_for_email(
    core: &Core,
    caller: &Caller,
    id: UserId,
    patch: &UserPatch,
    password: Option<&str>,
) -> Result<()> {
    let user = storage::users::get(&core.db, id).await?.ok_or_else(not_found)?;
    let changes = patch.email.as_deref().is_some_and(|email| email.trim().to_lowercase() != user.email);
    if !changes || access::has_system(core, caller, Permission::ManageSystem) {
        return Ok(());
    }
    let given = password.ok_or_else(|| {
        Error::invalid("password.required", "password", "Give your password to change your e-mail address.")
    })?;
    password::prove(core, id, given).await
}

fn patched(user: User, patch: UserPatch) -> User {
    let text = |new: Option<String>, old: String| new.map_or(old, |new| new.trim().to_owned());
    let email = patch.email.map_or(user.email.clone(), |email| email.trim().to_lowercase());
    User {
        username: patch.username.map_or(user.username, |name| name.trim().to_lowercase()),
        email_verified: user.email_verified && email == user.email,
        email,
        nickname: text(patch.nickname, user.nickname),
        first_name: text(patch.first_name, user.first_name),
        last_name: text(patch.last_name, user.last_name),
        position: text(patch.position, user.position),
        locale: text(patch.locale, user.locale),
        timezone: patch.timezone.unwrap_or(user.timezone),
        notify_props: patch.notify_props.unwrap_or(user.notify_props),
        props: patch.props.unwrap_or(user.props),
        updated_at: now(),
        ..user
    }
}
