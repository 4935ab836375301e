//! A log that is simulated: Kafka in miniature, in one thread, with every fault that a seed wants.
//!
//! [`simulate`] runs what is real over it ([`crate::task`], [`crate::restore`], [`crate::staged`],
//! [`crate::standby`]) in simulated processes whose threads are coroutines. Each request to the broker is
//! one step, and before each step anything else may happen that chance wants to happen.
//!
//! What is simulated of Kafka, because exactly once rests on it: partitions with records of open
//! transactions, high watermark and last stable offset; numbered produce requests, told apart from
//! their repetitions; the transaction coordinator, whose markers arrive one by one and in any order;
//! epochs of producers, raised by each initialisation and by each abort that the coordinator decides;
//! compaction; groups with generations, pending offsets, static members, and rebalances that take at
//! once or let the owner finish. Of the client: requests are repeated until they are answered, in any
//! order over partitions, and whoever had to repeat one is suspect.
//!
//! What is not: replication (an acknowledged record stays), fetch sessions, and the group's protocol,
//! of which only the outcome matters here. A request does not arrive twice without its client knowing,
//! unless both copies arrive in a row: no connection does otherwise.
//!
//! What it taught, beside what the tests of each [`Variant`] show:
//!
//! - Whoever stands still in the middle of opening a partition and has a successor by then sees the
//!   successor's changelog, or, once it was compacted, none of their own. That state and offset then
//!   differ is no reason for an alarm: reading the offset again tells.
//! - A broker that does not verify (KIP-890, part 1; Kafka before 3.6 for records, before 3.7 for
//!   offsets) accepts a request that arrives after its transaction has ended. The output stays exactly
//!   once all the same, but a late `TxnOffsetCommit` leaves an offset pending that nobody ends, and
//!   reading the group's offset waits for it for ever: 2 of 100 schedules stand still.
//! - On such a broker an abort must not overtake a record that is still under way: in
//!   [`Variant::AbortWithRecordsUnderWay`] it turns up in a later transaction, or holds back every
//!   reader. With verification nothing happened in 20,000 schedules, so each of the two rules is enough.
//! - Where a coordinator that aborts by itself misses a partition with its marker, the next commit of the
//!   id commits what was aborted there: [`Variant::OpensWithoutSettling`].
//! - Either fence is enough by itself: ids that belong to partitions, or the group's
//!   generation with ids at random ([`Variant::RandomIds`]), of which the state then must be restored to
//!   the high watermark.

mod chance;
mod cluster;
mod coordinator;
mod coroutine;
mod group;
mod link;
mod membership;
mod oracle;
mod partition;
mod process;
mod producer;
mod protocol;
mod rates;
mod reader;
mod report;
mod simulation;
mod tally;
mod variant;

use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;

pub use membership::{ModelClaim, ModelMembership};
pub use producer::ModelProducer;
pub use reader::ModelReader;
pub use report::{Report, Violation, Wrong};
pub use simulation::simulate;
pub use variant::Variant;

use super::{Failure, Log, Offset};
use crate::topics::Topic;
use crate::waker::Waker;
use chance::Chance;
use cluster::Cluster;
use link::{Link, Process, lock};
use protocol::Refusal;

/// A simulated log. Cheap to clone; clones share everything.
#[derive(Clone, Debug)]
pub struct ModelLog {
    link: Link,
}

impl ModelLog {
    /// A log without faults, whose requests are done at once: for any threads, and for the conformance
    /// suite.
    pub fn calm() -> Self {
        let mut cluster = Cluster::new(Variant::Right.rules(), Chance::new(0));
        cluster.is_immediate = true;
        Self {
            link: Link::new(Arc::new(Mutex::new(cluster)), None),
        }
    }

    /// As [`ModelLog::calm`], but where the coordinator aborts a transaction by itself, as that of a process
    /// that is gone, its marker comes to no partition.
    pub fn missing_markers() -> Self {
        let log = Self::calm();
        log.link.lock().faults.unmarked = 1_000;
        log
    }

    fn within(cluster: Arc<Mutex<Cluster>>, process: Arc<Process>) -> Self {
        Self {
            link: Link::new(cluster, Some(process)),
        }
    }

    /// What happens to the log when every client is gone: transactions that they left open time out.
    pub fn abandon(&self) {
        self.link.lock().time_out_all();
    }

