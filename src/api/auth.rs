//! Who sent the request: from a cookie or a header to a [`Caller`].
//!
//! The token is looked for in this order (contract of `/api/v4`, kept for both): the API's session cookie, then
//! `Authorization: Bearer x` or `token x` in any letter case. What came with a cookie and changes something must
//! prove that a page of ours sent it: `X-CSRF-Token` equal to the session's, or, on `/api/v4` alone,
//! `X-Requested-With: XMLHttpRequest`, which other sites cannot send without a CORS permission.

use std::future::Future;
use std::pin::Pin;

use actix_web::body::MessageBody;
use actix_web::cookie::Cookie;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use uuid::Uuid;

use super::cookies;
use crate::error::{Error, Kind, Result};
use crate::model::{Session, decode_id};
use crate::services::{Caller, Core, Identity, sessions};

/// A caller with a live session; without one the request is answered with 401.
pub struct Auth(pub Caller);

/// A caller where there is one: for the few routes that nobody needs to log in for.
pub struct Anyone(pub Option<Caller>);

impl FromRequest for Auth {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = actix_web::Result<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { caller(&request).await.map(Self).map_err(|error| in_dialect(&request, error)) })
    }
}

impl FromRequest for Anyone {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = actix_web::Result<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self(caller(&request).await.ok())) })
    }
}

/// The error in the shape of the API that was asked.
pub fn in_dialect(request: &HttpRequest, error: Error) -> actix_web::Error {
    if is_v4(request) { super::v4::Failure::from(error).into() } else { super::v1::Failure::from(error).into() }
}

fn is_v4(request: &HttpRequest) -> bool {
    request.path().starts_with("/api/v4")
}

async fn caller(request: &HttpRequest) -> Result<Caller> {
    let core = request.app_data::<web::Data<Core>>().ok_or_else(|| Error::internal("no core"))?;
    let cookie = session_cookie(request);
    let token = cookie.as_ref().map(Cookie::value).or_else(|| bearer(request)).ok_or_else(Error::unauthenticated)?;
    let known = sessions::authenticate(core, token).await;
    let known = known.and_then(|identity| match cookie {
        Some(_) if changes_something(request.method()) && !is_from_our_page(request, &identity) => {
            Err(Error::unauthenticated())
        }
        _ => Ok(identity),
    });
    if cookie.is_some() && known.as_ref().is_err_and(|error| error.kind == Kind::Unauthenticated) {
        request.extensions_mut().insert(SetCookies::dead(core, request));
    }
    let identity = known?;
    if let Some(session) = sessions::extend(core, &identity).await?
        && cookie.is_some()
    {
        request.extensions_mut().insert(SetCookies::renewed(core, request, token, &session));
    }
    Ok(Caller::User(identity, connection(request)))
}

/// What authentication wants the answer to do to the browser's cookies; see [`set_cookies`].
struct SetCookies(Vec<Cookie<'static>>);

impl SetCookies {
    /// The session is over: nobody should send its token again.
    fn dead(core: &Core, request: &HttpRequest) -> Self {
        Self(if is_v4(request) { cookies::forget_v4(&core.config) } else { cookies::forget_v1(&core.config) })
    }

    /// The session lives longer, so its cookies must.
    fn renewed(core: &Core, request: &HttpRequest, token: &str, session: &Session) -> Self {
        let cookies = if is_v4(request) { cookies::v4 } else { cookies::v1 };
        Self(cookies(&core.config, token, session))
    }
}

/// Middleware: tells the browser what authentication found out about its cookies.
///
/// # Errors
/// Those of the inner service.
pub async fn set_cookies<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> actix_web::Result<ServiceResponse<B>> {
    let mut response = next.call(request).await?;
    let cookies = response.request().extensions_mut().remove::<SetCookies>();
    for cookie in cookies.map(|cookies| cookies.0).unwrap_or_default() {
        // A handler that has set the cookie itself, at login or logout, knows better.
        let name = cookie.name().to_owned();
        if !response.response().cookies().any(|set| set.name() == name) {
            response.response_mut().add_cookie(&cookie)?;
        }
    }
    Ok(response)
}

/// What the request proves its session with.
pub fn token(request: &HttpRequest) -> Option<String> {
    session_cookie(request).map(|cookie| cookie.value().to_owned()).or_else(|| bearer(request).map(str::to_owned))
}

fn session_cookie(request: &HttpRequest) -> Option<Cookie<'static>> {
    request.cookie(if is_v4(request) { cookies::V4_SESSION } else { cookies::V1_SESSION })
}

/// The token of an `Authorization` header.
#[must_use]
pub fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token")).then_some(token.trim())
}

fn changes_something(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn is_from_our_page(request: &HttpRequest, identity: &Identity) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    header("x-csrf-token") == Some(identity.session.csrf.as_str())
        || (is_v4(request) && header("x-requested-with") == Some("XMLHttpRequest"))
}

fn connection(request: &HttpRequest) -> Option<Uuid> {
    decode_id(request.headers().get("connection-id")?.to_str().ok()?).ok()
}
