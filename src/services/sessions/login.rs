//! Logging in.

use std::net::IpAddr;
use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use super::{Core, Identity, ended, length};
use crate::error::{Error, Result};
use crate::model::{Props, Session, SessionId, User, UserId, encode_id, now};
use crate::storage;

/// A phone's push address has at most these characters.
pub(super) const MAX_DEVICE_ID: usize = 512;
/// What is kept of a client's description of itself.
const MAX_USER_AGENT: usize = 512;

/// What whoever is locked out reads.
pub(in crate::services) const LOCKED: &str =
    "This account is locked after too many failed logins. Ask an administrator to reset its password.";

/// What a session is used from; decides how long it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// A browser, or the desktop app around one.
    Web,
    /// A phone's app.
    Mobile,
    /// A program.
    Api,
}

impl Platform {
    /// The word that sessions carry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Mobile => "mobile",
            Self::Api => "api",
        }
    }

    /// What this session is used from.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        match session.props.get("platform").and_then(Value::as_str) {
            _ if !session.device_id.is_empty() => Self::Mobile,
            Some("mobile") => Self::Mobile,
            Some("web") => Self::Web,
            _ => Self::Api,
        }
    }
}

/// Where a login comes from.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its address, as trustworthy as the proxies before it.
    pub address: IpAddr,
    /// What it calls itself.
    pub user_agent: String,
    /// A phone's push address, empty for others.
    pub device_id: String,
}

/// A login that succeeded.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// Who, and the new session.
    pub identity: Arc<Identity>,
    /// What proves it from now on.
    pub token: String,
}

/// Proves who somebody is and starts a session. `login` is a username or an e-mail address.
///
/// # Errors
/// 401 `login.invalid` for whoever does not exist or has another password, after the same time; 401 `login.locked` after
/// too many failures, until the password is reset; 401 `login.inactive` for a deactivated account, only to whoever knows
/// its password; 400 `login.blank_password`; 429 `login.throttled`; 503 `server.busy`.
pub async fn log_in(core: &Core, login: &str, password: &str, client: Client) -> Result<LoggedIn> {
    core.throttles.address(client.address).await?;
    if password.is_empty() {
        return Err(Error::invalid("login.blank_password", "password", "Enter your password."));
    }
    if client.device_id.chars().count() > MAX_DEVICE_ID {
        return Err(Error::invalid("session.bad_device", "device_id", "The device id is too long."));
    }
    let user = prove(core, &login.trim().to_lowercase(), password).await?;
    if !user.is_active() {
        return Err(Error::login_failed("login.inactive", "This account is deactivated. Ask an administrator."));
    }
    start(core, user, &client).await
}

/// The user whose password this is.
async fn prove(core: &Core, login: &str, password: &str) -> Result<User> {
    let user = storage::users::by_login(&core.db, login).await?;
    let account = user.as_ref().map_or_else(|| login.to_owned(), |user| user.id.to_string());
    core.throttles.account(&account).await?;
    let hash = match &user {
        Some(user) => {
            if !claim_attempt(core, user.id).await? {
                return Err(Error::login_failed("login.locked", LOCKED));
            }
            storage::users::password_hash(&core.db, user.id).await?
        }
        None => None,
    };
    let proven = core.passwords.verify(password, hash.as_deref()).await?;
    user.filter(|_| proven).ok_or_else(|| {
        Error::login_failed("login.invalid", "No account has this name and password. Check both and try again.")
    })
}

/// Counts an attempt at a password, which whoever proves it clears again. False: too many failures have locked the account.
pub(in crate::services) async fn claim_attempt(core: &Core, user: UserId) -> Result<bool> {
    let limit = i32::try_from(core.config.accounts.max_failed_logins).unwrap_or(i32::MAX);
    Ok(storage::users::claim_attempt(&core.db, user, limit).await?)
}

async fn start(core: &Core, user: User, client: &Client) -> Result<LoggedIn> {
    let session = new_session(core, user.id, client);
    let mut transaction = core.db.begin().await?;
    storage::users::clear_attempts(&mut *transaction, user.id).await?;
    storage::sessions::insert(&mut *transaction, &session).await?;
    let replaced = match session.device_id.as_str() {
        "" => Vec::new(),
        _ => storage::sessions::delete_of_device(&mut *transaction, &session).await?,
    };
    transaction.commit().await?;
    for old in replaced {
        ended(core, old);
    }
    let token = core.tokens.issue(session.id)?;
    Ok(LoggedIn { identity: Arc::new(Identity { user: Arc::new(user), session }), token })
}

fn new_session(core: &Core, user: UserId, client: &Client) -> Session {
    let now = now();
    let mut session = Session {
        id: SessionId::new(),
        user_id: user,
        csrf: encode_id(Uuid::new_v4()),
        device_id: client.device_id.clone(),
        props: describe(client),
        created_at: now,
        expires_at: 0,
        extended_at: now,
        last_activity_at: now,
    };
    session.expires_at = now + length(core, &session);
    session
}

/// What a session list shows of a client: coarse, and only as honest as its `User-Agent`.
fn describe(client: &Client) -> Props {
    let agent: String = client.user_agent.chars().take(MAX_USER_AGENT).collect();
    let platform = if !client.device_id.is_empty() {
        Platform::Mobile
    } else if agent.starts_with("Mozilla/") {
        Platform::Web
    } else {
        Platform::Api
    };
    let mut props = Props::new();
    props.insert("platform".to_owned(), platform.as_str().into());
    props.insert("os".to_owned(), first_named(&agent, OPERATING_SYSTEMS).into());
    props.insert("browser".to_owned(), first_named(&agent, BROWSERS).into());
    props
}

/// Tried in order: iPhones also say "Mac OS X", Android also says "Linux".
const OPERATING_SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// Tried in order: every later one's mark also stands in the earlier ones.
const BROWSERS: &[(&str, &str)] = &[
    ("Mattermost", "Desktop App"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

fn first_named(agent: &str, known: &[(&str, &'static str)]) -> &'static str {
    known.iter().find(|(mark, _)| agent.contains(mark)).map_or("", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(user_agent: &str, device_id: &str) -> [String; 3] {
        let address = IpAddr::from([127, 0, 0, 1]);
        let props = describe(&Client { address, user_agent: user_agent.to_owned(), device_id: device_id.to_owned() });
        ["platform", "os", "browser"].map(|key| props[key].as_str().unwrap().to_owned())
    }

    #[test]
    fn tells_clients_apart() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(described(firefox, ""), ["web", "Linux", "Firefox"]);
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1";
        assert_eq!(described(phone, ""), ["web", "iOS", "Safari"]);
        assert_eq!(described("Dalvik/2.1.0 (Linux; Android 15)", "android_rn-v2:x"), ["mobile", "Android", ""]);
        assert_eq!(described("python-requests/2.32", ""), ["api", "", ""]);
    }
}
