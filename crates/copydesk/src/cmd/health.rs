//! Tell by the exit code whether what runs on the data folder is well, as containers ask.

use std::io::Write as _;

use anyhow::bail;
use pipeline::admin;

use super::status::found;
use crate::cli::Health;
use crate::config::Config;

/// What the admin port is asked.
const ALIVE: &str = "/healthz";
const READY: &str = "/readyz";

pub(super) fn run(config: &Config, health: &Health) -> anyhow::Result<()> {
    let path = if health.ready { READY } else { ALIVE };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let found = found(config)?;
    if found.is_empty() {
        bail!("nothing runs on {}", config.data_dir.display());
    }
    let mut out = std::io::stdout().lock();
    for process in found {
        let name = match process.name {
            Some(name) => format!("{name} (process {})", process.pid),
            None => format!("process {}", process.pid),
        };
        let Some(address) = process.admin else {
            bail!("{name} has no admin port yet");
        };
        match runtime.block_on(admin::probe(address, path)) {
            Some((true, text)) => writeln!(out, "{name}: {text}")?,
            Some((false, text)) => bail!("{name}: {text}"),
            None => bail!("{name} does not answer at http://{address}{path}"),
        }
    }
    Ok(())
}
