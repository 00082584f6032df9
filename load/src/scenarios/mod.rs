//! What is measured, one file each.

mod channels;
mod fan_out;
mod idle;
mod mixed;
mod pages;
mod posts;
mod slopes;
mod slow;
mod steady;
mod storm;

use std::time::Duration;

use crate::Outcome;
use crate::options::Scenario;
use crate::people::Channel;
use crate::run::Run;
use crate::sender::{Volley, fire};
use crate::socket::{Hall, Socket};

pub use self::pages::PER_PAGE;

/// Channels that REST posts and pages are spread over, as one channel's posts wait for each other.
const QUIET: usize = 16;

/// Measures one scenario. What went wrong in it goes into the report; the run goes on.
pub async fn measure(run: &mut Run, scenario: Scenario) -> Outcome<()> {
    let measured = match scenario {
        Scenario::All => Ok(()),
        Scenario::Idle => idle::measure(run).await,
        Scenario::Posts => posts::measure(run).await,
        Scenario::Pages => pages::measure(run).await,
        Scenario::FanOut => fan_out::measure(run).await,
        Scenario::Channels => channels::measure(run).await,
        Scenario::Slopes => slopes::measure(run).await,
        Scenario::Mixed => mixed::measure(run).await,
        Scenario::Slow => slow::measure(run).await,
        Scenario::Storm => storm::measure(run).await,
        Scenario::Steady => steady::measure(run).await,
    };
    if let Err(error) = measured {
        run.report.borrow_mut().add_violations(vec![format!("not measured: {error}")]);
    }
    run.end().await
}

/// Channels in which nobody listens, each with the same few members.
async fn quiet_channels(run: &Run) -> Outcome<Vec<Channel>> {
    let mut channels = Vec::new();
    for _ in 0..QUIET {
        channels.push(run.crowd.channel(&run.ledger, 0..QUIET.min(run.options.members)).await?);
    }
    Ok(channels)
}

/// Sends at the given rate, or at half of what was reached, for as long as asked, and says how long the last recipient
/// waited.
async fn half_load(run: &Run, hall: &Hall, sockets: &[Socket], volley: Volley<'_>, reached: f64) -> Outcome<()> {
    let rate = run.options.rate.unwrap_or(reached / 2.0);
    let posts = posts_in(rate, run.options.seconds);
    fire(run, Volley { posts, rate: Some(rate), ..volley }).await?;
    run.settle(hall, sockets).await;
    let (latencies, _) = run.ledger.take();
    let name = format!("post to last recipient at {rate:.0} posts/s");
    run.report.borrow_mut().add_times(&name, latencies);
    Ok(())
}

/// How many posts that rate makes in so many seconds, at least one.
fn posts_in(rate: f64, seconds: u32) -> usize {
    let apart = Duration::from_secs(1).div_f64(rate).as_nanos().max(1);
    let posts = Duration::from_secs(u64::from(seconds)).as_nanos() / apart;
    usize::try_from(posts).unwrap_or(usize::MAX).max(1)
}
