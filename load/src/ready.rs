//! How long a server takes from its start until it answers.

use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::Outcome;
use crate::api::{Caller, Servers};
use crate::options::Options;
use crate::report::Report;

const LIMIT: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Starts the server of the command line as often as asked, each time until it is ready, and stops it again.
pub async fn measure(options: &Options) -> Outcome<Report> {
    let (program, arguments) = options.command.split_first().ok_or("no command")?;
    let servers = Servers::new(&options.server)?;
    let mut best = Duration::MAX;
    for _ in 0..options.starts {
        let begun = Instant::now();
        let mut server = Command::new(program)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        timeout(LIMIT, answer(&servers)).await?;
        best = best.min(begun.elapsed());
        let id = server.id().ok_or("the server has ended")?.to_string();
        Command::new("kill").arg(id).status().await?;
        timeout(LIMIT, server.wait()).await??;
    }
    let mut report = Report::default();
    report.begin("start", &[("starts", options.starts.to_string())]);
    report.add("start to ready, the best", best.as_secs_f64() * 1_000.0, "ms");
    Ok(report)
}

async fn answer(servers: &Servers) {
    while !matches!(Caller::new(servers, "").once("GET", "/api/v4/system/ping", "").await, Ok(200)) {
        sleep(LOOK_EVERY).await;
    }
}
