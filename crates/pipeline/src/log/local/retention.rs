//! Retention: what a topic's bounds no longer cover goes, oldest first, but nothing that a group in
//! use has not read.
//!
//! Topics that are not compacted lose whole segments: their index rows go and the start moves in one
//! transaction of the index, then the file is unlinked; a crash between leaves a file that the next
//! open removes. Compacted topics lose tombstones a day old and entries older than the topic's
//! retention; bytes do not bound them, their keys do.
//!
//! A group is in use while it has a member or has committed within the last week. The log applies
//! retention by itself only when the first group of the process has been joined for some seconds: before
//! that nobody can tell which groups the process is about to have.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, params};

use super::catalog::{Partition, TopicState};
use super::handle::Shared;
use super::index::{self, Segment};
use super::segment;
use super::writer::Writer;
use crate::log::{Failure, Offset};

/// How many segments, or thousands of entries, go between two commits.
pub(super) const PER_TICK: usize = 8;
/// How many entries of a compacted topic go at once.
const ENTRIES: usize = 1000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// A group that has not committed for so long and has no member is no longer in use.
const IN_USE_MS: i64 = 7 * DAY_MS;
/// A topic's byte cap makes segments smaller, but not smaller than this.
const SMALLEST_SEGMENT: u64 = 64 << 10;
/// A partition's segments are this many times smaller than its share of the topic's byte cap.
const SEGMENTS_PER_CAP: u64 = 8;
/// Free pages of the index that are given back to the file system at once.
const VACUUM_PAGES: i64 = 1024;

/// When a segment is ended and the next one begins: only ended segments can go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Roll {
    bytes: u64,
    age_ms: i64,
}

impl Roll {
    pub(super) fn of(shared: &Shared, topic: &str) -> Self {
        let topic = shared.catalog.topic(topic);
        let topic = topic.as_ref().map(|state| &state.topic);
        let share = topic.and_then(|topic| {
            let partitions = u64::from(topic.partitions.max(1));
            Some(topic.retention_bytes? / partitions / SEGMENTS_PER_CAP)
        });
        let bytes = shared.config.segment_bytes;
        let age = topic.and_then(|topic| topic.retention.map(millis));
        Self {
            bytes: share.map_or(bytes, |share| bytes.min(share.max(SMALLEST_SEGMENT))),
            age_ms: age.map_or(DAY_MS, |age| (age / 4).min(DAY_MS)),
        }
    }

    /// Whether a block of `bytes` written at `now_ms` goes into the next segment.
    pub(super) fn is_due(&self, segment: &Segment, bytes: u64, now_ms: i64) -> bool {
        segment.next > segment.first
            && (segment.bytes + bytes > self.bytes || self.is_old(segment, now_ms))
    }

    fn is_old(&self, segment: &Segment, now_ms: i64) -> bool {
        segment.first_ms.saturating_add(self.age_ms) <= now_ms
    }
}

impl Writer {
    /// Drops what the retention no longer covers at `now_ms`, at most `budget` steps. True where more
    /// is left to do.
    pub(super) fn maintain(&mut self, now_ms: i64, budget: usize) -> Result<bool, Failure> {
        let mut left = budget;
        for topic in self.shared.clone().catalog.all() {
            for partition in &topic.partitions {
                if partition.compacted {
                    self.prune(&topic, partition, now_ms, &mut left)?;
                } else {
                    self.roll_if_old(partition, now_ms)?;
                }
            }
            while left > 0
                && let Some((partition, segment)) = self.expired(&topic, now_ms)?
            {
                self.drop_segment(&partition, &segment)?;
                left -= 1;
            }
        }
        self.shrink()?;
        Ok(left == 0)
    }

    /// Ends the segment of a partition that nothing is written to any more.
    fn roll_if_old(&mut self, partition: &Partition, now_ms: i64) -> Result<(), Failure> {
        let id = partition.id;
        let roll = Roll::of(&self.shared, &partition.topic);
        let is_due =
            |segment: &Segment| segment.next > segment.first && roll.is_old(segment, now_ms);
        if !self
            .query(|i| index::last_segment(i, id))?
            .is_some_and(|s| is_due(&s))
        {
            return Ok(());
        }
        self.cursors.remove(&id);
        self.step(|writer| {
            // Once more under the write lock: another process may have ended it.
            writer.query(|i| match index::last_segment(i, id)? {
                Some(segment) if is_due(&segment) => {
                    index::save_segment(i, id, &Segment::empty(segment.next, now_ms))
                }
                _ => Ok(()),
            })
        })
    }

    /// The segment of the topic that goes next.
    fn expired(
        &self,
        topic: &TopicState,
        now_ms: i64,
    ) -> Result<Option<(Arc<Partition>, Segment)>, Failure> {
        let mut bytes = 0;
        let mut oldest: Option<(Arc<Partition>, Segment)> = None;
        for partition in topic.partitions.iter().filter(|p| !p.compacted) {
            let mut segments = self.query(|i| index::segments(i, partition.id))?;
            bytes += segments.iter().map(|segment| segment.bytes).sum::<u64>();
            // The last one is written to.
            segments.pop();
            let Some(segment) = segments.first() else {
                continue;
            };
            if segment.next <= self.unread_from(partition, now_ms)?
                && oldest
                    .as_ref()
                    .is_none_or(|(_, old)| segment.last_ms < old.last_ms)
            {
                oldest = Some((partition.clone(), *segment));
            }
        }
        let Some((partition, segment)) = oldest else {
            return Ok(None);
        };
        let retention = topic.topic.retention.map(millis);
        let too_old = retention.is_some_and(|age| segment.last_ms.saturating_add(age) <= now_ms);
        let too_much = topic.topic.retention_bytes.is_some_and(|cap| bytes > cap);
        Ok((too_old || too_much).then_some((partition, segment)))
    }

