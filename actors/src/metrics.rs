//! What the engine counts.

/// How a metric behaves, in the words of Prometheus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// The cumulative buckets, sum and count of a histogram; names carry their labels.
    Histogram,
}

/// Counters of one engine, all plain atomics.
#[derive(Debug, Default)]
pub struct Metrics {}

#[expect(clippy::unused_self, reason = "the public face first")]
impl Metrics {
    /// Calls `visit(name, help, kind, value)` for every sample. Names may carry labels (`name{le="0.01"}`); samples of one
    /// metric come one after the other.
    pub fn for_each(&self, mut visit: impl FnMut(&str, &str, Kind, f64)) {
        visit("rustchat_engine_sessions", "Sessions on this instance", Kind::Gauge, 0.0);
    }
}
