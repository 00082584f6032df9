//! Who may do what: every route of both APIs, asked by everybody.
//!
//! The table itself is in [`table`]. A route that is not in it fails the test, so nobody forgets to think about it.

mod place;
mod table;

use std::collections::BTreeSet;

use actix_web::http::Method;
use serde_json::Value;

use self::place::{Actor, Place, World};
use self::table::{CLOSED, ELSEWHERE, OPEN};
use crate::harness::Answer;
use crate::routes::{nameless, registered};

/// A line of the table.
struct Row {
    method: Method,
    path: &'static str,
    /// What everybody gets, in the order of [`Actor::SIGNED_IN`].
    expected: &'static str,
    body: &'static str,
}

fn rows(table: &'static str) -> Vec<Row> {
    let row = |line: &'static str| {
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next().unwrap_or_default();
        Row { method: word().parse().unwrap(), path: word(), expected: word(), body: word().trim() }
    };
    table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(row).collect()
}

/// An answer in one letter: done, nobody, forbidden, not found, or something the table never expects.
fn letter(answer: &Answer) -> char {
    match answer.status.as_u16() {
        200..=399 => '+',
        401 => '-',
        403 => 'x',
        404 => '0',
        _ => '?',
    }
}

/// Whether a refusal has the form of its API.
fn is_well_formed(answer: &Answer, path: &str) -> bool {
    let body: Value = answer.json();
    if path.starts_with("/api/v4") {
        let keys = ["id", "message", "detailed_error", "request_id", "status_code"];
        return keys.iter().all(|key| !body[key].is_null()) && body["status_code"] == answer.status.as_u16();
    }
    let keys = ["type", "title", "status", "code", "detail", "request_id"];
    answer.header("content-type") == "application/problem+json" && keys.iter().all(|key| !body[key].is_null())
}

async fn ask(row: &Row, world: &World, place: &Place, actor: Actor) -> Answer {
    let fill = |text: &str| place.fill(text).replace("{me}", world.id(actor));
    let path = fill(row.path);
    let body = (!row.body.is_empty()).then(|| serde_json::from_str(&fill(row.body)).unwrap());
    let answer = world.client(actor).send(row.method.clone(), &path, body.as_ref()).await;
    if answer.status.is_client_error() {
        assert!(is_well_formed(&answer, &path), "{}: {}", answer.what, String::from_utf8_lossy(&answer.bytes));
    }
    answer
}

#[actix_web::test]
async fn everybody_gets_what_the_table_says() {
    let mut world = World::new().await;
    let mut place = world.place().await;
    let mut wrong = Vec::new();
    for row in rows(CLOSED) {
        world.prepare(&mut place, row.path, row.body).await;
        for actor in Actor::NOBODY {
            let answer = ask(&row, &world, &place, actor).await;
            if letter(&answer) != '-' {
                wrong.push(format!("{} is answered {} for {actor:?}", answer.what, answer.status));
            }
        }
        let (mut got, mut why) = (String::new(), String::new());
        for actor in Actor::SIGNED_IN {
            world.prepare(&mut place, row.path, row.body).await;
            let answer = ask(&row, &world, &place, actor).await;
            got.push(letter(&answer));
            if letter(&answer) == '?' {
                why = format!("{} {}", answer.status, String::from_utf8_lossy(&answer.bytes));
            }
            if got.ends_with('+') && ["session", "logout", "password"].iter().any(|it| row.path.contains(it)) {
                world.log_in_again().await;
            }
            if got.ends_with('+') && row.method != Method::GET {
                place = world.place().await;
            }
        }
        if got != row.expected {
            wrong.push(format!("{} {} {got} {} (not {}) {why}", row.method, row.path, row.body, row.expected));
        }
    }
    assert!(wrong.is_empty(), "{} rows are not as expected:\n{}", wrong.len(), wrong.join("\n"));
}

#[actix_web::test]
async fn what_is_open_is_open_to_nobody_in_particular() {
    let mut world = World::new().await;
    let mut place = world.place().await;
    for row in rows(OPEN) {
        world.prepare(&mut place, row.path, row.body).await;
        let answer = ask(&row, &world, &place, Actor::Nobody).await;
        assert_eq!(letter(&answer), '+', "{}: {}", answer.what, String::from_utf8_lossy(&answer.bytes));
    }
}

#[actix_web::test]
async fn every_route_is_in_the_table() {
    let table = rows(CLOSED).into_iter().chain(rows(OPEN)).chain(rows(ELSEWHERE));
    let table: BTreeSet<String> = table
        .map(|row| format!("{} {}", row.method, nameless(row.path.split('?').next().unwrap_or_default())))
        .collect();
    let registered: BTreeSet<String> = registered().await.into_iter().map(|route| without_words(&route)).collect();
    let table: BTreeSet<String> = table.iter().map(|route| without_words(route)).collect();
    let missing: Vec<_> = registered.difference(&table).collect();
    assert!(missing.is_empty(), "say who may use\n{missing:#?}");
    let gone: Vec<_> = table.difference(&registered).collect();
    assert!(gone.is_empty(), "no longer there\n{gone:#?}");
}

/// The table writes words where a route has parameters that are no ids.
fn without_words(route: &str) -> String {
    let words = [
        "smile",
        "town-square",
        "display_settings",
        "name_format",
        "mary",
        "mary@example.com",
        "1",
        "channels_{member}_{team}",
    ];
    let segments = route.split('/').map(|segment| if words.contains(&segment) { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}
