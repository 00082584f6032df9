//! What the engine counts: plain atomics, read by whoever renders them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::bridge::BridgeMetrics;

/// How a metric behaves, in the words of Prometheus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// One of the cumulative buckets, the sum or the count of a histogram.
    Histogram,
}

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, n: usize) {
        self.0.fetch_add(u64::try_from(n).unwrap_or(u64::MAX), Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// The mailboxes of all actors of one kind.
#[derive(Debug, Default)]
pub(crate) struct MailboxMetrics {
    depth: AtomicU64,
    handled: AtomicU64,
    waited_micros: AtomicU64,
    refused: AtomicU64,
}

impl MailboxMetrics {
    pub(crate) fn entered(&self) {
        self.depth.fetch_add(1, Relaxed);
    }

    pub(crate) fn left(&self) {
        self.depth.fetch_sub(1, Relaxed);
    }

    /// Messages that wait now.
    pub(crate) fn depth(&self) -> u64 {
        self.depth.load(Relaxed)
    }

    pub(crate) fn handled_after(&self, wait: Duration) {
        self.handled.fetch_add(1, Relaxed);
        self.waited_micros.fetch_add(micros(wait), Relaxed);
    }

    pub(crate) fn refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }
}

/// Upper bounds of the latency buckets, in microseconds.
const BUCKETS: [u64; 12] = [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000];

/// A latency histogram.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    buckets: [AtomicU64; BUCKETS.len()],
    count: AtomicU64,
    sum_micros: AtomicU64,
}

impl Histogram {
    pub(crate) fn observe(&self, took: Duration) {
        let took = micros(took);
        let bucket = BUCKETS.iter().zip(&self.buckets).find(|(bound, _)| took <= **bound);
        if let Some((_, bucket)) = bucket {
            bucket.fetch_add(1, Relaxed);
        }
        self.count.fetch_add(1, Relaxed);
        self.sum_micros.fetch_add(took, Relaxed);
    }

    pub(crate) fn for_each(&self, name: &str, help: &str, visit: &mut impl FnMut(&str, &str, Kind, f64)) {
        let mut below = 0;
        for (bound, bucket) in BUCKETS.iter().zip(&self.buckets) {
            below += bucket.load(Relaxed);
            let bound = number(*bound) / 1e6;
            visit(&format!("{name}_bucket{{le=\"{bound}\"}}"), help, Kind::Histogram, number(below));
        }
        let count = number(self.count.load(Relaxed));
        visit(&format!("{name}_bucket{{le=\"+Inf\"}}"), help, Kind::Histogram, count);
        visit(&format!("{name}_sum"), help, Kind::Histogram, seconds(&self.sum_micros));
        visit(&format!("{name}_count"), help, Kind::Histogram, count);
    }
}

/// Counters of one engine.
#[derive(Debug, Default)]
pub struct Metrics {
    pub(crate) hub: Arc<MailboxMetrics>,
    pub(crate) channels: Arc<MailboxMetrics>,
    pub(crate) sessions: Arc<MailboxMetrics>,
    pub(crate) presence: Arc<MailboxMetrics>,
    pub(crate) live_sessions: AtomicU64,
    pub(crate) live_channels: AtomicU64,
    pub(crate) connects: Counter,
    pub(crate) resumes: Counter,
    pub(crate) handed_over: Counter,
    pub(crate) taken_over: Counter,
    pub(crate) broadcasts: Counter,
    pub(crate) throttled: Counter,
    pub(crate) frames: Counter,
    pub(crate) dropped: Counter,
    pub(crate) held: Counter,
    pub(crate) given_up: Counter,
    pub(crate) overflows: Counter,
    pub(crate) slow_closes: Counter,
    pub(crate) evictions: Counter,
    pub(crate) resyncs: Counter,
    pub(crate) restarts: Counter,
    pub(crate) encoded_bytes: Counter,
    pub(crate) delivery: Histogram,
    pub(crate) to_socket: Histogram,
    pub(crate) bridge: Arc<BridgeMetrics>,
}

