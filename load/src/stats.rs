//! Arithmetic on what was measured.

use std::time::Duration;

/// The value that so many percent of all do not exceed (the nearest rank), of a sorted list. Zero for an empty one.
pub fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// A count as a figure.
pub fn figure(count: impl TryInto<u32>) -> f64 {
    count.try_into().map_or(f64::INFINITY, f64::from)
}

pub fn per_second(count: usize, took: Duration) -> f64 {
    figure(count) / took.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let sorted: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&sorted, 50), Duration::from_millis(100));
        assert_eq!(percentile(&sorted, 99), Duration::from_millis(198));
        assert_eq!(percentile(&sorted, 100), Duration::from_millis(200));
    }

    #[test]
    fn short_lists_have_percentiles_too() {
        assert_eq!(percentile(&[], 99), Duration::ZERO);
        assert_eq!(percentile(&[Duration::from_millis(3)], 1), Duration::from_millis(3));
        assert_eq!(percentile(&[1, 9].map(Duration::from_millis), 99), Duration::from_millis(9));
    }
}
