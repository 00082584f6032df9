//! Posts into many channels with few members each.

use std::time::Instant;

use crate::Outcome;
use crate::options::Options;
use crate::people::Channel;
use crate::run::Run;
use crate::scenarios::half_load;
use crate::sender::{Volley, fire};
use crate::stats::per_second;

pub async fn measure(run: &Run) -> Outcome<()> {
    let &Options { members, posts, in_flight, channels, channel_members, .. } = &run.options;
    run.begin(
        "channels",
        &[
            ("channels", channels.to_string()),
            ("members of each", channel_members.to_string()),
            ("posts", posts.to_string()),
            ("in flight", in_flight.to_string()),
        ],
    );
    let channels = make(run).await?;
    let hall = run.hall();
    let sockets = run.open(&hall, 0..members, &channels).await?;
    let volley = Volley { channels: &channels, posts, in_flight, rate: None, stop: None };
    let begun = Instant::now();
    let sent = fire(run, volley).await?;
    run.settle(&hall, &sockets).await;
    let took = begun.elapsed();
    let (latencies, deliveries) = run.ledger.take();
    run.report.borrow_mut().add_rate("posts", sent.took, sent.answers);
    run.add("deliveries", per_second(deliveries, took), "/s");
    run.report.borrow_mut().add_times("post to last recipient", latencies);
    half_load(run, &hall, &sockets, volley, per_second(posts, took)).await
}

/// Channels whose members are spread evenly over the people, so that everybody is in about as many.
pub async fn make(run: &Run) -> Outcome<Vec<Channel>> {
    let &Options { members, channels, channel_members, .. } = &run.options;
    let size = channel_members.clamp(1, members);
    let mut made = Vec::new();
    for number in 0..channels {
        let places = (0..size).map(|member| (number * size + member) % members);
        made.push(run.crowd.channel(&run.ledger, places).await?);
    }
    Ok(made)
}
