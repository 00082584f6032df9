//! What an idle socket costs: the slope of the server's memory between two counts of sockets.

use std::fs;

use crate::Outcome;
use crate::http::Target;
use crate::people::Crowd;
use crate::report::{Report, count};
use crate::websocket::Socket;

pub async fn measure(target: &Target, crowd: &Crowd, pid: u32, most: usize, report: &mut Report) -> Outcome<()> {
    let mut sockets = Vec::new();
    let first = most / 4;
    let mut at_first = 0.0;
    for (number, person) in crowd.people.iter().cycle().take(most).enumerate() {
        if number == first {
            at_first = resident(pid)?;
        }
        sockets.push(Socket::open(target, &person.token).await?);
    }
    let slope = (resident(pid)? - at_first) / count(most - first);
    report.add(format!("memory for an idle socket, between {first} and {most}"), slope, "bytes");
    drop(sockets);
    Ok(())
}

/// The memory of a process in bytes.
fn resident(pid: u32) -> Outcome<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kibibytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes * 1024.0)
}
