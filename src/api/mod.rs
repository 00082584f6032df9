//! The two faces: `/api/v1` (native) and `/api/v4` (for Mattermost's clients).
//!
//! Owns: routes. A handler extracts, calls one service, converts. It must not hold a rule, a permission or SQL.

mod auth;
mod client;
mod cookies;
mod health;
mod middleware;
mod pictures;
pub mod server;
pub mod socket;
pub mod v1;
pub mod v4;
mod web_client;

pub use auth::{Anyone, Auth};
pub use middleware::request_scope;

use actix_web::error::JsonPayloadError;

use crate::error::Error;

/// What was wrong with a JSON body, in the domain's words.
fn bad_json(error: &JsonPayloadError, limit: usize) -> Error {
    match error {
        JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => Error::too_large(limit),
        JsonPayloadError::Deserialize(error) => Error::invalid("request.bad_json", "body", error.to_string()),
        error => Error::invalid("request.bad_json", "body", error.to_string()),
    }
}

/// An internal error with its causes, for the log.
fn describe(error: &Error) -> String {
    let mut text = error.code.to_owned();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
