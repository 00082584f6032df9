//! A bounded memory of what the database says.

use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::sync::Cache;
use parking_lot::RwLock;

/// The time limit is a net for messages lost between instances, not the mechanism.
const NET: Duration = Duration::from_secs(300);

/// Remembers values until they are forgotten. What was read before something was forgotten never comes in after it.
pub(in crate::services) struct Remembered<K, V> {
    values: Cache<K, V>,
    /// How often something was forgotten. Locked for reading while a value comes in and for writing while the count
    /// goes up, so that nothing comes in between the two halves of a forgetting.
    forgotten: RwLock<u64>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// Says what was known when a read from the database began.
#[derive(Clone, Copy)]
pub(in crate::services) struct Reading(u64);

/// How a cache is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheUse {
    /// Values in it.
    pub size: u64,
    /// Questions that it answered.
    pub hits: u64,
    /// Questions that went on to the database.
    pub misses: u64,
}

impl<K, V> Remembered<K, V>
where
    K: Eq + Hash + Copy + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// An empty one for at most `capacity` values.
    pub(super) fn new(capacity: u64) -> Self {
        let values = Cache::builder().max_capacity(capacity).time_to_live(NET).support_invalidation_closures().build();
        Self { values, forgotten: RwLock::new(0), hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    /// What is remembered under this key.
    pub(in crate::services) fn get(&self, key: &K) -> Option<V> {
        let value = self.values.get(key);
        let counter = if value.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        value
    }

    /// Call it before reading from the database what [`Self::keep`] shall keep.
    pub(in crate::services) fn read(&self) -> Reading {
        Reading(*self.forgotten.read())
    }

    /// Remembers what was read, unless something was forgotten since the reading began: then it may be stale already.
    pub(in crate::services) fn keep(&self, reading: Reading, key: K, value: V) {
        let forgotten = self.forgotten.read();
        if *forgotten == reading.0 {
            self.values.insert(key, value);
        }
    }

    pub(super) fn forget(&self, key: &K) {
        *self.forgotten.write() += 1;
        self.values.invalidate(key);
    }

    pub(super) fn forget_where(&self, stale: impl Fn(&K, &V) -> bool + Send + Sync + 'static) {
        *self.forgotten.write() += 1;
        let unsupported = self.values.invalidate_entries_if(move |key, value| stale(key, value)).is_err();
        if unsupported {
            self.values.invalidate_all();
        }
    }

    pub(super) fn forget_all(&self) {
        *self.forgotten.write() += 1;
        self.values.invalidate_all();
    }

    pub(super) fn usage(&self) -> CacheUse {
        CacheUse {
            size: self.values.entry_count(),
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_forgetting_never_comes_in_after_it() {
        let memory = Remembered::new(10);
        let late = memory.read();
        memory.forget(&1);
        memory.keep(late, 1, "old");
        assert_eq!(memory.get(&1), None);
        memory.keep(memory.read(), 1, "new");
        assert_eq!(memory.get(&1), Some("new"));
        memory.forget_where(|_, value| *value == "new");
        assert_eq!(memory.get(&1), None);
        memory.keep(memory.read(), 1, "newer");
        memory.forget_all();
        assert_eq!(memory.get(&1), None);
        let CacheUse { hits, misses, .. } = memory.usage();
        assert_eq!((hits, misses), (1, 3));
    }
}
