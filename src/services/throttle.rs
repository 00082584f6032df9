//! Slows guessing down: so many attempts in a burst, then so many a minute, per account and per address.
//!
//! In this process alone and bounded: an attacker with endless keys can only push older ones out. Several instances each
//! grant the full rate; what stops a patient attacker is the lock of the account, which is in the database.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use moka::ops::compute::{CompResult, Op};
use moka::sync::Cache;

use crate::config;
use crate::error::{Error, Result};

/// Keys remembered for each throttle: some 100 bytes each.
const KEYS: u64 = 50_000;

/// Lets `burst` attempts through at once and one more every `interval` (GCRA: one instant per key says everything).
struct Throttle {
    code: &'static str,
    interval: Duration,
    burst: u32,
    /// When the key will have regained its whole burst.
    full_at: Cache<String, Instant>,
}

impl Throttle {
    fn new(code: &'static str, burst: u32, per_minute: u32) -> Self {
        let interval = Duration::from_mins(1) / per_minute.max(1);
        let burst = burst.max(1);
        let full_at = Cache::builder().max_capacity(KEYS).time_to_live(interval * (burst + 1)).build();
        Self { code, interval, burst, full_at }
    }

    fn attempt(&self, key: String, now: Instant) -> Result<()> {
        let longest_debt = self.interval * (self.burst - 1);
        let outcome = self.full_at.entry(key).and_compute_with(|entry| {
            let full_at = entry.map_or(now, |entry| entry.into_value().max(now));
            if full_at - now > longest_debt { Op::Nop } else { Op::Put(full_at + self.interval) }
        });
        match outcome {
            CompResult::Unchanged(entry) => {
                let wait = (entry.into_value() - now).saturating_sub(longest_debt);
                Err(Error::too_many(self.code, wait.as_secs() + 1))
            }
            _ => Ok(()),
        }
    }
}

/// The throttles of logins.
pub struct Throttles {
    account: Throttle,
    address: Throttle,
}

impl Throttles {
    /// With the configured rates.
    #[must_use]
    pub fn new(config: &config::Throttle) -> Self {
        Self {
            account: Throttle::new("login.throttled", config.login_account_burst, config.login_account_per_minute),
            address: Throttle::new("login.throttled", config.login_address_burst, config.login_address_per_minute),
        }
    }

    /// Counts an attempt to prove who one is, at `account` (its id, or the name that was tried).
    ///
    /// # Errors
    /// 429 `login.throttled` with the seconds to wait.
    pub fn account(&self, account: &str, now: Instant) -> Result<()> {
        self.account.attempt(account.to_owned(), now)
    }

    /// Counts an attempt from `address`. Of IPv6 the /64 counts, which one customer has whole.
    ///
    /// # Errors
    /// 429 `login.throttled` with the seconds to wait.
    pub fn address(&self, address: IpAddr, now: Instant) -> Result<()> {
        let key = match address.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("{:x}", u128::from(address) >> 64),
        };
        self.address.attempt(key, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttles() -> Throttles {
        Throttles::new(&config::Throttle {
            login_account_burst: 3,
            login_account_per_minute: 6,
            login_address_burst: 2,
            login_address_per_minute: 60,
        })
    }

    #[test]
    fn lets_a_burst_through_and_then_the_rate() {
        let (throttles, start) = (throttles(), Instant::now());
        for _ in 0..3 {
            throttles.account("ada", start).unwrap();
        }
        let refused = throttles.account("ada", start).unwrap_err();
        assert_eq!((refused.code, refused.retry_after), ("login.throttled", Some(11)));
        assert!(throttles.account("ada", start + Duration::from_secs(9)).is_err());
        throttles.account("ada", start + Duration::from_secs(10)).unwrap();
        assert!(throttles.account("ada", start + Duration::from_secs(10)).is_err());
        throttles.account("grace", start).unwrap();
    }

    #[test]
    fn a_rested_account_has_its_burst_again_and_no_more() {
        let (throttles, start) = (throttles(), Instant::now());
        throttles.account("ada", start).unwrap();
        let later = start + Duration::from_secs(3600);
        for _ in 0..3 {
            throttles.account("ada", later).unwrap();
        }
        assert!(throttles.account("ada", later).is_err());
    }

    #[test]
    fn one_network_of_ipv6_is_one_address() {
        let (throttles, start) = (throttles(), Instant::now());
        for host in ["2001:db8::1", "2001:db8::2"] {
            throttles.address(host.parse().unwrap(), start).unwrap();
        }
        assert!(throttles.address("2001:db8::3".parse().unwrap(), start).is_err());
        throttles.address("2001:db8:0:1::3".parse().unwrap(), start).unwrap();
        for host in ["192.0.2.1", "::ffff:192.0.2.1"] {
            throttles.address(host.parse().unwrap(), start).unwrap();
        }
        assert!(throttles.address("192.0.2.1".parse().unwrap(), start).is_err());
    }
}
