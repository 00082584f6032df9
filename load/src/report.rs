//! The figures.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;

use crate::stats::{per_second, percentile};

/// Every scenario of a run, in order.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    scenarios: Vec<Section>,
}

/// One scenario.
#[derive(Debug, Default, Serialize)]
struct Section {
    scenario: String,
    parameters: BTreeMap<&'static str, String>,
    figures: Vec<Figure>,
    violations: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
}

impl Report {
    /// Begins a scenario; figures belong to the one that began last.
    pub fn begin(&mut self, scenario: impl Into<String>, parameters: &[(&'static str, String)]) {
        let (scenario, parameters) = (scenario.into(), parameters.iter().cloned().collect());
        eprintln!("-- {scenario}");
        self.scenarios.push(Section { scenario, parameters, ..Section::default() });
    }

    pub fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        let name = name.into();
        eprintln!("{name}: {value:.1} {unit}");
        if let Some(section) = self.scenarios.last_mut() {
            section.figures.push(Figure { name, value, unit });
        }
    }

    /// A rate with the middle and the slow end of how long each took.
    pub fn add_rate(&mut self, name: &str, took: Duration, each: Vec<Duration>) {
        self.add(name, per_second(each.len(), took), "/s");
        self.add_times(name, each);
    }

    /// The middle and the slow end of how long each took.
    pub fn add_times(&mut self, name: &str, mut each: Vec<Duration>) {
        each.sort_unstable();
        for (label, percent) in [("p50", 50), ("p99", 99)] {
            self.add(format!("{name}, {label}"), percentile(&each, percent).as_secs_f64() * 1_000.0, "ms");
        }
    }

    /// Says what went wrong in the scenario that began last.
    pub fn add_violations(&mut self, violations: Vec<String>) {
        violations.iter().for_each(|violation| eprintln!("VIOLATION {violation}"));
        if let Some(section) = self.scenarios.last_mut() {
            section.violations.extend(violations);
        }
    }

    pub fn has_violations(&self) -> bool {
        self.scenarios.iter().any(|section| !section.violations.is_empty())
    }

    /// As a Markdown table, and below it what went wrong.
    pub fn table(&self) -> String {
        let mut table = String::from("| scenario | figure | value |\n|---|---|---|\n");
        // Writing to a string cannot fail.
        for Section { scenario, parameters, figures, .. } in &self.scenarios {
            let parameters: Vec<_> = parameters.iter().map(|(name, value)| format!("{name} {value}")).collect();
            let _ = writeln!(table, "| **{scenario}** | {} | |", parameters.join(", "));
            for Figure { name, value, unit } in figures {
                let _ = writeln!(table, "| | {name} | {} {unit} |", rounded(*value));
            }
        }
        for Section { scenario, violations, .. } in &self.scenarios {
            for violation in violations {
                let _ = writeln!(table, "\nVIOLATION in {scenario}: {violation}");
            }
        }
        table
    }
}

/// No more digits than mean something.
fn rounded(value: f64) -> String {
    if value.abs() >= 100.0 || value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_names_scenarios_figures_and_violations() {
        let mut report = Report::default();
        report.begin("posts", &[("posts", "3".to_owned())]);
        report.add_rate("rate", Duration::from_secs(2), vec![Duration::from_millis(5); 3]);
        assert!(!report.has_violations());
        report.add_violations(vec!["Lost: 1".to_owned()]);
        assert!(report.has_violations());
        let table = report.table();
        for line in [
            "| **posts** | posts 3 | |",
            "| | rate | 1.50 /s |",
            "| | rate, p99 | 5 ms |",
            "VIOLATION in posts: Lost: 1",
        ] {
            assert!(table.contains(line), "{line} is not in\n{table}");
        }
    }
}
