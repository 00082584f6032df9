//! The log: one JSON object a line for machines, or text for people, each line with the request it belongs to.
//!
//! Owns the form of a line. What is logged is up to those who log: never a token, a password or the text of a message.

use std::backtrace::Backtrace;
use std::io::{self, IsTerminal, Write};
use std::panic;

use env_logger::fmt::Formatter;
use env_logger::{Builder, Target};
use log::{LevelFilter, Record};
use serde::Serialize;

use crate::config::{Log, LogFormat};
use crate::request_id;

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    level: &'a str,
    target: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    request_id: &'a str,
    message: String,
}

/// Sends the log of this process, panics included, to standard error. Later calls change nothing.
pub fn start(settings: &Log) {
    let json = match settings.format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !io::stderr().is_terminal(),
    };
    let mut builder = Builder::new();
    // What these say of ordinary work is said by us, or is of no use to an operator.
    builder.filter_module("actix_server", LevelFilter::Warn).filter_module("sqlx", LevelFilter::Warn);
    builder.parse_filters(&settings.level).target(Target::Stderr);
    if json {
        builder.format(write_json);
    } else {
        builder.format(write_text);
    }
    // An error means that a log has been started already, as when tests share a process.
    let _ = builder.try_init();
    panic::set_hook(Box::new(|panic| log::error!("{panic}\n{}", Backtrace::capture())));
}

fn write_json(buffer: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    let line = Line {
        time: buffer.timestamp_millis().to_string(),
        level: record.level().as_str(),
        target: record.target(),
        request_id: &request_id::current(),
        message: record.args().to_string(),
    };
    serde_json::to_writer(&mut *buffer, &line)?;
    writeln!(buffer)
}

fn write_text(buffer: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    let style = buffer.default_level_style(record.level());
    let time = buffer.timestamp_seconds();
    write!(buffer, "{time} {style}{:5}{style:#} {}", record.level(), record.args())?;
    let request = request_id::current();
    if request.is_empty() { writeln!(buffer) } else { writeln!(buffer, " [{request}]") }
}
