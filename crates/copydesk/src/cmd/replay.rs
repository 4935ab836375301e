//! Derive a new generation, and choose the live one.

mod derive;
mod diff;
mod list;
mod switch;

use std::path::PathBuf;

use anyhow::bail;

use crate::cli::Replay;
use crate::config::Config;
use crate::slot::Slot;
use crate::storage::{self, Opened};

pub(super) fn run(config: &Config, replay: Replay) -> anyhow::Result<()> {
    match replay {
        Replay::Fetcher(wanted) => derive::run(config, "fetcher", &wanted),
        Replay::Cleaner(wanted) => derive::run(config, "cleaner", &wanted),
        Replay::Enricher(wanted) => derive::run(config, "enricher", &wanted),
        Replay::Diff(wanted) => diff::run(config, &wanted),
        Replay::List { json } => list::run(config, json),
        Replay::Switch { generation } => switch::switch(config, generation),
        Replay::Drop { generation } => switch::drop(config, generation),
    }
}

/// A generation that this process alone works on, as far as this data folder goes, and the log to do
/// so.
struct Held {
    slot: Slot,
    opened: Opened,
}

impl Held {
    fn take(config: &Config, generation: u32) -> anyhow::Result<Self> {
        let service = format!("replay.g{generation}");
        let slot = Slot::take(&config.data_dir, &service)?;
        if slot.number() > 0 {
            bail!("another process works on generation {generation}; wait for it, or end it");
        }
        // Without a name in its groups, whose partitions would wait for its return: a replay that has ended
        // leaves them at once. What fences it is its transactional id.
        let opened = storage::beside(config, &[])?;
        Ok(Self { slot, opened })
    }

    /// Where copies of the generation's states lie.
    fn state(&self) -> PathBuf {
        self.slot.folder().join("state")
    }
}
