//! What the kernel knows of this process, from `/proc`: nothing where there is none.

use std::fs;

use super::{
    PROCESS_CPU_SECONDS, PROCESS_MAX_FDS, PROCESS_OPEN_FDS, PROCESS_RESIDENT_MEMORY_BYTES,
    PROCESS_START_TIME_SECONDS, PROCESS_THREADS,
};

/// The metrics of this process that can be had, by name.
pub(super) fn read() -> Vec<(&'static str, f64)> {
    let mut found = Vec::new();
    let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
    found.extend(of_stat(&text("/proc/self/stat"), &text("/proc/stat")));
    found.extend(of_status(&text("/proc/self/status")));
    let most = limit(&text("/proc/self/limits"));
    found.extend(most.map(|most| (PROCESS_MAX_FDS, most)));
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        // One of them is the folder that is being read.
        let count = open.count().saturating_sub(1);
        found.push((PROCESS_OPEN_FDS, count as f64));
    }
    found
}

/// Times are in ticks of the clock; the start counts from when the machine did, which `/proc/stat` tells.
fn of_stat(own: &str, machine: &str) -> Vec<(&'static str, f64)> {
    // The name in parentheses may hold anything, blanks and parentheses too.
    let Some((_, fields)) = own.rsplit_once(") ") else {
        return Vec::new();
    };
    let fields: Vec<&str> = fields.split(' ').collect();
    // Numbered from 1 in proc(5), and the third is the first here.
    let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
    let ticks = rustix::param::clock_ticks_per_second() as f64;
    let mut found = Vec::new();
    if let (Some(user), Some(system)) = (field(14), field(15)) {
        found.push((PROCESS_CPU_SECONDS, (user + system) / ticks));
    }
    let mut lines = machine.lines();
    let booted = lines.find_map(|line| line.strip_prefix("btime ")?.trim().parse::<f64>().ok());
    if let (Some(booted), Some(started)) = (booted, field(22)) {
        found.push((PROCESS_START_TIME_SECONDS, booted + started / ticks));
    }
    found
}

fn of_status(own: &str) -> Vec<(&'static str, f64)> {
    let value = |name: &str| {
        let mut lines = own.lines();
        let value = lines.find_map(|line| line.strip_prefix(name))?;
        value.split_whitespace().next()?.parse::<f64>().ok()
    };
    let resident = value("VmRSS:").map(|kib| (PROCESS_RESIDENT_MEMORY_BYTES, kib * 1024.0));
    let threads = value("Threads:").map(|threads| (PROCESS_THREADS, threads));
    resident.into_iter().chain(threads).collect()
}

/// The soft limit; `None` where there is none.
fn limit(limits: &str) -> Option<f64> {
    let mut lines = limits.lines();
    let line = lines.find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_found_whatever_the_process_is_called() {
        let ticks = rustix::param::clock_ticks_per_second();
        let stat = format!(
            "7 (a) S (b) S 1 2 3 4 5 6 7 8 9 10 {} {} 0 0 20 0 3 0 {} 99",
            2 * ticks,
            ticks,
            5 * ticks
        );
        let found = of_stat(&stat, "cpu 1 2\nbtime 1000\nprocesses 3\n");
        let expected = [
            (PROCESS_CPU_SECONDS, 3.0),
            (PROCESS_START_TIME_SECONDS, 1005.0),
        ];
        assert_eq!(found, expected);
        let found = of_status("Name:\tx\nVmRSS:\t    2048 kB\nThreads:\t13\n");
        let expected = [
            (PROCESS_RESIDENT_MEMORY_BYTES, 2_097_152.0),
            (PROCESS_THREADS, 13.0),
        ];
        assert_eq!(found, expected);
        let limits =
            "Limit  Soft Limit  Hard Limit  Units\nMax open files   1024   524288   files\n";
        assert_eq!(limit(limits), Some(1024.0));
        assert_eq!(limit("Max open files unlimited unlimited files"), None);
        assert_eq!(of_stat("", ""), []);
    }
}
