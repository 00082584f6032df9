//! Layers the sources of settings and checks the result.

use std::ffi::OsString;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use toml::{Table, Value};

use super::Config;

const DEFAULTS: &str = include_str!("../../config/default.toml");
const PREFIX: &str = "RUSTCHAT_";
/// Names the operator's file, as `--config` does.
const FILE_VARIABLE: &str = "RUSTCHAT_CONFIG";
/// Settings that are never printed and that may come from a file named by `RUSTCHAT_…_FILE`.
const SECRETS: [&str; 4] = ["database.url", "redis.url", "jwt.secret", "mail.smtp_url"];
const SHORTEST_JWT_SECRET: usize = 32;

/// Why the settings cannot be used. Each message names the key and its source.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A named file cannot be read.
    #[error("cannot read {} (from {origin}): {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What named it.
        origin: String,
        /// Why not.
        error: std::io::Error,
    },
    /// A file is not TOML.
    #[error("{origin} is not valid TOML: {error}")]
    Syntax {
        /// The file.
        origin: String,
        /// Where and why.
        error: toml::de::Error,
    },
    /// There is no such setting.
    #[error("unknown setting {name} in {origin}{suggestion}")]
    Unknown {
        /// The key or variable.
        name: String,
        /// Where it stands.
        origin: String,
        /// Empty, or a question that names a similar setting.
        suggestion: String,
    },
    /// A value has the wrong type, is out of range or contradicts another.
    #[error("setting {key} {problem}")]
    Invalid {
        /// The setting.
        key: String,
        /// What it must be.
        problem: String,
    },
}

fn invalid(key: &str, problem: impl Into<String>) -> ConfigError {
    ConfigError::Invalid { key: key.to_owned(), problem: problem.into() }
}

/// Reads the defaults, then `file` (or the one named in `environment`), then `environment`.
pub(super) fn load(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Config, ConfigError> {
    let mut settings = parse("the built-in defaults", DEFAULTS)?;
    let variables = ours(environment)?;
    let named = variables.iter().find(|(name, _)| name == FILE_VARIABLE).map(|(_, path)| PathBuf::from(path));
    if let Some(path) = file.map(Path::to_path_buf).or(named) {
        let text = read(&path, "--config or RUSTCHAT_CONFIG")?;
        let origin = path.display().to_string();
        overlay_file(&mut settings, parse(&origin, &text)?, &origin)?;
    }
    for (name, value) in variables.iter().filter(|(name, _)| name != FILE_VARIABLE) {
        overlay_variable(&mut settings, name, value)?;
    }
    let config = Config::deserialize_settings(settings)?;
    check(&config)?;
    Ok(config)
}

fn parse(origin: &str, text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|error| ConfigError::Syntax { origin: origin.to_owned(), error })
}

fn read(path: &Path, origin: &str) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
        path: path.to_path_buf(),
        origin: origin.to_owned(),
        error,
    })
}

/// The variables with our prefix, sorted, as text.
fn ours(environment: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Vec<(String, String)>, ConfigError> {
    let mut variables = Vec::new();
    for (name, value) in environment {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        let value = value.into_string().map_err(|_| invalid(name, "is not valid UTF-8"))?;
        variables.push((name.to_owned(), value));
    }
    variables.sort();
    Ok(variables)
}

fn overlay_file(settings: &mut Table, file: Table, origin: &str) -> Result<(), ConfigError> {
    for (name, value) in file {
        match value {
            Value::Table(section) => {
                for (key, value) in section {
                    set(settings, &format!("{name}.{key}"), origin, |_| Some(value))?;
                }
            }
            value => set(settings, &name, origin, |_| Some(value))?,
        }
    }
    Ok(())
}

fn overlay_variable(settings: &mut Table, name: &str, value: &str) -> Result<(), ConfigError> {
    let known = keys(settings);
    if let Some(key) = known.iter().find(|key| variable(key) == name) {
        return set(settings, key, "the environment", |default| convert(default, value));
    }
    let secret = SECRETS.iter().find(|key| name.strip_suffix("_FILE") == Some(variable(key).as_str()));
    if let Some(key) = secret {
        let text = read(Path::new(value), name)?;
        return set(settings, key, name, |_| Some(Value::String(text.trim_end().to_owned())));
    }
    let candidates = known.iter().map(|key| variable(key));
    Err(ConfigError::Unknown {
        name: name.to_owned(),
        origin: "the environment".to_owned(),
        suggestion: suggestion(name, candidates),
    })
}

/// Replaces the setting `key`, which must exist and keep its type.
fn set(
    settings: &mut Table,
    key: &str,
    origin: &str,
    value: impl FnOnce(&Value) -> Option<Value>,
) -> Result<(), ConfigError> {
    let slot = match key.split_once('.') {
        Some((section, key)) => settings.get_mut(section).and_then(|section| section.get_mut(key)),
        None => settings.get_mut(key).filter(|value| !value.is_table()),
    };
    let Some(slot) = slot else {
        let suggestion = suggestion(key, keys(settings).into_iter());
        return Err(ConfigError::Unknown { name: key.to_owned(), origin: origin.to_owned(), suggestion });
    };
    match value(slot) {
        Some(value) if value.same_type(slot) => *slot = value,
        _ => return Err(invalid(key, format!("in {origin} must be of type {}", slot.type_str()))),
    }
    Ok(())
}

/// Every setting as `key` or `section.key`.
fn keys(settings: &Table) -> Vec<String> {
    let mut keys = Vec::new();
    for (name, value) in settings {
        match value {
            Value::Table(section) => keys.extend(section.keys().map(|key| format!("{name}.{key}"))),
            _ => keys.push(name.clone()),
        }
    }
    keys
}

/// `server.site_url` is RUSTCHAT_SERVER_SITE_URL.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_uppercase())
}

