//! Drops repeats where they are published, so that they cost neither the bridge nor a channel.

use std::collections::HashMap;
use std::time::Instant;

use crate::{Throttle, Topic};

/// Keys that are remembered at most. Then all are forgotten, and each may repeat once.
const MAX_KEYS: usize = 10_000;

#[derive(Default)]
pub(crate) struct Throttles(HashMap<(Topic, u128), Instant>);

impl Throttles {
    /// Whether a broadcast with this throttle may pass.
    pub(crate) fn passes(&mut self, topic: Topic, throttle: Throttle, now: Instant) -> bool {
        if self.0.get(&(topic, throttle.key)).is_some_and(|until| now < *until) {
            return false;
        }
        if self.0.len() >= MAX_KEYS {
            self.0.clear();
        }
        self.0.insert((topic, throttle.key), now + throttle.every);
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn one_per_key_and_topic_passes_until_the_time_is_over() {
        let (here, there) = (Topic::Channel(Uuid::from_u128(1)), Topic::Channel(Uuid::from_u128(2)));
        let throttle = Throttle { key: 7, every: Duration::from_secs(3) };
        let start = Instant::now();
        let mut throttles = Throttles::default();
        assert!(throttles.passes(here, throttle, start));
        assert!(!throttles.passes(here, throttle, start + Duration::from_secs(2)));
        assert!(throttles.passes(there, throttle, start));
        assert!(throttles.passes(here, Throttle { key: 8, ..throttle }, start));
        assert!(throttles.passes(here, throttle, start + Duration::from_secs(3)));
    }

    #[test]
    fn memory_is_bounded() {
        let topic = Topic::Channel(Uuid::from_u128(1));
        let every = Duration::from_secs(3);
        let start = Instant::now();
        let mut throttles = Throttles::default();
        for key in 0..25_000 {
            assert!(throttles.passes(topic, Throttle { key, every }, start));
            assert!(throttles.0.len() <= MAX_KEYS);
        }
    }
}
