//! The description of this API (OpenAPI 3.1) and a page to try it.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, OpenApi as Document, SecurityRequirement};
use utoipa::{Modify, OpenApi};

use super::{bootstrap, channels, me, password_resets, posts, server, sessions, teams, users};
use crate::api::socket;
use crate::protocol::v1::{Action, Event, Reply};

const PAGE: &str = include_str!("docs/index.html");
const SCRIPT: &str = include_str!("docs/docs.js");
const STYLE: &str = include_str!("docs/docs.css");
/// The page needs nothing from elsewhere.
const POLICY: &str = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'";

#[derive(OpenApi)]
#[openapi(nest((path = "/api/v1", api = Routes)), components(schemas(Action, Event, Reply)), modifiers(&Finish))]
struct Api;

#[derive(OpenApi)]
#[openapi(paths(
    bootstrap::load,
    channels::add_member,
    channels::archive,
    channels::browse,
    channels::create,
    channels::get,
    channels::mark_unread,
    channels::members,
    channels::open_direct,
    channels::patch,
    channels::remove_member,
    channels::restore,
    channels::view,
    me::change_password,
    me::delete_preferences,
    me::list_preferences,
    me::me,
    me::patch,
    me::save_preferences,
    me::set_status,
    password_resets::redeem,
    password_resets::send,
    posts::create,
    posts::delete,
    posts::get,
    posts::page,
    posts::patch,
    posts::pins,
    posts::react,
    posts::read_thread,
    posts::thread,
    posts::unreact,
    server::get,
    sessions::list,
    sessions::log_in,
    sessions::log_out,
    sessions::revoke,
    sessions::revoke_others,
    socket::open_v1,
    teams::add_member,
    teams::archive,
    teams::create,
    teams::get,
    teams::join,
    teams::list,
    teams::members,
    teams::patch,
    teams::remove_member,
    users::get,
    users::list,
    users::look_up,
    users::picture,
    users::sign_up,
    users::statuses,
))]
struct Routes;

/// What the derive macros cannot say.
struct Finish;

impl Modify for Finish {
    fn modify(&self, document: &mut Document) {
        document.info.title = "RustChat".to_owned();
        document.info.description = Some(
            "The native API. Ids have 26 characters, times are Unix milliseconds, absent things are null. Errors are \
             `application/problem+json` with a stable `code`. Creates take an `Idempotency-Key` header. What happens \
             arrives on the websocket, see `Event` and `Action`."
                .to_owned(),
        );
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("rustchat_session")));
        let components = document.components.get_or_insert_with(Components::new);
        components.add_security_scheme("bearer", bearer);
        components.add_security_scheme("cookie", cookie);
        let either = |name: &str| SecurityRequirement::new(name, Vec::<String>::new());
        document.security = Some(vec![either("bearer"), either("cookie")]);
        document.paths.paths.values_mut().flat_map(operations).for_each(name_by_tag);
    }
}

/// Handlers of several nouns share their names.
fn name_by_tag(operation: &mut Operation) {
    let tag = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
    let name = operation.operation_id.take().unwrap_or_default();
    operation.operation_id = Some(format!("{tag}.{name}"));
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// The whole description.
#[must_use]
pub fn document() -> Document {
    Api::openapi()
}

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/openapi.json", web::get().to(|| async { web::Json(document()) }))
        .route("/docs", web::get().to(|| file("text/html; charset=utf-8", PAGE)))
        .route("/docs/docs.js", web::get().to(|| file("text/javascript; charset=utf-8", SCRIPT)))
        .route("/docs/docs.css", web::get().to(|| file("text/css; charset=utf-8", STYLE)));
}

#[expect(clippy::unused_async, reason = "handlers are")]
async fn file(kind: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(text)
}
