//! The one error of the domain. The APIs turn it into their own shapes (`protocol::v1::Problem`, `protocol::v4`).
//!
//! Owns: what can go wrong and how grave it is. It must not know any wire shape.

use std::error::Error as StdError;

/// What services answer with.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How an error is to be taken; decides the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request makes no sense: 400.
    Invalid,
    /// Nobody, or nobody any more, is logged in: 401.
    Unauthenticated,
    /// Known, but not allowed: 403.
    Forbidden,
    /// There is no such thing, or the caller may not know of it: 404.
    NotFound,
    /// It clashes with what is there: 409.
    Conflict,
    /// The body is larger than allowed: 413.
    TooLarge,
    /// Too many tries: 429.
    TooMany,
    /// Our fault: 500. The cause is logged, never shown.
    Internal,
    /// Not built yet or switched off: 501.
    NotImplemented,
    /// For the moment not possible: 503.
    Unavailable,
}

impl Kind {
    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::NotImplemented => 501,
            Self::Unavailable => 503,
        }
    }
}

/// Something went wrong.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Error {
    /// How to take it.
    pub kind: Kind,
    /// Stable name for programs: `noun.problem`, for example `post.too_long`.
    pub code: &'static str,
    /// For people: what happened and what to do.
    pub detail: String,
    /// The input at fault, by its domain name.
    pub field: Option<&'static str>,
    /// For [`Kind::TooMany`]: seconds until another try makes sense.
    pub retry_after: Option<u64>,
    /// What caused it, for the log alone.
    #[source]
    pub cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    fn new(kind: Kind, code: &'static str, detail: impl Into<String>) -> Self {
        Self { kind, code, detail: detail.into(), field: None, retry_after: None, cause: None }
    }

    /// Bad input in `field`.
    #[must_use]
    pub fn invalid(code: &'static str, field: &'static str, detail: impl Into<String>) -> Self {
        Self { field: Some(field), ..Self::new(Kind::Invalid, code, detail) }
    }

    /// No session, or one that has ended.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(Kind::Unauthenticated, "session.required", "Log in first: there is no session, or it has ended.")
    }

    /// A login that failed, without saying why.
    #[must_use]
    pub fn login_failed(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Unauthenticated, code, detail)
    }

    /// The caller lacks a permission.
    #[must_use]
    pub fn missing(permission: crate::model::Permission) -> Self {
        Self::new(
            Kind::Forbidden,
            "permission.missing",
            format!("You do not have the permission {}.", permission.as_str()),
        )
    }

    /// Allowed to nobody in this state.
    #[must_use]
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, code, detail)
    }

    /// There is no such thing; `code` is `noun.not_found`.
    #[must_use]
    pub fn not_found(code: &'static str) -> Self {
        let noun = code.split('.').next().unwrap_or_default();
        Self::new(Kind::NotFound, code, format!("There is no such {noun}."))
    }

    /// It clashes with what is there.
    #[must_use]
    pub fn conflict(code: &'static str, field: &'static str, detail: impl Into<String>) -> Self {
        Self { field: Some(field), ..Self::new(Kind::Conflict, code, detail) }
    }

    /// Too many tries; come back in `retry_after` seconds.
    #[must_use]
    pub fn too_many(code: &'static str, retry_after: u64) -> Self {
        let detail = format!("Too many tries. Try again in {retry_after} seconds.");
        Self { retry_after: Some(retry_after), ..Self::new(Kind::TooMany, code, detail) }
    }

    /// The body is larger than allowed.
    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        Self::new(Kind::TooLarge, "request.too_large", format!("A request may have at most {limit} bytes."))
    }

    /// A route or a setting that exists in the protocol but does nothing here.
    #[must_use]
    pub fn not_implemented() -> Self {
        Self::new(Kind::NotImplemented, "route.not_implemented", "This server does not do that.")
    }

    /// Not possible for the moment.
    #[must_use]
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(Kind::Unavailable, "server.busy", detail)
    }

    /// Our fault.
    #[must_use]
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Self::new(Kind::Internal, "server.error", "Something went wrong on the server; its log knows more.")
        }
    }
}

/// What PostgreSQL says of a text or a JSON text with a zero character, which it cannot keep.
const UNSTORABLE_TEXT: [&str; 2] = ["22021", "22P05"];

/// A foreign key that was violated, and how the name ends where it points at a user.
const FOREIGN_KEY: &str = "23503";
const OF_A_USER: &str = "_user_id_fkey";

impl From<sqlx::Error> for Error {
    /// A pool that is exhausted is a busy server, text that cannot be stored is bad input, and what an administrator
    /// writes for nobody has no user; everything else that SQL says and no service expected is our fault.
    fn from(error: sqlx::Error) -> Self {
        let database = error.as_database_error();
        let code = database.and_then(sqlx::error::DatabaseError::code).unwrap_or_default();
        if UNSTORABLE_TEXT.contains(&code.as_ref()) {
            return Self::invalid("request.bad_text", "body", "A text must not contain the character U+0000.");
        }
        let constraint = database.and_then(|error| error.constraint()).unwrap_or_default();
        if code == FOREIGN_KEY && constraint.ends_with(OF_A_USER) {
            return Self::not_found("user.not_found");
        }
        match error {
            sqlx::Error::PoolTimedOut => Self::unavailable("The database is busy. Try again in a moment."),
            error => Self::internal(error),
        }
    }
}

/// Whether `error` says that the constraint of this name was violated.
#[must_use]
pub fn violates(error: &sqlx::Error, constraint: &str) -> bool {
    error.as_database_error().and_then(|error| error.constraint()) == Some(constraint)
}