impl Metrics {
    /// Calls `visit(name, help, kind, value)` for every sample, those of the bridge included. Names may carry labels (`name{le="0.01"}`); the samples
    /// of one metric come one after the other.
    pub fn for_each(&self, mut visit: impl FnMut(&str, &str, Kind, f64)) {
        self.mailboxes(&mut visit);
        let gauges = [
            ("sessions", "Sessions on this instance, with or without a socket", &self.live_sessions),
            ("channels", "Channel actors on this instance", &self.live_channels),
        ];
        for (name, help, value) in gauges {
            visit(&format!("rustchat_engine_{name}"), help, Kind::Gauge, number(value.load(Relaxed)));
        }
        let counters = [
            ("connects_total", "Sessions begun", &self.connects),
            ("resumes_total", "Sessions that a client came back to", &self.resumes),
            ("handed_over_total", "Sessions that went on with their client to another instance", &self.handed_over),
            ("taken_over_total", "Sessions that came with their client from another instance", &self.taken_over),
            ("broadcasts_total", "Broadcasts delivered to this instance's sessions", &self.broadcasts),
            ("throttled_total", "Repeats that a throttle dropped", &self.throttled),
            ("frames_total", "Frames put into session outboxes", &self.frames),
            ("dropped_frames_total", "Ephemeral frames dropped because an outbox was half full", &self.dropped),
            ("held_total", "Times a channel waited for an event that happened before one that had come", &self.held),
            ("given_up_total", "Times it waited in vain", &self.given_up),
            ("overflows_total", "Sessions whose outbox could not keep a durable frame", &self.overflows),
            ("slow_closes_total", "Sessions closed because their client did not read", &self.slow_closes),
            ("evictions_total", "Sockets cut from outside because nothing polled them", &self.evictions),
            ("resyncs_total", "Sessions told to fetch again", &self.resyncs),
            ("restarts_total", "Actors rebuilt after a panic or a missed heartbeat", &self.restarts),
            ("encoded_bytes_total", "Bytes encoded, once per event and protocol", &self.encoded_bytes),
        ];
        for (name, help, counter) in counters {
            visit(&format!("rustchat_engine_{name}"), help, Kind::Counter, number(counter.get()));
        }
        self.delivery.for_each(
            "rustchat_engine_delivery_seconds",
            "From publishing to the last local outbox",
            &mut visit,
        );
        self.to_socket.for_each(
            "rustchat_engine_socket_seconds",
            "From encoding to the socket, of the oldest event of each write; what a resume replays counts with its age",
            &mut visit,
        );
        self.bridge.for_each(&mut visit);
    }

    fn mailboxes(&self, visit: &mut impl FnMut(&str, &str, Kind, f64)) {
        let kinds = [
            ("hub", &self.hub),
            ("channel", &self.channels),
            ("session", &self.sessions),
            ("presence", &self.presence),
        ];
        let mut each = |name: &str, help: &str, kind: Kind, read: fn(&MailboxMetrics) -> f64| {
            for (actor, mailbox) in &kinds {
                visit(&format!("rustchat_engine_mailbox_{name}{{actor=\"{actor}\"}}"), help, kind, read(mailbox));
            }
        };
        each("depth", "Messages waiting", Kind::Gauge, |m| number(m.depth()));
        each("handled_total", "Messages handled", Kind::Counter, |m| number(m.handled.load(Relaxed)));
        each("wait_seconds_total", "Time that handled messages had waited", Kind::Counter, |m| {
            seconds(&m.waited_micros)
        });
        each("refused_total", "Messages refused by a full mailbox", Kind::Counter, |m| number(m.refused.load(Relaxed)));
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn seconds(micros: &AtomicU64) -> f64 {
    number(micros.load(Relaxed)) / 1e6
}

/// Prometheus knows only floating point; counters are exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "what a sample can hold")]
pub(crate) fn number(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn samples_of_one_metric_stand_together_and_buckets_add_up() {
        let metrics = Metrics::default();
        for micros in [50, 200, 200, 2_000_000] {
            metrics.delivery.observe(Duration::from_micros(micros));
        }
        let mut samples = Vec::new();
        metrics.for_each(|name, _, kind, value| samples.push((name.to_owned(), kind, value)));
        let family = |name: &str| name.split('{').next().unwrap_or_default().to_owned();
        let mut families: Vec<_> = samples.iter().map(|(name, ..)| family(name)).collect();
        families.dedup();
        assert_eq!(families.len(), families.iter().collect::<HashSet<_>>().len());
        let value = |wanted: &str| samples.iter().find(|(name, ..)| name.ends_with(wanted)).map(|sample| sample.2);
        assert_eq!(value("{le=\"0.0001\"}"), Some(1.0));
        assert_eq!(value("{le=\"0.00025\"}"), Some(3.0));
        assert_eq!(value("{le=\"1\"}"), Some(3.0));
        assert_eq!(value("{le=\"+Inf\"}"), Some(4.0));
        assert_eq!(value("_sum"), Some(2.000_45));
    }
}
