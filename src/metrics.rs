//! What the server counts, in the text form of Prometheus.
//!
//! Owns the server's own metrics; the engine brings its own and they are shown beside these.

use std::fmt::Write;
use std::time::{Duration, Instant};

use prometheus::{HistogramOpts, HistogramVec, Registry, TextEncoder};
use rustchat_actors::{Kind, Metrics as EngineMetrics};
use sqlx::PgPool;
use tokio::time::timeout;

use crate::services::{CacheUse, Caches};

/// From a cached answer to a stuck one, in seconds.
const BUCKETS: [f64; 11] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

/// Scrapers give up after ten seconds.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// The server's metrics. One per process; cloning copies a pointer.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: HistogramVec,
}

impl Metrics {
    /// An empty set.
    ///
    /// # Errors
    /// Only for a name that Prometheus would not accept.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let options = HistogramOpts::new("rustchat_http_request_seconds", "Time from a request's head to its answer's")
            .buckets(BUCKETS.to_vec());
        let requests = HistogramVec::new(options, &["method", "route", "status"])?;
        registry.register(Box::new(requests.clone()))?;
        Ok(Self { registry, requests })
    }

    /// Counts one answered request. `route` is the pattern, so that ids do not become labels.
    pub fn request(&self, method: &str, route: &str, status: &str, took: Duration) {
        self.requests.with_label_values(&[method, route, status]).observe(took.as_secs_f64());
    }

    /// Everything, as `/metrics` shows it.
    pub fn render(&self, pool: PoolUse, caches: &Caches, engine: &EngineMetrics) -> String {
        let mut text = TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap_or_default();
        pool.show(&mut text);
        show_caches(&mut text, caches);
        if let Some(bytes) = resident_bytes() {
            sample(&mut text, "process_resident_memory_bytes", "Memory in use", Kind::Gauge, bytes);
        }
        engine.for_each(|name, help, kind, value| sample(&mut text, name, help, kind, value));
        text
    }
}

/// How the pool of database connections is used.
#[derive(Debug, Clone, Copy)]
pub struct PoolUse {
    /// Connections that are open.
    open: u32,
    /// Those of them that nobody uses.
    idle: usize,
    /// How long a question had to wait for one just now; as long as that limit where it got none.
    wait: Duration,
}

impl PoolUse {
    /// Looks at the pool, and asks it for a connection to see how long that takes.
    pub async fn measure(pool: &PgPool) -> Self {
        let (open, idle, begun) = (pool.size(), pool.num_idle(), Instant::now());
        // What matters is the time: an error has taken some as well.
        let _ = timeout(LONGEST_WAIT, pool.acquire()).await;
        Self { open, idle, wait: begun.elapsed() }
    }

    fn show(self, text: &mut String) {
        let idle = u32::try_from(self.idle).unwrap_or(u32::MAX);
        let help = "Connections to the database";
        for (state, count) in [("idle", idle), ("used", self.open.saturating_sub(idle))] {
            let name = format!("rustchat_db_connections{{state=\"{state}\"}}");
            sample(text, &name, help, Kind::Gauge, f64::from(count));
        }
        let help = "How long this answer waited for a connection to the database";
        sample(text, "rustchat_db_wait_seconds", help, Kind::Gauge, self.wait.as_secs_f64());
    }
}

#[expect(clippy::cast_precision_loss, reason = "what a sample can hold")]
fn show_caches(text: &mut String, caches: &Caches) {
    type Value = fn(&CacheUse) -> u64;
    let families: [(_, _, _, Value); 3] = [
        ("rustchat_cache_entries", "Values remembered of the database", Kind::Gauge, |it| it.size),
        ("rustchat_cache_hits_total", "Questions answered from memory", Kind::Counter, |it| it.hits),
        ("rustchat_cache_misses_total", "Questions that went on to the database", Kind::Counter, |it| it.misses),
    ];
    let usage = caches.usage();
    for (family, help, kind, value) in families {
        for (cache, used) in &usage {
            sample(text, &format!("{family}{{cache=\"{cache}\"}}"), help, kind, value(used) as f64);
        }
    }
}

/// Appends one sample, with its family's head where a family begins.
fn sample(text: &mut String, name: &str, help: &str, kind: Kind, value: f64) {
    let name_only = name.split('{').next().unwrap_or(name);
    let (family, kind) = match kind {
        Kind::Counter => (name_only, "counter"),
        Kind::Gauge => (name_only, "gauge"),
        Kind::Histogram => (histogram_family(name_only), "histogram"),
    };
    let head = format!("# HELP {family} {help}\n# TYPE {family} {kind}\n");
    if !text.contains(&head) {
        text.push_str(&head);
    }
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{name} {value}");
}

fn histogram_family(name: &str) -> &str {
    ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name)
}

/// The memory of this process as the kernel sees it.
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_family_has_one_head() {
        let mut text = String::new();
        for bucket in ["seconds_bucket{le=\"1\"}", "seconds_bucket{le=\"+Inf\"}", "seconds_sum", "seconds_count"] {
            sample(&mut text, bucket, "Times", Kind::Histogram, 1.0);
        }
        assert_eq!(text.matches("# TYPE seconds histogram").count(), 1);
        assert_eq!(text.lines().count(), 6);
    }

    #[test]
    fn caches_are_told_apart() {
        let mut text = String::new();
        show_caches(&mut text, &Caches::new(&Config::defaults().unwrap().caches));
        assert!(text.contains("rustchat_cache_misses_total{cache=\"places\"} 0\n"), "{text}");
        assert_eq!(text.matches("# TYPE rustchat_cache_hits_total counter").count(), 1);
    }

    #[test]
    fn memory_is_measured() {
        assert!(resident_bytes().unwrap() > 1e6);
    }
}
