//! What a group's consumer tells: which partitions are this member's, and whether the group was heard of all
//! the time.
//!
//! Ownership is an epoch: each assignment makes a new [`Hold`], which goes out once and stays out. A
//! revoke and an assign may both happen inside one poll; with a flag in place of the epoch that went
//! unseen, and the partition stood still for ever (measured).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, RebalanceProtocol};
use rdkafka::error::KafkaError;
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{Offset as KafkaOffset, TopicPartitionList};

use super::client::{is_trouble, log};
use super::hold::Hold;
use super::lock;
use crate::log::Change;

/// How long a partition that goes to another instance is held back so that its task can finish its
/// batch. Shorter than what the group waits for us, five minutes.
const DRAIN: Duration = Duration::from_secs(15);
/// For how long after touch was regained a fence may still be a consequence of its loss: requests that waited
/// for the broker in an older connection.
const AFTERMATH: Duration = Duration::from_secs(10);
/// How long a member that lost touch waits to be given partitions before it joins with another client. Longer
/// than a group takes to deal them out, unless another member holds it up with a batch.
const CUT_OFF: Duration = Duration::from_secs(30);

/// What the group's consumer tells: the context of librdkafka's callbacks, which all run inside a poll.
#[derive(Debug)]
pub(super) struct Assignments {
    pub(super) group: Arc<str>,
    pub(super) topic: Arc<str>,
    pub(super) held: Mutex<Held>,
}

#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) holds: HashMap<u32, Arc<Hold>>,
    pub(super) changes: Vec<Change>,
    pub(super) settled: bool,
    pub(super) touch: Touch,
    /// Why partitions could not be taken over or given back.
    pub(super) failed: Option<String>,
}

/// Whether the group was heard of all the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Touch {
    #[default]
    Kept,
    /// Nothing was heard for as long as a session lasts.
    Lost(Instant),
    /// Partitions were assigned after that.
    Regained(Instant),
    /// The consumer was made in the place of one that was fenced by itself or cut off; it has had no
    /// partitions yet.
    Anew(Instant),
}

impl Touch {
    /// Whether a fence may come of the member's own requests.
    pub(super) fn explains_a_fence(self) -> bool {
        match self {
            Self::Kept => false,
            Self::Lost(_) | Self::Anew(_) => true,
            Self::Regained(at) => at.elapsed() < AFTERMATH,
        }
    }

    /// What it is once partitions were assigned.
    fn assigned(self) -> Self {
        match self {
            Self::Lost(_) => Self::Regained(Instant::now()),
            // Once for each loss: see `super::membership::KafkaMembership::see_to_fence`.
            Self::Anew(_) => Self::Kept,
            kept => kept,
        }
    }

    /// Whether the client may have given up for good: see [`super::renewed`].
    pub(super) fn is_cut_off(self) -> bool {
        match self {
            Self::Kept | Self::Regained(_) => false,
            Self::Lost(at) | Self::Anew(at) => at.elapsed() >= CUT_OFF,
        }
    }
}

impl ClientContext for Assignments {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        if facility == "SESSTMOUT" {
            let touch = &mut lock(&self.held).touch;
            if !matches!(touch, Touch::Lost(_)) {
                *touch = Touch::Lost(Instant::now());
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What a state came to be so long ago says: whether it explains a fence, and whether the client is cut off.
    #[track_caller]
    fn check(state: fn(Instant) -> Touch, age: Duration, explains: bool, cut_off: bool) {
        let touch = state(Instant::now().checked_sub(age).expect("a moment"));
        let found = (touch.explains_a_fence(), touch.is_cut_off());
        assert_eq!(found, (explains, cut_off), "{touch:?}");
    }

    #[test]
    fn a_lost_touch_explains_a_fence_and_at_length_a_client_that_was_cut_off() {
        check(|_| Touch::Kept, CUT_OFF, false, false);
        check(Touch::Lost, Duration::ZERO, true, false);
        check(Touch::Lost, CUT_OFF, true, true);
        check(Touch::Anew, Duration::ZERO, true, false);
        check(Touch::Anew, CUT_OFF, true, true);
        check(Touch::Regained, Duration::ZERO, true, false);
        check(Touch::Regained, AFTERMATH, false, false);
    }

    #[test]
    fn partitions_end_what_was_explained_once_for_each_loss() {
        let now = Instant::now();
        assert!(matches!(Touch::Lost(now).assigned(), Touch::Regained(_)));
        assert_eq!(Touch::Anew(now).assigned(), Touch::Kept);
        assert_eq!(Touch::Kept.assigned(), Touch::Kept);
        assert_eq!(Touch::Regained(now).assigned(), Touch::Regained(now));
    }
}
