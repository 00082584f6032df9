//! Pages of a channel per second, beside the bare query and the least that a route can do.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;

use crate::Outcome;
use crate::api::Caller;
use crate::check::Violation;
use crate::floor;
use crate::mark::Scanner;
use crate::run::Run;
use crate::scenarios::{QUIET, quiet_channels};
use crate::sender::{Volley, fire};

/// Posts of a page, as clients ask for.
pub const PER_PAGE: usize = 60;
/// Requests for each post of the other measurements: a page is cheaper than a post.
const PER_POST: usize = 4;

pub async fn measure(run: &Run) -> Outcome<()> {
    let &crate::options::Options { posts, in_flight, .. } = &run.options;
    let requests = posts * PER_POST;
    run.begin("pages", &[("requests", requests.to_string()), ("in flight", in_flight.to_string())]);
    let channels = quiet_channels(run).await?;
    let volley = Volley { channels: &channels, posts: QUIET * PER_PAGE, in_flight, rate: None, stop: None };
    fire(run, volley).await?;

    let paths: Vec<_> = channels
        .iter()
        .map(|channel| format!("/api/v4/channels/{}/posts?page=0&per_page={PER_PAGE}", channel.id))
        .collect();
    let scanner = Scanner::new();
    let is_whole = |body: &[u8]| scanner.all(body).count() == PER_PAGE;
    ask(run, &paths, requests / 4, is_whole).await?;
    let (took, each) = ask(run, &paths, requests, is_whole).await?;
    run.report.borrow_mut().add_rate(&format!("pages of {PER_PAGE} posts"), took, each);

    let (took, each) = ask(run, &["/api/v4/system/ping".to_owned()], requests, |_| true).await?;
    run.report.borrow_mut().add_rate("floor: a route that does nothing", took, each);
    if let Some(database) = &run.options.database {
        let channels: Vec<_> = channels.iter().map(|channel| channel.id.as_str()).collect();
        floor::database::pages(run, database, &channels, requests).await?;
    }
    Ok(())
}

/// Asks for these in turn; how long it took and how long each took.
async fn ask(
    run: &Run,
    paths: &[String],
    requests: usize,
    is_right: impl Fn(&[u8]) -> bool,
) -> Outcome<(Duration, Vec<Duration>)> {
    let (next, each) = (Cell::new(0), RefCell::new(Vec::new()));
    let person = run.crowd.person(0)?;
    let begun = Instant::now();
    try_join_all((0..run.options.in_flight).map(|_| async {
        let mut caller = Caller::new(&run.servers, &person.token);
        while next.get() < requests {
            let path = paths.get(next.replace(next.get() + 1) % paths.len()).ok_or("no path")?;
            let asked = Instant::now();
            let status = caller.until_taken("GET", path, "").await?;
            each.borrow_mut().push(asked.elapsed());
            if status != 200 || !is_right(caller.body()) {
                run.violations.add(Violation::Page, || format!("{path} answered {status}, or not every post"));
            }
        }
        Outcome::Ok(())
    }))
    .await?;
    Ok((begun.elapsed(), each.into_inner()))
}
