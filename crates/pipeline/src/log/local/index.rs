//! The index in SQLite: its tables, its connections and the statements over it.
//!
//! Its commit is the log's commit. `sqlite3 log.sqlite` shows everything but the values of topics that
//! are not compacted.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};

use super::OpenError;
use crate::log::Offset;

/// The index inside the data folder.
pub(super) const DATABASE: &str = "log.sqlite";
/// The version of the data folder's form. A change raises it.
const FORMAT: &str = "1";

/// `next` is always the offset after the last record.
const TABLES: &str = "
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE topics (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, compacted INTEGER NOT NULL,
        retention_ms INTEGER, retention_bytes INTEGER);
    CREATE TABLE partitions (
        id INTEGER PRIMARY KEY, topic INTEGER NOT NULL REFERENCES topics, number INTEGER NOT NULL,
        start INTEGER NOT NULL, next INTEGER NOT NULL, written_ms INTEGER NOT NULL,
        UNIQUE (topic, number));
    CREATE TABLE segments (
        partition INTEGER NOT NULL, first INTEGER NOT NULL, next INTEGER NOT NULL,
        bytes INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
        PRIMARY KEY (partition, first)) WITHOUT ROWID;
    CREATE TABLE blocks (
        partition INTEGER NOT NULL, last INTEGER NOT NULL, first INTEGER NOT NULL,
        segment INTEGER NOT NULL, position INTEGER NOT NULL, bytes INTEGER NOT NULL,
        written_ms INTEGER NOT NULL, PRIMARY KEY (partition, last)) WITHOUT ROWID;
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY, partition INTEGER NOT NULL, key BLOB NOT NULL,
        position INTEGER NOT NULL, written_ms INTEGER NOT NULL, headers BLOB NOT NULL, value BLOB);
    CREATE UNIQUE INDEX entries_by_key ON entries (partition, key);
    CREATE UNIQUE INDEX entries_by_position ON entries (partition, position);
    CREATE INDEX tombstones ON entries (partition, written_ms) WHERE value IS NULL;
    CREATE TABLE offsets (
        consumers TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL,
        written_ms INTEGER NOT NULL, PRIMARY KEY (consumers, partition)) WITHOUT ROWID;
    CREATE TABLE producers (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;
";

/// Where a block lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockAt {
    pub(super) first: Offset,
    pub(super) last: Offset,
    pub(super) segment: Offset,
    pub(super) position: u64,
    pub(super) bytes: u64,
}

/// A segment as far as it is published.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) first: Offset,
    pub(super) next: Offset,
    pub(super) bytes: u64,
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
}

impl Segment {
    pub(super) fn empty(first: Offset, now_ms: i64) -> Self {
        Self {
            first,
            next: first,
            bytes: 0,
            first_ms: now_ms,
            last_ms: now_ms,
        }
    }

    /// Takes in a block that ends at `bytes`.
    pub(super) fn add(&mut self, next: Offset, bytes: u64, written_ms: i64) {
        if self.next == self.first {
            self.first_ms = written_ms;
        }
        self.next = next;
        self.bytes = bytes;
        self.last_ms = written_ms;
    }
}

/// Opens the index of `dir`; makes it where it is missing and `create` says so.
pub(super) fn connect(dir: &Path, create: bool) -> Result<Connection, OpenError> {
    let path = dir.join(DATABASE);
    if !create && !path.exists() {
        return Err(OpenError::Missing {
            dir: dir.to_owned(),
        });
    }
    let failed = |error: rusqlite::Error| OpenError::Index {
        path: path.clone(),
        cause: error.to_string(),
    };
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let mut connection = Connection::open_with_flags(&path, flags).map_err(failed)?;
    connection.busy_handler(Some(patient)).map_err(failed)?;
    if create {
        prepare(&mut connection).map_err(failed)?;
    }
    let format: Option<String> = meta(&connection, "format").map_err(failed)?;
    match format.as_deref() {
        Some(FORMAT) => {}
        // Whoever makes it has made the file and no table yet.
        None if !create => {
            return Err(OpenError::Missing {
                dir: dir.to_owned(),
            });
        }
        other => {
            return Err(OpenError::Format {
                path,
                found: other.unwrap_or("none").to_owned(),
            });
        }
    }
    // FULL: the commit is on the disk when it returns. A checkpoint a few thousand pages bounds the
    // write-ahead file at some 16 MiB and its cost at a few milliseconds now and then.
    connection
        .execute_batch(
            "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
             PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -8192;",
        )
        .map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    // Takes effect only before the first table is made.
    connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;")?;
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let made: bool = transaction.query_row(
        "SELECT count(*) > 0 FROM sqlite_schema WHERE name = 'meta'",
        [],
        |row| row.get(0),
    )?;
    if !made {
        transaction.execute_batch(TABLES)?;
        transaction.execute("INSERT INTO meta VALUES ('format', ?1)", [FORMAT])?;
        transaction.execute(
            "INSERT INTO meta VALUES ('identity', lower(hex(randomblob(16))))",
            [],
        )?;
    }
    transaction.commit()
}

/// Waits up to ten seconds for another writer. Called by SQLite with the count of calls so far.
fn patient(calls: i32) -> bool {
    sleep(Duration::from_millis(1));
    calls < 10_000
}

pub(super) fn meta(connection: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    let table: bool = connection.query_row(
        "SELECT count(*) > 0 FROM sqlite_schema WHERE name = 'meta'",
        [],
        |row| row.get(0),
    )?;
    if !table {
        return Ok(None);
    }
    connection
        .query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| {
            row.get(0)
        })
        .optional()
}

