//! Whom a path means.

use serde::{Deserialize, Deserializer, de};

use crate::error::{Error, Result};
use crate::model::{IdError, UserId, decode_id};
use crate::services::Caller;

/// A user in a path: an id, or `me` for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// The caller.
    Me,
    /// This user.
    User(UserId),
}

impl Who {
    /// The user's id.
    ///
    /// # Errors
    /// The system itself is nobody.
    pub(super) fn id(self, caller: &Caller) -> Result<UserId> {
        match self {
            Self::Me => caller.user_id(),
            Self::User(id) => Ok(id),
        }
    }
}

impl Who {
    /// Demands that it is the caller: some things are nobody else's business, not even an administrator's.
    ///
    /// # Errors
    /// 403 `user.not_self`.
    pub(super) fn is_caller(self, caller: &Caller) -> Result<UserId> {
        let id = self.id(caller)?;
        if id == caller.user_id()? { Ok(id) } else { Err(not_self()) }
    }
}

/// Somebody asked for what only another user may.
pub(super) fn not_self() -> Error {
    Error::forbidden("user.not_self", "Only the user may do that.")
}

impl<'de> Deserialize<'de> for Who {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match decode_id(&text) {
            _ if text == "me" => Ok(Self::Me),
            Ok(id) => Ok(Self::User(UserId(id))),
            Err(IdError::Unknown) => Ok(Self::User(UserId(uuid::Uuid::nil()))),
            Err(error) => Err(de::Error::custom(error)),
        }
    }
}
