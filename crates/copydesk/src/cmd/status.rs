//! Show what the pipeline is doing and how far every stage has come.

use std::io::Write as _;

use pipeline::admin;
use pipeline::log::local::LocalLog;
use pipeline::overview::overview;
use serde_json::json;

use crate::cli::Status;
use crate::config::Config;
use crate::{process, storage};

pub(super) fn run(config: &Config, status: &Status) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let holder = LocalLog::holder(&storage::local_config(config).dir);
    let running = match holder {
        Some(pid) => ask(config, pid)?,
        None => None,
    };
    if let Some(running) = running {
        if status.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&running)?)?;
        } else {
            write!(out, "{running}")?;
        }
        return Ok(());
    }
    let log = storage::beside(config)?;
    let overview = overview(&log, &config.topology())?;
    if status.json {
        let whole = json!({ "process": null, "tasks": [], "overview": overview });
        writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
    } else {
        match holder {
            Some(pid) => writeln!(
                out,
                "process {pid} runs it, but its admin port does not answer"
            )?,
            None => writeln!(out, "not running")?,
        }
        write!(out, "{overview}")?;
    }
    Ok(())
}

/// What the process that runs the pipeline tells of itself, where it answers. The address may be left
/// of one that was killed, and another's by now: whoever answers must be the one that runs.
fn ask(config: &Config, pid: u32) -> anyhow::Result<Option<admin::Status>> {
    let Some(address) = process::admin_of(&config.data_dir) else {
        return Ok(None);
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let answer = runtime.block_on(admin::ask(address));
    Ok(answer.filter(|status| status.process.pid == pid))
}
