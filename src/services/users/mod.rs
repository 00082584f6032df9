//! Accounts: signing up, profiles, who may see what of whom.

mod rules;
mod sign_up;

pub use sign_up::{create, sign_up};

use super::{Caller, Core};
use crate::error::Result;
use crate::model::User;

/// The caller's own account, as the database has it.
///
/// # Errors
/// What the database says.
pub fn me(_: &Core, caller: &Caller) -> Result<User> {
    Ok(User::clone(&caller.identity()?.user))
}
