//! What happens around every request.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web;

use crate::metrics::Metrics;
use crate::request_id;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives each request a name, which logs, error bodies and the `X-Request-Id` header share.
///
/// # Errors
/// Those of the inner service.
pub async fn request_scope<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> actix_web::Result<ServiceResponse<B>> {
    let id = request_id::generate();
    let header = HeaderValue::from_str(&id);
    let mut response = request_id::scope(id, next.call(request)).await?;
    if let Ok(value) = header {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    Ok(response)
}

/// Counts each request by its route's pattern, so that ids do not become labels.
///
/// # Errors
/// Those of the inner service.
pub async fn measure<B: MessageBody>(
    metrics: web::Data<Metrics>,
    request: ServiceRequest,
    next: Next<B>,
) -> actix_web::Result<ServiceResponse<B>> {
    let begun = Instant::now();
    let response = next.call(request).await?;
    let request = response.request();
    let route = request.match_pattern();
    let (method, status) = (request.method().as_str(), response.status());
    metrics.request(method, route.as_deref().unwrap_or("none"), status.as_str(), begun.elapsed());
    log::debug!("{method} {} {}", request.path(), status.as_u16());
    Ok(response)
}
