//! Making topics and finding their partitions.

use std::sync::Arc;

use rusqlite::{Connection, params};

use super::catalog::{Partition, TopicState};
use super::handle::Handle;
use super::{index, is_compacted};
use crate::log::Failure;
use crate::topics::Topic;

/// Makes the topics that are missing. Whoever runs the log also decides how long topics keep: it takes
/// over changed retention, where a process beside it, whose configuration may be another, changes
/// nothing of a topic that is there.
pub(super) fn create(log: &Handle, topics: &[Topic]) -> Result<(), Failure> {
    for topic in topics {
        check_new(topic)?;
    }
    // Another process may just have removed one of them.
    log.resync()?;
    let catalog = &log.shared.catalog;
    let mut missing = false;
    for topic in topics {
        match catalog.topic(&topic.name) {
            Some(state) => {
                check_existing(topic, &state.topic)?;
                missing |= log.shared.runs && *topic != state.topic;
            }
            None => missing = true,
        }
    }
    if !missing {
        return Ok(());
    }
    let topics = topics.to_vec();
    log.call(move |writer| {
        // Under the write lock: another process may have made them meanwhile.
        writer.step(|writer| {
            for topic in &topics {
                match writer.shared.catalog.topic(&topic.name) {
                    Some(state) => {
                        check_existing(topic, &state.topic)?;
                        if writer.shared.runs {
                            writer.query(|index| change(index, state.id, topic))?;
                        }
                    }
                    None => writer.query(|index| insert(index, topic))?,
                }
            }
            Ok(())
        })?;
        writer.flush()?;
        // Segments end by the topic's retention, which may have changed.
        writer.resync()
    })
}

impl Handle {
    /// A topic, asked of the index where memory does not know it: another process may just have made
    /// it.
    pub(super) fn topic(&self, name: &str) -> Result<Option<Arc<TopicState>>, Failure> {
        let known = self.shared.catalog.topic(name);
        if known.is_some() {
            return Ok(known);
        }
        self.resync()?;
        Ok(self.shared.catalog.topic(name))
    }

    pub(super) fn partition(&self, topic: &str, number: u32) -> Result<Arc<Partition>, Failure> {
        let state = self.topic(topic)?.ok_or_else(|| unknown(topic))?;
        let partition = state.partitions.get(number as usize);
        partition.cloned().ok_or_else(|| {
            Failure::Fatal(format!(
                "topic {topic} has no partition {number}: it has {}, numbered from 0",
                state.topic.partitions
            ))
        })
    }
}

pub(super) fn unknown(topic: &str) -> Failure {
    Failure::Fatal(format!(
        "there is no topic {topic} in this log: check its name and generation, or run the pipeline once, \
         which makes its topics"
    ))
}

/// The name becomes a folder.
pub(super) fn check_name(name: &str) -> Result<(), Failure> {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.is_empty() || name.len() > 200 || name.starts_with('.') || !name.chars().all(fine) {
        return Err(Failure::Fatal(format!(
            "{name:?} cannot name a topic: up to 200 letters, digits, '.', '_' and '-', no '.' first"
        )));
    }
    Ok(())
}

fn check_new(topic: &Topic) -> Result<(), Failure> {
    let name = &topic.name;
    check_name(name)?;
    if topic.partitions == 0 {
        return Err(Failure::Fatal(format!(
            "topic {name} has 0 partitions: give it at least one"
        )));
    }
    Ok(())
}

fn check_existing(wanted: &Topic, there: &Topic) -> Result<(), Failure> {
    if wanted.partitions != there.partitions {
        return Err(Failure::Fatal(format!(
            "topic {} has {} partitions, not {}: another count would move records to other places; \
             keep it, or begin a new generation or data folder",
            wanted.name, there.partitions, wanted.partitions
        )));
    }
    if wanted.cleanup != there.cleanup {
        return Err(Failure::Fatal(format!(
            "topic {} is there with another cleanup, {:?}, not {:?}: begin a new generation or data \
             folder",
            wanted.name, there.cleanup, wanted.cleanup
        )));
    }
    Ok(())
}

fn insert(index: &Connection, topic: &Topic) -> rusqlite::Result<()> {
    index.execute(
        "INSERT INTO topics (name, compacted, retention_ms, retention_bytes) VALUES (?1, ?2, ?3, ?4)",
        params![
            topic.name,
            is_compacted(topic),
            retention_ms(topic),
            retention_bytes(topic)
        ],
    )?;
    let id = index.last_insert_rowid();
    let partition = index::highest_partition(index)? + 1;
    for number in 0..topic.partitions {
        index.execute(
            "INSERT INTO partitions (id, topic, number, start, next, written_ms)
             VALUES (?1, ?2, ?3, 0, 0, 0)",
            params![partition + i64::from(number), id, number],
        )?;
    }
    Ok(())
}

fn change(index: &Connection, id: i64, topic: &Topic) -> rusqlite::Result<()> {
    index
        .execute(
            "UPDATE topics SET retention_ms = ?2, retention_bytes = ?3 WHERE id = ?1",
            params![id, retention_ms(topic), retention_bytes(topic)],
        )
        .map(drop)
}

fn retention_ms(topic: &Topic) -> Option<i64> {
    let age = topic.retention?;
    Some(i64::try_from(age.as_millis()).unwrap_or(i64::MAX))
}

fn retention_bytes(topic: &Topic) -> Option<i64> {
    let bytes = topic.retention_bytes?;
    Some(i64::try_from(bytes).unwrap_or(i64::MAX))
}
