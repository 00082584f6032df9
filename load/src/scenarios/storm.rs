//! All sockets are lost at once and come back while posts go on.

use std::cell::Cell;
use std::time::{Duration, Instant};

use futures_util::future::join;
use tokio::time::sleep;

use crate::Outcome;
use crate::options::Options;
use crate::run::{Run, SETTLE};
use crate::sender::{Volley, fire};
use crate::socket::Command;

/// Posts a second unless another rate is given.
const RATE: f64 = 10.0;
/// How long the sockets stay away.
const AWAY: Duration = Duration::from_secs(1);

pub async fn measure(run: &Run) -> Outcome<()> {
    let &Options { members, sockets: most, .. } = &run.options;
    let rate = run.options.rate.unwrap_or(RATE);
    run.begin("storm", &[("sockets", most.to_string()), ("posts a second", rate.to_string())]);
    let hall = run.hall();
    let sockets = run.open(&hall, (0..members).cycle().take(most), &run.busy).await?;

    let stop = Cell::new(false);
    let volley = Volley { channels: &run.busy, posts: usize::MAX, in_flight: 4, rate: Some(rate), stop: Some(&stop) };
    let storm = async {
        sleep(AWAY).await;
        sockets.iter().for_each(|socket| socket.control.say(Command::Drop(AWAY)));
        sleep(AWAY).await;
        let back = Instant::now();
        hall.until_live(most, SETTLE).await;
        stop.set(true);
        back
    };
    let (sent, back) = join(fire(run, volley), storm).await;
    let sent = sent?;
    run.add("from the return until all sockets answer", back.elapsed().as_secs_f64(), "s");
    run.ledger.settle(SETTLE).await;
    run.add("from the return until all have caught up", back.elapsed().as_secs_f64(), "s");
    run.settle(&hall, &sockets).await;
    run.report.borrow_mut().add_times("a post's answer meanwhile", sent.answers);
    Ok(())
}
