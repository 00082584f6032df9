//! The settings: typed, layered and checked before anything starts.
//!
//! `config/default.toml` is the documentation of every key: meaning, unit, range. This module owns reading it, the
//! operator's file and the environment, and turning them into a [`Config`] that needs no further checks. It must not
//! touch the network or the data directory.

mod load;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use serde::{Deserialize, Serialize};

pub use load::ConfigError;

/// What an unconfigured pool grows to at most: PostgreSQL itself allows 100 connections unless it is told otherwise, and
/// keeps some for its administrators.
const MOST_CONNECTIONS: u32 = 90;

/// All settings, checked against their ranges.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Directory of the private database, generated secrets and files.
    pub data_dir: PathBuf,
    /// Listeners and limits of the HTTP server.
    pub server: Server,
    /// How PostgreSQL is reached.
    pub database: Database,
    /// How instances are joined.
    pub redis: Redis,
    /// Signing of session tokens.
    pub jwt: Jwt,
    /// Lifetime of sessions.
    pub sessions: Sessions,
    /// Sign-up and passwords.
    pub accounts: Accounts,
    /// Limits on login attempts.
    pub throttle: Throttle,
    /// Limits of posts.
    pub posts: Posts,
    /// Limits of teams.
    pub teams: Teams,
    /// Sizes of what is remembered of the database.
    pub caches: Caches,
    /// How mail is sent.
    pub mail: Mail,
    /// Bounds and timers of the realtime engine.
    pub realtime: Realtime,
    /// Level and form of the log.
    pub log: Log,
}

/// `[server]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address of the web client and both APIs.
    pub listen: SocketAddr,
    /// The public URL without a trailing slash; never empty once loaded.
    pub site_url: String,
    /// The name shown to people.
    pub site_name: String,
    /// HTTP worker threads; 0 chooses by the number of cores.
    pub workers: usize,
    /// Largest request body in bytes, file uploads excepted.
    pub max_body_bytes: usize,
    /// Address of the Prometheus listener, if there is one.
    #[serde(with = "empty_as_none")]
    pub metrics_listen: Option<SocketAddr>,
    /// Bound on a graceful stop, in seconds.
    pub shutdown_seconds: u64,
    /// `TCP_USER_TIMEOUT` in seconds; 0 leaves the kernel's own.
    pub tcp_user_timeout_seconds: u64,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

/// `[database]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// URL of an external PostgreSQL; empty for the private one.
    pub url: Secret,
    /// Connections in the pool; 0 for [`Self::connections`] to decide.
    pub pool_size: u32,
    /// Where the private PostgreSQL's binaries are, if not to be searched.
    #[serde(with = "empty_as_none")]
    pub private_bin_dir: Option<PathBuf>,
}

impl Database {
    /// Connections in the pool: where the settings leave it open, five for each core, as each post waits for the disk
    /// far longer than a core works for it.
    #[must_use]
    pub fn connections(&self) -> u32 {
        if self.pool_size > 0 {
            return self.pool_size;
        }
        let cores = available_parallelism().map_or(2, NonZeroUsize::get);
        u32::try_from(cores * 5).unwrap_or(MOST_CONNECTIONS).clamp(10, MOST_CONNECTIONS)
    }
}

/// `[redis]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    /// URL of the Redis that joins instances; empty for one instance.
    pub url: Secret,
    /// What all keys begin with.
    pub prefix: String,
    /// Length of an instance's lease in seconds.
    pub lease_seconds: u64,
    /// Entries kept of each instance.
    pub stream_entries: usize,
    /// Messages that may wait for Redis.
    pub backlog_messages: usize,
    /// Bytes that may wait for Redis.
    pub backlog_bytes: usize,
}

/// `[jwt]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jwt {
    /// The signing key; empty to use the one kept in the data directory.
    pub secret: Secret,
}

/// `[sessions]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sessions {
    /// Length of a browser's session in hours.
    pub web_hours: u32,
    /// Length of a mobile app's session in hours.
    pub mobile_hours: u32,
    /// Whether activity renews a session's length.
    pub extend_with_activity: bool,
}

