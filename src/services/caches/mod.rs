//! What this instance remembers of the database.
//!
//! Bounded, and forgotten on every instance as soon as it is stale (see [`Stale`]): whoever changes something calls
//! [`Core::forget`](super::Core::forget) after the commit.

mod remembered;

use std::sync::Arc;

use bytes::Bytes;
use moka::sync::Cache;

pub use remembered::CacheUse;
pub(super) use remembered::Remembered;

use super::Identity;
use super::access::Place;
use crate::config;
use crate::model::{Channel, ChannelId, SessionId, User, UserId};
use crate::realtime::Stale;

/// Generated pictures in memory, about 1 KB each: there are not many more.
const PICTURES: u64 = 512;

/// The caches of one process.
pub struct Caches {
    /// Logins, with the account behind each.
    pub(super) identities: Remembered<SessionId, Arc<Identity>>,
    /// Profiles as everybody may see them.
    pub(super) profiles: Remembered<UserId, Arc<User>>,
    /// Channels without their counters, which posts move: those are 0 here. And whether their teams are archived.
    pub(super) channels: Remembered<ChannelId, (Arc<Channel>, bool)>,
    /// Who is what in a channel and its team.
    pub(super) places: Remembered<(UserId, ChannelId), Place>,
    /// Generated pictures by letter and colour; never stale.
    pub(super) pictures: Cache<(char, usize), Bytes>,
}

impl Caches {
    /// Empty ones of these sizes.
    #[must_use]
    pub fn new(sizes: &config::Caches) -> Self {
        Self {
            identities: Remembered::new(sizes.sessions),
            profiles: Remembered::new(sizes.users),
            channels: Remembered::new(sizes.channels),
            places: Remembered::new(sizes.places),
            pictures: Cache::new(PICTURES),
        }
    }

    /// Forgets what is no longer true.
    pub fn forget(&self, stale: Stale) {
        match stale {
            Stale::Session(id) => self.identities.forget(&id),
            Stale::User(id) => {
                self.identities.forget_where(move |_, identity| identity.user.id == id);
                self.profiles.forget(&id);
            }
            Stale::Channel(id) => self.channels.forget(&id),
            Stale::Team(id) => self.channels.forget_where(move |_, (channel, _)| channel.team_id == Some(id)),
            Stale::Place(user, channel) => self.places.forget(&(user, channel)),
            Stale::Places(user) => self.places.forget_where(move |(whose, _), _| *whose == user),
            Stale::Roles => {}
        }
    }

    /// Forgets everything: messages may have been lost.
    pub fn clear(&self) {
        self.identities.forget_all();
        self.profiles.forget_all();
        self.channels.forget_all();
        self.places.forget_all();
    }

    /// How each cache is used, by its name in the settings.
    #[must_use]
    pub fn usage(&self) -> [(&'static str, CacheUse); 4] {
        [
            ("sessions", self.identities.usage()),
            ("users", self.profiles.usage()),
            ("channels", self.channels.usage()),
            ("places", self.places.usage()),
        ]
    }
}
