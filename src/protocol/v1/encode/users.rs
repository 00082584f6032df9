//! Events about users.

use crate::events::UserEvent;
use crate::protocol::Encoded;

pub(super) fn encode(event: &UserEvent) -> Encoded {
    let _ = event;
    Encoded::nothing()
}
