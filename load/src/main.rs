//! `rustchat-load`: puts load on a server through `/api/v4` and its websocket, and prints what came of it beside a floor
//! measured in the same run.
//!
//! It speaks nothing but the contract, so it runs against any compatible server. It shares the machine with what it
//! measures, so it does as little as it can: one thread, plain TCP, no JSON in the hot loops.

mod deliveries;
mod floor;
mod http;
mod idle;
mod people;
mod posts;
mod ready;
mod report;
mod websocket;

use std::error::Error;

use clap::Parser;

use crate::http::Target;
use crate::people::Crowd;
use crate::report::Report;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Measures a server that speaks Mattermost's API.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Where the server answers, for example 127.0.0.1:8065. Its first user must not exist yet, or sign-up be open.
    #[arg(long)]
    server: String,
    /// The server's process, to measure its memory.
    #[arg(long)]
    pid: Option<u32>,
    /// The server's database, to measure the floor of posting. Only for RustChat's own schema.
    #[arg(long)]
    database: Option<String>,
    /// Starts this many times the command after `--` and measures the time until it is ready.
    #[arg(long, default_value_t = 5)]
    starts: u32,
    /// Members of the channel, each with a socket.
    #[arg(long, default_value_t = 1_000)]
    members: usize,
    /// Posts of each measurement.
    #[arg(long, default_value_t = 2_000)]
    posts: usize,
    /// Requests in flight.
    #[arg(long, default_value_t = 16)]
    in_flight: usize,
    /// Sockets at which the memory is taken a second time.
    #[arg(long, default_value_t = 4_000)]
    sockets: usize,
    /// Also print the figures as JSON.
    #[arg(long)]
    json: bool,
    /// A server's command line; it must listen on the address of `--server`. Measures only the start.
    #[arg(last = true)]
    command: Vec<String>,
}

fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(measure(&arguments))?;
    print!("{}", report.table());
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}

async fn measure(arguments: &Arguments) -> Outcome<Report> {
    let mut report = Report::default();
    let target = Target::new(&arguments.server);
    if !arguments.command.is_empty() {
        ready::measure(&target, &arguments.command, arguments.starts, &mut report).await?;
        return Ok(report);
    }
    let crowd = Crowd::gather(&target, arguments.members).await?;
    posts::measure(&target, &crowd, arguments.posts, arguments.in_flight, &mut report).await?;
    if let Some(database) = &arguments.database {
        floor::statements(database, arguments.posts, arguments.in_flight, &mut report).await?;
    }
    let sockets = crowd.connect(&target).await?;
    deliveries::measure(&target, &crowd, sockets, &mut report).await?;
    floor::sends(arguments.members, &mut report).await?;
    if let Some(pid) = arguments.pid {
        idle::measure(&target, &crowd, pid, arguments.sockets, &mut report).await?;
    }
    Ok(report)
}
