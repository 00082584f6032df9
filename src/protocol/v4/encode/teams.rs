//! Events about teams.

use crate::events::TeamEvent;
use crate::protocol::Encoded;

pub(super) fn encode(event: &TeamEvent) -> Encoded {
    let _ = event;
    Encoded::nothing()
}
