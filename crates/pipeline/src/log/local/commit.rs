//! Group commit, on the one thread that writes.
//!
//! The order is the whole safety: SQLite's write lock first, so that nobody else assigns the same
//! offsets; then the blocks, behind the published length of their segments; then their flush; then the
//! index, whose commit publishes lengths, offsets and state at once; then memory, and the wakers. What
//! fails anywhere before leaves bytes that nothing refers to and the next commit overwrites.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::block::Frame;
use super::catalog::Partition;
use super::handle::Pending;
use super::index::{self, BlockAt, Segment};
use super::producer::{Keyed, NextOffset, Part};
use super::retention::Roll;
use super::writer::{Target, Writer};
use super::{full, segment};
use crate::log::{Failure, Offset};

/// Where a partition is written on.
#[derive(Clone, Debug)]
pub(super) struct Cursor {
    partition: Arc<Partition>,
    next: Offset,
    written_ms: i64,
    segment: Option<Segment>,
    /// Where the next block goes in the segment: its published length, or behind a commit in doubt.
    position: u64,
    roll: Roll,
}

/// What a group writes to one partition.
#[derive(Debug)]
struct Touched {
    cursor: Cursor,
    blocks: Vec<BlockAt>,
}

type Staged = HashMap<i64, Touched>;

impl Writer {
    /// Commits a group: all of it, apart from transactions that are fenced, or nothing.
    pub(super) fn commit(&mut self, mut group: Vec<Pending>) {
        if group.is_empty() {
            return;
        }
        let result = self.try_commit(&mut group);
        for (index, pending) in group.into_iter().enumerate() {
            let outcome = match &result {
                Ok(outcomes) => outcomes[index].clone(),
                Err(failure) => Err(failure.clone()),
            };
            // Whoever asked may be gone; the commit stands all the same.
            let _ = pending.reply.send((outcome, pending.transaction));
        }
    }

    fn try_commit(&mut self, group: &mut [Pending]) -> Result<Vec<Result<(), Failure>>, Failure> {
        let bytes = group.iter().map(|pending| pending.transaction.bytes());
        full::check(&self.shared.config, bytes.sum::<usize>() as u64)?;
        let mut staged = Staged::new();
        let outcomes = self.step(|writer| writer.stage(group, &mut staged))?;
        let written = staged.values().map(|touched| {
            let cursor = &touched.cursor;
            (&cursor.partition, touched.blocks.as_slice(), cursor.next)
        });
        self.shared.catalog.publish(written);
        for (id, touched) in staged {
            self.cursors.insert(id, touched.cursor);
        }
        Ok(outcomes)
    }

    fn stage(
        &mut self,
        group: &mut [Pending],
        staged: &mut Staged,
    ) -> Result<Vec<Result<(), Failure>>, Failure> {
        let now = Timestamp::now().as_millisecond();
        let mut outcomes = Vec::with_capacity(group.len());
        for pending in group {
            let transaction = &mut pending.transaction;
            let allowed = transaction.check(&self.shared);
            if allowed.is_ok() {
                for part in &mut transaction.parts {
                    self.append(part, staged, now)?;
                }
                for offset in &transaction.offsets {
                    self.query(|index| save_offset(index, offset, now))?;
                }
            }
            outcomes.push(allowed);
        }
        for touched in staged.values() {
            self.query(|index| touched.cursor.save(index))?;
        }
        Ok(outcomes)
    }

    fn append(&mut self, part: &mut Part, staged: &mut Staged, now: i64) -> Result<(), Failure> {
        let touched = match staged.entry(part.partition.id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(Touched {
                cursor: self.cursor(&part.partition)?,
                blocks: Vec::new(),
            }),
        };
        // A clock that was set back must not make a partition's moments go back.
        touched.cursor.written_ms = touched.cursor.written_ms.max(now);
        for frame in &mut part.frames {
            self.write_block(touched, frame)?;
        }
        for record in &part.entries {
            self.query(|index| upsert(index, &touched.cursor, record))?;
            touched.cursor.next += 1;
        }
        Ok(())
    }

