//! Pictures of people, which browsers keep for a month: their address changes with them.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};

use crate::services::pictures::Picture;

const KEEP: &str = "max-age=2592000, private";

/// The picture, or 304 for whoever has it already.
pub fn answer(request: &HttpRequest, picture: Picture) -> HttpResponse {
    let tag = format!("\"{}\"", picture.tag);
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|known| known.trim() == tag));
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((ETAG, tag)).insert_header((CACHE_CONTROL, KEEP));
    if is_known { response.finish() } else { response.insert_header((CONTENT_TYPE, "image/png")).body(picture.png) }
}
