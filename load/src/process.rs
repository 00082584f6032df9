//! What the server's processes cost, as the kernel tells it.

use std::fs;
use std::time::Duration;

use crate::Outcome;

/// The kernel counts CPU time for other processes in hundredths of a second, on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// The processes of all instances together.
pub struct Processes<'a>(pub &'a [u32]);

impl Processes<'_> {
    /// Resident memory in bytes.
    pub fn memory(&self) -> Outcome<f64> {
        self.0.iter().map(|pid| memory(&fs::read_to_string(format!("/proc/{pid}/status"))?)).sum()
    }

    /// CPU time since their start, to a hundredth of a second.
    pub fn cpu(&self) -> Outcome<Duration> {
        self.0.iter().map(|pid| cpu(&fs::read_to_string(format!("/proc/{pid}/stat"))?)).sum()
    }
}

/// How many files, sockets among them, this process may have open.
pub fn open_files() -> Outcome<usize> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).ok_or("no limit of open files")?;
    let soft = line.split_whitespace().next().ok_or("no limit of open files")?;
    Ok(soft.parse().unwrap_or(usize::MAX))
}

fn memory(status: &str) -> Outcome<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kibibytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes * 1024.0)
}

/// The 14th and 15th field; the second is a name in parentheses that may hold anything.
fn cpu(stat: &str) -> Outcome<Duration> {
    let (_, fields) = stat.rsplit_once(')').ok_or("no name")?;
    let ticks: u32 = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>).sum::<Result<_, _>>()?;
    Ok(TICK * ticks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_kernel_writes() {
        assert_eq!(memory("Name:\tx\nVmRSS:\t    12 kB\nThreads:\t1\n").unwrap(), 12.0 * 1024.0);
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 1 2 3 4 150 50 0 0 20 0 1 0 1 1 1";
        assert_eq!(cpu(stat).unwrap(), Duration::from_secs(2));
    }
}
