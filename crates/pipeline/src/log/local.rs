//! The embedded log of one machine: durable and transactional, in a folder of its own.
//!
//! Values lie in append-only segment files, `segments/<topic>/<partition>/<first offset>.seg`; where
//! they lie, offsets, producers and everything of compacted topics lie in `log.sqlite`, whose commit is
//! the log's commit. Blocks are flushed before the commit that publishes them, so what lies behind a
//! segment's published length after a crash belongs to nobody and is overwritten.
//!
//! A compacted record moves to the end when its key is written again. Whoever wants the present state of
//! such a topic therefore reads until nothing comes, not to an end asked for before.
//!
//! One process runs the log and holds the folder's lock ([`LocalLog::open`]). Others may read, and
//! write a transaction now and then, beside it or while nobody runs it ([`LocalLog::beside`]).

mod block;
mod catalog;
mod claim;
mod commit;
mod full;
mod handle;
mod index;
mod lock;
mod open;
mod producer;
mod read;
mod remove;
mod retention;
mod segment;
mod since;
mod topic;
mod writer;

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::params;
use serde::{Deserialize, Serialize};

pub use self::claim::{LocalClaim, LocalMembership};
pub use self::open::OpenError;
pub use self::producer::LocalProducer;
pub use self::read::LocalReader;

use self::handle::Handle;
use self::read::PartitionReader;
use super::{Failure, Log, Offset};
use crate::topics::{Cleanup, Topic};
use crate::waker::Waker;

/// Where the local log lies and how it writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalConfig {
    /// The data folder.
    pub dir: PathBuf,
    /// When commits reach the disk.
    #[serde(default)]
    pub fsync: Fsync,
    /// A segment ends at this many bytes; retention drops whole segments. Smaller where a topic's byte
    /// cap asks for it.
    #[serde(default = "default_segment_bytes")]
    pub segment_bytes: u64,
    /// Commits wait while the disk has less free than this.
    #[serde(default = "default_min_free_bytes")]
    pub min_free_bytes: u64,
}

fn default_segment_bytes() -> u64 {
    64 << 20
}

fn default_min_free_bytes() -> u64 {
    64 << 20
}

impl LocalConfig {
    /// The defaults in the folder `dir`.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            fsync: Fsync::default(),
            segment_bytes: default_segment_bytes(),
            min_free_bytes: default_min_free_bytes(),
        }
    }
}

/// When commits reach the disk: `always` or `every 100 ms`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Fsync {
    /// Before they are acknowledged.
    #[default]
    Always,
    /// At this interval, 5 s at the most: other processes wait for it. A crash takes back what was
    /// acknowledged since the last flush: a whole suffix, which no other process has seen.
    Every(Duration),
}

impl Fsync {
    /// How long a commit may wait for its flush; `None` where it does not wait.
    pub(super) fn interval(self) -> Option<Duration> {
        match self {
            Self::Always => None,
            Self::Every(interval) => Some(interval),
        }
    }
}

/// The longest interval between two flushes. The write lock is held so long, and others wait ten seconds
/// for it.
const LONGEST_MS: u64 = 5_000;

/// The text names no flush policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoFsync {
    /// It reads as none.
    #[error("{0:?} is no flush policy: write \"always\" or an interval such as \"every 100 ms\"")]
    Unknown(String),
    /// Other processes would give up waiting for their turn.
    #[error(
        "{0:?} is too long between two flushes, other processes wait for them: write \"every {LONGEST_MS} ms\" \
         or less"
    )]
    TooLong(String),
}

impl FromStr for Fsync {
    type Err = NoFsync;

