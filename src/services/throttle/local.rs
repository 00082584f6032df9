//! A throttle that counts in this process alone.

use std::time::Instant;

use moka::ops::compute::{CompResult, Op};
use moka::sync::Cache;

use super::{Rate, Verdict};

/// Keys remembered for each throttle: some 100 bytes each.
const KEYS: u64 = 50_000;

pub(super) struct Local {
    rate: Rate,
    /// When each key will have regained its whole burst.
    full_at: Cache<String, Instant>,
}

impl Local {
    pub(super) fn new(rate: Rate) -> Self {
        let full_at = Cache::builder().max_capacity(KEYS).time_to_live(rate.interval * (rate.burst + 1)).build();
        Self { rate, full_at }
    }

    pub(super) fn attempt(&self, key: &str, now: Instant) -> Verdict {
        let longest_debt = self.rate.longest_debt();
        let outcome = self.full_at.entry(key.to_owned()).and_compute_with(|entry| {
            let full_at = entry.map_or(now, |entry| entry.into_value().max(now));
            if full_at - now > longest_debt { Op::Nop } else { Op::Put(full_at + self.rate.interval) }
        });
        match outcome {
            CompResult::Unchanged(entry) => Err((entry.into_value() - now).saturating_sub(longest_debt)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const WAIT: Duration = Duration::from_secs(10);

    fn three_at_once() -> Local {
        Local::new(Rate::new(3, 6))
    }

    #[test]
    fn lets_a_burst_through_and_then_the_rate() {
        let (throttle, start) = (three_at_once(), Instant::now());
        for _ in 0..3 {
            throttle.attempt("ada", start).unwrap();
        }
        assert_eq!(throttle.attempt("ada", start), Err(WAIT));
        assert!(throttle.attempt("ada", start + Duration::from_secs(9)).is_err());
        throttle.attempt("ada", start + WAIT).unwrap();
        assert!(throttle.attempt("ada", start + WAIT).is_err());
        throttle.attempt("grace", start).unwrap();
    }

    #[test]
    fn a_rested_key_has_its_burst_again_and_no_more() {
        let (throttle, start) = (three_at_once(), Instant::now());
        throttle.attempt("ada", start).unwrap();
        let later = start + Duration::from_secs(3600);
        for _ in 0..3 {
            throttle.attempt("ada", later).unwrap();
        }
        assert!(throttle.attempt("ada", later).is_err());
    }
}
