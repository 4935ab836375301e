//! What a state takes over when its partition is opened for the first time in a generation.
//!
//! What the fetcher knows of feeds, pages and hosts belongs to no generation: whoever goes on with a new
//! one must not poll early, nor fetch again what is there. It is read from the changelog of the
//! generation before, and written with the first transaction of the new one.
//!
//! The generation before must not go on meanwhile: its producers are fenced first, and a task of a
//! stage that takes something over works only in the live generation.

use std::ops::Range;

use crate::dead::Coordinates;
use crate::generations::Generations;
use crate::log::{Failure, Limits, Log, Offset, Reader, Stored};
use crate::runtime::Runtime;
use crate::state::State;
use crate::topics::{Topic, Topology};
use crate::waker::Waker;

/// How much of a topic is read at once.
const LIMITS: Limits = Limits {
    records: 10_000,
    bytes: 16 << 20,
};

/// Tables that a state takes over.
#[derive(Clone, Copy, Debug)]
pub struct Heritage {
    /// The stage in whose changelog they are.
    pub stage: &'static str,
    /// The topic that the stage reads, as it is called in generation 1.
    pub input: &'static str,
    /// Whose changelog.
    pub of: Whose,
    /// The tables' names.
    pub tables: &'static [&'static str],
}

/// The generation whose topic is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The same one: a replay wrote it.
    Own,
    /// The one that it reads.
    Forebear,
}

impl Whose {
    fn topology<L>(self, runtime: &Runtime<L>) -> Option<&Topology> {
        match self {
            Self::Own => Some(&runtime.topology),
            Self::Forebear => runtime.forebear.as_deref(),
        }
    }
}

/// Refuses to work for a generation whose fetcher is not the live one's: two of them would poll the same
/// feeds, and what the older one finds would be the newer one's loss.
pub(crate) fn check_live<L: Log>(runtime: &Runtime<L>, stage: &str) -> Result<(), Failure> {
    let known = Generations::read(&runtime.log, &runtime.topology)?;
    if known.known().next().is_none() {
        return Ok(());
    }
    let (live, own) = (known.live_fetcher(), runtime.topology.generation_of(stage));
    if live == own {
        return Ok(());
    }
    Err(Failure::Reopen(format!(
        "the fetcher of generation {live} is live, not that of {own}"
    )))
}

/// Takes over every heritage into `state`, as changes. True in a generation that has a forebear.
pub(crate) fn take_over<L: Log, S: State>(
    runtime: &Runtime<L>,
    heritage: &[Heritage],
    input: &Topic,
    partition: u32,
    state: &mut S,
) -> Result<bool, Failure> {
    if runtime.forebear.is_none() {
        return Ok(false);
    }
    for part in heritage {
        let Some((topology, read)) = part
            .of
            .topology(runtime)
            .and_then(|topology| Some((topology, topology.topic(part.input)?)))
        else {
            continue;
        };
        let changelog = topology.changelog(part.stage, read.partitions).name;
        let Some(there) = runtime.log.partitions(&changelog)? else {
            continue;
        };
        if part.of == Whose::Forebear {
            // All of them: what one of its tasks writes may be another's of ours to take up.
            let group = topology.group(part.stage);
            for partition in 0..read.partitions {
                let id = format!("{group}.{}.{partition}", read.name);
                runtime.log.producer(&id)?;
            }
        }
        for partition in answered_for(there, input, partition) {
            adopt(runtime, &changelog, partition, part.tables, state)?;
        }
    }
    Ok(true)
}

/// The partitions of a topic parted in `there` that the task of `partition` answers for. Parted
/// otherwise than its input, it takes all: what is another's is never asked for.
fn answered_for(there: u32, input: &Topic, partition: u32) -> Range<u32> {
    if there == input.partitions {
        partition..partition + 1
    } else {
        0..there
    }
}

fn adopt<L: Log, S: State>(
    runtime: &Runtime<L>,
    changelog: &str,
    partition: u32,
    tables: &[&str],
    state: &mut S,
) -> Result<(), Failure> {
    let each = |record: Stored| {
        let key = record.key.unwrap_or_default();
        let Some(zero) = key.iter().position(|byte| *byte == 0) else {
            return Ok(());
        };
        let (name, key) = (&key[..zero], &key[zero + 1..]);
        if !tables.iter().any(|table| table.as_bytes() == name) {
            return Ok(());
        }
        for table in state.tables() {
            if table.name().as_bytes() == name {
                let adopted = table.adopt(key, record.value.as_deref());
                adopted.map_err(|error| Failure::Fatal(error.to_string()))?;
                table.keep();
            }
        }
        Ok(())
    };
    read_all(&runtime.log, changelog, partition, 0, each)
}

/// See [`crate::Task::later`].
pub(crate) fn later<L: Log>(
    runtime: &Runtime<L>,
    (stage, base, whose): (&str, &str, Whose),
    input: &Topic,
    partition: u32,
) -> Result<Vec<(Coordinates, Stored)>, Failure> {
    let topic = whose
        .topology(runtime)
        .and_then(|topology| topology.topic(base));
    let Some(topic) = topic else {
        return Ok(Vec::new());
    };
    let group = runtime.topology.group(stage);
    let mut records = Vec::new();
    // Parted otherwise, the first task takes what came later for all: what it writes has a place of
    // its own.
    let is_alike = topic.partitions == input.partitions;
    let partitions = match (is_alike, partition) {
        (true, _) => partition..partition + 1,
        (false, 0) => 0..topic.partitions,
        (false, _) => 0..0,
    };
    for partition in partitions {
        let handled = runtime.log.committed(&group, &topic.name, partition)?;
        let from = match handled {
            Some(next) => next,
            None => runtime.log.bounds(&topic.name, partition)?.start,
        };
        read_all(&runtime.log, &topic.name, partition, from, |record| {
            let source = Coordinates {
                topic: topic.name.clone(),
                partition,
                offset: record.offset,
                written_at: record.written_at,
            };
            records.push((source, record));
            Ok(())
        })?;
    }
    Ok(records)
}

/// Shows every record of a partition from an offset on.
fn read_all<L: Log>(
    log: &L,
    topic: &str,
    partition: u32,
    from: Offset,
    mut each: impl FnMut(Stored) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = log.reader(topic, partition, from, Waker::default())?;
    loop {
        let records = reader.read(LIMITS)?;
        if records.is_empty() {
            return Ok(());
        }
        for record in records {
            each(record)?;
        }
    }
}