    fn from_str(text: &str) -> Result<Self, NoFsync> {
        if text == "always" {
            return Ok(Self::Always);
        }
        let millis = text
            .strip_prefix("every ")
            .and_then(|rest| rest.strip_suffix("ms"))
            .and_then(|number| number.trim().parse().ok());
        match millis {
            Some(millis @ 1..=LONGEST_MS) => Ok(Self::Every(Duration::from_millis(millis))),
            Some(millis) if millis > LONGEST_MS => Err(NoFsync::TooLong(text.to_owned())),
            _ => Err(NoFsync::Unknown(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Fsync {
    type Error = NoFsync;

    fn try_from(text: String) -> Result<Self, NoFsync> {
        text.parse()
    }
}

impl From<Fsync> for String {
    fn from(fsync: Fsync) -> Self {
        fsync.to_string()
    }
}

impl fmt::Display for Fsync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("always"),
            Self::Every(interval) => write!(f, "every {} ms", interval.as_millis()),
        }
    }
}

/// The embedded log. See the [module](self) and [`Log`].
#[derive(Clone, Debug)]
pub struct LocalLog {
    handle: Arc<Handle>,
}

impl LocalLog {
    /// Opens the log in its folder, which is made where it is missing, and runs it: no other process
    /// can until the last clone, and everything made from it, is gone.
    ///
    /// # Errors
    /// [`OpenError::Held`] where another process runs it.
    pub fn open(config: LocalConfig) -> Result<Self, OpenError> {
        open::open(config).map(|handle| Self {
            handle: Arc::new(handle),
        })
    }

    /// Opens the log beside whoever runs it, or while nobody does: to read, and to write a transaction
    /// now and then. What others commit is noticed within 25 ms. A group is one process's at a time:
    /// whoever joins it elsewhere waits for its end. Topics that are there keep their retention, whatever [`Log::create`] is given: the runner decides it.
    ///
    /// # Errors
    /// [`OpenError::Missing`] where there is no log.
    pub fn beside(config: LocalConfig) -> Result<Self, OpenError> {
        open::beside(config).map(|handle| Self {
            handle: Arc::new(handle),
        })
    }

    /// The process that runs the log in `dir`, where one does; 0 where it cannot be told which.
    pub fn holder(dir: &Path) -> Option<u32> {
        lock::holder(dir)
    }

    /// Every topic there is, changelogs too, by name.
    pub fn topics(&self) -> Vec<Topic> {
        let all = self.handle.shared.catalog.all();
        all.iter().map(|state| state.topic.clone()).collect()
    }

    /// Applies retention as of `now`, wholly. The log does so by itself every few seconds, from the first
    /// [`Log::join`] on: before that it cannot tell what this process's groups have not read.
    pub fn maintain(&self, now: Timestamp) -> Result<(), Failure> {
        let now_ms = now.as_millisecond();
        self.handle.call(move |writer| {
            while writer.maintain(now_ms, retention::PER_TICK)? {}
            Ok(())
        })
    }
}

impl Log for LocalLog {
    type Producer = LocalProducer;
    type Membership = LocalMembership;
    type Claim = LocalClaim;
    type Reader = LocalReader;

    fn create(&self, topics: &[Topic]) -> Result<(), Failure> {
        topic::create(&self.handle, topics)
    }

    fn remove(&self, topics: &[String], groups: &[String]) -> Result<(), Failure> {
        remove::remove(&self.handle, topics, groups)
    }

    fn partitions(&self, topic: &str) -> Result<Option<u32>, Failure> {
        let state = self.handle.topic(topic)?;
        Ok(state.map(|state| state.topic.partitions))
    }

    fn topic(&self, name: &str) -> Result<Option<Topic>, Failure> {
        let state = self.handle.topic(name)?;
        Ok(state.map(|state| state.topic.clone()))
    }

    fn since(&self, topic: &str, partition: u32, moment: Timestamp) -> Result<Offset, Failure> {
        since::first(self, topic, partition, moment)
    }

    fn bounds(&self, topic: &str, partition: u32) -> Result<Range<Offset>, Failure> {
        let partition = self.handle.partition(topic, partition)?;
        if !self.handle.shared.runs {
            // Whoever asks for an end means the present one, not the one of 25 ms ago.
            self.handle.resync()?;
        }
        partition.check_there()?;
        let bounds = partition.bounds();
        if !partition.compacted {
            return Ok(bounds);
        }
        let id = partition.id;
        let first = self
            .handle
            .reading(move |index| index::first_entry(index, id))?;
        Ok(first.map_or(bounds.end, |first| first.min(bounds.end))..bounds.end)
    }

    fn committed(
        &self,
        group: &str,
        topic: &str,
        partition: u32,
    ) -> Result<Option<Offset>, Failure> {
        let id = self.handle.partition(topic, partition)?.id;
        let group = group.to_owned();
        // On the writing thread: after every commit that is under way.
        self.handle
            .call(move |writer| writer.query(|index| index::committed(index, &group, id)))
    }

    fn join(&self, group: &str, topic: &str) -> Result<LocalMembership, Failure> {
        match self.handle.topic(topic)? {
            Some(state) => Ok(LocalMembership::join(self.handle.clone(), group, state)),
            None => Err(topic::unknown(topic)),
        }
    }

    fn producer(&self, transactional_id: &str) -> Result<LocalProducer, Failure> {
        let id = transactional_id.to_owned();
        let (epoch, current) = self.handle.call(move |writer| {
            let epoch = writer.durably(|index| {
                let epoch = index::epoch(index, &id)? + 1;
                index
                    .prepare_cached(
                        "INSERT INTO producers (name, epoch) VALUES (?1, ?2)
                         ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch",
                    )?
                    .execute(params![id, epoch as i64])?;
                Ok(epoch)
            })?;
            let mut epochs = catalog::lock(&writer.shared.epochs);
            let current = epochs
                .entry(id)
                .or_insert_with(|| Arc::new(AtomicU64::new(epoch)))
                .clone();
            current.store(epoch, Ordering::SeqCst);
            Ok((epoch, current))
        })?;
        Ok(LocalProducer::new(
            self.handle.clone(),
            transactional_id,
            epoch,
            current,
        ))
    }

    fn reader(
        &self,
        topic: &str,
        partition: u32,
        from: Offset,
        waker: Waker,
    ) -> Result<LocalReader, Failure> {
        let partition = self.handle.partition(topic, partition)?;
        let reader = PartitionReader::new(self.handle.clone(), partition, from, waker);
        Ok(LocalReader(reader))
    }

    fn identity(&self) -> String {
        self.handle.shared.identity.clone()
    }
}

/// The cleanup as the index keeps it.
fn is_compacted(topic: &Topic) -> bool {
    topic.cleanup == Cleanup::Compact
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Fsync>) {
        let parsed = text.parse::<Fsync>();
        assert_eq!(parsed.ok(), expected, "{text:?}");
        if let Some(fsync) = expected {
            assert_eq!(fsync.to_string().parse(), Ok(fsync), "{text:?}");
        }
    }

    #[test]
    fn a_flush_policy_reads_as_it_is_documented() {
        let every = |ms| Some(Fsync::Every(Duration::from_millis(ms)));
        check("always", Some(Fsync::Always));
        check("every 100 ms", every(100));
        check("every 5ms", every(5));
        check("every 5000 ms", every(5_000));
        for wrong in ["", "never", "Always", "every", "every ms", "every 0 ms"] {
            check(wrong, None);
        }
        for wrong in ["every 5001 ms", "every -5 ms", "every 5 s", "100 ms"] {
            check(wrong, None);
        }
        let refused = "sometimes".parse::<Fsync>().map_err(|e| e.to_string());
        assert!(refused.is_err_and(|text| text.contains("sometimes") && text.contains("always")));
        let long = "every 60000 ms".parse::<Fsync>().map_err(|e| e.to_string());
        assert!(
            long.is_err_and(|text| text.contains("60000 ms") && text.contains("every 5000 ms"))
        );
    }
}