    fn write_block(&mut self, touched: &mut Touched, frame: &mut Frame) -> Result<(), Failure> {
        let cursor = &mut touched.cursor;
        let id = cursor.partition.id;
        let bytes = frame.len() as u64;
        let mut segment = match cursor.segment {
            Some(segment) if !cursor.roll.is_due(&segment, bytes, cursor.written_ms) => segment,
            ended => {
                if let Some(ended) = ended {
                    self.query(|index| index::save_segment(index, id, &ended))?;
                }
                cursor.position = self.floor(id, cursor.next);
                Segment::empty(cursor.next, cursor.written_ms)
            }
        };
        let block = BlockAt {
            first: cursor.next,
            last: cursor.next + u64::from(frame.count()) - 1,
            segment: segment.first,
            position: cursor.position,
            bytes,
        };
        let target = self.target(&cursor.partition, &segment)?;
        self.dirty.insert((id, segment.first), target.clone());
        target
            .file
            .write_all_at(
                frame.stamped(block.first, cursor.written_ms),
                block.position,
            )
            .map_err(|error| full::of_file(&self.shared.config, &target.path, &error))?;
        self.query(|index| index::insert_block(index, id, &block, cursor.written_ms))?;
        cursor.position += bytes;
        cursor.next = block.last + 1;
        segment.add(cursor.next, cursor.position, cursor.written_ms);
        cursor.segment = Some(segment);
        touched.blocks.push(block);
        Ok(())
    }

    fn cursor(&self, partition: &Arc<Partition>) -> Result<Cursor, Failure> {
        if let Some(cursor) = self.cursors.get(&partition.id) {
            return Ok(cursor.clone());
        }
        let (next, written_ms) = self.query(|index| index::end(index, partition.id))?;
        let segment = self.query(|index| index::last_segment(index, partition.id))?;
        let position = segment.map_or(0, |segment| {
            segment.bytes.max(self.floor(partition.id, segment.first))
        });
        Ok(Cursor {
            partition: partition.clone(),
            next,
            written_ms,
            segment,
            position,
            roll: Roll::of(&self.shared, &partition.topic),
        })
    }

    pub(super) fn floor(&self, partition: i64, segment: Offset) -> u64 {
        let floor = self.floors.get(&(partition, segment));
        floor.copied().unwrap_or(0)
    }

    fn target(&mut self, partition: &Partition, segment: &Segment) -> Result<Target, Failure> {
        if let Some(target) = self.targets.get(&partition.id)
            && target.segment == segment.first
        {
            return Ok(target.clone());
        }
        let dir = &self.shared.config.dir;
        let path = segment::path(dir, &partition.topic, partition.number, segment.first);
        // Whoever made the file may have been killed before its name was durable.
        let file = if segment.bytes == 0 {
            segment::make(dir, &path)
        } else {
            segment::open(&path)
        };
        let target = Target {
            segment: segment.first,
            file: Arc::new(
                file.map_err(|error| full::of_file(&self.shared.config, &path, &error))?,
            ),
            path,
        };
        self.targets.insert(partition.id, target.clone());
        Ok(target)
    }
}

impl Cursor {
    fn save(&self, index: &Connection) -> rusqlite::Result<()> {
        if let Some(segment) = &self.segment {
            index::save_segment(index, self.partition.id, segment)?;
        }
        index::save_end(index, self.partition.id, self.next, self.written_ms)
    }
}

fn save_offset(index: &Connection, offset: &NextOffset, now: i64) -> rusqlite::Result<()> {
    index
        .prepare_cached(
            "INSERT INTO offsets (consumers, partition, next, written_ms)
             VALUES (?1, ?2, ?3, ?4) ON CONFLICT (consumers, partition)
             DO UPDATE SET next = excluded.next, written_ms = excluded.written_ms",
        )?
        .execute(params![
            &*offset.group,
            offset.partition.id,
            offset.next as i64,
            now
        ])
        .map(drop)
}

/// Compaction is this: the record takes the place of the last one of its key.
fn upsert(index: &Connection, cursor: &Cursor, record: &Keyed) -> rusqlite::Result<()> {
    index
        .prepare_cached(
            "INSERT INTO entries (partition, key, position, written_ms, headers, value)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (partition, key)
             DO UPDATE SET position = excluded.position, written_ms = excluded.written_ms,
             headers = excluded.headers, value = excluded.value",
        )?
        .execute(params![
            cursor.partition.id,
            record.key,
            cursor.next as i64,
            cursor.written_ms,
            record.headers,
            record.value
        ])
        .map(drop)
}
