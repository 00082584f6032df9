//! Deliveries per second into one channel whose members all listen, and how long a post takes to the last of them.

use std::time::Instant;

use crate::Outcome;
use crate::floor;
use crate::options::Options;
use crate::run::Run;
use crate::scenarios::half_load;
use crate::sender::{Volley, fire};
use crate::socket::{Hall, Socket};
use crate::stats::per_second;

/// Posts before it counts.
const WARM_UP: usize = 20;
/// How many times fewer posts are measured one at a time: each costs more.
const ONE_AT_A_TIME: usize = 4;

pub async fn measure(run: &Run) -> Outcome<()> {
    let &Options { members, posts, in_flight, .. } = &run.options;
    run.begin("fan-out", &[("members", members.to_string()), ("posts", posts.to_string())]);
    let hall = run.hall();
    let sockets = run.open(&hall, 0..members, &run.busy).await?;
    let volley = Volley { channels: &run.busy, posts, in_flight, rate: None, stop: None };
    fire(run, Volley { posts: WARM_UP, ..volley }).await?;
    run.settle(&hall, &sockets).await;
    run.ledger.take();

    let reached = volleyed(run, &hall, &sockets, volley).await?;
    volleyed(run, &hall, &sockets, Volley { posts: posts / ONE_AT_A_TIME, in_flight: 1, ..volley }).await?;
    half_load(run, &hall, &sockets, volley, reached).await?;
    floor::sends::measure(run, members).await
}

/// Sends posts as fast as they are taken; how many a second reached everybody.
async fn volleyed(run: &Run, hall: &Hall, sockets: &[Socket], volley: Volley<'_>) -> Outcome<f64> {
    let begun = Instant::now();
    fire(run, volley).await?;
    run.settle(hall, sockets).await;
    let took = begun.elapsed();
    let (latencies, deliveries) = run.ledger.take();
    let flying = volley.in_flight;
    run.add(format!("deliveries, {flying} in flight"), per_second(deliveries, took), "/s");
    run.report.borrow_mut().add_times(&format!("post to last recipient, {flying} in flight"), latencies);
    Ok(per_second(volley.posts, took))
}
