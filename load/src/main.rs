//! `rustchat-load`: puts load on a server through `/api/v4` and its websocket, checks what it delivers, and prints what came
//! of it beside floors measured in the same run.
//!
//! It speaks nothing but the contract, so it runs against any compatible server. It shares the machine with what it
//! measures, so it does as little as it can: one thread, plain TCP, one read buffer, no JSON in the hot loops.

mod api;
mod check;
mod floor;
mod frames;
mod http;
mod ledger;
mod mark;
mod options;
mod people;
mod process;
mod ready;
mod refetch;
mod report;
mod run;
mod scenarios;
mod sender;
mod socket;
mod stats;
mod wire;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use tokio::task::LocalSet;

use crate::options::Options;
use crate::report::Report;
use crate::run::Run;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<ExitCode> {
    let options = Options::parse();
    let json = options.json;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = LocalSet::new().block_on(&runtime, measure(options))?;
    print!("{}", report.table());
    if json {
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(if report.has_violations() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn measure(options: Options) -> Outcome<Report> {
    if !options.command.is_empty() {
        return ready::measure(&options).await;
    }
    let mut run = Run::new(options).await?;
    for scenario in run.options.scenarios() {
        scenarios::measure(&mut run, scenario).await?;
    }
    Ok(run.report.into_inner())
}
