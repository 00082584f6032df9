//! The cookies of browsers: the session's token, which scripts cannot read, and what they may.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use crate::config::Config;
use crate::model::{Session, now};

/// The token, for `/api/v4`.
pub const V4_SESSION: &str = "MMAUTHTOKEN";
/// The token, for `/api/v1`.
pub const V1_SESSION: &str = "rustchat_session";
const V4_USER: &str = "MMUSERID";
const V4_CSRF: &str = "MMCSRF";
const V1_CSRF: &str = "rustchat_csrf";

/// The cookies of `/api/v1` that go with a session.
pub fn v1(config: &Config, token: &str, session: &Session) -> Vec<Cookie<'static>> {
    vec![
        cookie(config, V1_SESSION, token.to_owned(), session, true),
        cookie(config, V1_CSRF, session.csrf.clone(), session, false),
    ]
}

/// The cookies of `/api/v4` that go with a session.
pub fn v4(config: &Config, token: &str, session: &Session) -> Vec<Cookie<'static>> {
    vec![
        cookie(config, V4_SESSION, token.to_owned(), session, true),
        cookie(config, V4_USER, session.user_id.to_string(), session, false),
        cookie(config, V4_CSRF, session.csrf.clone(), session, false),
    ]
}

/// What makes a browser forget the cookies of `/api/v1`.
pub fn forget_v1(config: &Config) -> Vec<Cookie<'static>> {
    [V1_SESSION, V1_CSRF].map(|name| removal(config, name)).to_vec()
}

/// What makes a browser forget the cookies of `/api/v4`.
pub fn forget_v4(config: &Config) -> Vec<Cookie<'static>> {
    [V4_SESSION, V4_USER, V4_CSRF].map(|name| removal(config, name)).to_vec()
}

fn cookie(config: &Config, name: &'static str, value: String, session: &Session, http_only: bool) -> Cookie<'static> {
    Cookie::build(name, value)
        .path(path(config))
        .max_age(Duration::milliseconds((session.expires_at - now()).max(0)))
        .same_site(SameSite::Lax)
        .secure(config.is_https())
        .http_only(http_only)
        .finish()
}

fn removal(config: &Config, name: &'static str) -> Cookie<'static> {
    let mut cookie = Cookie::build(name, "").path(path(config)).finish();
    cookie.make_removal();
    cookie
}

/// Where the server is mounted: the path of its public URL.
fn path(config: &Config) -> String {
    let rest = config.server.site_url.split_once("://").map_or("", |(_, rest)| rest);
    rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or("/").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_reach_no_further_than_the_site() {
        let mut config = Config::defaults().unwrap();
        assert_eq!(path(&config), "/");
        config.server.site_url = "https://example.org/chat".to_owned();
        assert_eq!(path(&config), "/chat");
        let session = Session {
            id: crate::model::SessionId::new(),
            user_id: crate::model::UserId::new(),
            csrf: "csrf".to_owned(),
            device_id: String::new(),
            props: crate::model::Props::new(),
            created_at: 0,
            expires_at: now() + 60_000,
            extended_at: 0,
            last_activity_at: 0,
        };
        let cookies = v1(&config, "token", &session);
        assert!(cookies.iter().all(|it| it.secure() == Some(true) && it.same_site() == Some(SameSite::Lax)));
        assert_eq!(cookies[0].http_only(), Some(true));
        assert_eq!(cookies[1].http_only(), Some(false), "scripts echo it");
    }
}
