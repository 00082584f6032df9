//! Who asks.

use std::sync::Arc;

use uuid::Uuid;

use crate::error::{Error, Result};
use crate::model::{Session, User, UserId};

/// Who asks for something: a user with a live session, or the server itself.
#[derive(Debug, Clone)]
pub enum Caller {
    /// A user.
    User(Arc<Identity>, Option<Uuid>),
    /// The server's own work and the command line. Search for this to find everything that needs no permission.
    System,
}

/// A user with the session that proves it. Cached, so `user` may be some seconds old; roles and deactivation are
/// invalidated at once.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The account, shared with the events that name their author.
    pub user: Arc<User>,
    /// The login.
    pub session: Session,
}

impl Caller {
    /// The identity behind the request.
    ///
    /// # Errors
    /// The system itself is nobody in particular.
    pub fn identity(&self) -> Result<&Identity> {
        match self {
            Self::User(identity, _) => Ok(identity),
            Self::System => Err(Error::internal("the system acted where a user was needed")),
        }
    }

    /// The user behind the request.
    ///
    /// # Errors
    /// See [`Self::identity`].
    pub fn user_id(&self) -> Result<UserId> {
        Ok(self.identity()?.user.id)
    }

    /// The caller's own websocket connection (header `Connection-Id`), which is spared some echoes of its own acts.
    #[must_use]
    pub fn connection(&self) -> Option<Uuid> {
        match self {
            Self::User(_, connection) => *connection,
            Self::System => None,
        }
    }
}
