//! What a bridge to other processes counts.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use crate::metrics::{Counter, Histogram, Kind, number};

/// Counters of one bridge; shown once it is in use.
#[derive(Debug, Default)]
pub(crate) struct BridgeMetrics {
    pub(crate) in_use: AtomicBool,
    pub(crate) up: AtomicBool,
    pub(crate) peers: AtomicU64,
    pub(crate) backlog: AtomicU64,
    pub(crate) backlog_bytes: AtomicU64,
    pub(crate) sent: Counter,
    pub(crate) sent_entries: Counter,
    pub(crate) sent_bytes: Counter,
    pub(crate) received: Counter,
    pub(crate) received_entries: Counter,
    pub(crate) received_bytes: Counter,
    pub(crate) ephemeral_sent: Counter,
    pub(crate) ephemeral_received: Counter,
    pub(crate) dropped: Counter,
    pub(crate) collapsed: Counter,
    pub(crate) unreadable: Counter,
    pub(crate) gaps: Counter,
    pub(crate) breaks: Counter,
    pub(crate) restarts: Counter,
    pub(crate) lag: Histogram,
}

impl BridgeMetrics {
    pub(crate) fn for_each(&self, visit: &mut impl FnMut(&str, &str, Kind, f64)) {
        if !self.in_use.load(Relaxed) {
            return;
        }
        let up = u64::from(self.up.load(Relaxed));
        let gauges = [
            ("up", "Whether messages reach the other instances", up),
            ("peers", "Other instances that are heard", self.peers.load(Relaxed)),
            ("backlog", "Durable messages that Redis does not have yet", self.backlog.load(Relaxed)),
            ("backlog_bytes", "Their bytes", self.backlog_bytes.load(Relaxed)),
        ];
        for (name, help, value) in gauges {
            visit(&format!("rustchat_bridge_{name}"), help, Kind::Gauge, number(value));
        }
        let counters = [
            ("sent_total", "Durable messages that Redis took", &self.sent),
            ("sent_entries_total", "Stream entries in which they travelled", &self.sent_entries),
            ("sent_bytes_total", "Bytes of these entries", &self.sent_bytes),
            ("received_total", "Durable messages of other instances", &self.received),
            ("received_entries_total", "Stream entries in which they came", &self.received_entries),
            ("received_bytes_total", "Bytes of these entries", &self.received_bytes),
            ("ephemeral_sent_total", "Ephemeral messages published", &self.ephemeral_sent),
            ("ephemeral_received_total", "Ephemeral messages of other instances", &self.ephemeral_received),
            ("dropped_total", "Ephemeral messages dropped: too many, or Redis was away", &self.dropped),
            ("collapsed_total", "Durable messages that found no room and became a gap", &self.collapsed),
            ("unreadable_total", "Entries or messages of other instances that could not be read", &self.unreadable),
            ("gaps_total", "Times that everyone here was told to fetch again", &self.gaps),
            ("breaks_total", "Times that Redis could not be used any more", &self.breaks),
            ("restarts_total", "Parts of the bridge begun anew after a panic", &self.restarts),
        ];
        for (name, help, counter) in counters {
            visit(&format!("rustchat_bridge_{name}"), help, Kind::Counter, number(counter.get()));
        }
        let help = "From the writing of an entry there to its reading here, by the clocks of two machines: \
                    a clock that goes ahead or behind shifts it";
        self.lag.for_each("rustchat_bridge_lag_seconds", help, visit);
    }
}
