//! Slows guessing down: so many attempts in a burst, then so many a minute, per account and per address.
//!
//! Where Redis joins instances they count together; while it does not answer, and without it, each counts for itself.
//! Bounded either way: an attacker with endless keys can only push older ones out. What stops a patient one is the lock of
//! the account, which is in the database.

mod local;
mod shared;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use local::Local;
use shared::Shared;

use crate::config;
use crate::error::{Error, Result};

/// Lets `burst` attempts through at once and one more every `interval`. (GCRA: one instant per key says everything, when
/// the key will have regained its whole burst.)
#[derive(Debug, Clone, Copy)]
struct Rate {
    interval: Duration,
    burst: u32,
}

impl Rate {
    fn new(burst: u32, per_minute: u32) -> Self {
        Self { interval: Duration::from_mins(1) / per_minute.max(1), burst: burst.max(1) }
    }

    /// How far ahead that instant may lie for one more attempt.
    fn longest_debt(self) -> Duration {
        self.interval * (self.burst - 1)
    }
}

/// Whether an attempt is let through, or how long it has to wait.
type Verdict = std::result::Result<(), Duration>;

struct Throttle {
    /// Part of its keys' names in Redis.
    name: &'static str,
    rate: Rate,
    local: Local,
}

impl Throttle {
    fn new(name: &'static str, burst: u32, per_minute: u32) -> Self {
        let rate = Rate::new(burst, per_minute);
        Self { name, rate, local: Local::new(rate) }
    }
}

/// The throttles of logins.
pub struct Throttles {
    account: Throttle,
    address: Throttle,
    shared: Option<Shared>,
}

impl Throttles {
    /// With the configured rates, shared where the settings name a Redis.
    ///
    /// # Errors
    /// `redis.url` makes no sense.
    pub fn new(config: &config::Throttle, redis: &config::Redis) -> Result<Self> {
        Ok(Self {
            account: Throttle::new("account", config.login_account_burst, config.login_account_per_minute),
            address: Throttle::new("address", config.login_address_burst, config.login_address_per_minute),
            shared: redis.url.get().map(|url| Shared::new(url, &redis.prefix)).transpose()?,
        })
    }

    /// Counts an attempt to prove who one is, at `account` (its id, or the name that was tried).
    ///
    /// # Errors
    /// 429 `login.throttled` with the seconds to wait.
    pub async fn account(&self, account: &str) -> Result<()> {
        self.attempt(&self.account, account).await
    }

    /// Counts an attempt from `address`. Of IPv6 the /64 counts, which one customer has whole.
    ///
    /// # Errors
    /// 429 `login.throttled` with the seconds to wait.
    pub async fn address(&self, address: IpAddr) -> Result<()> {
        let key = match address.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("{:x}", u128::from(address) >> 64),
        };
        self.attempt(&self.address, &key).await
    }

    async fn attempt(&self, throttle: &Throttle, key: &str) -> Result<()> {
        let together = match &self.shared {
            Some(shared) => shared.attempt(throttle.name, throttle.rate, key).await,
            None => None,
        };
        let verdict = together.unwrap_or_else(|| throttle.local.attempt(key, Instant::now()));
        verdict.map_err(|wait| Error::too_many("login.throttled", wait.as_secs() + 1))
    }
}

#[cfg(test)]
mod tests;
