//! The thread that writes: what it holds, and its transactions of the index.

use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode};

use super::catalog::lock;
use super::commit::Cursor;
use super::handle::Shared;
use super::lock::Turn;
use super::{full, index, retention};
use crate::log::{Failure, Offset};

/// How often a thread without work looks whether another process wrote.
const LOOK: Duration = Duration::from_millis(25);
/// How often retention is applied.
const MAINTENANCE: Duration = Duration::from_secs(5);
/// How long another writer may hold up the queue for the write lock.
const QUEUE: Duration = Duration::from_secs(5);

/// The state of the writing thread.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    pub(super) connection: Connection,
    turn: Turn,
    /// SQLite's count of what others committed, when the index was last looked at.
    version: i64,
    /// Whether a transaction of the index is open.
    open: bool,
    flush_at: Instant,
    maintain_at: Instant,
    /// Where each partition is written on; forgotten whenever another process may have written.
    pub(super) cursors: HashMap<i64, Cursor>,
    /// The segment of each partition that is written to.
    pub(super) targets: HashMap<i64, Target>,
    /// Written since the last flush, by partition and segment.
    pub(super) dirty: HashMap<(i64, Offset), Target>,
    /// How long segments are that a commit in doubt has written to.
    pub(super) floors: HashMap<(i64, Offset), u64>,
    complaint: String,
}

/// A segment open for writing.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) segment: Offset,
    pub(super) file: Arc<File>,
    pub(super) path: PathBuf,
}

impl Writer {
    pub(super) fn new(
        shared: Arc<Shared>,
        connection: Connection,
        turn: Turn,
    ) -> rusqlite::Result<Self> {
        Ok(Self {
            version: index::data_version(&connection)?,
            shared,
            connection,
            turn,
            open: false,
            flush_at: Instant::now(),
            maintain_at: Instant::now() + MAINTENANCE,
            cursors: HashMap::new(),
            targets: HashMap::new(),
            dirty: HashMap::new(),
            floors: HashMap::new(),
            complaint: String::new(),
        })
    }

    /// How long to wait for work.
    pub(super) fn patience(&self) -> Duration {
        if self.open {
            LOOK.min(self.flush_at.saturating_duration_since(Instant::now()))
        } else {
            LOOK
        }
    }

    /// Whether acknowledged commits have waited long enough.
    pub(super) fn is_flush_due(&self) -> bool {
        self.open && Instant::now() >= self.flush_at
    }

    /// Does what is due between two requests.
    pub(super) fn tick(&mut self) {
        // The same trouble would come back every 25 ms: it is told once.
        let complaint = match self.duties() {
            Ok(()) => String::new(),
            Err(failure) => failure.to_string(),
        };
        if !complaint.is_empty() && complaint != self.complaint {
            tracing::warn!("the log: {complaint}");
        }
        self.complaint = complaint;
    }

    fn duties(&mut self) -> Result<(), Failure> {
        if self.is_flush_due() {
            self.flush()?;
        }
        if !self.open {
            self.look()?;
        }
        if !self.shared.groups.has_begun() {
            // The groups of this process are not there yet: what they have not read looks unused.
            self.maintain_at = Instant::now() + MAINTENANCE;
        }
        if self.shared.runs && Instant::now() >= self.maintain_at {
            // Before the work: what fails is tried again at the usual pace.
            self.maintain_at = Instant::now() + MAINTENANCE;
            if self.maintain(Timestamp::now().as_millisecond(), retention::PER_TICK)? {
                self.maintain_at = Instant::now();
            }
        }
        Ok(())
    }

    pub(super) fn close(&mut self) {
        if let Err(failure) = self.flush() {
            tracing::error!("the last commits could not be flushed: {failure}");
        }
    }

    /// Runs a query on the writing connection, which alone sees what waits for the next flush.
    pub(super) fn query<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Failure> {
        read(&self.connection).map_err(|error| self.index_failure(&error))
    }

    pub(super) fn index_failure(&self, error: &rusqlite::Error) -> Failure {
        full::of_index(&self.shared.config, error)
    }

