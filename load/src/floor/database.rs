//! The very statements of RustChat, in a loop over as many connections as there were requests in flight.

use std::cell::{Cell, RefCell};
use std::time::Instant;

use futures_util::future::try_join_all;
use rustchat::model::{ChannelId, Mentions, Millis, PostId, Props, UserId, now};
use rustchat::storage::posts::{Insert, PageQuery, insert, page};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::Outcome;
use crate::run::Run;
use crate::scenarios::PER_PAGE;
use crate::sender::WORDS;

/// The statement that stores a post.
pub async fn inserts(run: &Run, url: &str, channels: &[&str]) -> Outcome<()> {
    let name = "floor: the statement that stores a post";
    in_turn(run, url, channels, run.options.posts, name, async |db, channel, author| {
        let (mentions, props) = (Mentions::default(), Props::new());
        let post = Insert {
            id: PostId::new(),
            channel,
            author,
            root: None,
            kind: "",
            message: WORDS,
            hashtags: "",
            props: &props,
            pending: None,
            mentions: &mentions,
            counts: true,
            now: now(),
        };
        insert(db, &post).await.map(|_| ())
    })
    .await
}

/// The query that reads a page.
pub async fn pages(run: &Run, url: &str, channels: &[&str], requests: usize) -> Outcome<()> {
    let older = i64::try_from(PER_PAGE)?;
    let name = "floor: the query that reads a page";
    in_turn(run, url, channels, requests, name, async |db, channel, viewer| {
        let query = PageQuery { channel, roots_only: false, moment: Millis::MAX, skip: 0, older, newer: 0 };
        page(db, viewer, query).await.map(|_| ())
    })
    .await
}

/// Does something with each channel in turn, as the first of the people.
async fn in_turn(
    run: &Run,
    url: &str,
    channels: &[&str],
    times: usize,
    name: &str,
    work: impl AsyncFn(&PgPool, ChannelId, UserId) -> sqlx::Result<()>,
) -> Outcome<()> {
    let in_flight = run.options.in_flight;
    let connections = u32::try_from(in_flight)?;
    let db = PgPoolOptions::new().max_connections(connections).min_connections(connections).connect(url).await?;
    let channels: Vec<ChannelId> = channels.iter().map(|id| id.parse()).collect::<Result<_, _>>()?;
    let person: UserId = run.crowd.person(0)?.id.parse()?;
    let (next, each) = (Cell::new(0), RefCell::new(Vec::new()));
    let begun = Instant::now();
    try_join_all((0..in_flight).map(|_| async {
        while next.get() < times {
            let channel = *channels.get(next.replace(next.get() + 1) % channels.len()).ok_or("no channel")?;
            let asked = Instant::now();
            work(&db, channel, person).await?;
            each.borrow_mut().push(asked.elapsed());
        }
        Outcome::Ok(())
    }))
    .await?;
    run.report.borrow_mut().add_rate(name, begun.elapsed(), each.into_inner());
    Ok(())
}
