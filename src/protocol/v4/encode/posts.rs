//! Events about posts.

use crate::events::PostEvent;
use crate::protocol::Encoded;

pub(super) fn encode(event: &PostEvent) -> Encoded {
    let _ = event;
    Encoded::nothing()
}
