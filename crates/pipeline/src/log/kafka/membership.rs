//! Memberships in consumer groups, and claims. One consumer for a group; each partition has a queue of
//! its own, which its claim reads.
//!
//! Ownership is an epoch: each assignment makes a new [`Hold`], which goes out once and stays out. A
//! revoke and an assign may both happen inside one poll; with a flag in place of the epoch that went
//! unseen, and the partition stood still for ever (measured).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{
    BaseConsumer, Consumer, ConsumerContext, ConsumerGroupMetadata, RebalanceProtocol,
};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{Message as _, Offset as KafkaOffset, TopicPartitionList};

use super::claim::KafkaClaim;
use super::client::{is_trouble, log, make};
use super::failure::{check_welcome, of_code};
use super::hold::Hold;
use super::orphans::Orphans;
use super::{KafkaLog, lock};
use crate::log::{Change, Failure, Membership};
use crate::waker::Waker;

/// How long a partition that goes to another instance is held back so that its task can finish its
/// batch. Shorter than what the group waits for us, five minutes.
const DRAIN: Duration = Duration::from_secs(15);
/// For how long after touch was regained a fence may still be a consequence of its loss: requests that waited
/// for the broker in an older connection.
const AFTERMATH: Duration = Duration::from_secs(10);
/// How long leaving a group may take.
const LEAVE: Duration = Duration::from_secs(5);

/// What the group's consumer tells: the context of librdkafka's callbacks, which all run inside a poll.
#[derive(Debug)]
pub(super) struct Assignments {
    group: Arc<str>,
    topic: Arc<str>,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    holds: HashMap<u32, Arc<Hold>>,
    changes: Vec<Change>,
    settled: bool,
    touch: Touch,
    /// Why partitions could not be taken over or given back.
    failed: Option<String>,
}

/// Whether the group was heard of all the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Touch {
    #[default]
    Kept,
    /// Nothing was heard for as long as a session lasts.
    Lost,
    /// Partitions were assigned after that.
    Regained(Instant),
    /// The consumer was made because the one before was fenced by itself; it has had no partitions yet.
    Anew,
}

impl Touch {
    /// Whether a fence may come of the member's own requests.
    fn explains_a_fence(self) -> bool {
        match self {
            Self::Kept => false,
            Self::Lost | Self::Anew => true,
            Self::Regained(at) => at.elapsed() < AFTERMATH,
        }
    }

    /// What it is once partitions were assigned.
    fn assigned(self) -> Self {
        match self {
            Self::Lost => Self::Regained(Instant::now()),
            // Once for each loss: see `KafkaMembership::join_anew`.
            Self::Anew => Self::Kept,
            kept => kept,
        }
    }
}

impl ClientContext for Assignments {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        if facility == "SESSTMOUT" {
            lock(&self.held).touch = Touch::Lost;
        }
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if is_trouble(&error) {
            tracing::debug!(group = %self.group, "kafka consumer: {error}: {reason}");
        }
    }
}

impl ConsumerContext for Assignments {
    fn rebalance(
        &self,
        consumer: &BaseConsumer<Self>,
        what: RDKafkaRespErr,
        partitions: &mut TopicPartitionList,
    ) {
        let outcome = match what {
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS => {
                self.assign(consumer, partitions)
            }
            _ => self.revoke(consumer, partitions),
        };
        if let Err(error) = outcome {
            // Polling on would be a silent stand-still: the partitions would be this member's, and
            // read by nobody.
            lock(&self.held).failed = Some(error.to_string());
        }
    }
}

impl Assignments {
    fn assign(
        &self,
        consumer: &BaseConsumer<Self>,
        partitions: &mut TopicPartitionList,
    ) -> Result<(), KafkaError> {
        // Without an offset librdkafka would ask for the committed one and begin to read there, before
        // the task has fenced its predecessor. The task seeks when it is ready; until then nothing is
        // fetched. The offset must be absolute: for a logical one the broker is asked, and an answer
        // that comes after the seek undoes it (measured: records skipped in one partition of four).
        partitions.set_all_offsets(KafkaOffset::Offset(0))?;
        if matches!(
            consumer.rebalance_protocol(),
            RebalanceProtocol::Cooperative
        ) {
            consumer.incremental_assign(partitions)?;
        } else {
            consumer.assign(partitions)?;
        }
        consumer.pause(partitions)?;
        let mut held = lock(&self.held);
        held.settled = true;
        held.touch = held.touch.assigned();
        for number in numbers(partitions) {
            let hold = Hold::new(self.group.clone(), self.topic.clone(), number);
            let partition = number.unsigned_abs();
            if let Some(older) = held.holds.insert(partition, Arc::new(hold)) {
                older.lose();
            }
            held.changes.push(Change::Assigned(partition));
        }
        Ok(())
    }

