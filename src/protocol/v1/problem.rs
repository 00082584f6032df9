//! Errors of the native API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An error, as `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the code says more than an address could.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short sentence for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable name for programs, `noun.problem`, for example `post.too_long`.
    pub code: String,
    /// What happened and what to do, for people.
    pub detail: String,
    /// The field at fault, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Names this request in the server's log.
    pub request_id: String,
}
