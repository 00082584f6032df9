//! Events as the native API tells it.

mod channels;
mod posts;
mod teams;
mod users;

use crate::events::Event;
use crate::protocol::Encoded;

/// An event as the native API tells it.
#[must_use]
pub fn encode(event: &Event) -> Encoded {
    match event {
        Event::Post(event) => posts::encode(event),
        Event::Channel(event) => channels::encode(event),
        Event::Team(event) => teams::encode(event),
        Event::User(event) => users::encode(event),
        Event::Category(_) => Encoded::nothing(),
    }
}
