//! Finding people.

use super::{not_found, shown_to};
use crate::error::{Error, Result};
use crate::model::{Millis, Permission, User, UserFilter, UserId, UserOrder, Window};
use crate::services::{Caller, Core, access};
use crate::storage;

/// Users that one request may ask for by id or name.
const MAX_LOOK_UP: usize = 1_000;

/// One user.
///
/// # Errors
/// 404 `user.not_found`, also for a guest who shares no channel with her.
pub async fn get(core: &Core, caller: &Caller, id: UserId) -> Result<User> {
    if let Caller::User(identity, _) = caller
        && identity.user.id == id
    {
        return Ok(User::clone(&identity.user));
    }
    first(look_up(core, caller, &[id], &[], None).await?)
}

/// The user of this name.
///
/// # Errors
/// See [`get`].
pub async fn by_username(core: &Core, caller: &Caller, username: &str) -> Result<User> {
    first(look_up(core, caller, &[], &[username.to_lowercase()], None).await?)
}

/// The user of this address.
///
/// # Errors
/// See [`get`]; 403 `user.email_hidden` where the installation hides addresses.
pub async fn by_email(core: &Core, caller: &Caller, email: &str) -> Result<User> {
    let may = core.config.accounts.show_email_addresses || access::has_system(core, caller, Permission::ManageSystem);
    if !may {
        return Err(Error::forbidden("user.email_hidden", "This installation does not show e-mail addresses."));
    }
    let email = email.to_lowercase();
    let user = storage::users::by_login(&core.db, &email).await?.filter(|user| user.email == email);
    let user = user.ok_or_else(not_found)?;
    get(core, caller, user.id).await
}

/// The users with these ids or usernames, ordered by username, without those who do not exist. With `since`, only those
/// who have changed after it.
///
/// # Errors
/// 400 `user.too_many` for more than 1,000.
pub async fn look_up(
    core: &Core,
    caller: &Caller,
    ids: &[UserId],
    usernames: &[String],
    since: Option<Millis>,
) -> Result<Vec<User>> {
    if ids.len() + usernames.len() > MAX_LOOK_UP {
        let detail = format!("Ask for at most {MAX_LOOK_UP} users at once.");
        return Err(Error::invalid("user.too_many", "user_ids", detail));
    }
    let users = storage::users::look_up(&core.db, ids, usernames, restriction(core, caller)?, since).await?;
    Ok(shown(core, caller, users))
}

/// A page of the users that match. Lists of a team or a channel are for those who may see it.
///
/// # Errors
/// 404 or 403 for a team or a channel the caller may not see.
pub async fn list(
    core: &Core,
    caller: &Caller,
    filter: UserFilter,
    order: UserOrder,
    window: &Window,
) -> Result<Vec<User>> {
    for team in [filter.in_team, filter.not_in_team].into_iter().flatten() {
        access::team(core, caller, team, Permission::ViewTeam).await?;
    }
    for channel in [filter.in_channel, filter.not_in_channel].into_iter().flatten() {
        access::channel(core, caller, channel, Permission::ReadChannel).await?;
    }
    let names = core.config.accounts.show_full_names || access::has_system(core, caller, Permission::ManageSystem);
    let filter = UserFilter { seen_by: restriction(core, caller)?, prefix_of_names: names, ..filter };
    let users = storage::users::list(&core.db, &filter, order, window).await?;
    Ok(shown(core, caller, users))
}

/// Whoever may not see all members sees those she shares a channel with.
fn restriction(core: &Core, caller: &Caller) -> Result<Option<UserId>> {
    if access::has_system(core, caller, Permission::ViewMembers) { Ok(None) } else { caller.user_id().map(Some) }
}

fn shown(core: &Core, caller: &Caller, users: Vec<User>) -> Vec<User> {
    users.into_iter().map(|user| shown_to(core, caller, user)).collect()
}

fn first(users: Vec<User>) -> Result<User> {
    users.into_iter().next().ok_or_else(not_found)
}