    fn revoke(
        &self,
        consumer: &BaseConsumer<Self>,
        partitions: &TopicPartitionList,
    ) -> Result<(), KafkaError> {
        let mut holds = Vec::new();
        {
            let mut held = lock(&self.held);
            for number in numbers(partitions) {
                let partition = number.unsigned_abs();
                holds.extend(held.holds.remove(&partition));
                held.changes.push(Change::Revoked(partition));
            }
        }
        // Another member has them already: what is under way cannot be committed.
        let is_lost = consumer.assignment_lost();
        for hold in &holds {
            if is_lost {
                hold.lose();
            } else {
                hold.end();
            }
        }
        let deadline = Instant::now() + DRAIN;
        for hold in holds {
            if !hold.is_lost() && !hold.is_released_by(deadline) {
                tracing::warn!(
                    group = %self.group,
                    partition = hold.partition(),
                    "the task did not finish its batch in {DRAIN:?}; another instance handles it again"
                );
            }
            hold.lose();
        }
        if matches!(
            consumer.rebalance_protocol(),
            RebalanceProtocol::Cooperative
        ) {
            consumer.incremental_unassign(partitions)
        } else {
            consumer.unassign()
        }
    }
}

fn numbers(partitions: &TopicPartitionList) -> Vec<i32> {
    let elements = partitions.elements();
    elements
        .iter()
        .map(TopicPartitionListElem::partition)
        .collect()
}

/// A member of a group. See [`Membership`].
pub struct KafkaMembership {
    consumer: Arc<BaseConsumer<Assignments>>,
    log: KafkaLog,
    instance: Option<String>,
    orphans: Orphans,
}

impl std::fmt::Debug for KafkaMembership {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KafkaMembership")
            .field("group", &self.consumer.context().group)
            .field("instance", &self.instance)
            .finish_non_exhaustive()
    }
}

impl KafkaMembership {
    pub(super) fn join(log: &KafkaLog, group: &str, topic: &str) -> Result<Self, Failure> {
        Ok(Self {
            consumer: subscribed(log, group, topic)?,
            log: log.clone(),
            instance: log.instance().map(str::to_owned),
            orphans: Orphans::watch(),
        })
    }

    /// Joins with a new consumer where the old one was fenced after it had lost touch, most likely by itself;
    /// false where it had not, so that it was another process.
    ///
    /// Whoever hears nothing of the broker for a session joins as one who is new, and the broker takes the
    /// member that it still knows by that name for another: what the old one has under way is answered
    /// with a fence, which ends a consumer for good (seen where a broker stood still for two sessions).
    /// Once for each loss of touch: a process that was paused while another took its name drives that one out,
    /// and ends when it is started again.
    fn join_anew(&mut self) -> Result<bool, Failure> {
        let assignments = self.consumer.context();
        if !lock(&assignments.held).touch.explains_a_fence() {
            return Ok(false);
        }
        tracing::warn!(
            group = %assignments.group,
            "out of touch with the broker and fenced after it: joining anew"
        );
        let held = std::mem::take(&mut *lock(&assignments.held));
        let mut changes = held.changes;
        for (partition, hold) in held.holds {
            hold.lose();
            changes.push(Change::Revoked(partition));
        }
        let consumer = subscribed(&self.log, &assignments.group, &assignments.topic)?;
        {
            let mut held = lock(&consumer.context().held);
            held.changes = changes;
            held.touch = Touch::Anew;
        }
        self.consumer = consumer;
        Ok(true)
    }

    fn note_astray(&self, partition: i32) {
        let held = lock(&self.consumer.context().held);
        if let Some(hold) = held.holds.get(&partition.unsigned_abs()) {
            hold.stray();
        }
    }

    /// Joins anew where partitions have long been nobody's: so the group deals all of them out again.
    fn see_to_orphans(&mut self) -> Result<(), Failure> {
        let Some(instance) = &self.instance else {
            // Whoever has no name leaves no place to come back to.
            return Ok(());
        };
        let Assignments { group, topic, .. } = self.consumer.context().as_ref();
        let found = self.orphans.found(&self.consumer, (group, topic), instance);
        if found.is_empty() {
            return Ok(());
        }
        tracing::warn!(
            %group,
            "partitions {found:?} of {topic} are no member's: joining anew, so that they are dealt out again"
        );
        self.consumer.unsubscribe();
        self.consumer
            .subscribe(&[topic])
            .map_err(|error| Failure::Fatal(format!("group {group} cannot be joined: {error}")))
    }

