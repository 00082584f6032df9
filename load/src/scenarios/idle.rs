//! What an idle socket costs: the slope of the server's memory between two counts of sockets, before and after traffic.

use crate::Outcome;
use crate::options::Options;
use crate::run::Run;
use crate::sender::{Volley, fire};
use crate::stats::figure;

/// Posts that every socket hears between the two measurements.
const TRAFFIC: usize = 50;

pub async fn measure(run: &Run) -> Outcome<()> {
    let &Options { members, sockets: most, .. } = &run.options;
    let first = most / 4;
    run.begin("idle", &[("sockets", format!("{first} and {most}")), ("people", members.to_string())]);
    if run.options.pid.is_empty() {
        return Err("idle needs --pid".into());
    }
    let hall = run.hall();
    let volley = Volley { channels: &run.busy, posts: TRAFFIC, in_flight: 4, rate: None, stop: None };
    let places = |sockets| (0..members).cycle().take(sockets);
    let mut sockets = run.open(&hall, places(first), &run.busy).await?;
    // What the server gathers once, it has gathered.
    fire(run, volley).await?;
    run.settle(&hall, &sockets).await;
    let at_first = run.processes().memory()?;
    sockets.extend(run.open(&hall, places(most - first), &run.busy).await?);
    let at_most = run.processes().memory()?;
    let slope = (at_most - at_first) / figure(most - first);
    run.add("memory for an idle socket", slope, "bytes");

    fire(run, volley).await?;
    run.settle(&hall, &sockets).await;
    let grown = (run.processes().memory()? - at_most) / figure(most);
    run.add(format!("memory for a socket after {TRAFFIC} posts"), slope + grown, "bytes");
    Ok(())
}
