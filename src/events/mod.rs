//! Every realtime event, once: what happened, who hears of it, and how much it matters.
//!
//! Owns: the facts of an event. The bytes are made by `protocol::v1` and `protocol::v4`, the travel is the engine's.

mod categories;
mod channels;
mod posts;
mod teams;
mod users;

pub use categories::{CategoryChange, CategoryEvent};
pub use channels::ChannelEvent;
pub use posts::{PostCreated, PostEvent, ReactionChange, ThreadMoved, ThreadRead};
pub use teams::TeamEvent;
pub use users::UserEvent;

use crate::model::{ChannelId, TeamId, UserId};

/// Something that happened and that somebody connected may hear of.
#[derive(Debug)]
pub enum Event {
    /// About posts, reactions, threads and typing.
    Post(PostEvent),
    /// About channels and who is in them.
    Channel(ChannelEvent),
    /// About teams and who is in them.
    Team(TeamEvent),
    /// About people: profiles, presence, preferences.
    User(UserEvent),
    /// About the categories of somebody's sidebar.
    Category(CategoryEvent),
}

/// Who hears an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// The members of a channel.
    Channel(ChannelId),
    /// The members of a team.
    Team(TeamId),
    /// One user, on all devices.
    User(UserId),
    /// Those who watch a user's presence, and the user.
    Watchers(UserId),
    /// Everybody who is connected.
    Everyone,
}

/// How much an event matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Must arrive, or the client is told to refetch.
    Durable,
    /// May be dropped under pressure.
    Ephemeral,
}

impl Event {
    /// Who hears it.
    #[must_use]
    pub fn audience(&self) -> Audience {
        match self {
            Self::Post(event) => event.audience(),
            Self::Channel(event) => event.audience(),
            Self::Team(event) => event.audience(),
            Self::User(event) => event.audience(),
            Self::Category(event) => event.audience(),
        }
    }

    /// Who of the audience does not hear it.
    #[must_use]
    pub fn except(&self) -> Option<UserId> {
        match self {
            Self::Post(event) => event.except(),
            Self::Channel(event) => event.except(),
            Self::Team(event) => event.except(),
            Self::User(_) | Self::Category(_) => None,
        }
    }

    /// How much it matters.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Post(PostEvent::Typing { .. }) | Self::User(UserEvent::StatusChanged { .. }) => Class::Ephemeral,
            _ => Class::Durable,
        }
    }
}

macro_rules! into_event {
    ($($family:ident => $variant:ident),+ $(,)?) => {$(
        impl From<$family> for Event {
            fn from(event: $family) -> Self {
                Self::$variant(event)
            }
        }
    )+};
}

into_event! { PostEvent => Post, ChannelEvent => Channel, TeamEvent => Team, UserEvent => User, CategoryEvent => Category }
