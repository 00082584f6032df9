//! The web client, built into the binary.
//!
//! Owns: which file answers which path, how long browsers keep it, and what the pages may do. It must not know what is
//! in the files.

use std::collections::HashMap;
use std::io::Write;
use std::sync::LazyLock;

use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use parking_lot::RwLock;
use rust_embed::{Embed, EmbeddedFile};

/// `frontend/dist`; a debug build reads it from the disk at each request.
#[derive(Embed)]
#[folder = "frontend/dist"]
struct Dist;

/// Scripts, styles, pictures and connections from this server only, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                      media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
                      worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Vite puts a hash of the content into the names below this folder.
const HASHED: &str = "assets/";
const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK_EACH_TIME: &str = "no-cache";
/// Below this size, compressing gains less than a packet.
const WORTH_COMPRESSING: usize = 1024;

/// Compressed files by their ETag; at most as many as there are files.
static COMPRESSED: LazyLock<RwLock<HashMap<String, Bytes>>> = LazyLock::new(RwLock::default);

/// Everything that no other service answers.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.default_service(web::to(serve));
}

async fn serve(request: HttpRequest) -> HttpResponse {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return HttpResponse::MethodNotAllowed().finish();
    }
    let path = request.path().trim_start_matches('/');
    // The client's own routes are known to it alone: each is its page.
    let page = || Dist::get("index.html").map(|file| ("index.html", file));
    match Dist::get(path).map(|file| (path, file)) {
        Some((path, file)) => answer(&request, path, file),
        None if path.starts_with(HASHED) || path.starts_with("api/") => HttpResponse::NotFound().finish(),
        None => match page() {
            Some((path, file)) => answer(&request, path, file),
            None => HttpResponse::NotFound().finish(),
        },
    }
}

fn answer(request: &HttpRequest, path: &str, file: EmbeddedFile) -> HttpResponse {
    let etag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash()));
    let kept = if path.starts_with(HASHED) { FOREVER } else { ASK_EACH_TIME };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CACHE_CONTROL, kept))
        .insert_header((ETAG, etag.clone()))
        .insert_header((VARY, "Accept-Encoding"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY));
    if header_contains(request, IF_NONE_MATCH.as_str(), &etag) {
        return response.status(actix_web::http::StatusCode::NOT_MODIFIED).finish();
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    response.insert_header((CONTENT_TYPE, content_type(kind.essence_str())));
    let body = Bytes::from(file.data.into_owned());
    let compressible = is_text(kind.essence_str()) && body.len() >= WORTH_COMPRESSING;
    if compressible && header_contains(request, ACCEPT_ENCODING.as_str(), "gzip") {
        return response.insert_header((CONTENT_ENCODING, "gzip")).body(compressed(etag, &body));
    }
    response.body(body)
}

fn header_contains(request: &HttpRequest, name: &str, wanted: &str) -> bool {
    request.headers().get_all(name).any(|value| value.to_str().is_ok_and(|value| value.contains(wanted)))
}

fn is_text(kind: &str) -> bool {
    kind.starts_with("text/") || ["application/json", "application/javascript", "image/svg+xml"].contains(&kind)
}

fn content_type(kind: &str) -> String {
    if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() }
}

/// Compresses a file at its first request and remembers it.
fn compressed(etag: String, body: &Bytes) -> Bytes {
    if let Some(known) = COMPRESSED.read().get(&etag) {
        return known.clone();
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(body);
    let bytes = Bytes::from(encoder.finish().unwrap_or_default());
    COMPRESSED.write().insert(etag, bytes.clone());
    bytes
}
