//! Posts at a given rate while somebody else kills, restarts or cuts off servers: nothing may be lost, doubled or out of
//! order.

use crate::Outcome;
use crate::options::Options;
use crate::run::Run;
use crate::scenarios::posts_in;
use crate::sender::{Volley, fire};
use crate::stats::figure;

/// Posts a second unless another rate is given.
const RATE: f64 = 10.0;

pub async fn measure(run: &Run) -> Outcome<()> {
    let &Options { members, seconds, in_flight, .. } = &run.options;
    let rate = run.options.rate.unwrap_or(RATE);
    run.begin("steady", &[("members", members.to_string()), ("posts a second", rate.to_string())]);
    let hall = run.hall();
    let sockets = run.open(&hall, 0..members, &run.busy).await?;
    let posts = posts_in(rate, seconds);
    let volley = Volley { channels: &run.busy, posts, in_flight, rate: Some(rate), stop: None };
    let sent = fire(run, volley).await?;
    run.settle(&hall, &sockets).await;
    let (latencies, deliveries) = run.ledger.take();
    run.add("posts", figure(posts), "");
    run.add("posts that were sent again", figure(sent.retries), "");
    run.add("deliveries", figure(deliveries), "");
    run.report.borrow_mut().add_times("a post's answer", sent.answers);
    run.report.borrow_mut().add_times("post to last recipient", latencies);
    Ok(())
}