    /// Does `work` as a whole or not at all. Afterwards it is durable, unless commits wait for the
    /// next flush.
    pub(super) fn step<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.enter()?;
        let done = self
            .execute("SAVEPOINT step")
            .and_then(|()| work(self))
            .and_then(|done| self.execute("RELEASE step").map(|()| done));
        match done {
            Ok(done) if self.shared.flushes_later() => Ok(done),
            Ok(done) => self.flush().map(|()| done),
            Err(failure) => {
                self.back_out();
                Err(failure)
            }
        }
    }

    /// Does `work` on the index, durably in any case.
    pub(super) fn durably<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Failure> {
        let done = self.step(|writer| writer.query(work))?;
        self.flush()?;
        Ok(done)
    }

    /// Takes SQLite's write lock, and over what others have written since the last time.
    fn enter(&mut self) -> Result<(), Failure> {
        if self.open {
            return Ok(());
        }
        let connection = &self.connection;
        self.turn
            .next(QUEUE, || connection.execute_batch("BEGIN IMMEDIATE"))
            .map_err(|error| self.index_failure(&error))?;
        self.open = true;
        if let Some(interval) = self.shared.config.fsync.interval() {
            self.flush_at = Instant::now() + interval;
        }
        let looked = self.look();
        if looked.is_err() {
            self.back_out();
        }
        looked
    }

    /// Takes over what other processes wrote, where they did.
    fn look(&mut self) -> Result<(), Failure> {
        let version = self.query(index::data_version)?;
        if version != self.version {
            self.take_over()?;
            self.version = version;
        }
        Ok(())
    }

    /// Takes over what other processes wrote.
    pub(super) fn resync(&mut self) -> Result<(), Failure> {
        self.take_over()
    }

    fn take_over(&mut self) -> Result<(), Failure> {
        self.cursors.clear();
        let shared = self.shared.clone();
        let taken = self.query(|index| {
            for (name, epoch) in lock(&shared.epochs).iter() {
                epoch.store(index::epoch(index, name)?, Ordering::SeqCst);
            }
            let incarnation = shared.incarnation.load(Ordering::SeqCst);
            shared.catalog.refresh(index, incarnation)
        });
        // An open file of a removed topic would keep its space.
        let catalog = &self.shared.catalog;
        self.targets.retain(|id, _| catalog.has_partition(*id));
        self.floors.retain(|(id, _), _| catalog.has_partition(*id));
        taken
    }

    /// Makes durable and visible to other processes what was written since the last flush.
    ///
    /// What cannot be flushed is undone. Where commits had been acknowledged before their flush, that
    /// takes them back: everything in this process that rests on them becomes invalid.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        if !self.open {
            return Ok(());
        }
        for target in self.dirty.values() {
            if let Err(error) = target.file.sync_data() {
                let failure = full::of_file(&self.shared.config, &target.path, &error);
                self.take_back();
                return Err(failure);
            }
        }
        if let Err(error) = self.connection.execute_batch("COMMIT") {
            if error.sqlite_error_code() != Some(ErrorCode::DiskFull) {
                self.raise_floors();
            }
            let failure = self.index_failure(&error);
            self.take_back();
            return Err(failure);
        }
        self.dirty.clear();
        self.open = false;
        Ok(())
    }

    /// After a commit in doubt (a crash could still bring it back): its blocks must not be
    /// overwritten.
    fn raise_floors(&mut self) {
        for (key, target) in &self.dirty {
            if let Ok(about) = target.file.metadata() {
                self.floors.insert(*key, about.len());
            }
        }
    }

    /// Gives back the space of what was written and is not published, which is what a full disk needs.
    /// Blocks of a commit in doubt stay.
    ///
    /// Only under the write lock, and down to what the index says under it: without the lock, a process
    /// beside may have published its own block in the same place.
    fn cut_back(&self) {
        for ((partition, first), target) in &self.dirty {
            let published = self.query(|index| index::published(index, *partition, *first));
            if let Ok(published) = published {
                let kept = published.max(self.floor(*partition, *first));
                // Best effort: the next commit overwrites what stays.
                let _ = target.file.set_len(kept);
            }
        }
    }

    /// Undoes a step that failed. What earlier steps left for the next flush stays, if SQLite kept it.
    fn back_out(&mut self) {
        let kept = self.shared.flushes_later()
            && !self.connection.is_autocommit()
            && self.execute("ROLLBACK TO step; RELEASE step").is_ok();
        if kept {
            self.cut_back();
        } else {
            self.take_back();
        }
    }

    /// Undoes everything since the last flush.
    fn take_back(&mut self) {
        // Cursors do not know the floors that a commit in doubt has raised, and a segment without
        // published bytes is removed by the next process that opens the log.
        self.cursors.clear();
        self.targets.clear();
        if !self.connection.is_autocommit() {
            let _ = self.execute("ROLLBACK");
        }
        self.open = false;
        if self.shared.flushes_later() {
            self.undo_for_everybody();
        }
        let connection = &self.connection;
        let lock = || connection.execute_batch("BEGIN IMMEDIATE");
        // Once more: SQLite gives the lock up by itself where its own part of a commit fails.
        if !self.dirty.is_empty() && self.turn.next(QUEUE, lock).is_ok() {
            self.cut_back();
            let _ = self.execute("ROLLBACK");
        }
        self.dirty.clear();
    }

    /// Makes everything in this process invalid that rests on commits that were undone.
    fn undo_for_everybody(&mut self) {
        self.shared.incarnation.fetch_add(1, Ordering::SeqCst);
        if let Err(failure) = self.take_over() {
            tracing::error!("the index cannot be read after commits were undone: {failure}");
        }
        self.shared.groups.lose_all();
        tracing::error!("the commits since the last flush were undone, their work is done again");
    }

    fn execute(&self, statement: &str) -> Result<(), Failure> {
        self.query(|index| index.execute_batch(statement))
    }
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
