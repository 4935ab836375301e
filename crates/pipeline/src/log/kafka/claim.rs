//! The hold on one partition: its queue, read and sought.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::consumer::base_consumer::PartitionQueue;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerGroupMetadata};
use rdkafka::error::KafkaError;
use rdkafka::{Offset as KafkaOffset, TopicPartitionList};

use super::KafkaLog;
use super::assignments::Assignments;
use super::client::ANSWER;
use super::failure::{failure, of_code};
use super::hold::Hold;
use super::membership::member;
use super::record::{Batch, stored};
use crate::log::{Claim, Failure, Limits, Log, Offset, Stored};
use crate::waker::Waker;

/// How long the consumer may take to begin with a partition that it was just given.
const BEGIN: Duration = Duration::from_secs(10);
const AGAIN_AFTER: Duration = Duration::from_millis(20);

/// The hold on one partition. See [`Claim`].
pub struct KafkaClaim {
    log: KafkaLog,
    consumer: Arc<BaseConsumer<Assignments>>,
    hold: Arc<Hold>,
    waker: Waker,
    /// The partition's own queue, from the first seek on.
    queue: Option<PartitionQueue<Assignments>>,
    /// Read from the queue, and too large for the batch it would have ended.
    pending: Option<Stored>,
    /// Whether the end of what is committed was told of, and no record has come since.
    at_end: bool,
}

impl std::fmt::Debug for KafkaClaim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KafkaClaim")
            .field("hold", &self.hold)
            .finish_non_exhaustive()
    }
}

impl KafkaClaim {
    pub(super) fn new(
        log: KafkaLog,
        consumer: Arc<BaseConsumer<Assignments>>,
        hold: Arc<Hold>,
        waker: Waker,
    ) -> Self {
        hold.take(&waker);
        Self {
            log,
            consumer,
            hold,
            waker,
            queue: None,
            pending: None,
            at_end: false,
        }
    }

    pub(super) fn hold(&self) -> &Arc<Hold> {
        &self.hold
    }

    pub(super) fn member(&self) -> Option<ConsumerGroupMetadata> {
        member(&self.consumer)
    }

    /// Where to go on for a group that stands at `offset`: there, unless retention has been faster.
    fn first_readable(&self, offset: Offset) -> Result<Offset, Failure> {
        let (topic, partition) = (self.hold.topic(), self.partition());
        let bounds = self.log.bounds(topic, partition)?;
        if offset > bounds.end {
            return Err(Failure::Fatal(format!(
                "the group stands at offset {offset} of {topic}/{partition}, which ends at {}: the topic \
                 was made anew or cut back. Move the group's offset, or begin a new generation",
                bounds.end
            )));
        }
        if offset < bounds.start {
            tracing::warn!(
                topic,
                partition,
                gone = bounds.start - offset,
                "retention dropped records that the group has not read: it goes on at the oldest; keep \
                 the topic longer, or run the group more often"
            );
        }
        Ok(offset.max(bounds.start))
    }

    /// Takes the partition's records out of the consumer's common queue. Only after a seek has
    /// succeeded: librdkafka joins the two when it begins with the partition, some time after it was
    /// assigned, and what was split before would be joined again and read by nobody.
    fn split(&self) -> Result<PartitionQueue<Assignments>, Failure> {
        let (topic, partition) = (self.hold.topic(), self.hold.partition());
        let queue = self.consumer.split_partition_queue(topic, partition);
        let mut queue = queue.ok_or_else(|| self.hold.lost())?;
        let bell = self.waker.clone();
        queue.set_nonempty_callback(move || bell.wake());
        Ok(queue)
    }

    fn next(&mut self) -> Result<Option<Stored>, Failure> {
        if let Some(record) = self.pending.take() {
            return Ok(Some(record));
        }
        let Some(queue) = &self.queue else {
            return Ok(None);
        };
        match queue.poll(Duration::ZERO) {
            None => Ok(None),
            Some(Err(KafkaError::PartitionEOF(_))) => {
                self.at_end = true;
                Ok(None)
            }
            Some(Ok(message)) => {
                self.at_end = false;
                Ok(Some(stored(&message)))
            }
            Some(Err(error)) => {
                let text = format!(
                    "{}/{} cannot be read: {error}",
                    self.hold.topic(),
                    self.hold.partition()
                );
                Err(match error.rdkafka_error_code() {
                    Some(code) => of_code(code, text),
                    None => Failure::Reopen(text),
                })
            }
        }
    }
}

impl Claim for KafkaClaim {
    fn partition(&self) -> u32 {
        self.hold.partition().unsigned_abs()
    }

    fn is_current(&self) -> bool {
        self.hold.is_current()
    }

    fn seek(&mut self, offset: Offset) -> Result<(), Failure> {
        self.pending = None;
        self.at_end = false;
        let offset = self.first_readable(offset)?;
        let at = KafkaOffset::Offset(i64::try_from(offset).unwrap_or(i64::MAX));
        let (topic, partition) = (self.hold.topic(), self.hold.partition());
        let consumer = &self.consumer;
        let deadline = Instant::now() + BEGIN;
        loop {
            if !self.is_current() {
                return Err(self.hold.lost());
            }
            match consumer.seek(topic, partition, at, ANSWER) {
                Ok(()) => break,
                // The consumer has the partition and has not begun with it yet.
                Err(_) if Instant::now() < deadline => std::thread::sleep(AGAIN_AFTER),
                Err(error) => {
                    return Err(Failure::Reopen(format!(
                        "{topic}/{partition} cannot be read from {offset} on: {error}"
                    )));
                }
            }
        }
        if self.queue.is_none() {
            self.queue = Some(self.split()?);
        }
        self.hold.gather();
        let mut list = TopicPartitionList::new();
        list.add_partition(topic, partition);
        consumer
            .resume(&list)
            .map_err(|error| failure(&format!("{topic}/{partition} cannot be read"), &error))
    }

    fn read(&mut self, limits: Limits) -> Result<Vec<Stored>, Failure> {
        let mut batch = Batch::new(limits);
        while batch.has_room() {
            if !self.is_current() && batch.records.is_empty() {
                return Err(self.hold.lost());
            }
            let record = self.next()?;
            // Asked after each record: one that went astray before it was counted by then.
            if self.hold.is_astray() {
                return Err(Failure::Reopen(format!(
                    "records of {}/{} came by another way: they are read again",
                    self.hold.topic(),
                    self.hold.partition()
                )));
            }
            let Some(record) = record else {
                break;
            };
            self.pending = batch.take(record);
            if self.pending.is_some() {
                break;
            }
        }
        if !batch.records.is_empty() {
            self.hold.given();
        }
        Ok(batch.records)
    }

    /// Told once for each end, also where only a marker has moved it.
    fn has_reached_end(&mut self) -> bool {
        std::mem::take(&mut self.at_end)
    }

    fn forsake(&mut self) {
        self.hold.forsake();
    }
}

impl Drop for KafkaClaim {
    fn drop(&mut self) {
        self.hold.release();
    }
}