/// A variable's text as a value of the same type as `default`.
fn convert(default: &Value, text: &str) -> Option<Value> {
    Some(match default {
        Value::String(_) => Value::String(text.to_owned()),
        Value::Integer(_) => Value::Integer(text.trim().parse().ok()?),
        Value::Boolean(_) => Value::Boolean(text.trim().parse().ok()?),
        Value::Array(_) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
        }
        _ => return None,
    })
}

fn suggestion(name: &str, candidates: impl Iterator<Item = String>) -> String {
    candidates
        .map(|candidate| (strsim::jaro_winkler(name, &candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(String::new, |(_, candidate)| format!("; did you mean {candidate}?"))
}

impl Config {
    fn deserialize_settings(settings: Table) -> Result<Self, ConfigError> {
        let mut config: Self =
            settings.try_into().map_err(|error: toml::de::Error| invalid("", error.to_string().trim().to_owned()))?;
        let site_url = config.server.site_url.trim_end_matches('/');
        config.server.site_url = match site_url {
            "" => format!("http://localhost:{}", config.server.listen.port()),
            url => url.to_owned(),
        };
        Ok(config)
    }
}

fn within<T: PartialOrd + Display + Copy>(key: &str, value: T, range: RangeInclusive<T>) -> Result<(), ConfigError> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(invalid(key, format!("is {value}, but must be from {} to {}", range.start(), range.end())))
}

/// Values in one cache.
const CACHED: RangeInclusive<u64> = 100..=10_000_000;

/// The ranges that `config/default.toml` states.
fn check(config: &Config) -> Result<(), ConfigError> {
    let Config { server, database, sessions, accounts, throttle, posts, caches, realtime, .. } = config;
    within("server.site_name length", server.site_name.chars().count(), 1..=30)?;
    within("server.workers", server.workers, 0..=64)?;
    within("server.max_body_bytes", server.max_body_bytes, 65_536..=16_777_216)?;
    within("server.shutdown_seconds", server.shutdown_seconds, 1..=300)?;
    within("server.tcp_user_timeout_seconds", server.tcp_user_timeout_seconds, 0..=3_600)?;
    if database.pool_size != 0 {
        within("database.pool_size", database.pool_size, 2..=500)?;
    }
    within("redis.lease_seconds", config.redis.lease_seconds, 1..=60)?;
    within("redis.stream_entries", config.redis.stream_entries, 1_000..=1_000_000)?;
    within("redis.backlog_messages", config.redis.backlog_messages, 256..=1_048_576)?;
    within("redis.backlog_bytes", config.redis.backlog_bytes, 1_048_576..=1_073_741_824)?;
    within("sessions.web_hours", sessions.web_hours, 1..=87_600)?;
    within("sessions.mobile_hours", sessions.mobile_hours, 1..=87_600)?;
    within("accounts.password_min_length", accounts.password_min_length, 5..=72)?;
    within("accounts.bcrypt_cost", accounts.bcrypt_cost, 4..=16)?;
    within("accounts.max_failed_logins", accounts.max_failed_logins, 1..=1_000)?;
    within("throttle.login_account_burst", throttle.login_account_burst, 1..=10_000)?;
    within("throttle.login_account_per_minute", throttle.login_account_per_minute, 1..=10_000)?;
    within("throttle.login_address_burst", throttle.login_address_burst, 1..=10_000)?;
    within("throttle.login_address_per_minute", throttle.login_address_per_minute, 1..=10_000)?;
    within("posts.max_chars", posts.max_chars, 1..=16_383)?;
    within("posts.edit_limit_seconds", posts.edit_limit_seconds, -1..=i64::from(u32::MAX))?;
    within("caches.sessions", caches.sessions, CACHED)?;
    within("caches.users", caches.users, CACHED)?;
    within("caches.channels", caches.channels, CACHED)?;
    within("caches.places", caches.places, CACHED)?;
    within("realtime.channel_threads", realtime.channel_threads, 1..=64)?;
    within("realtime.hub_mailbox", realtime.hub_mailbox, 64..=1_048_576)?;
    within("realtime.channel_mailbox", realtime.channel_mailbox, 64..=1_048_576)?;
    within("realtime.outbox", realtime.outbox, 16..=65_536)?;
    within("realtime.replay", realtime.replay, 16..=65_536)?;
    within("realtime.stall_seconds", realtime.stall_seconds, 1..=600)?;
    within("realtime.resume_seconds", realtime.resume_seconds, 1..=3_600)?;
    within("realtime.channel_idle_seconds", realtime.channel_idle_seconds, 0..=3_600)?;
    within("realtime.away_after_seconds", realtime.away_after_seconds, 10..=86_400)?;
    within("realtime.auth_seconds", realtime.auth_seconds, 1..=60)?;
    within("realtime.ping_seconds", realtime.ping_seconds, 5..=300)?;
    within("realtime.max_frame_bytes", realtime.max_frame_bytes, 1_024..=1_048_576)?;
    check_urls(config)
}

fn check_urls(config: &Config) -> Result<(), ConfigError> {
    let site_url = &config.server.site_url;
    let host = site_url.strip_prefix("http://").or_else(|| site_url.strip_prefix("https://"));
    if host.is_none_or(|host| host.is_empty() || host.contains(['/', '?', '#', ' '])) {
        return Err(invalid("server.site_url", format!("is {site_url:?}, but must be http(s)://host without a path")));
    }
    let database = config.database.url.get();
    if database.is_some_and(|url| !url.starts_with("postgres://") && !url.starts_with("postgresql://")) {
        return Err(invalid("database.url", "must start with postgres://"));
    }
    let schemes = ["redis://", "rediss://", "unix://"];
    let redis = config.redis.url.get();
    if redis.is_some_and(|url| !schemes.iter().any(|scheme| url.starts_with(scheme))) {
        return Err(invalid("redis.url", "must start with redis://, rediss:// or unix://"));
    }
    let prefix = &config.redis.prefix;
    if prefix.is_empty() || prefix.len() > 64 || !prefix.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    {
        return Err(invalid("redis.prefix", "must be 1 to 64 letters, digits, '-', '_' and '.'"));
    }
    if config.jwt.secret.get().is_some_and(|secret| secret.len() < SHORTEST_JWT_SECRET) {
        return Err(invalid("jwt.secret", format!("must have at least {SHORTEST_JWT_SECRET} bytes")));
    }
    let smtp = config.mail.smtp_url.get();
    if smtp.is_some_and(|url| AsyncSmtpTransport::<Tokio1Executor>::from_url(url).is_err()) {
        return Err(invalid("mail.smtp_url", "must be smtp://host or smtps://host, perhaps with user:password@"));
    }
    if config.mail.from.parse::<Mailbox>().is_err() {
        return Err(invalid("mail.from", "must be an address, or a name with an address in angle brackets"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        load(None, variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))))
    }

    fn message(variables: &[(&str, &str)]) -> String {
        with(variables).unwrap_err().to_string()
    }

    #[test]
    fn defaults_are_valid_and_complete() {
        let config = Config::defaults().unwrap();
        assert_eq!(config.server.site_url, "http://localhost:8065");
        let shown: Table = config.to_toml().unwrap().parse().unwrap();
        assert_eq!(keys(&shown), keys(&DEFAULTS.parse().unwrap()), "the file and the types have the same keys");
    }

    #[test]
    fn environment_wins_over_file_over_default() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("rustchat.toml");
        std::fs::write(&file, "[server]\nsite_name = \"File\"\nworkers = 3\n").unwrap();
        let config = load(Some(&file), [(OsString::from("RUSTCHAT_SERVER_SITE_NAME"), OsString::from("Env"))]).unwrap();
        assert_eq!(config.server.site_name, "Env");
        assert_eq!(config.server.workers, 3);
        assert_eq!(config.posts.max_chars, 16_383);
        let named = with(&[("RUSTCHAT_CONFIG", file.to_str().unwrap())]).unwrap();
        assert_eq!(named.server.site_name, "File");
    }

    #[test]
    fn each_type_is_read_from_the_environment() {
        let config = with(&[
            ("RUSTCHAT_DATA_DIR", "/srv/chat"),
            ("RUSTCHAT_SERVER_LISTEN", "[::1]:80"),
            ("RUSTCHAT_SERVER_SITE_URL", "https://chat.example.org/"),
            ("RUSTCHAT_SERVER_METRICS_LISTEN", "127.0.0.1:9100"),
            ("RUSTCHAT_SERVER_TRUSTED_PROXIES", "127.0.0.1, ::1"),
            ("RUSTCHAT_ACCOUNTS_OPEN_SIGNUP", "true"),
            ("RUSTCHAT_POSTS_EDIT_LIMIT_SECONDS", "60"),
            ("PATH", "/bin"),
        ])
        .unwrap();
        assert_eq!(config.data_dir, Path::new("/srv/chat"));
        assert_eq!(config.server.site_url, "https://chat.example.org");
        assert!(config.is_https());
        assert_eq!(config.server.trusted_proxies.len(), 2);
        assert_eq!(config.server.metrics_listen.unwrap().port(), 9100);
        assert!(config.accounts.open_signup);
    }

    #[test]
    fn what_is_unknown_stops_the_start_and_suggests() {
        let error = message(&[("RUSTCHAT_SERVER_LISTN", "x")]);
        assert!(error.contains("did you mean RUSTCHAT_SERVER_LISTEN?"), "{error}");
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("rustchat.toml");
        for (text, expected) in [
            ("[server]\nlistn = \"x\"\n", "did you mean server.listen?"),
            ("[serve]\nlisten = \"x\"\n", "unknown setting serve.listen"),
            ("server = 1\n", "unknown setting server in"),
            ("[server]\nworkers = \"many\"\n", "must be of type integer"),
            ("[server\n", "not valid TOML"),
        ] {
            std::fs::write(&file, text).unwrap();
            let error = load(Some(&file), []).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        assert!(load(Some(Path::new("/no/such/file")), []).unwrap_err().to_string().contains("cannot read"));
    }

    #[test]
    fn values_out_of_range_are_named() {
        for (name, value, expected) in [
            ("RUSTCHAT_ACCOUNTS_BCRYPT_COST", "40", "accounts.bcrypt_cost is 40, but must be from 4 to 16"),
            ("RUSTCHAT_SERVER_WORKERS", "two", "must be of type integer"),
            ("RUSTCHAT_SERVER_WORKERS", "-1", "server.workers"),
            ("RUSTCHAT_SERVER_LISTEN", "everywhere", "server.listen"),
            ("RUSTCHAT_SERVER_SITE_URL", "chat.example.org", "http(s)://"),
            ("RUSTCHAT_DATABASE_URL", "mysql://x", "postgres://"),
            ("RUSTCHAT_REDIS_URL", "http://localhost", "redis://"),
            ("RUSTCHAT_REDIS_PREFIX", "a:b", "redis.prefix"),
            ("RUSTCHAT_REDIS_LEASE_SECONDS", "0", "redis.lease_seconds"),
            ("RUSTCHAT_JWT_SECRET", "short", "at least 32 bytes"),
            ("RUSTCHAT_MAIL_SMTP_URL", "mail.example.org", "smtps://host"),
            ("RUSTCHAT_MAIL_FROM", "nobody", "mail.from must be an address"),
        ] {
            let error = message(&[(name, value)]);
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn secrets_come_from_files_and_are_never_shown() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("secret");
        let secret = "correct horse battery staple, twice";
        std::fs::write(&file, format!("{secret}\n")).unwrap();
        let config = with(&[("RUSTCHAT_JWT_SECRET_FILE", file.to_str().unwrap())]).unwrap();
        assert_eq!(config.jwt.secret.expose(), secret);
        assert!(!config.to_toml().unwrap().contains("horse"));
        assert!(!format!("{config:?}").contains("horse"));
        assert!(message(&[("RUSTCHAT_SERVER_LISTEN_FILE", "x")]).contains("unknown setting"));
    }
}
