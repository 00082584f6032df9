//! Work that nobody waits for: what is written back and tidied up once a minute.
//!
//! Owns: when services are called without a request. It must not hold rules; each job is one service function.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::error::Error;
use crate::services::{Core, idempotency, sessions, statuses};

const PERIOD: Duration = Duration::from_secs(60);

/// Runs the jobs for as long as it is polled.
pub async fn run(core: &Core) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        flush(core).await;
        report("delete expired sessions", sessions::delete_expired(core).await);
        report("delete old idempotency keys", idempotency::delete_old(core).await);
    }
}

/// Writes down what is only in memory; also the last act of a stop.
pub async fn flush(core: &Core) {
    report("save when sessions were used", sessions::save_activity(core).await);
    report("save who was here", statuses::save_noted(core).await);
}

/// A job that failed is tried again at the next tick.
fn report(job: &str, result: Result<(), Error>) {
    if let Err(error) = result {
        let cause = error.cause.as_deref().map(ToString::to_string).unwrap_or_default();
        log::error!("cannot {job}: {error} {cause}");
    }
}
