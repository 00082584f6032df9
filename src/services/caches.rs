//! What this instance remembers of the database.
//!
//! Bounded, and dropped on every instance as soon as it is stale (see [`Stale`]). The time limit is a net for
//! messages lost between instances, not the mechanism.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use moka::sync::Cache;

use super::Identity;
use crate::model::SessionId;
use crate::realtime::Stale;

/// Logins in memory: some 2 KB each.
const IDENTITIES: u64 = 50_000;
/// Generated pictures in memory, about 1 KB each: there are not many more.
const PICTURES: u64 = 512;
const NET: Duration = Duration::from_secs(300);

/// The caches of one process.
pub struct Caches {
    pub(super) identities: Cache<SessionId, Arc<Identity>>,
    /// Generated pictures by letter and colour; never stale.
    pub(super) pictures: Cache<(char, usize), Bytes>,
    generation: AtomicU64,
}

impl Default for Caches {
    fn default() -> Self {
        let identities =
            Cache::builder().max_capacity(IDENTITIES).time_to_live(NET).support_invalidation_closures().build();
        Self { identities, pictures: Cache::new(PICTURES), generation: AtomicU64::new(0) }
    }
}

impl Caches {
    /// Drops what is no longer true.
    pub fn drop_stale(&self, stale: Stale) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        match stale {
            Stale::Session(id) => self.identities.invalidate(&id),
            Stale::User(id) => {
                let unsupported = self.identities.invalidate_entries_if(move |_, it| it.user.id == id).is_err();
                if unsupported {
                    self.identities.invalidate_all();
                }
            }
            Stale::Roles => {}
        }
    }

    /// Drops everything: messages may have been lost.
    pub fn clear(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.identities.invalidate_all();
    }

    /// Counts what was dropped. Read it before loading, and give it to [`Self::remember`].
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    /// Remembers a login, unless something was dropped since it was read: then it may be stale already.
    pub(super) fn remember(&self, generation: u64, identity: &Arc<Identity>) {
        if self.generation() == generation {
            self.identities.insert(identity.session.id, Arc::clone(identity));
        }
    }
}
