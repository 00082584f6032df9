//! The native API.

mod bootstrap;
mod channels;
mod idempotency;
mod me;
pub mod openapi;
mod paging;
mod password_resets;
mod posts;
mod server;
mod sessions;
mod teams;
mod users;

use actix_web::error::{JsonPayloadError, PathError, QueryPayloadError};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER};
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};

use super::auth::set_cookies;
use super::socket;
use crate::error::{Error, Kind};
use crate::protocol::v1::Problem;
use crate::request_id;

/// What a handler answers with.
pub type Answer<T> = Result<T, Failure>;

/// An error on its way out as `application/problem+json`.
#[derive(Debug)]
pub struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        if self.0.kind == Kind::Internal {
            log::error!("{}", super::describe(&self.0));
        }
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.0.retry_after {
            response.insert_header((RETRY_AFTER, seconds));
        }
        response.insert_header((CONTENT_TYPE, "application/problem+json")).json(self.problem())
    }
}

impl Failure {
    /// As clients see it.
    pub(super) fn problem(&self) -> Problem {
        let status = self.status_code();
        Problem {
            kind: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            code: self.0.code.to_owned(),
            detail: self.0.detail.clone(),
            field: self.0.field.map(str::to_owned),
            request_id: request_id::current(),
        }
    }
}

/// Everything under `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig, max_body: usize) {
    config.service(
        web::scope("/api/v1")
            .app_data(
                web::JsonConfig::default()
                    .limit(max_body)
                    .error_handler(move |error, request| bad_json(&error, request, max_body)),
            )
            .app_data(web::PathConfig::default().error_handler(bad_path))
            .app_data(web::QueryConfig::default().error_handler(|error, request| bad_query(&error, request)))
            .wrap(from_fn(set_cookies))
            .configure(bootstrap::routes)
            .configure(channels::routes)
            .configure(me::routes)
            .configure(openapi::routes)
            .configure(password_resets::routes)
            .configure(posts::routes)
            .configure(server::routes)
            .configure(sessions::routes)
            .configure(teams::routes)
            .configure(users::routes)
            .configure(socket::v1_routes)
            .default_service(web::to(unknown_route)),
    );
}

async fn unknown_route() -> Answer<HttpResponse> {
    Err(Error::not_found("route.not_found").into())
}

fn bad_json(error: &JsonPayloadError, _: &HttpRequest, limit: usize) -> actix_web::Error {
    Failure(super::bad_json(error, limit)).into()
}

fn bad_path(_: PathError, _: &HttpRequest) -> actix_web::Error {
    Failure(Error::invalid("request.bad_path", "path", "An id in the address is malformed.")).into()
}

fn bad_query(error: &QueryPayloadError, _: &HttpRequest) -> actix_web::Error {
    Failure(Error::invalid("request.bad_query", "query", error.to_string())).into()
}
