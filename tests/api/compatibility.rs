//! `docs/compatibility.md` says what is there: it is made from the router and the contract.
//!
//! After a change, write it anew with `RUSTCHAT_WRITE_DOCS=1 cargo test --test api compatibility`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use rustchat::api::v4::contract::ENDPOINTS;

use crate::harness::TestServer;
use crate::routes::{nameless, registered};

struct Endpoint {
    method: &'static str,
    path: &'static str,
    area: &'static str,
    tier: &'static str,
    is_there: bool,
}

async fn endpoints() -> Vec<Endpoint> {
    let routes = registered().await;
    let endpoint = |line: &'static str| {
        let [method, path, area, tier] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
        let is_there = routes.contains(&format!("{method} {}", nameless(path)));
        Endpoint { method, path, area, tier, is_there }
    };
    ENDPOINTS.lines().skip(1).map(endpoint).collect()
}

fn page(endpoints: &[Endpoint]) -> String {
    let mut page = String::from(
        "# Compatibility\n\n\
         RustChat answers the API of Mattermost's server 11 (`/api/v4` and `/api/v4/websocket`), so that its web, mobile and\n\
         desktop apps and its drivers can be used unchanged. A route of that API that is not built yet answers 501 in the\n\
         API's own error shape; anything else answers 404. This page is made from the router (see `tests/api/compatibility.rs`).\n\n\
         | tier | what it is | built | of |\n|---|---|---|---|\n",
    );
    for (tier, what) in [
        ("1", "start-up and core"),
        ("2", "everyday use"),
        ("3", "integrations and administration"),
        ("4", "licensed, hosted or plug-in only"),
    ] {
        let of = endpoints.iter().filter(|it| it.tier == tier).count();
        let built = endpoints.iter().filter(|it| it.tier == tier && it.is_there).count();
        writeln!(page, "| {tier} | {what} | {built} | {of} |").unwrap();
    }
    let mut areas: BTreeMap<&str, Vec<&Endpoint>> = BTreeMap::new();
    for endpoint in endpoints {
        areas.entry(endpoint.area).or_default().push(endpoint);
    }
    for (area, endpoints) in areas {
        let built = endpoints.iter().filter(|it| it.is_there).count();
        writeln!(page, "\n## {area} ({built} of {})\n", endpoints.len()).unwrap();
        for is_there in [true, false] {
            let some: Vec<_> = endpoints.iter().filter(|it| it.is_there == is_there).collect();
            if !some.is_empty() {
                writeln!(page, "{}\n", if is_there { "Built:" } else { "Not built, 501:" }).unwrap();
                for it in &some {
                    writeln!(page, "- `{} {}` (tier {})", it.method, it.path, it.tier).unwrap();
                }
                page.push_str(if is_there { "\n" } else { "" });
            }
        }
    }
    page.trim_end().to_owned() + "\n"
}

#[actix_web::test]
async fn the_page_is_true() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/compatibility.md");
    let page = page(&endpoints().await);
    if std::env::var_os("RUSTCHAT_WRITE_DOCS").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(written == page, "docs/compatibility.md is old: see the head of {}", file!());
}

#[actix_web::test]
async fn every_route_of_the_contract_exists_or_says_that_it_does_not() {
    let server = TestServer::start().await;
    let person = server.person("ann").await;
    for endpoint in endpoints().await.iter().filter(|it| !it.is_there) {
        let segments =
            endpoint.path.split('/').map(|it| if it.starts_with('{') { "yyyyyyyyyyyyyyyyyyyyyyyyyy" } else { it });
        let path = segments.collect::<Vec<_>>().join("/");
        let answer = person.client.send(endpoint.method.parse().unwrap(), &path, None).await;
        assert_eq!(answer.status, 501, "{}: {}", answer.what, String::from_utf8_lossy(&answer.bytes));
        if endpoint.method != "HEAD" {
            assert_eq!(answer.json()["id"], "api.not_implemented.app_error", "{}", answer.what);
        }
    }
    let nowhere = person.client.get("/api/v4/nowhere").await.expect(404);
    assert_eq!(nowhere["id"], "api.context.404.app_error");
}
