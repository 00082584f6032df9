//! The `Idempotency-Key` header of creates.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::Failure;
use crate::error::Error;

/// What names a create request, so that a retry gets what the first one made; none where the client does not retry.
pub(super) struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// As services take it.
    pub(super) fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl FromRequest for IdempotencyKey {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let key = request.headers().get("idempotency-key").map(|value| value.to_str().map(str::to_owned));
        ready(key.transpose().map(Self).map_err(|_| {
            Error::invalid("idempotency.bad_key", "Idempotency-Key", "An Idempotency-Key is plain text.").into()
        }))
    }
}
