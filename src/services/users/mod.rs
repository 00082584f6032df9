//! Accounts: signing up, profiles, who may see what of whom.

mod administration;
mod directory;
mod password;
mod profile;
mod recovery;
mod rules;
mod sign_up;

pub use administration::{promote, set_active, set_roles};
pub use directory::{by_email, by_username, get, list, look_up};
pub use password::{change_password, reset_password, set_password};
pub use profile::patch;
pub use recovery::{redeem_reset, send_reset};
pub use sign_up::{create, sign_up};

use std::sync::Arc;

use super::{Caller, Core, access};
use crate::error::{Error, Result};
use crate::events::UserEvent;
use crate::model::{Permission, Props, User, UserId};
use crate::realtime::Stale;
use crate::storage;

/// The caller's own account.
///
/// # Errors
/// The system itself has none.
pub fn me(_: &Core, caller: &Caller) -> Result<User> {
    Ok(User::clone(&caller.identity()?.user))
}

/// As much of `user` as the caller may see: everything of herself and for administrators.
#[must_use]
pub fn shown_to(core: &Core, caller: &Caller, user: User) -> User {
    let herself = caller.user_id().is_ok_and(|id| id == user.id);
    if herself || access::has_system(core, caller, Permission::ManageSystem) {
        user
    } else {
        shown_to_others(core, user)
    }
}

/// As much of `user` as everybody may see: how and when she logs in and is notified is nobody's business; names and
/// address are as the installation wants it.
#[must_use]
pub fn shown_to_others(core: &Core, user: User) -> User {
    let accounts = &core.config.accounts;
    let named = |name: String| if accounts.show_full_names { name } else { String::new() };
    User {
        email: if accounts.show_email_addresses { user.email } else { String::new() },
        first_name: named(user.first_name),
        last_name: named(user.last_name),
        email_verified: false,
        notify_props: Props::new(),
        failed_logins: 0,
        last_password_update: 0,
        ..user
    }
}

/// The profiles of `ids` as everybody may see them, for whoever may see what they are part of; who does not exist is left
/// out. Only those that are not remembered cost a query.
///
/// # Errors
/// What the database says.
pub(super) async fn profiles(core: &Core, ids: &[UserId]) -> Result<Vec<Arc<User>>> {
    let remembered = &core.caches.profiles;
    let reading = remembered.read();
    let (mut profiles, mut unknown) = (Vec::with_capacity(ids.len()), Vec::new());
    for id in ids {
        match remembered.get(id) {
            Some(profile) => profiles.push(profile),
            None => unknown.push(*id),
        }
    }
    if !unknown.is_empty() {
        for user in storage::users::by_ids(&core.db, &unknown).await? {
            let profile = Arc::new(shown_to_others(core, user));
            remembered.keep(reading, profile.id, Arc::clone(&profile));
            profiles.push(profile);
        }
    }
    Ok(profiles)
}

/// The profile that travels with what `user` wrote. It holds no address, so it is copied only where names are hidden.
pub(super) fn as_author(core: &Core, user: &Arc<User>) -> Arc<User> {
    if core.config.accounts.show_full_names {
        Arc::clone(user)
    } else {
        Arc::new(shown_to_others(core, User::clone(user)))
    }
}

/// Every cache forgets the user, and everybody hears how she is now.
fn updated(core: &Core, user: User) {
    core.forget(Stale::User(user.id));
    let shown = Box::new(shown_to_others(core, user.clone()));
    core.realtime.publish(UserEvent::Updated { user: Box::new(user), shown });
}

fn not_found() -> Error {
    Error::not_found("user.not_found")
}
