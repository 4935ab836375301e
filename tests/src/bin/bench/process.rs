//! What the kernel says of a process, and when a pipeline has begun.

use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use tests::Ledger;

/// Waits for the first poll: what comes before is start-up.
pub(crate) fn await_first(ledger: &Ledger) {
    while ledger.count("feeds.polled") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The most memory that the process ever had resident, in MB.
pub(crate) fn peak_mb(pid: u32) -> f64 {
    status(pid, "VmHWM:") / 1024.0
}

/// What the process has resident now, in MB.
pub(crate) fn resident_mb(pid: u32) -> f64 {
    status(pid, "VmRSS:") / 1024.0
}

/// Runs a command to its end: how it ended, how long it took, and the most memory that it had, in MB.
pub(crate) fn run(command: &mut Command) -> (ExitStatus, Duration, f64) {
    let started = Instant::now();
    let mut child = command.spawn().expect("copydesk runs");
    let mut peak = 0.0_f64;
    loop {
        peak = peak.max(peak_mb(child.id()));
        if let Some(ended) = child.try_wait().expect("it can be waited for") {
            return (ended, started.elapsed(), peak);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// CPU seconds that the process has used, in user and kernel mode.
pub(crate) fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The command's name may hold blanks: count the fields after its closing parenthesis.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks = |index: usize| -> f64 {
        let field = fields.get(index).and_then(|field| field.parse().ok());
        field.unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / 100.0
}

fn status(pid: u32, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.and_then(|number| number.parse().ok()).unwrap_or(0.0)
}
