//! Reading a partition.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::block;
use super::catalog::Partition;
use super::handle::Handle;
use super::index::{self, BlockAt};
use super::segment;
use crate::log::{Failure, Limits, Offset, Reader, Stored};
use crate::waker::Waker;

/// How many places of blocks are looked up at once.
const LOOKED_UP: usize = 64;
/// How many bytes and entries of a compacted topic are read at once.
const CHUNK: usize = 1 << 20;
const ENTRIES: usize = 10_000;

/// Reads one partition from an offset on. Claims and readers are this.
#[derive(Debug)]
pub(super) struct PartitionReader {
    log: Arc<Handle>,
    partition: Arc<Partition>,
    position: Offset,
    /// Read and not yet handed out.
    ready: VecDeque<Stored>,
    /// Where the next blocks lie.
    ahead: VecDeque<BlockAt>,
    /// The segment read last.
    file: Option<(Offset, File)>,
    incarnation: u64,
    buffer: Vec<u8>,
    watch: u64,
    /// Keeps the bell that the partition rings.
    _waker: Waker,
}

/// What one look at a block brought.
enum Look {
    Records(Vec<Stored>),
    /// The block is gone: retention dropped it, or what was published was undone.
    Gone,
}

impl PartitionReader {
    pub(super) fn new(
        log: Arc<Handle>,
        partition: Arc<Partition>,
        from: Offset,
        waker: Waker,
    ) -> Self {
        let watch = partition.watch(&waker);
        let incarnation = log.shared.incarnation.load(Ordering::SeqCst);
        Self {
            log,
            partition,
            position: from,
            ready: VecDeque::new(),
            ahead: VecDeque::new(),
            file: None,
            incarnation,
            buffer: Vec::new(),
            watch,
            _waker: waker,
        }
    }

    pub(super) fn partition(&self) -> &Arc<Partition> {
        &self.partition
    }

    pub(super) fn seek(&mut self, offset: Offset) -> Result<(), Failure> {
        if offset > self.partition.bounds().end {
            // Another process may have written this far, and a group's offset, just now.
            self.log.resync()?;
        }
        let end = self.partition.bounds().end;
        if offset > end {
            return Err(Failure::Fatal(format!(
                "offset {offset} of {}/{} lies behind its end {end}: someone moved the offsets or \
                 replaced the log",
                self.partition.topic, self.partition.number
            )));
        }
        self.position = offset;
        self.forget();
        Ok(())
    }

    /// Drops what was read ahead.
    fn forget(&mut self) {
        self.ready.clear();
        self.ahead.clear();
        self.file = None;
    }

    pub(super) fn fetch(&mut self, limits: Limits) -> Result<Vec<Stored>, Failure> {
        let mut records = Vec::new();
        let mut bytes = 0;
        loop {
            while let Some(record) = self.ready.pop_front() {
                let size = payload(&record);
                let full = records.len() >= limits.records || bytes + size > limits.bytes;
                if full && !records.is_empty() {
                    self.ready.push_front(record);
                    return Ok(records);
                }
                bytes += size;
                self.position = record.offset + 1;
                records.push(record);
            }
            let full = records.len() >= limits.records || bytes >= limits.bytes;
            if full && !records.is_empty() {
                return Ok(records);
            }
            match self.refill(limits.records.clamp(1, ENTRIES)) {
                Ok(true) => {}
                Err(failure) => {
                    // The block in trouble was taken off what lies ahead: without looking it up again
                    // the next call would go on behind it, and its records would be lost unsaid.
                    self.forget();
                    // What was read before is handed out; the next call meets the trouble.
                    return if records.is_empty() {
                        Err(failure)
                    } else {
                        Ok(records)
                    };
                }
                Ok(false) => {
                    // Whoever is idle must not keep the space of a segment that retention drops.
                    self.file = None;
                    return Ok(records);
                }
            }
        }
    }

