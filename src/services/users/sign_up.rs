//! Getting an account.

use std::sync::Arc;

use sqlx::PgConnection;

use super::rules;
use crate::error::{Error, Result, violates};
use crate::events::UserEvent;
use crate::model::{NewUser, Permission, Props, Team, User, UserId, now, role};
use crate::services::members::team::{admit as admit_to, announce};
use crate::services::{Caller, Core, access, passwords};
use crate::storage;

/// Makes an account for whoever asks. The first one ever may always sign up and becomes system administrator; later ones
/// need open sign-up, the invite id of a team (which they join), or an administrator as `caller`.
///
/// # Errors
/// 403 `user.signup_closed`; 400 `user.bad_invitation`; 400 for fields out of their bounds (`user.bad_username`, `user.bad_email`, `user.too_long`,
/// `password.too_short`, `password.too_long`) and `team.full`; 409 `user.username_taken`, `user.email_taken`; 503 `server.busy`.
pub async fn sign_up(core: &Core, caller: Option<&Caller>, new: NewUser) -> Result<User> {
    let user = account(&new);
    rules::check(&user)?;
    passwords::check(&new.password, core.config.accounts.password_min_length)?;
    let maybe_first = !storage::users::any(&core.db).await?;
    let team = invited_to(core, new.invite_id.as_deref()).await?;
    if !maybe_first {
        admit(core, caller, team.as_ref())?;
    }
    let hash = core.passwords.hash(&new.password).await?;
    let mut transaction = core.db.begin().await?;
    let user = if maybe_first && is_first(&mut transaction).await? {
        User { roles: vec![role::SYSTEM_ADMIN.to_owned(), role::SYSTEM_USER.to_owned()], ..user }
    } else {
        admit(core, caller, team.as_ref())?;
        user
    };
    storage::users::insert(&mut *transaction, &user, &hash).await.map_err(taken)?;
    let user = Arc::new(user);
    let admission = match &team {
        Some(team) => Some((team, admit_to(core, &mut transaction, team, Some(&user), &[user.id], None).await?)),
        None => None,
    };
    transaction.commit().await?;
    core.realtime.publish(UserEvent::Created { user_id: user.id });
    if let Some((team, admission)) = admission {
        announce(core, team, admission, Some(user.id));
    }
    Ok(Arc::unwrap_or_clone(user))
}

/// The team an invitation is to.
async fn invited_to(core: &Core, invite_id: Option<&str>) -> Result<Option<Team>> {
    let Some(invite_id) = invite_id else { return Ok(None) };
    let team = storage::teams::by_invite_id(&core.db, invite_id).await?.filter(|team| team.deleted_at.is_none());
    let detail = "This invitation is no longer valid. Ask for a new one.";
    team.map(Some).ok_or_else(|| Error::invalid("user.bad_invitation", "invite_id", detail))
}

/// Makes an account for the command line, without asking for a reason.
///
/// # Errors
/// Those of [`sign_up`] but the refusal.
pub async fn create(core: &Core, new: NewUser) -> Result<User> {
    sign_up(core, Some(&Caller::System), new).await
}

/// Whether nobody has an account, decided for one transaction at a time.
async fn is_first(transaction: &mut PgConnection) -> Result<bool> {
    storage::users::lock_first(transaction).await?;
    Ok(!storage::users::any(transaction).await?)
}

/// Whether somebody may sign up who is not the first.
fn admit(core: &Core, caller: Option<&Caller>, invited_to: Option<&Team>) -> Result<()> {
    let by_admin = caller.is_some_and(|caller| access::has_system(core, caller, Permission::ManageSystem));
    if by_admin || invited_to.is_some() || core.config.accounts.open_signup {
        return Ok(());
    }
    let detail = "Sign-up is by invitation: ask a member of a team for a link, or an administrator for an account.";
    Err(Error::forbidden("user.signup_closed", detail))
}

fn account(new: &NewUser) -> User {
    let now = now();
    let text = |text: &str| text.trim().to_owned();
    let locale = text(&new.locale);
    User {
        id: UserId::new(),
        username: new.username.trim().to_lowercase(),
        email: new.email.trim().to_lowercase(),
        nickname: text(&new.nickname),
        first_name: text(&new.first_name),
        last_name: text(&new.last_name),
        position: String::new(),
        locale: if locale.is_empty() { rules::DEFAULT_LOCALE.to_owned() } else { locale },
        roles: vec![role::SYSTEM_USER.to_owned()],
        timezone: rules::default_timezone(),
        notify_props: rules::default_notify_props(),
        props: Props::new(),
        is_bot: false,
        email_verified: false,
        failed_logins: 0,
        last_password_update: now,
        last_picture_update: 0,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}

/// Names what the database refused about an account.
pub(super) fn taken(error: sqlx::Error) -> Error {
    if violates(&error, "users_username_key") {
        Error::conflict("user.username_taken", "username", "This username is taken.")
    } else if violates(&error, "users_email_key") {
        Error::conflict("user.email_taken", "email", "There is an account with this e-mail address.")
    } else if violates(&error, "users_email_form") {
        Error::invalid("user.bad_email", "email", "Give a valid e-mail address.")
    } else {
        error.into()
    }
}