/// `[accounts]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    /// Whether anyone may sign up.
    pub open_signup: bool,
    /// Shortest password in characters.
    pub password_min_length: usize,
    /// bcrypt's work factor.
    pub bcrypt_cost: u32,
    /// Failed logins in a row that lock an account.
    pub max_failed_logins: u32,
    /// Whether people see each other's e-mail addresses.
    pub show_email_addresses: bool,
    /// Whether people see each other's given and family names.
    pub show_full_names: bool,
}

/// `[throttle]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throttle {
    /// Attempts that one account may make in a burst.
    pub login_account_burst: u32,
    /// Attempts that one account regains a minute.
    pub login_account_per_minute: u32,
    /// Attempts that one address may make in a burst.
    pub login_address_burst: u32,
    /// Attempts that one address regains a minute.
    pub login_address_per_minute: u32,
}

/// `[posts]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Posts {
    /// Longest message in Unicode characters.
    pub max_chars: usize,
    /// Seconds during which a post may be edited; -1 for always.
    pub edit_limit_seconds: i64,
}

/// `[teams]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Teams {
    /// People in one team; 0 for no limit.
    pub max_users: u32,
}

/// `[caches]`: values in each.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caches {
    /// Logins, with the account behind each.
    pub sessions: u64,
    /// Profiles.
    pub users: u64,
    /// Channels.
    pub channels: u64,
    /// Places of users in channels.
    pub places: u64,
}

/// `[mail]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// URL of the mail server; empty to write mail to the log.
    pub smtp_url: Secret,
    /// Whom mail is from: an address, perhaps with a name before it.
    pub from: String,
}

/// `[realtime]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Realtime {
    /// Threads that run channel actors.
    pub channel_threads: usize,
    /// Capacity of the hub's mailbox, in messages.
    pub hub_mailbox: usize,
    /// Capacity of each channel's mailbox, in messages.
    pub channel_mailbox: usize,
    /// Unsent events kept for one connection.
    pub outbox: usize,
    /// Sent events kept for one connection's resume.
    pub replay: usize,
    /// Seconds without reading after which a full outbox closes its connection.
    pub stall_seconds: u64,
    /// Seconds that a session outlives its connection.
    pub resume_seconds: u64,
    /// Seconds that a channel's actor outlives its last session.
    pub channel_idle_seconds: u64,
    /// Seconds without activity until a person is away.
    pub away_after_seconds: u64,
    /// Seconds that a socket may stay unauthenticated.
    pub auth_seconds: u64,
    /// Seconds between the server's pings.
    pub ping_seconds: u64,
    /// Largest message from a client, in bytes.
    pub max_frame_bytes: usize,
}

/// `[log]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Filter in `env_logger`'s form.
    pub level: String,
    /// Form of a line.
    pub format: LogFormat,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

impl Config {
    /// Reads the built-in defaults, `file` if one is named, and the process's environment.
    ///
    /// # Errors
    /// The first unknown key or variable, wrong type, or value outside its range, named with where it came from.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        load::load(file, std::env::vars_os())
    }

    /// The built-in defaults alone.
    ///
    /// # Errors
    /// None that the tests of this module would not have found.
    pub fn defaults() -> Result<Self, ConfigError> {
        load::load(None, [])
    }

    /// The settings as TOML with the secrets hidden, for `--check-config`.
    ///
    /// # Errors
    /// When a path is not UTF-8, which TOML cannot say.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }

    /// Whether people reach the server over TLS, so that cookies must be `Secure`.
    pub fn is_https(&self) -> bool {
        self.server.site_url.starts_with("https://")
    }
}

/// A string that neither the log nor `--check-config` ever shows.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The value, or `None` when it is unset.
    pub fn get(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(self.0.as_str())
    }

    const fn shown(&self) -> &'static str {
        if self.0.is_empty() { "" } else { "(hidden)" }
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.shown())
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.shown())
    }
}

/// TOML has no null: an unset value is written as the empty string.
mod empty_as_none {
    use serde::de::{DeserializeOwned, IntoDeserializer, value::StringDeserializer};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => value.serialize(serializer),
            None => serializer.serialize_str(""),
        }
    }

    pub fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(None);
        }
        let inner: StringDeserializer<D::Error> = text.into_deserializer();
        T::deserialize(inner).map(Some)
    }
}
