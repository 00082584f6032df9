//! The figures.

use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;

/// Every figure of a run, in order.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    figures: Vec<Figure>,
}

#[derive(Debug, Serialize)]
struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
}

impl Report {
    pub fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        let name = name.into();
        eprintln!("{name}: {value:.1} {unit}");
        self.figures.push(Figure { name, value, unit });
    }

    /// A rate with the middle and the slow end of how long each took.
    pub fn add_rate(&mut self, name: &str, took: Duration, mut each: Vec<Duration>) {
        each.sort_unstable();
        self.add(name, count(each.len()) / took.as_secs_f64(), "/s");
        for (label, percent) in [("p50", 50), ("p99", 99)] {
            let at = each.get(each.len() * percent / 100).copied().unwrap_or_default();
            self.add(format!("{name}, {label}"), at.as_secs_f64() * 1_000.0, "ms");
        }
    }

    /// As a Markdown table.
    pub fn table(&self) -> String {
        let mut table = String::from("| figure | value |\n|---|---|\n");
        for Figure { name, value, unit } in &self.figures {
            // Writing to a string cannot fail.
            let _ = writeln!(table, "| {name} | {value:.1} {unit} |");
        }
        table
    }
}

/// A count as a figure.
pub fn count(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
