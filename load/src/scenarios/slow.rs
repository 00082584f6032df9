//! Sockets that stop reading in a busy channel: what it does to the others, to the server, and when they are cut.

use std::cell::Cell;
use std::time::{Duration, Instant};

use futures_util::future::join;
use tokio::time::sleep;

use crate::Outcome;
use crate::options::Options;
use crate::run::Run;
use crate::sender::{Sent, Volley, fire};
use crate::socket::{Command, Hall, Socket};
use crate::stats::figure;

/// Posts a second unless another rate is given.
const RATE: f64 = 50.0;
/// How often the server's memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);

pub async fn measure(run: &Run) -> Outcome<()> {
    let &Options { members, slow, seconds, .. } = &run.options;
    let rate = run.options.rate.unwrap_or(RATE);
    run.begin(
        "slow",
        &[("members", members.to_string()), ("slow", slow.to_string()), ("posts a second", rate.to_string())],
    );
    let hall = run.hall();
    let others = run.open(&hall, 0..members, &run.busy).await?;
    let slow_hall = run.slow_hall();
    let slow = run.open(&slow_hall, (0..members).cycle().take(slow), &run.busy).await?;
    slow.iter().for_each(|socket| socket.receiver.borrow().stop_counting());
    let volley = Volley {
        channels: &run.busy,
        posts: super::posts_in(rate, seconds),
        in_flight: run.options.in_flight,
        rate: Some(rate),
        stop: None,
    };
    talk(run, &hall, &others, volley, "everybody reads").await?;

    slow.iter().for_each(|socket| socket.control.say(Command::Stall));
    let stalled = Instant::now();
    // Twice as long, so that whoever is cut for a full outbox or for reading nothing has been cut.
    let memory = talk(run, &hall, &others, Volley { posts: 2 * volley.posts, ..volley }, "some do not read").await?;
    let cuts: Vec<_> = slow.iter().filter_map(|socket| socket.control.cut.get()).collect();
    run.add("slow sockets that were cut", figure(cuts.len()), "");
    if let Some(last) = cuts.iter().max() {
        run.add("from stopping to read until the last was cut", (*last - stalled).as_secs_f64(), "s");
    }
    if let Some(memory) = memory {
        run.add("server memory at most, above that before they stopped", memory / 1024.0, "KiB");
    }
    // They come back, and must get what they missed.
    slow.iter().for_each(|socket| socket.control.say(Command::Read));
    run.settle(&slow_hall, &slow).await;
    Ok(())
}

/// Lets people talk; how much the server's memory grew meanwhile.
async fn talk(run: &Run, hall: &Hall, others: &[Socket], volley: Volley<'_>, when: &str) -> Outcome<Option<f64>> {
    let is_over = Cell::new(false);
    let talking = async {
        let sent = fire(run, volley).await;
        is_over.set(true);
        sent
    };
    let (sent, memory) = join(talking, memory_growth(run, &is_over)).await;
    let Sent { answers, .. } = sent?;
    run.settle(hall, others).await;
    let (latencies, _) = run.ledger.take();
    run.report.borrow_mut().add_times(&format!("post to last recipient, {when}"), latencies);
    run.report.borrow_mut().add_times(&format!("a post's answer, {when}"), answers);
    memory
}

/// How much more memory the server had at most than at the beginning; none without its process.
async fn memory_growth(run: &Run, is_over: &Cell<bool>) -> Outcome<Option<f64>> {
    if run.options.pid.is_empty() {
        return Ok(None);
    }
    let before = run.processes().memory()?;
    let mut most = before;
    while !is_over.get() {
        sleep(LOOK_EVERY).await;
        most = most.max(run.processes().memory()?);
    }
    Ok(Some(most - before))
}
