//! Readers outside any group.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::{Offset as KafkaOffset, TopicPartitionList};

use super::KafkaLog;
use super::client::{Watch, close_aside, make};
use super::ends;
use super::failure::{failure, of_code};
use super::record::{Batch, stored};
use crate::log::{Failure, Limits, Offset, Reader, Stored};
use crate::waker::Waker;

/// How long a read may wait for the broker.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it waits for one event of its client.
const LOOK: Duration = Duration::from_millis(100);
/// A name that librdkafka wants; nothing is ever committed under it.
const NO_GROUP: &str = "copydesk.reader";

/// A reader of one partition. See [`Reader`].
pub struct KafkaReader {
    topic: String,
    partition: i32,
    /// There until the reader is dropped.
    consumer: Option<BaseConsumer<Watch>>,
    from: Offset,
    /// The end of what was committed when the reader was made.
    first_end: Offset,
    /// Whether everything up to `first_end` was seen.
    passed_first_end: bool,
    /// Whether there was nothing more when the queue was last looked into.
    at_end: bool,
    /// Read, and too large for the batch it would have ended.
    pending: Option<Stored>,
}

impl std::fmt::Debug for KafkaReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KafkaReader")
            .field("topic", &self.topic)
            .field("partition", &self.partition)
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}

impl KafkaReader {
    pub(super) fn open(
        log: &KafkaLog,
        topic: &str,
        partition: u32,
        from: Offset,
        waker: &Waker,
    ) -> Result<Self, Failure> {
        let number = super::number(topic, partition)?;
        let mut config = log.config().consumer(Some(NO_GROUP));
        if let Ok(config) = &mut config {
            config
                .set("enable.partition.eof", "true")
                .set("auto.offset.reset", "earliest")
                // The end of a partition is told after a fetch that brought nothing.
                .set("fetch.wait.max.ms", "50");
        }
        let mut consumer: BaseConsumer<Watch> = make(config, Watch::default())?;
        let bell = waker.clone();
        consumer.set_nonempty_callback(move || bell.wake());
        // Of a client that reads what is committed: the end of that.
        let end = ends::find(&consumer, topic, partition, KafkaOffset::End)?.unwrap_or(0);
        let start = i64::try_from(from.min(end)).unwrap_or(i64::MAX);
        let mut list = TopicPartitionList::new();
        let assigned = list
            .add_partition_offset(topic, number, KafkaOffset::Offset(start))
            .and_then(|()| consumer.assign(&list));
        assigned
            .map_err(|error| failure(&format!("{topic}/{partition} cannot be read"), &error))?;
        Ok(Self {
            topic: topic.to_owned(),
            partition: number,
            consumer: Some(consumer),
            from,
            first_end: end,
            passed_first_end: false,
            at_end: false,
            pending: None,
        })
    }

    fn consumer(&self) -> &BaseConsumer<Watch> {
        let consumer = self.consumer.as_ref();
        consumer.expect("it is there until the reader is dropped")
    }

    /// The next record, waiting for the broker at most `wait`. `None` also where the end was reached.
    fn next(&mut self, wait: Duration) -> Result<Option<Stored>, Failure> {
        if let Some(record) = self.pending.take() {
            return Ok(Some(record));
        }
        let polled = self.consumer().poll(wait);
        let polled = polled.map(|polled| polled.map(|message| stored(&message)));
        match polled {
            None => {}
            Some(Ok(record)) => {
                self.at_end = false;
                return Ok(Some(record));
            }
            Some(Err(KafkaError::PartitionEOF(_))) => {
                self.at_end = true;
                self.passed_first_end = true;
            }
            Some(Err(error)) => self.judge(&error)?,
        }
        Ok(None)
    }

    /// Whether an event ends the reading, or librdkafka tries again by itself.
    fn judge(&self, error: &KafkaError) -> Result<(), Failure> {
        let place = format!("{}/{} cannot be read", self.topic, self.partition);
        match error.rdkafka_error_code() {
            Some(
                code @ (Code::UnknownTopicOrPartition
                | Code::UnknownTopic
                | Code::UnknownPartition
                | Code::TopicAuthorizationFailed
                | Code::OffsetOutOfRange
                | Code::AutoOffsetReset),
            ) => Err(of_code(code, format!("{place}: {error}"))),
            _ => Ok(()),
        }
    }
}

impl Reader for KafkaReader {
    /// What librdkafka has given out, markers included; and where it has said that nothing more was
    /// there, at least the end that there was at first. That end's own last offsets may never be given
    /// out: compaction may have taken them.
    fn position(&self) -> Offset {
        if let Some(pending) = &self.pending {
            return pending.offset;
        }
        let known = self.consumer().position().ok().and_then(|positions| {
            let element = positions.find_partition(&self.topic, self.partition)?;
            match element.offset() {
                KafkaOffset::Offset(offset) => Offset::try_from(offset).ok(),
                _ => None,
            }
        });
        let seen = if self.passed_first_end {
            self.first_end
        } else {
            0
        };
        known.unwrap_or(0).max(seen).max(self.from)
    }

    fn read(&mut self, limits: Limits) -> Result<Vec<Stored>, Failure> {
        let deadline = Instant::now() + PATIENCE;
        let mut batch = Batch::new(limits);
        while batch.has_room() {
            let is_waiting = batch.records.is_empty() && !self.at_end;
            let wait = if is_waiting { LOOK } else { Duration::ZERO };
            let Some(record) = self.next(wait)? else {
                if !batch.records.is_empty() || self.at_end {
                    break;
                }
                if Instant::now() > deadline {
                    let trouble = self.consumer().context().trouble();
                    return Err(Failure::Retry(format!(
                        "{}/{} was not answered for in {PATIENCE:?}: {}",
                        self.topic,
                        self.partition,
                        trouble.unwrap_or_else(|| "no reason given".into())
                    )));
                }
                continue;
            };
            // A reader that was to begin beyond the end began at the end.
            if record.offset < self.from {
                continue;
            }
            self.pending = batch.take(record);
            if self.pending.is_some() {
                break;
            }
        }
        Ok(batch.records)
    }
}

impl Drop for KafkaReader {
    fn drop(&mut self) {
        close_aside(self.consumer.take());
    }
}