    /// Puts the clock forward, and applies what each topic keeps.
    pub fn pass(&self, time: Duration) {
        self.link.lock().pass(time);
    }

    /// The committed offset, once no transaction that would move it is left.
    fn stable_offset(
        &self,
        group: &str,
        topic: &str,
        partition: u32,
    ) -> Result<Option<Offset>, Failure> {
        loop {
            let mut cluster = self.link.after_step();
            let place = cluster.place(topic, partition)?;
            match cluster.group(group).committed(place) {
                Ok(committed) => return Ok(committed),
                Err(Refusal::Busy) if self.link.process.is_some() => {}
                Err(refusal) => return Err(Failure::Retry(refusal.to_string())),
            }
        }
    }

    /// For [`Variant::OffsetsBeforeInitWithoutGroupFencing`]: reads the offset of the partition that an
    /// id is for.
    fn read_offset_first(&self, id: &str) -> Result<(), Failure> {
        let Some(process) = &self.link.process else {
            return Ok(());
        };
        let Some((rest, partition)) = id.rsplit_once('.') else {
            return Ok(());
        };
        let group = crate::topics::Topology::new(1, |_| None).group(tally::NAME);
        let (Some(topic), Ok(partition)) = (
            rest.strip_prefix(&format!("{group}.")),
            partition.parse::<u32>(),
        ) else {
            return Ok(());
        };
        let committed = self.stable_offset(&group, topic, partition)?;
        lock(&process.read_first).insert(partition, committed);
        Ok(())
    }
}

impl Log for ModelLog {
    type Producer = ModelProducer;
    type Membership = ModelMembership;
    type Claim = ModelClaim;
    type Reader = ModelReader;

    fn create(&self, topics: &[Topic]) -> Result<(), Failure> {
        self.link.after_step().create(topics)
    }

    fn remove(&self, topics: &[String], groups: &[String]) -> Result<(), Failure> {
        self.link.after_step().remove(topics, groups)
    }

    fn partitions(&self, topic: &str) -> Result<Option<u32>, Failure> {
        Ok(self.topic(topic)?.map(|topic| topic.partitions))
    }

    fn topic(&self, name: &str) -> Result<Option<Topic>, Failure> {
        Ok(self.link.after_step().topic(name).cloned())
    }

    fn bounds(&self, topic: &str, partition: u32) -> Result<Range<Offset>, Failure> {
        let cluster = self.link.after_step();
        let partition = cluster.partition(cluster.place(topic, partition)?);
        let end = if cluster.rules.restores_to_stable {
            partition.stable_end()
        } else {
            partition.end()
        };
        Ok(partition.start()..end)
    }

    fn since(&self, topic: &str, partition: u32, moment: Timestamp) -> Result<Offset, Failure> {
        let cluster = self.link.after_step();
        let place = cluster.place(topic, partition)?;
        Ok(cluster.partition(place).since(moment))
    }

    fn committed(
        &self,
        group: &str,
        topic: &str,
        partition: u32,
    ) -> Result<Option<Offset>, Failure> {
        if let Some(process) = &self.link.process
            && let Some(known) = lock(&process.read_first).get(&partition)
        {
            return Ok(*known);
        }
        self.stable_offset(group, topic, partition)
    }

    fn join(&self, group: &str, topic: &str) -> Result<ModelMembership, Failure> {
        ModelMembership::join(self.link.clone(), group, topic)
    }

    fn producer(&self, transactional_id: &str) -> Result<ModelProducer, Failure> {
        let rules = self.link.lock().rules;
        if rules.reads_offset_first {
            self.read_offset_first(transactional_id)?;
        }
        if rules.random_ids {
            let random = self.link.lock().chance.next();
            let id = format!("{transactional_id}.{random:016x}");
            return ModelProducer::init(self.link.clone(), &id);
        }
        ModelProducer::init(self.link.clone(), transactional_id)
    }

    fn reader(
        &self,
        topic: &str,
        partition: u32,
        from: Offset,
        waker: Waker,
    ) -> Result<ModelReader, Failure> {
        let place = self.link.lock().place(topic, partition)?;
        Ok(ModelReader::new(self.link.clone(), place, from, waker))
    }

    fn identity(&self) -> String {
        "model".to_owned()
    }

    fn has_markers(&self) -> bool {
        self.link.lock().rules.settles
    }
}
