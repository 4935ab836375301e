//! Show what the pipeline is doing and how far every stage has come.

use std::io::Write as _;
use std::net::SocketAddr;

use pipeline::admin::{self, Status};
use pipeline::board::TaskStatus;
use pipeline::log::Log;
use pipeline::log::local::LocalLog;
use pipeline::overview::{Overview, overview};
use serde::Serialize;

use crate::config::Config;
use crate::patience::patiently;
use crate::storage::{self, Job};
use crate::{cli, live, slot};

pub(super) fn run(config: &Config, status: &cli::Status) -> anyhow::Result<()> {
    let seen = processes(config)?;
    // Who runs it knows how far everything has come, and spares opening the log.
    let told = seen.iter().find_map(|seen| seen.status.as_ref());
    let told = told.and_then(|status| status.overview.clone());
    let overview = || told.map_or_else(|| read(config), Ok);
    let mut out = std::io::stdout().lock();
    if status.json {
        let overview = overview()?;
        let whole = serde_json::to_string_pretty(&whole(&seen, &overview))?;
        writeln!(out, "{whole}")?;
        return Ok(());
    }
    // What runs is told even where the log cannot be asked.
    out.write_all(text(&seen).as_bytes())?;
    let overview = overview()?;
    if seen.is_empty() {
        writeln!(out, "not running")?;
    }
    write!(out, "{overview}")?;
    Ok(())
}

/// How far everything has come, from the log itself.
fn read(config: &Config) -> anyhow::Result<Overview> {
    storage::beside(config, &[])?.run(Ask(config))
}

struct Ask<'a>(&'a Config);

impl Job for Ask<'_> {
    type Output = Overview;

    fn on<L: Log>(self, log: L) -> anyhow::Result<Overview> {
        let topology = live::topology(&log, self.0)?;
        Ok(patiently(|| overview(&log, &topology))?)
    }
}

/// A process that runs on the data folder, before it was asked.
pub(super) struct Found {
    /// Its name among those that share the folder; `None` where it has the folder alone.
    pub(super) name: Option<String>,
    /// Its process id.
    pub(super) pid: u32,
    /// Where its admin port listens, as it has said.
    pub(super) admin: Option<SocketAddr>,
}

/// The processes of this data folder.
pub(super) fn found(config: &Config) -> anyhow::Result<Vec<Found>> {
    if config.kafka.is_set() {
        let running = slot::running(&config.data_dir)?.into_iter();
        let found = running.map(|running| Found {
            name: Some(running.name),
            pid: running.pid,
            admin: running.admin,
        });
        return Ok(found.collect());
    }
    let holder = LocalLog::holder(&storage::local_config(config).dir);
    let found = holder.map(|pid| Found {
        name: None,
        pid,
        admin: slot::address(&config.data_dir),
    });
    Ok(found.into_iter().collect())
}

/// A process that runs on the data folder.
struct Seen {
    /// Its name among those that share the folder; `None` where it has the folder alone.
    name: Option<String>,
    pid: u32,
    /// What it tells of itself, where it answers.
    status: Option<Status>,
}

/// Asks each. An address may be left of one that was killed, and another's by
/// now: whoever answers must be the one that runs.
fn processes(config: &Config) -> anyhow::Result<Vec<Seen>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let ask = |pid: u32, address: Option<SocketAddr>| {
        let answer = runtime.block_on(admin::ask(address?))?;
        (answer.process.pid == pid).then_some(answer)
    };
    let seen = found(config)?.into_iter().map(|found| Seen {
        name: found.name,
        pid: found.pid,
        status: ask(found.pid, found.admin),
    });
    Ok(seen.collect())
}

fn text(seen: &[Seen]) -> String {
    let each = seen.iter().map(|seen| {
        let name = seen.name.as_ref().map(|name| format!("{name}: "));
        let own = seen.status.as_ref().map_or_else(
            || {
                let pid = seen.pid;
                format!("process {pid} runs it, but its admin port does not answer\n")
            },
            Status::own,
        );
        name.unwrap_or_default() + &own
    });
    each.collect()
}

/// `process` and `tasks` stand as in an admin port's own answer where at most one process runs;
/// `processes` has each, however many.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    only: Option<Told<'a>>,
    processes: Vec<Each<'a>>,
    overview: &'a Overview,
}

#[derive(Serialize)]
struct Each<'a> {
    name: Option<&'a str>,
    pid: u32,
    #[serde(flatten)]
    told: Told<'a>,
}

/// What a process tells of itself; nothing where it does not answer, or there is none.
#[derive(Clone, Copy, Default, Serialize)]
struct Told<'a> {
    process: Option<&'a admin::Process>,
    tasks: &'a [TaskStatus],
}

fn whole<'a>(seen: &'a [Seen], overview: &'a Overview) -> Whole<'a> {
    let each = seen.iter().map(|seen| Each {
        name: seen.name.as_deref(),
        pid: seen.pid,
        told: seen
            .status
            .as_ref()
            .map_or_else(Told::default, |status| Told {
                process: Some(&status.process),
                tasks: &status.tasks,
            }),
    });
    let processes: Vec<Each> = each.collect();
    let only = match processes.as_slice() {
        [] => Some(Told::default()),
        [only] => Some(only.told),
        _ => None,
    };
    Whole {
        only,
        processes,
        overview,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;

    fn overview() -> Overview {
        Overview {
            topics: Vec::new(),
            stages: Vec::new(),
        }
    }

    fn seen(name: &str, pid: u32, answers: bool) -> Seen {
        let status = || Status {
            process: admin::Process {
                pid,
                version: "0.1.0".to_owned(),
                config: "c0ffee".to_owned(),
                started_at: Timestamp::UNIX_EPOCH,
            },
            tasks: Vec::new(),
            overview: Some(overview()),
            overview_unavailable: None,
        };
        Seen {
            name: Some(name.to_owned()),
            pid,
            status: answers.then(status),
        }
    }

    fn json_of(seen: &[Seen]) -> Value {
        serde_json::to_value(whole(seen, &overview())).expect("it serialises")
    }

    #[test]
    fn one_process_or_none_is_told_as_its_own_admin_port_tells_it() {
        let none = json_of(&[]);
        assert_eq!(
            (&none["process"], &none["tasks"]),
            (&Value::Null, &json!([]))
        );
        let one = json_of(&[seen("run.0", 7, true)]);
        assert_eq!(one["process"]["pid"], 7);
        assert_eq!(one["tasks"], json!([]));
        assert_eq!(one["processes"][0]["process"], one["process"]);
        assert_eq!(json_of(&[seen("run.0", 7, false)])["process"], Value::Null);
    }

    #[test]
    fn several_processes_are_told_one_by_one() {
        let several = [seen("cleaner.0", 7, true), seen("fetcher.0", 8, false)];
        let json = json_of(&several);
        assert_eq!(json.get("process"), None, "{json}");
        let pids: Vec<&Value> = (0..2).map(|n| &json["processes"][n]["pid"]).collect();
        assert_eq!(pids, [7, 8]);
        assert_eq!(json["processes"][0]["name"], "cleaner.0");
        assert_eq!(json["processes"][1]["process"], Value::Null);
        let expected = "cleaner.0: process 7 of copydesk 0.1.0 (configuration c0ffee), up since 1970-01-01T00:00:00Z\n\
            fetcher.0: process 8 runs it, but its admin port does not answer\n";
        assert_eq!(text(&several), expected);
    }
}