    /// Reads on from the position; false where there is nothing more.
    fn refill(&mut self, records: usize) -> Result<bool, Failure> {
        // Each round either reads, or learns something that rules its own cause out.
        for _ in 0..4 {
            self.partition.check_there()?;
            let incarnation = self.log.shared.incarnation.load(Ordering::SeqCst);
            if incarnation != self.incarnation {
                self.position = self
                    .position
                    .min(self.partition.cut_since(self.incarnation));
                self.incarnation = incarnation;
                self.forget();
            }
            let bounds = self.partition.bounds();
            self.position = self.position.max(bounds.start);
            if self.position >= bounds.end {
                return Ok(false);
            }
            if self.partition.compacted {
                if let Some(more) = self.refill_from_table(bounds.end, records)? {
                    return Ok(more);
                }
                continue;
            }
            let Some(place) = self.locate()? else {
                self.log.resync()?;
                continue;
            };
            match self.look(&place)? {
                Look::Records(records) => {
                    let position = self.position;
                    self.ready
                        .extend(records.into_iter().filter(|r| r.offset >= position));
                    return Ok(true);
                }
                Look::Gone => {
                    self.forget();
                    self.log.resync()?;
                }
            }
        }
        Err(Failure::Fatal(format!(
            "offset {} of {}/{} is in the log's bounds and cannot be found: segments or index rows \
             were removed from {}; restore the folder from a backup",
            self.position,
            self.partition.topic,
            self.partition.number,
            self.log.shared.config.dir.display()
        )))
    }

    /// The block that holds the position. `None` where the index has none: it was removed, or another
    /// process has changed it.
    fn locate(&mut self) -> Result<Option<BlockAt>, Failure> {
        let position = self.position;
        // Offsets have no holes here, so a block that begins later is not the one.
        let holds = move |place: &BlockAt| place.first <= position;
        while let Some(place) = self.ahead.pop_front() {
            if place.last >= position {
                return Ok(Some(place).filter(holds));
            }
        }
        self.ahead = if let Some(places) = self.partition.recent(self.position, LOOKED_UP) {
            places
        } else {
            let (id, position) = (self.partition.id, self.position);
            let read = move |index: &Connection| index::blocks_from(index, id, position, LOOKED_UP);
            self.log.reading(read)?.into()
        };
        Ok(self.ahead.pop_front().filter(holds))
    }

    fn look(&mut self, place: &BlockAt) -> Result<Look, Failure> {
        let file = match &self.file {
            Some((segment, file)) if *segment == place.segment => file,
            _ => match File::open(self.path(place)) {
                Ok(file) => &self.file.insert((place.segment, file)).1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Look::Gone),
                Err(error) => return Err(self.unreadable(place, &error)),
            },
        };
        self.buffer.resize(place.bytes as usize, 0);
        let read = file.read_exact_at(&mut self.buffer, place.position);
        let records = match read {
            Ok(()) => block::decode(&self.buffer).map_err(|damage| damage.to_string()),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err("the segment is cut off".to_owned())
            }
            Err(error) => return Err(self.unreadable(place, &error)),
        };
        let right = |records: &Vec<Stored>| {
            records.first().map(|record| record.offset) == Some(place.first)
                && records.last().map(|record| record.offset) == Some(place.last)
        };
        let trouble = match records {
            Ok(records) if right(&records) => return Ok(Look::Records(records)),
            Ok(_) => "another block lies here than the index says".to_owned(),
            Err(trouble) => trouble,
        };
        // Perhaps of a topic of the same name, which took the place of this one.
        self.log.resync()?;
        let is_stale = self.log.shared.incarnation.load(Ordering::SeqCst) != self.incarnation;
        if is_stale || self.partition.is_removed() {
            return Ok(Look::Gone);
        }
        Err(Failure::Fatal(format!(
            "segment {} is damaged at byte {}: {trouble}; restore the folder from a backup",
            self.path(place).display(),
            place.position
        )))
    }

    fn path(&self, place: &BlockAt) -> PathBuf {
        segment::path(
            &self.log.shared.config.dir,
            &self.partition.topic,
            self.partition.number,
            place.segment,
        )
    }

    fn unreadable(&self, place: &BlockAt, error: &io::Error) -> Failure {
        let path = self.path(place);
        Failure::Fatal(format!(
            "segment {} cannot be read at byte {}: {error}",
            path.display(),
            place.position
        ))
    }

    /// Reads on in a compacted partition; what lies between two records left is skipped. `None` where
    /// commits were undone meanwhile, perhaps the ones that were read, or the topic was removed.
    ///
    /// The end is the one of the same look at the table, not the published `end`: a record that counts
    /// below that may have moved behind it already.
    fn refill_from_table(&mut self, end: Offset, records: usize) -> Result<Option<bool>, Failure> {
        let (id, from) = (self.partition.id, self.position);
        let found = self
            .log
            .reading(move |index| entries_from(index, id, from, records))?;
        let Some((next, entries)) = found else {
            self.log.resync()?;
            return Ok(None);
        };
        if next > end {
            // What was read becomes visible in every partition before it is handed out.
            self.log.resync()?;
            if self.log.shared.incarnation.load(Ordering::SeqCst) != self.incarnation {
                return Ok(None);
            }
        }
        if entries.is_empty() {
            self.position = next;
            return Ok(Some(false));
        }
        for entry in entries {
            let position = entry.position;
            let stored = entry.stored().map_err(|damage| {
                Failure::Fatal(format!(
                    "record {position} of {}/{} in {} is damaged: {damage}; restore the folder from a \
                     backup",
                    self.partition.topic,
                    self.partition.number,
                    self.log.shared.config.dir.join(index::DATABASE).display()
                ))
            })?;
            self.ready.push_back(stored);
        }
        Ok(Some(true))
    }
}

