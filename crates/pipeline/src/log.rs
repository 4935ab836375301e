//! The log: partitioned, durable, transactional. The calls that [`crate::task`] needs, and their
//! contract.
//!
//! Written for Apache Kafka and the embedded [`local`] log alike; every implementation passes the
//! same conformance suite. The contract:
//!
//! - **Order.** A partition is a sequence of records with ascending offsets. Offsets may have holes:
//!   markers in Kafka, compaction in both.
//! - **Atomicity.** Everything sent between [`Producer::begin`] and a successful
//!   [`Producer::commit`], over any partitions, and the offsets with it become visible together, or
//!   never.
//! - **Isolation.** Readers and claims see committed records only.
//! - **Durability.** At the default settings what a commit acknowledged survives `kill -9` and a
//!   power cut.
//! - **Fencing.** [`Log::producer`] ends whatever an earlier producer of the same transactional id
//!   left open, and makes its later calls fail with [`Failure::Fenced`].
//! - **Ownership.** A partition of a group has at most one current [`Claim`]. Ownership is an epoch,
//!   never a flag: a revoke and an assign may both happen inside one poll.
//! - **Compaction.** In a compacted topic the last record of a key stays; a tombstone removes the key
//!   and is itself removed after a day.
//! - **Retention.** What is older or larger than a topic's bounds goes, oldest first, but nothing that
//!   a group in use has not read.
//! - **Removal.** A removed topic is gone for good: one of the same name that is made later has
//!   nothing of it.
//! - **Wake-up.** A [`Waker`] given to a claim or reader is woken as soon as there may be more.
//!
//! Every call blocks; callers are plain threads.

pub mod conformance;
pub mod kafka;
pub mod local;
pub mod model;

use std::ops::Range;
use std::time::Duration;

use jiff::Timestamp;

use crate::headers::Headers;
use crate::topics::{Deviation, Topic};
use crate::waker::Waker;

/// A position in a partition: the offset of a record, or where the next one will stand.
pub type Offset = u64;

/// A log. Cheap to clone; clones share everything.
pub trait Log: Clone + Send + Sync + 'static {
    /// Its transactional producer.
    type Producer: Producer<Claim = Self::Claim>;
    /// Its membership in a consumer group.
    type Membership: Membership<Claim = Self::Claim>;
    /// Its hold on one partition.
    type Claim: Claim;
    /// Its reader outside any group.
    type Reader: Reader;

    /// Makes the topics that are missing, and takes over how long and how much the others keep.
    ///
    /// # Errors
    /// [`Failure::Fatal`] where a topic is there with another count of partitions: records would
    /// change their place.
    fn create(&self, topics: &[Topic]) -> Result<(), Failure>;

    /// Deletes topics with all their records, and what groups have committed. What is not there is no
    /// error, so that a removal that was cut off is done again. Afterwards [`Log::create`] makes a
    /// topic of the same name anew, and empty. Who still reads a removed topic or writes to it is told by
    /// a failure.
    ///
    /// # Errors
    /// [`Failure::Fatal`] where one of the groups still has a member; nothing is deleted then. The
    /// embedded log knows the members of its own process only.
    fn remove(&self, topics: &[String], groups: &[String]) -> Result<(), Failure>;

    /// How many partitions a topic has; `None` where there is no such topic.
    fn partitions(&self, topic: &str) -> Result<Option<u32>, Failure>;

    /// A topic as it is, which may differ from what the configuration says; `None` where there is no
    /// such topic.
    fn topic(&self, name: &str) -> Result<Option<Topic>, Failure>;

    /// Where a topic that is there is otherwise than [`Log::create`] would have made `topic`, beside what
    /// [`Log::topic`] tells.
    fn deviations(&self, _topic: &Topic) -> Result<Vec<Deviation>, Failure> {
        Ok(Vec::new())
    }

    /// The offset of the oldest record still there, and the one after the newest. The end covers
    /// records that are not committed yet.
    fn bounds(&self, topic: &str, partition: u32) -> Result<Range<Offset>, Failure>;

    /// The first offset from which on records may have been written at `moment` or later; the end
    /// where there is none. As exact as the writers' clocks: look again at each record.
    fn since(&self, topic: &str, partition: u32, moment: Timestamp) -> Result<Offset, Failure>;

    /// The next offset that `group` will read, where it has committed one. Waits for a commit that is
    /// under way, so that the answer is stable.
    fn committed(
        &self,
        group: &str,
        topic: &str,
        partition: u32,
    ) -> Result<Option<Offset>, Failure>;

    /// Joins `group` for the partitions of `topic`.
    fn join(&self, group: &str, topic: &str) -> Result<Self::Membership, Failure>;

    /// A producer under `transactional_id`, after ending what an earlier one left open.
    fn producer(&self, transactional_id: &str) -> Result<Self::Producer, Failure>;

    /// Reads committed records of a partition from `from` on, outside any group. A `from` before the
    /// oldest record starts at the oldest.
    fn reader(
        &self,
        topic: &str,
        partition: u32,
        from: Offset,
        waker: Waker,
    ) -> Result<Self::Reader, Failure>;

    /// Names the log, so that a store made from another one is not mistaken for this one's.
    fn identity(&self) -> String;

    /// Whether the end of each transaction stands in the partitions it wrote to, at an offset of its
    /// own, so that offsets count more than records.
    fn has_markers(&self) -> bool {
        false
    }
}

/// A member of a consumer group.
///
/// When it is dropped its claims end. One that has a name of its own keeps its partitions for a while,
/// so that a restart moves nothing.
pub trait Membership: Send {
    /// See [`Log::Claim`].
    type Claim: Claim;

