//! How long a server takes from its start until it answers.

use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::Outcome;
use crate::http::Target;
use crate::report::Report;

const LIMIT: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(2);

pub async fn measure(target: &Target, command: &[String], times: u32, report: &mut Report) -> Outcome<()> {
    let (program, arguments) = command.split_first().ok_or("no command")?;
    let mut best = Duration::MAX;
    for _ in 0..times {
        let begun = Instant::now();
        let mut server = Command::new(program)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        timeout(LIMIT, answer(target)).await?;
        best = best.min(begun.elapsed());
        let id = server.id().ok_or("the server has ended")?.to_string();
        Command::new("kill").arg(id).status().await?;
        timeout(LIMIT, server.wait()).await??;
    }
    report.add(format!("start to ready, best of {times}"), best.as_secs_f64() * 1_000.0, "ms");
    Ok(())
}

async fn answer(target: &Target) {
    loop {
        if let Ok(mut http) = target.connect().await
            && let Ok(answer) = http.send("GET", "/api/v4/system/ping", "", "").await
            && answer.status == 200
        {
            return;
        }
        sleep(LOOK_EVERY).await;
    }
}
