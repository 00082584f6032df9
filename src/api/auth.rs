//! Who sent the request: from a cookie or a header to a [`Caller`].
//!
//! The token is looked for in this order (contract of `/api/v4`, kept for both): the API's session cookie, then
//! `Authorization: Bearer x` or `token x` in any letter case. What came with a cookie and changes something must
//! prove that a page of ours sent it: `X-CSRF-Token` equal to the session's, or, on `/api/v4` alone,
//! `X-Requested-With: XMLHttpRequest`, which other sites cannot send without a CORS permission.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::model::decode_id;
use crate::services::{Caller, Core, Identity, sessions};

/// Cookies of `/api/v4`.
pub const V4_COOKIE: &str = "MMAUTHTOKEN";
/// Cookies of `/api/v1`.
pub const V1_COOKIE: &str = "rustchat_session";

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
    let cookie = request.cookie(if is_v4(request) { V4_COOKIE } else { V1_COOKIE });
    let identity = match &cookie {
        Some(cookie) => sessions::authenticate(core, cookie.value()).await?,
        None => sessions::authenticate(core, bearer(request).ok_or_else(Error::unauthenticated)?).await?,
    };
    if cookie.is_some() && changes_something(request.method()) && !is_from_our_page(request, &identity) {
        return Err(Error::unauthenticated());
    }
    request.extensions_mut().insert(std::sync::Arc::clone(&identity));
    Ok(Caller::User(identity, connection(request)))
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