/// Changes whenever another connection has committed, and only then.
pub(super) fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("PRAGMA data_version")?
        .query_row([], |row| row.get(0))
}

/// SQLite has signed numbers only; offsets and lengths stay far below where that matters.
pub(super) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|number| number.max(0) as u64)
}

/// The blocks from the one that holds `from` on, at most `count`.
pub(super) fn blocks_from(
    connection: &Connection,
    partition: i64,
    from: Offset,
    count: usize,
) -> rusqlite::Result<Vec<BlockAt>> {
    let mut statement = connection.prepare_cached(
        "SELECT first, last, segment, position, bytes FROM blocks
         WHERE partition = ?1 AND last >= ?2 ORDER BY last LIMIT ?3",
    )?;
    let rows = statement.query_map(params![partition, from as i64, count as i64], |row| {
        Ok(BlockAt {
            first: number(row, 0)?,
            last: number(row, 1)?,
            segment: number(row, 2)?,
            position: number(row, 3)?,
            bytes: number(row, 4)?,
        })
    })?;
    rows.collect()
}

pub(super) fn insert_block(
    connection: &Connection,
    partition: i64,
    block: &BlockAt,
    written_ms: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO blocks (partition, last, first, segment, position, bytes, written_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            partition,
            block.last as i64,
            block.first as i64,
            block.segment as i64,
            block.position as i64,
            block.bytes as i64,
            written_ms
        ])
        .map(drop)
}

/// A partition's segments, oldest first; the last one is written to.
pub(super) fn segments(connection: &Connection, partition: i64) -> rusqlite::Result<Vec<Segment>> {
    connection
        .prepare_cached(
            "SELECT first, next, bytes, first_ms, last_ms FROM segments
             WHERE partition = ?1 ORDER BY first",
        )?
        .query_map([partition], segment)?
        .collect()
}

/// How long a segment is as far as it is published; 0 where there is none.
pub(super) fn published(
    connection: &Connection,
    partition: i64,
    first: Offset,
) -> rusqlite::Result<u64> {
    let bytes = connection
        .prepare_cached("SELECT bytes FROM segments WHERE partition = ?1 AND first = ?2")?
        .query_row(params![partition, first as i64], |row| number(row, 0))
        .optional()?;
    Ok(bytes.unwrap_or(0))
}

/// The segment that is written to, where there is one.
pub(super) fn last_segment(
    connection: &Connection,
    partition: i64,
) -> rusqlite::Result<Option<Segment>> {
    connection
        .prepare_cached(
            "SELECT first, next, bytes, first_ms, last_ms FROM segments
             WHERE partition = ?1 ORDER BY first DESC LIMIT 1",
        )?
        .query_row([partition], segment)
        .optional()
}

fn segment(row: &Row<'_>) -> rusqlite::Result<Segment> {
    Ok(Segment {
        first: number(row, 0)?,
        next: number(row, 1)?,
        bytes: number(row, 2)?,
        first_ms: row.get(3)?,
        last_ms: row.get(4)?,
    })
}

pub(super) fn save_segment(
    connection: &Connection,
    partition: i64,
    segment: &Segment,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO segments (partition, first, next, bytes, first_ms, last_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (partition, first) DO UPDATE SET
             next = excluded.next, bytes = excluded.bytes,
             first_ms = excluded.first_ms, last_ms = excluded.last_ms",
        )?
        .execute(params![
            partition,
            segment.first as i64,
            segment.next as i64,
            segment.bytes as i64,
            segment.first_ms,
            segment.last_ms
        ])
        .map(drop)
}

/// The offset after a partition's last record, and the moment of that record.
pub(super) fn end(connection: &Connection, partition: i64) -> rusqlite::Result<(Offset, i64)> {
    connection
        .prepare_cached("SELECT next, written_ms FROM partitions WHERE id = ?1")?
        .query_row([partition], |row| Ok((number(row, 0)?, row.get(1)?)))
}

pub(super) fn save_end(
    connection: &Connection,
    partition: i64,
    next: Offset,
    written_ms: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE partitions SET next = ?2, written_ms = ?3 WHERE id = ?1")?
        .execute(params![partition, next as i64, written_ms])
        .map(drop)
}

/// The oldest record still there of a compacted partition.
pub(super) fn first_entry(
    connection: &Connection,
    partition: i64,
) -> rusqlite::Result<Option<Offset>> {
    connection
        .prepare_cached("SELECT min(position) FROM entries WHERE partition = ?1")?
        .query_row([partition], |row| {
            Ok(row.get::<_, Option<i64>>(0)?.map(|at| at.max(0) as u64))
        })
}

pub(super) fn committed(
    connection: &Connection,
    group: &str,
    partition: i64,
) -> rusqlite::Result<Option<Offset>> {
    connection
        .prepare_cached("SELECT next FROM offsets WHERE consumers = ?1 AND partition = ?2")?
        .query_row(params![group, partition], |row| number(row, 0))
        .optional()
}

pub(super) fn epoch(connection: &Connection, producer: &str) -> rusqlite::Result<u64> {
    let epoch = connection
        .prepare_cached("SELECT epoch FROM producers WHERE name = ?1")?
        .query_row([producer], |row| number(row, 0))
        .optional()?;
    Ok(epoch.unwrap_or(0))
}

/// The highest id that a partition ever had. Ids are not given twice: whoever still holds a partition of
/// a removed topic must not meet another one under its id.
pub(super) fn highest_partition(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row(
        "SELECT max(coalesce((SELECT max(id) FROM partitions), 0),
                    coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'partitions'), 0))",
        [],
        |row| row.get(0),
    )
}
