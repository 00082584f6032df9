//! Events about channels.

use crate::events::ChannelEvent;
use crate::protocol::Encoded;

pub(super) fn encode(event: &ChannelEvent) -> Encoded {
    let _ = event;
    Encoded::nothing()
}
