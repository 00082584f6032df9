//! The routes of Mattermost's API, those that this server does not have yet included: so that a client learns whether a
//! route is missing here (501) or anywhere (404).

use std::sync::LazyLock;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse};

use super::Answer;
use crate::error::Error;

/// `method,path,area,tier` of every route. Tier 1 is what clients start with, 2 everyday use, 3 integrations and
/// administration, 4 what only licensed or hosted installations offer.
pub const ENDPOINTS: &str = include_str!("endpoints.csv");

struct Endpoint {
    method: &'static str,
    segments: Vec<&'static str>,
}

static ENDPOINTS_READ: LazyLock<Vec<Endpoint>> = LazyLock::new(|| {
    let endpoint = |line: &'static str| {
        let mut columns = line.split(',');
        Some(Endpoint { method: columns.next()?, segments: columns.next()?.split('/').collect() })
    };
    ENDPOINTS.lines().skip(1).filter_map(endpoint).collect()
});

impl Endpoint {
    fn matches(&self, method: &Method, path: &str) -> bool {
        let mut given = path.trim_end_matches('/').split('/');
        self.method == method.as_str()
            && self.segments.iter().all(|wanted| match given.next() {
                Some("") | None => wanted.is_empty(),
                Some(given) => wanted.starts_with('{') || *wanted == given,
            })
            && given.next().is_none()
    }
}

/// Whether the address is that of another route, of which the one that matched took a word for an id.
pub(super) fn names_another(request: &HttpRequest) -> bool {
    let placeholders = request.match_pattern().unwrap_or_default().matches('{').count();
    let is_plainer =
        |endpoint: &Endpoint| endpoint.segments.iter().filter(|it| it.starts_with('{')).count() < placeholders;
    ENDPOINTS_READ.iter().any(|it| is_plainer(it) && it.matches(request.method(), request.path()))
}

/// For whatever no handler answers.
pub(super) async fn not_here(request: HttpRequest) -> Answer<HttpResponse> {
    let known = ENDPOINTS_READ.iter().any(|endpoint| endpoint.matches(request.method(), request.path()));
    Err(if known { Error::not_implemented() } else { Error::not_found("route.not_found") }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(method: &Method, path: &str) -> bool {
        ENDPOINTS_READ.iter().any(|endpoint| endpoint.matches(method, path))
    }

    #[test]
    fn tells_a_missing_route_from_one_that_is_nowhere() {
        assert_eq!(ENDPOINTS_READ.len(), 541);
        assert!(known(&Method::GET, "/api/v4/users/yyyyyyyyyyyyyyyyyyyyyyyyyy/image"));
        assert!(known(&Method::GET, "/api/v4/teams/"));
        assert!(!known(&Method::DELETE, "/api/v4/teams"));
        assert!(!known(&Method::GET, "/api/v4/users//image"));
        assert!(!known(&Method::GET, "/api/v4/nothing"));
    }
}
