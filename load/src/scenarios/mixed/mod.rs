//! People who do what people do, only faster.

mod person;
mod table;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::stream::{FuturesUnordered, TryStreamExt};

use self::person::Actor;
use super::channels;
use crate::Outcome;
use crate::options::Options;
use crate::run::Run;
use crate::stats::{figure, per_second};

/// What was done, and how it was answered.
#[derive(Default)]
struct Tally {
    actions: usize,
    answers: Vec<Duration>,
    /// Answers other than success, by status and action; 0 is none at all.
    refusals: BTreeMap<(u16, &'static str), usize>,
}

pub async fn measure(run: &Run) -> Outcome<()> {
    let &Options { members, seconds, speed, .. } = &run.options;
    run.begin(
        "mixed",
        &[("people", members.to_string()), ("speed", speed.to_string()), ("seconds", seconds.to_string())],
    );
    let channels = channels::make(run).await?;
    let hall = run.hall();
    let sockets = run.open(&hall, 0..members, &channels).await?;
    let tally = RefCell::new(Tally::default());
    let begun = Instant::now();
    let until = begun + Duration::from_secs(u64::from(seconds));
    let mut people = FuturesUnordered::new();
    for (place, socket) in sockets.iter().enumerate() {
        // Who is in no channel has nothing to do.
        if let Some(actor) = Actor::new(run, place, &channels, socket, &tally)? {
            people.push(actor.act_until(until));
        }
    }
    while people.try_next().await?.is_some() {}
    let took = begun.elapsed();
    run.settle(&hall, &sockets).await;

    let (latencies, deliveries) = run.ledger.take();
    let Tally { actions, answers, refusals } = tally.take();
    run.add("actions", per_second(actions, took), "/s");
    run.report.borrow_mut().add_rate("requests", took, answers);
    run.add("posts that everybody heard", per_second(latencies.len(), took), "/s");
    run.add("deliveries of posts", per_second(deliveries, took), "/s");
    run.report.borrow_mut().add_times("post to last recipient", latencies);
    for ((status, action), times) in refusals {
        run.add(format!("answers {status} to {action}"), figure(times), "");
    }
    Ok(())
}