impl Drop for PartitionReader {
    fn drop(&mut self) {
        self.partition.unwatch(self.watch);
    }
}

/// A reader outside any group. See [`Reader`].
#[derive(Debug)]
pub struct LocalReader(pub(super) PartitionReader);

impl Reader for LocalReader {
    fn position(&self) -> Offset {
        self.0.position
    }

    fn read(&mut self, limits: Limits) -> Result<Vec<Stored>, Failure> {
        self.0.fetch(limits)
    }
}

/// A row of a compacted topic.
struct Entry {
    position: Offset,
    written_ms: i64,
    key: Vec<u8>,
    headers: Vec<u8>,
    value: Option<Vec<u8>>,
}

impl Entry {
    fn stored(self) -> Result<Stored, block::Damage> {
        Ok(Stored {
            offset: self.position,
            written_at: Timestamp::from_millisecond(self.written_ms)
                .map_err(|_| block::Damage("its moment is out of range"))?,
            key: Some(self.key),
            value: self.value,
            headers: block::decode_headers(&self.headers)?,
        })
    }
}

/// The partition's end and its entries from `from` on, of one snapshot; `None` where there is no such
/// partition any more.
fn entries_from(
    index: &Connection,
    partition: i64,
    from: Offset,
    count: usize,
) -> rusqlite::Result<Option<(Offset, Vec<Entry>)>> {
    let mut statement = index.prepare_cached(
        "SELECT p.next, e.position, e.written_ms, e.key, e.headers, e.value
         FROM partitions p LEFT JOIN entries e ON e.partition = p.id AND e.position >= ?2
         WHERE p.id = ?1 ORDER BY e.position LIMIT ?3",
    )?;
    let mut rows = statement.query(params![partition, from as i64, count as i64])?;
    let mut next = None;
    let mut entries = Vec::new();
    let mut bytes = 0;
    while bytes < CHUNK
        && let Some(row) = rows.next()?
    {
        next = Some(index::number(row, 0)?);
        if row.get::<_, Option<i64>>(1)?.is_none() {
            break;
        }
        let entry = Entry {
            position: index::number(row, 1)?,
            written_ms: row.get(2)?,
            key: row.get(3)?,
            headers: row.get(4)?,
            value: row.get(5)?,
        };
        bytes += entry.key.len() + entry.value.as_ref().map_or(0, Vec::len);
        entries.push(entry);
    }
    Ok(next.map(|next| (next, entries)))
}

fn payload(record: &Stored) -> usize {
    record.key.as_ref().map_or(0, Vec::len) + record.value.as_ref().map_or(0, Vec::len)
}
