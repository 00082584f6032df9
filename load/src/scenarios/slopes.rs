//! What a post costs by the members who are online, and a connect by the channels of who connects, in the server's CPU
//! time.

use std::time::Duration;

use crate::Outcome;
use crate::options::Options;
use crate::run::Run;
use crate::sender::{Volley, fire};
use crate::stats::figure;

/// Members online, as far as there are as many.
const ONLINE: [usize; 4] = [1, 10, 100, 1_000];
/// Channels of somebody who connects.
const CHANNELS: [usize; 2] = [10, 100];
pub async fn measure(run: &Run) -> Outcome<()> {
    let &Options { members, posts, .. } = &run.options;
    let (posts, connects) = (posts / 2, posts / 4);
    run.begin("slopes", &[("posts", posts.to_string()), ("connects", connects.to_string())]);
    if run.options.pid.is_empty() {
        return Err("slopes needs --pid".into());
    }
    let hall = run.hall();
    let mut sockets = Vec::new();
    for online in ONLINE.into_iter().filter(|online| *online <= members) {
        sockets.extend(run.open(&hall, sockets.len()..online, &run.busy).await?);
        let before = run.processes().cpu()?;
        fire(run, Volley { channels: &run.busy, posts, in_flight: 1, rate: None, stop: None }).await?;
        run.settle(&hall, &sockets).await;
        let name = format!("server CPU for a post, {online} of {members} members online");
        add_each(run, name, run.processes().cpu()? - before, posts);
    }
    drop(sockets);
    for (place, channels) in CHANNELS.into_iter().enumerate() {
        connect(run, place, channels, connects).await?;
    }
    Ok(())
}

/// Puts somebody into so many channels more, and lets them connect so many times.
async fn connect(run: &Run, place: usize, channels: usize, times: usize) -> Outcome<()> {
    for _ in 0..channels {
        run.crowd.channel(&run.ledger, [place]).await?;
    }
    let before = run.processes().cpu()?;
    for _ in 0..times {
        run.open(&run.hall(), [place], &[]).await?;
    }
    add_each(run, format!("server CPU for a connect, {channels} channels"), run.processes().cpu()? - before, times);
    Ok(())
}

fn add_each(run: &Run, name: String, cpu: Duration, times: usize) {
    run.add(name, cpu.as_secs_f64() * 1_000_000.0 / figure(times), "µs");
}
