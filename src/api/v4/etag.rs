//! `ETag` and `If-None-Match`: who has an answer already is told so, instead of it.
//!
//! The tag is a hash of the answer itself, so it can never be stale; what it saves is the way to the client.

use std::fmt::Write;

use actix_web::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use sha1::{Digest, Sha1};

use super::Answer;
use crate::error::Error;

/// `value` as JSON, or 304 without a body for whoever names it in `If-None-Match`.
pub(super) fn json(request: &HttpRequest, value: &impl Serialize) -> Answer<HttpResponse> {
    let body = serde_json::to_vec(value).map_err(Error::internal)?;
    let tag = tag(&body);
    if is_known(request, &tag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).finish());
    }
    Ok(HttpResponse::Ok().insert_header((ETAG, tag)).insert_header((CONTENT_TYPE, "application/json")).body(body))
}

/// The tag of an answer.
fn tag(body: &[u8]) -> String {
    let mut tag = String::with_capacity(42);
    tag.push('"');
    for byte in Sha1::digest(body) {
        // Writing to a string cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// Whether the client has the answer of this tag. The mark of a weak tag, which compression adds, does not matter.
fn is_known(request: &HttpRequest, tag: &str) -> bool {
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    known.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn an_answer_is_sent_once_until_it_changes() {
        let first = json(&TestRequest::default().to_http_request(), &["a"]).unwrap();
        let tag = first.headers().get(ETAG).unwrap().to_str().unwrap().to_owned();
        assert_eq!(first.headers().get(CONTENT_TYPE).unwrap(), "application/json");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
            let request = TestRequest::default().insert_header((IF_NONE_MATCH, known)).to_http_request();
            let again = json(&request, &["a"]).unwrap();
            assert_eq!(again.status(), 304);
            assert_eq!(again.into_body().try_into_bytes().unwrap().len(), 0);
            assert_eq!(json(&request, &["b"]).unwrap().status(), 200);
        }
    }
}
