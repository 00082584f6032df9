//! How the engine talks back to the server that owns it.

use bytes::Bytes;

use crate::PresenceChange;

/// What the server does when the engine has news. Called on engine threads, so an implementation hands the work
/// on (spawns a task, sends a message) and returns at once.
pub trait Observer: Send + Sync + 'static {
    /// A user's presence changed because of something that happened on this instance: publish and persist it.
    fn presence_changed(&self, change: PresenceChange);

    /// Something cached may be stale, see [`crate::Engine::refresh`].
    fn refresh(&self, what: Refresh);

    /// The engine cannot go on (its hub died): say why and end the process with a failure, as only a new
    /// process is in a known state.
    fn fatal(&self, reason: &str);
}

/// What to drop from caches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// What this message of [`crate::Engine::refresh`] names.
    One(Bytes),
    /// Everything: such messages may have been lost.
    Everything,
}
