//! A throttle that all instances count together, in Redis.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool_redis::redis::{RedisError, cmd};
use deadpool_redis::{Manager, Pool, PoolError, Runtime};
use tokio::time::{error::Elapsed, timeout};

use super::{Rate, Verdict};
use crate::error::{Error, Result};

/// Redis answers in less than a millisecond. A login may wait this long for one that does not.
const PATIENCE: Duration = Duration::from_millis(250);
/// Attempts that ask Redis at once; more wait, within the same patience.
const CONNECTIONS: usize = 4;
/// One round trip, by the clock of Redis, so that the clocks of the instances do not matter. Takes the interval and the
/// longest debt, and answers with how long to wait, or -1; all in microseconds. A key is there for as long as it says
/// something.
const ATTEMPT: &str = "
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local interval, longest_debt = tonumber(ARGV[1]), tonumber(ARGV[2])
    local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
    if full_at - now > longest_debt then
        return full_at - now - longest_debt
    end
    full_at = full_at + interval
    redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
    return -1
";

pub(super) struct Shared {
    pool: Pool,
    prefix: String,
    /// Whether the last attempt got no answer, so that the log says each change once.
    away: AtomicBool,
}

impl Shared {
    pub(super) fn new(url: &str, prefix: &str) -> Result<Self> {
        let pool = Pool::builder(Manager::new(url).map_err(Error::internal)?)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(Error::internal)?;
        Ok(Self { pool, prefix: prefix.to_owned(), away: AtomicBool::new(false) })
    }

    /// Counts an attempt; none where Redis does not answer in time.
    pub(super) async fn attempt(&self, throttle: &str, rate: Rate, key: &str) -> Option<Verdict> {
        let key = format!("{}:throttle:{throttle}:{key}", self.prefix);
        let answer = timeout(PATIENCE, self.ask(&key, rate)).await.unwrap_or_else(|error| Err(error.into()));
        let was_away = self.away.swap(answer.is_err(), Ordering::Relaxed);
        match answer {
            Ok(wait) => {
                if was_away {
                    log::info!("redis: logins are counted together again");
                }
                Some(u64::try_from(wait).map_or(Ok(()), |wait| Err(Duration::from_micros(wait))))
            }
            Err(error) => {
                if !was_away {
                    log::warn!("redis: {error}; each instance counts logins for itself");
                }
                None
            }
        }
    }

    async fn ask(&self, key: &str, rate: Rate) -> std::result::Result<i64, NoAnswer> {
        let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let mut connection = self.pool.get().await?;
        let mut attempt = cmd("EVAL");
        attempt.arg(ATTEMPT).arg(1).arg(key).arg(micros(rate.interval)).arg(micros(rate.longest_debt()));
        Ok(attempt.query_async(&mut connection).await?)
    }
}

/// Why Redis says nothing. Its own words name neither the URL nor the password.
#[derive(Debug, thiserror::Error)]
enum NoAnswer {
    #[error("cannot be asked: {0}")]
    Refused(#[from] RedisError),
    #[error("cannot be reached: {0}")]
    Unreachable(#[from] PoolError),
    #[error("gives no answer")]
    Slow(#[from] Elapsed),
}