    /// Serves the group for up to `wait` and tells what changed. Must be called at least every few
    /// seconds; it also serves heartbeats where there are any.
    fn poll(&mut self, wait: Duration) -> Result<Vec<Change>, Failure>;

    /// The hold on a partition that [`Change::Assigned`] named. `waker` is woken when records arrive
    /// and when the claim is lost.
    ///
    /// # Errors
    /// [`Failure::Fenced`] where it is no longer this member's; [`Membership::poll`] will say so.
    fn claim(&mut self, partition: u32, waker: Waker) -> Result<Self::Claim, Failure>;

    /// Whether the group has said which partitions are this member's: perhaps none.
    fn is_settled(&self) -> bool;
}

/// What a rebalance did to one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The partition is this member's now. It was another's, or this one's under an older epoch.
    Assigned(u32),
    /// The partition is this member's no more.
    Revoked(u32),
}

/// The hold of a group's member on one partition, for one epoch.
pub trait Claim: Send {
    /// The partition.
    fn partition(&self) -> u32;

    /// Whether the epoch still lasts. Once false, never true again.
    fn is_current(&self) -> bool;

    /// Goes on reading at `offset`.
    fn seek(&mut self, offset: Offset) -> Result<(), Failure>;

    /// The records that have arrived, without waiting: empty where there are none.
    ///
    /// # Errors
    /// [`Failure::Fenced`] where the claim has ended.
    fn read(&mut self, limits: Limits) -> Result<Vec<Stored>, Failure>;

    /// Whether the log has said, since this was last asked, that nothing lies beyond what was read. Asked
    /// after a read that brought nothing: where there is a network, that alone does not tell.
    fn has_reached_end(&mut self) -> bool {
        true
    }

    /// Has the member begin anew: records are there that the claim was not given. It ends soon after, and
    /// another epoch begins, unless that was tried a short while ago.
    fn forsake(&mut self) {}
}

/// A reader outside any group.
pub trait Reader: Send {
    /// The offset that is read next. Never passes a committed record that was not returned.
    fn position(&self) -> Offset;

    /// The records that are there: empty only at the end of what is committed. Waits for the network
    /// where there is one, never for records that are still to be written.
    fn read(&mut self, limits: Limits) -> Result<Vec<Stored>, Failure>;
}

/// A transactional producer. One transaction at a time.
pub trait Producer: Send {
    /// See [`Log::Claim`].
    type Claim: Claim;

    /// Begins a transaction.
    fn begin(&mut self) -> Result<(), Failure>;

    /// Adds a record to the transaction.
    fn send(&mut self, record: ToSend) -> Result<(), Failure>;

    /// Waits until every record of the transaction has arrived.
    ///
    /// # Errors
    /// A record that has not.
    fn flush(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// Adds the group's next offset of the claim's partition. Always called, even for a batch without
    /// output: it carries the fence.
    fn send_offsets(&mut self, claim: &Self::Claim, next: Offset) -> Result<(), Failure>;

    /// Commits. After [`Failure::Retry`] the caller calls again; only `Ok` means committed.
    fn commit(&mut self) -> Result<(), Failure>;

    /// The offset after the last record that the last commit wrote to this partition, where it wrote
    /// any there.
    fn written(&self, topic: &str, partition: u32) -> Option<Offset>;

    /// Drops the transaction. Cannot fail for the caller: what could not be aborted now is when the
    /// next producer of the id is made.
    fn abort(&mut self);

    /// Whether something happened since the last commit after which the producer must not be used
    /// again, although the commit succeeded: a timeout, a lost connection, a retried request.
    fn is_suspect(&self) -> bool;

    /// The epoch of its transactional id, which is higher with each producer of the id. `None` where the log
    /// keeps that to itself.
    fn epoch(&self) -> Option<u64> {
        None
    }

    /// Whether its client has given up for good.
    fn is_broken(&self) -> bool {
        false
    }
}

/// How much to read at once. At least one record is returned where there is one, whatever its size.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Records at the most.
    pub records: usize,
    /// Bytes of keys and values at the most.
    pub bytes: usize,
}

impl Default for Limits {
    /// 500 records or 4 MiB: a commit is a few milliseconds, so larger batches gain nothing.
    fn default() -> Self {
        Self {
            records: 500,
            bytes: 4 << 20,
        }
    }
}

/// A record as it lies in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its offset.
    pub offset: Offset,
    /// When it was written.
    pub written_at: Timestamp,
    /// Its key, where it has one.
    pub key: Option<Vec<u8>>,
    /// Its value; `None` is a tombstone.
    pub value: Option<Vec<u8>>,
    /// Its headers.
    pub headers: Headers,
}

/// A record to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToSend {
    /// The topic, generation and all.
    pub topic: String,
    /// The partition.
    pub partition: u32,
    /// Its key, where it has one.
    pub key: Option<Vec<u8>>,
    /// Its value; `None` is a tombstone.
    pub value: Option<Vec<u8>>,
    /// Its headers.
    pub headers: Headers,
}

/// What went wrong with the log, by what the caller does about it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// The same call may succeed later: wait and call again.
    #[error("{0}")]
    Retry(String),
    /// Nothing is known for sure any more: drop the task and open the partition again.
    #[error("{0}")]
    Reopen(String),
    /// Another producer holds the transactional id, or the partition is another's.
    #[error("fenced: {0}")]
    Fenced(String),
    /// No retry can help: the process ends with this message.
    #[error("{0}")]
    Fatal(String),
    /// Nor can a restart, until somebody has changed something: the log holds what cannot be.
    #[error("{0}")]
    Unfit(String),
}
