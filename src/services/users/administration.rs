//! What administrators do to accounts: roles, deactivation.

use sqlx::PgConnection;

use super::{not_found, shown_to_others, updated};
use crate::error::{Error, Result};
use crate::events::UserEvent;
use crate::model::{Permission, User, UserId, now, role};
use crate::realtime::Stale;
use crate::services::{Caller, Core, access, sessions};
use crate::storage;

/// Roles one account may hold.
const MAX_ROLES: usize = 16;

/// Gives `id` these system roles and no others; they count at once, also on live connections.
///
/// # Errors
/// 403 `permission.missing`; 404 `user.not_found`; 400 `user.bad_roles` for roles that do not exist, or without the one
/// of a person or a guest; 400 `user.last_admin` where nobody would run the installation.
pub async fn set_roles(core: &Core, caller: &Caller, id: UserId, roles: Vec<String>) -> Result<User> {
    access::system(core, caller, Permission::ManageSystem)?;
    check_roles(core, &roles).await?;
    let mut transaction = core.db.begin().await?;
    let before = storage::users::lock(&mut transaction, id).await?.ok_or_else(not_found)?;
    let user = User { roles, updated_at: now(), ..before.clone() };
    keep_an_admin(&mut transaction, &before, &user).await?;
    storage::users::update(&mut *transaction, &user).await?;
    transaction.commit().await?;
    core.realtime.set_privileged(id, user.is_system_admin());
    updated(core, user.clone());
    core.realtime.publish(UserEvent::RolesUpdated { user: Box::new(user.clone()) });
    Ok(user)
}

/// Makes `login` (username or e-mail address) a system administrator, for the command line.
///
/// # Errors
/// 404 `user.not_found`.
pub async fn promote(core: &Core, login: &str) -> Result<User> {
    let user = storage::users::by_login(&core.db, &login.to_lowercase()).await?.ok_or_else(not_found)?;
    if user.is_system_admin() {
        return Ok(user);
    }
    let roles = [vec![role::SYSTEM_ADMIN.to_owned()], user.roles].concat();
    set_roles(core, &Caller::System, user.id, roles).await
}

/// Deactivates an account, which ends its sessions and closes its connections, or opens it again.
///
/// # Errors
/// 403 `permission.missing`; 404 `user.not_found`; 400 `user.last_admin` where nobody would run the installation.
pub async fn set_active(core: &Core, caller: &Caller, id: UserId, active: bool) -> Result<()> {
    access::system(core, caller, Permission::ManageSystem)?;
    let mut transaction = core.db.begin().await?;
    let before = storage::users::lock(&mut transaction, id).await?.ok_or_else(not_found)?;
    if before.is_active() == active {
        return Ok(());
    }
    let now = now();
    let user = User { deleted_at: (!active).then_some(now), updated_at: now, ..before.clone() };
    keep_an_admin(&mut transaction, &before, &user).await?;
    storage::users::set_deleted(&mut *transaction, id, user.deleted_at, now).await?;
    let ended = storage::sessions::delete_of_user(&mut *transaction, id, None).await?;
    transaction.commit().await?;
    core.forget(Stale::User(id));
    for session in ended {
        sessions::ended(core, session);
    }
    if !active {
        core.realtime.end_user(id);
    }
    core.realtime.publish(UserEvent::ActivationChanged { shown: Box::new(shown_to_others(core, user)) });
    Ok(())
}

async fn check_roles(core: &Core, roles: &[String]) -> Result<()> {
    let bad = |detail: &str| Err(Error::invalid("user.bad_roles", "roles", detail));
    let is_base = |name: &String| name == role::SYSTEM_USER || name == role::SYSTEM_GUEST;
    if roles.len() > MAX_ROLES || roles.iter().filter(|name| is_base(name)).count() != 1 {
        return bad("Give either system_user or system_guest, and what else the account may do.");
    }
    if storage::roles::by_names(&core.db, roles).await?.len() != roles.len() {
        return bad("One of these roles does not exist or is given twice.");
    }
    Ok(())
}

/// Somebody must be left who can undo what is done here.
async fn keep_an_admin(transaction: &mut PgConnection, before: &User, after: &User) -> Result<()> {
    let runs = |user: &User| user.is_active() && user.is_system_admin();
    if runs(before) && !runs(after) && !storage::users::other_admin(transaction, before.id).await? {
        let detail = "This is the only active administrator. Make somebody else one first.";
        return Err(Error::invalid("user.last_admin", "user_id", detail));
    }
    Ok(())
}
