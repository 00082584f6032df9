//! What every answer of `/api/v4` says beside its body.

use std::sync::OnceLock;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{EXPIRES, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web;

use super::client_config::version_id;
use crate::services::Core;

const X_VERSION_ID: HeaderName = HeaderName::from_static("x-version-id");

/// The value of `X-Version-Id`; the settings do not change while the server runs.
#[derive(Default)]
pub(super) struct VersionId(OnceLock<Option<HeaderValue>>);

impl VersionId {
    fn header(&self, core: &Core) -> Option<HeaderValue> {
        let value = || HeaderValue::from_str(&version_id(core)).ok();
        self.0.get_or_init(value).clone()
    }
}

/// Middleware: adds the state of the settings, and that answers to GET are not to be kept unless they say so.
///
/// # Errors
/// Those of the inner service.
pub(super) async fn headers<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> actix_web::Result<ServiceResponse<B>> {
    let is_get = request.method() == Method::GET;
    let version = match (request.app_data::<VersionId>(), request.app_data::<web::Data<Core>>()) {
        (Some(version), Some(core)) => version.header(core),
        _ => None,
    };
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    if let Some(version) = version {
        headers.insert(X_VERSION_ID, version);
    }
    if is_get && !headers.contains_key(EXPIRES) {
        headers.insert(EXPIRES, HeaderValue::from_static("0"));
    }
    Ok(response)
}