    /// The smallest offset that a group in use has not read.
    fn unread_from(&self, partition: &Partition, now_ms: i64) -> Result<Offset, Failure> {
        let joined = self.shared.groups.joined(&partition.topic);
        let committed = self.query(|i| committed(i, partition.id))?;
        let mut smallest = Offset::MAX;
        for (group, next, written_ms) in &committed {
            let in_use = joined.contains(group) || written_ms.saturating_add(IN_USE_MS) > now_ms;
            if in_use {
                smallest = smallest.min(*next);
            }
        }
        // Who has just joined and not committed yet begins at the oldest record.
        let new = |group: &String| committed.iter().all(|(known, _, _)| known != group);
        if joined.iter().any(new) {
            smallest = 0;
        }
        Ok(smallest)
    }

    fn drop_segment(&mut self, partition: &Partition, segment: &Segment) -> Result<(), Failure> {
        let id = partition.id;
        self.durably(|i| {
            i.prepare_cached("DELETE FROM blocks WHERE partition = ?1 AND last < ?2")?
                .execute(params![id, segment.next as i64])?;
            i.prepare_cached("DELETE FROM segments WHERE partition = ?1 AND first = ?2")?
                .execute(params![id, segment.first as i64])?;
            i.prepare_cached("UPDATE partitions SET start = ?2 WHERE id = ?1")?
                .execute(params![id, segment.next as i64])
        })?;
        partition.raise_start(segment.next);
        self.floors.remove(&(id, segment.first));
        // An open file would keep its space.
        self.targets
            .retain(|of, target| *of != id || target.segment != segment.first);
        self.step(|writer| {
            // Not where the topic was removed meanwhile: the file may be of a new one of the same name.
            if writer.shared.catalog.has_partition(id) {
                let dir = &writer.shared.config.dir;
                let path = segment::path(dir, &partition.topic, partition.number, segment.first);
                // A file that stays for now is removed at the next open: nothing refers to it.
                if let Err(error) = std::fs::remove_file(&path) {
                    tracing::warn!("{} cannot be removed: {error}", path.display());
                }
            }
            Ok(())
        })?;
        self.flush()
    }

    fn prune(
        &mut self,
        topic: &TopicState,
        partition: &Partition,
        now_ms: i64,
        left: &mut usize,
    ) -> Result<(), Failure> {
        let unread = self.unread_from(partition, now_ms)?;
        let bound = i64::try_from(unread).unwrap_or(i64::MAX);
        let tombstones = "SELECT id FROM entries INDEXED BY tombstones
             WHERE partition = ?1 AND value IS NULL AND written_ms <= ?3 AND position < ?2 LIMIT ?4";
        // Positions and moments rise together, so only the oldest entries need a look.
        let old = "SELECT id FROM (SELECT id, written_ms FROM entries
             WHERE partition = ?1 AND position < ?2 ORDER BY position LIMIT ?4)
             WHERE written_ms <= ?3";
        let retention = topic.topic.retention.map(millis);
        let rules = [(tombstones, Some(DAY_MS)), (old, retention)];
        for (select, age) in rules {
            let Some(age) = age else {
                continue;
            };
            let before = now_ms.saturating_sub(age);
            while *left > 0 {
                let ids: Vec<i64> = self.query(|i| {
                    i.prepare_cached(select)?
                        .query_map(
                            params![partition.id, bound, before, ENTRIES as i64],
                            |row| row.get(0),
                        )?
                        .collect()
                })?;
                if ids.is_empty() {
                    break;
                }
                *left -= 1;
                self.durably(|i| {
                    // Under the write lock the entry may be a newer one by now.
                    let mut delete = i.prepare_cached(
                        "DELETE FROM entries WHERE id = ?1 AND position < ?2 AND written_ms <= ?3",
                    )?;
                    for id in &ids {
                        delete.execute(params![id, bound, before])?;
                    }
                    Ok(())
                })?;
            }
        }
        Ok(())
    }

    /// Gives free pages of the index back to the file system.
    fn shrink(&mut self) -> Result<(), Failure> {
        let free: i64 =
            self.query(|i| i.query_row("PRAGMA freelist_count", [], |row| row.get(0)))?;
        if free < VACUUM_PAGES {
            return Ok(());
        }
        self.durably(|i| {
            let mut vacuum = i.prepare(&format!("PRAGMA incremental_vacuum({VACUUM_PAGES})"))?;
            // One row for each page.
            let mut rows = vacuum.query([])?;
            while rows.next()?.is_some() {}
            Ok(())
        })
    }
}

/// Who has committed what on a partition, and when.
fn committed(index: &Connection, partition: i64) -> rusqlite::Result<Vec<(String, Offset, i64)>> {
    index
        .prepare_cached("SELECT consumers, next, written_ms FROM offsets WHERE partition = ?1")?
        .query_map([partition], |row| {
            Ok((row.get(0)?, index::number(row, 1)?, row.get(2)?))
        })?
        .collect()
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
