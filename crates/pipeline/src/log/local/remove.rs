//! Removing topics and what groups have committed.
//!
//! The rows of the index go in one transaction, which is the removal. The files go afterwards, again
//! under the write lock: another process may make a topic of the same name in between, and its segments
//! lie in the same folder. A crash between the two leaves files that the next open removes, or the next
//! removal of the same topics.

use rusqlite::{Connection, OptionalExtension, params};

use super::handle::Handle;
use super::writer::Writer;
use super::{full, index, lock, segment, topic};
use crate::log::Failure;

pub(super) fn remove(log: &Handle, topics: &[String], groups: &[String]) -> Result<(), Failure> {
    for topic in topics {
        // Any other could name a folder that is not a topic's.
        topic::check_name(topic)?;
    }
    let (topics, groups) = (topics.to_vec(), groups.to_vec());
    log.call(move |writer| {
        for group in &groups {
            let dir = &writer.shared.config.dir;
            let held = lock::is_group_held(dir, group)
                .map_err(|error| Failure::Fatal(format!("{}: {error}", dir.display())))?;
            if held || writer.shared.groups.has_member(group) {
                return Err(Failure::Fatal(format!(
                    "group {group} still has a member: end it before its topics are removed"
                )));
            }
        }
        writer.durably(|index| forget(index, &topics, &groups))?;
        writer.resync()?;
        for topic in &topics {
            writer.remove_files(topic)?;
        }
        writer.flush()
    })
}

impl Writer {
    fn remove_files(&mut self, topic: &str) -> Result<(), Failure> {
        self.step(|writer| {
            if writer.query(|index| topic_id(index, topic))?.is_some() {
                // Made again meanwhile. What the old one left there is overwritten or removed like
                // whatever a crash leaves.
                return Ok(());
            }
            let config = &writer.shared.config;
            segment::remove_topic(&config.dir, topic)
                .map_err(|error| full::of_file(config, &config.dir.join(segment::FOLDER), &error))
        })
    }
}

fn forget(index: &Connection, topics: &[String], groups: &[String]) -> rusqlite::Result<()> {
    let highest = index::highest_partition(index)?;
    index.execute(
        "INSERT INTO meta VALUES ('partitions', ?1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [highest.to_string()],
    )?;
    for group in groups {
        index.execute("DELETE FROM offsets WHERE consumers = ?1", [group])?;
    }
    for topic in topics {
        let Some(id) = topic_id(index, topic)? else {
            continue;
        };
        for table in ["entries", "blocks", "segments", "offsets"] {
            index.execute(
                &format!(
                    "DELETE FROM {table} WHERE partition IN (SELECT id FROM partitions WHERE topic = ?1)"
                ),
                [id],
            )?;
        }
        index.execute("DELETE FROM partitions WHERE topic = ?1", [id])?;
        index.execute("DELETE FROM topics WHERE id = ?1", [id])?;
    }
    Ok(())
}

fn topic_id(index: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    index
        .query_row(
            "SELECT id FROM topics WHERE name = ?1",
            params![name],
            |row| row.get(0),
        )
        .optional()
}
