//! The API of Mattermost's clients.

mod categories;
mod channel_members;
mod channels;
pub mod client_config;
pub mod contract;
mod drafts;
mod etag;
mod headers;
mod paging;
mod posts;
mod preferences;
mod query;
mod reactions;
mod read_state;
mod sessions;
mod statuses;
mod system;
mod team_members;
mod teams;
mod threads;
mod users;
mod who;

use actix_web::error::{JsonPayloadError, PathError, QueryPayloadError};
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};

use self::headers::{VersionId, headers};
use super::auth::set_cookies;
use super::socket;
use crate::error::{Error, Kind};
use crate::protocol::v4;
use crate::request_id;

/// What a handler answers with.
pub type Answer<T> = Result<T, Failure>;

/// An error on its way out in the shape that Mattermost's clients switch on.
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
        StatusCode::from_u16(v4::error::status(&self.0)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        if self.0.kind == Kind::Internal {
            log::error!("{}", super::describe(&self.0));
        }
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.0.retry_after {
            response.insert_header((RETRY_AFTER, seconds));
        }
        response.json(v4::error::body(&self.0, request_id::current()))
    }
}

/// Everything under `/api/v4`.
pub fn configure(config: &mut web::ServiceConfig, max_body: usize) {
    config.route("/files/{file_id}/public", web::to(contract::not_here));
    config.service(
        web::scope("/api/v4")
            .app_data(
                web::JsonConfig::default()
                    .limit(max_body)
                    // Its clients do not all name the type of what they send.
                    .content_type_required(false)
                    .content_type(|_| true)
                    .error_handler(move |error, request| bad_json(&error, request, max_body)),
            )
            .app_data(web::PathConfig::default().error_handler(bad_path))
            .app_data(web::QueryConfig::default().error_handler(|error, request| bad_query(&error, request)))
            .app_data(VersionId::default())
            .wrap(from_fn(set_cookies))
            .wrap(from_fn(headers))
            .configure(categories::routes)
            .configure(channel_members::routes)
            .configure(channels::routes)
            .configure(drafts::routes)
            .configure(posts::routes)
            .configure(preferences::routes)
            .configure(reactions::routes)
            .configure(read_state::routes)
            .configure(sessions::routes)
            .configure(statuses::routes)
            .configure(system::routes)
            .configure(team_members::routes)
            .configure(teams::routes)
            .configure(threads::routes)
            .configure(users::routes)
            .configure(socket::v4_routes)
            .default_service(web::to(contract::not_here)),
    );
}

fn bad_json(error: &JsonPayloadError, _: &HttpRequest, limit: usize) -> actix_web::Error {
    Failure(super::bad_json(error, limit)).into()
}

fn bad_path(_: PathError, request: &HttpRequest) -> actix_web::Error {
    if contract::names_another(request) {
        return Failure(Error::not_implemented()).into();
    }
    Failure(Error::invalid("request.bad_path", "path", "An id in the address is malformed.")).into()
}

fn bad_query(error: &QueryPayloadError, _: &HttpRequest) -> actix_web::Error {
    Failure(Error::invalid("request.bad_query", "query", error.to_string())).into()
}
