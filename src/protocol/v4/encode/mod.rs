//! Events as Mattermost's clients expect it.

mod broadcast;
mod categories;
mod channels;
mod posts;
mod teams;
mod threads;
mod users;

use serde::Serialize;

pub use broadcast::Broadcast;

use crate::events::Event;
use crate::protocol::Encoded;

/// An event on the wire; the session adds `seq`.
#[derive(Debug, Serialize)]
pub struct Envelope<D: Serialize> {
    /// Its name.
    pub event: &'static str,
    /// What happened.
    pub data: D,
    /// Whom it was for.
    pub broadcast: Broadcast,
}

/// An event as Mattermost's clients expect it.
#[must_use]
pub fn encode(event: &Event) -> Encoded {
    match event {
        Event::Post(event) => posts::encode(event),
        Event::Channel(event) => channels::encode(event),
        Event::Team(event) => teams::encode(event),
        Event::User(event) => users::encode(event),
        Event::Category(event) => categories::encode(event),
    }
}

/// Many values in `data` are JSON *texts*, which clients parse once more.
fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
