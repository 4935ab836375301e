//! Opening the log in the data folder: alone, or beside the process that runs it.

use anyhow::{Context as _, bail};
use pipeline::log::Log;
use pipeline::log::local::{LocalConfig, LocalLog, OpenError};
use pipeline::topics::Topology;

use crate::Config;
use crate::patience::patiently;

/// What the local log has to know.
pub fn local_config(config: &Config) -> LocalConfig {
    LocalConfig {
        dir: config.data_dir.join("log"),
        fsync: config.log.fsync,
        segment_bytes: bytes_of(config.log.segment_mib),
        min_free_bytes: bytes_of(config.log.min_free_mib),
    }
}

/// Saturates: a [`Config`] that nobody validated must not wrap to a small number.
fn bytes_of(mib: u64) -> u64 {
    mib.saturating_mul(1 << 20)
}

/// A topic that is there has another number of partitions than the configuration gives it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("topic {topic} has {there} partitions, not {wanted}")]
pub struct OtherPartitions {
    /// The topic's name.
    pub topic: String,
    /// What the configuration says.
    pub wanted: u32,
    /// What the log has.
    pub there: u32,
}

/// Makes the topics that are not there yet.
///
/// # Errors
/// [`OtherPartitions`] before anything is made, or a log that cannot be written.
pub fn create_topics<L: Log>(log: &L, topology: &Topology) -> anyhow::Result<()> {
    for topic in topology.topics() {
        let there = patiently(|| log.partitions(&topic.name))?;
        if let Some(there) = there.filter(|there| *there != topic.partitions) {
            return Err(anyhow::Error::new(OtherPartitions {
                topic: topic.name.clone(),
                wanted: topic.partitions,
                there,
            }));
        }
    }
    Ok(patiently(|| log.create(topology.topics()))?)
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
    create_topics(&log, &config.topology())?;
    Ok(log)
}

fn unopened(config: &Config) -> String {
    format!("the log in {} cannot be opened", config.data_dir.display())
}
