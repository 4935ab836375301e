//! Opening the log in the data folder: alone, or beside the process that runs it.

use anyhow::{Context as _, bail};
use pipeline::log::Log as _;
use pipeline::log::local::{LocalConfig, LocalLog, OpenError};

use crate::Config;
use crate::patience::patiently;

/// What the local log has to know.
pub fn local_config(config: &Config) -> LocalConfig {
    LocalConfig {
        dir: config.data_dir.join("log"),
        fsync: config.log.fsync,
        segment_bytes: config.log.segment_mib << 20,
        min_free_bytes: config.log.min_free_mib << 20,
    }
}

/// The log beside whoever runs it, or alone where nobody does: the same to read and to write.
///
/// # Errors
/// Where there is none yet, or it cannot be opened.
pub fn beside(config: &Config) -> anyhow::Result<LocalLog> {
    match LocalLog::beside(local_config(config)) {
        Err(OpenError::Missing { .. }) => bail!(
            "there is no log in {} yet; `copydesk run` or `copydesk feeds add` makes one, --data-dir names another folder",
            config.data_dir.display()
        ),
        opened => opened.with_context(|| unopened(config)),
    }
}

/// The log beside whoever runs it, made first where there is none.
///
/// # Errors
/// Where it can be neither opened nor made.
pub fn beside_or_new(config: &Config) -> anyhow::Result<LocalLog> {
    let opened = LocalLog::beside(local_config(config));
    let log = match opened {
        Err(OpenError::Missing { .. }) => LocalLog::open(local_config(config)),
        opened => opened,
    };
    let log = log.with_context(|| unopened(config))?;
    patiently(|| log.create(config.topology().topics()))?;
    Ok(log)
}

fn unopened(config: &Config) -> String {
    format!("the log in {} cannot be opened", config.data_dir.display())
}