    fn check_alive(&mut self) -> Result<(), Failure> {
        if let Some(why) = &lock(&self.consumer.context().held).failed {
            return Err(Failure::Fatal(format!(
                "the partitions of group {} cannot be taken over: {why}",
                self.consumer.context().group
            )));
        }
        let Some((code, reason)) = self.consumer.client().fatal_error() else {
            return Ok(());
        };
        if code == RDKafkaErrorCode::FencedInstanceId && self.join_anew()? {
            return Ok(());
        }
        let group = &self.consumer.context().group;
        if code == RDKafkaErrorCode::FencedInstanceId {
            // Polling on would be a silent stand-still: this consumer never gets a partition again.
            let instance = self.instance.as_deref().unwrap_or_default();
            return Err(Failure::Fatal(format!(
                "another process has joined group {group} as {instance}, so this one ends; where both \
                 shall run, give each a kafka.instance of its own. Where there is no other, the broker \
                 was killed while the group was dealt out and remembers an older process of this name: \
                 start it again"
            )));
        }
        Err(of_code(code, format!("group {group}: {reason}")))
    }
}

/// A consumer that asks to be a member, and has no partition yet.
fn subscribed(
    log: &KafkaLog,
    group: &str,
    topic: &str,
) -> Result<Arc<BaseConsumer<Assignments>>, Failure> {
    let assignments = Assignments {
        group: Arc::from(group),
        topic: Arc::from(topic),
        held: Mutex::default(),
    };
    let config = log.config().member(group, log.instance());
    let consumer: BaseConsumer<Assignments> = make(config, assignments)?;
    consumer
        .subscribe(&[topic])
        .map_err(|error| Failure::Fatal(format!("group {group} cannot be joined: {error}")))?;
    Ok(Arc::new(consumer))
}

impl Membership for KafkaMembership {
    type Claim = KafkaClaim;

    fn poll(&mut self, wait: Duration) -> Result<Vec<Change>, Failure> {
        self.see_to_orphans()?;
        let deadline = Instant::now() + wait;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.consumer.poll(left) {
                // Records come by the claims' own queues. One that comes here must not be missed in
                // silence.
                Some(Ok(message)) => self.note_astray(message.partition()),
                Some(Err(error)) => {
                    self.check_alive()?;
                    let group = &self.consumer.context().group;
                    tracing::debug!(%group, "kafka consumer: {error}");
                    check_welcome(group, &error)?;
                }
                None => {}
            }
            let changes = std::mem::take(&mut lock(&self.consumer.context().held).changes);
            if !changes.is_empty() {
                return Ok(changes);
            }
            self.check_alive()?;
            if Instant::now() >= deadline {
                return Ok(Vec::new());
            }
        }
    }

    fn claim(&mut self, partition: u32, waker: Waker) -> Result<KafkaClaim, Failure> {
        let assignments = self.consumer.context();
        let hold = lock(&assignments.held).holds.get(&partition).cloned();
        let Some(hold) = hold.filter(|hold| hold.is_current()) else {
            let (topic, group) = (&assignments.topic, &assignments.group);
            return Err(Failure::Fenced(format!(
                "partition {partition} of {topic} is no longer this member's in group {group}"
            )));
        };
        let consumer = self.consumer.clone();
        Ok(KafkaClaim::new(self.log.clone(), consumer, hold, waker))
    }

    fn is_settled(&self) -> bool {
        lock(&self.consumer.context().held).settled
    }
}

impl Drop for KafkaMembership {
    /// A named member does not leave: its partitions wait for its return until the session times out. A
    /// passing one leaves at once, also where a forgotten claim keeps its consumer alive.
    fn drop(&mut self) {
        let holds = std::mem::take(&mut lock(&self.consumer.context().held).holds);
        for hold in holds.values() {
            hold.lose();
        }
        if self.instance.is_some() {
            return;
        }
        self.consumer.unsubscribe();
        let deadline = Instant::now() + LEAVE;
        let is_empty = || {
            self.consumer
                .assignment()
                .is_ok_and(|list| list.count() == 0)
        };
        while !is_empty() && Instant::now() < deadline {
            let _ = self.consumer.poll(Duration::from_millis(20));
        }
    }
}

/// The member as the broker knows it, for a transaction's offsets.
pub(super) fn member(consumer: &BaseConsumer<Assignments>) -> Option<ConsumerGroupMetadata> {
    consumer.group_metadata()
}
