//! What every log must do, as test bodies: the sentences of the [contract](super) one by one.
//!
//! Each body takes a [`World`] of its own and panics where the log breaks the contract. Topic, group
//! and producer names are the world's, so that bodies can share one broker.

pub mod records;
pub mod removal;
pub mod retention;
pub mod transactions;

use std::time::{Duration, Instant};

use super::{Change, Failure, Limits, Log, Membership, Offset, Producer, Reader, Stored, ToSend};
use crate::headers::Headers;
use crate::topics::{Cleanup, Topic};
use crate::waker::Waker;

/// How long anything may take that is not timed itself.
const PATIENCE: Duration = Duration::from_secs(60);

/// A log under test and what surrounds it.
pub trait World {
    /// The kind of log.
    type Log: Log;

    /// The log. Every call gives the same one until [`World::restart`].
    fn log(&self) -> Self::Log;

    /// A name that no other world uses, for topics, groups and transactional ids.
    fn name(&self, base: &str) -> String;

    /// Ends every use of the log and opens it again. Whatever was made from it is gone before.
    fn restart(&mut self);

    /// Whether a transaction shows in all its partitions at the same moment. Where transactions end by
    /// markers, each partition shows it as soon as its own marker is there and nothing before it is
    /// open any more.
    fn shows_at_once(&self) -> bool {
        true
    }

    /// Whether a group forgets a member as soon as it has ended. One that has a name of its own is waited
    /// for elsewhere, so that a restart moves nothing.
    fn forgets_members(&self) -> bool {
        true
    }

    /// Lets so much time pass for retention and applies it. False where this log cannot be hurried:
    /// what depends on it is then not tested.
    fn pass(&self, time: Duration) -> bool;
}

/// Runs every body, each in a world of its own.
pub fn all<W: World>(mut world: impl FnMut() -> W) {
    records::order(&mut world());
    records::limits(&mut world());
    records::wake_up(&mut world());
    records::creation(&mut world());
    transactions::atomicity(&mut world());
    transactions::visibility(&mut world());
    transactions::abort(&mut world());
    transactions::fencing(&mut world());
    transactions::claims(&mut world());
    transactions::restart(&mut world());
    removal::removal(&mut world());
    removal::members(&mut world());
    retention::compaction(&mut world());
    retention::by_time(&mut world());
    retention::by_bytes(&mut world());
}

/// A topic without bounds.
pub fn topic(name: &str, partitions: u32, cleanup: Cleanup) -> Topic {
    Topic {
        name: name.to_owned(),
        partitions,
        cleanup,
        retention: None,
        retention_bytes: None,
    }
}

/// A record with a text for key and value, and a header.
pub fn record(topic: &str, partition: u32, key: &str, value: &str) -> ToSend {
    ToSend {
        topic: topic.to_owned(),
        partition,
        key: Some(key.into()),
        value: Some(value.into()),
        headers: Headers::new().with("schema", "test/1"),
    }
}

/// Commits records in one transaction.
pub fn write<P: Producer>(producer: &mut P, records: impl IntoIterator<Item = ToSend>) {
    producer.begin().expect("a transaction begins");
    for record in records {
        producer.send(record).expect("the record is taken");
    }
    commit(producer);
}

/// Commits, again for as long as the log asks for patience.
pub fn commit<P: Producer>(producer: &mut P) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match producer.commit() {
            Ok(()) => return,
            Err(Failure::Retry(_)) if Instant::now() < deadline => {}
            Err(failure) => panic!("the transaction does not commit: {failure}"),
        }
    }
}

/// Every record of a partition from `from` to its present end.
///
/// Reads until there is nothing more: in a compacted partition a record may move behind any end that
/// was asked for before.
pub fn read_all<L: Log>(log: &L, topic: &str, partition: u32, from: Offset) -> Vec<Stored> {
    let waker = Waker::default();
    let end = log.bounds(topic, partition).expect("bounds").end;
    let mut reader = log
        .reader(topic, partition, from, waker.clone())
        .expect("a reader");
    let mut records = Vec::new();
    let deadline = Instant::now() + PATIENCE;
    loop {
        let more = reader.read(Limits::default()).expect("readable");
        if more.is_empty() && reader.position() >= end {
            return records;
        }
        if more.is_empty() {
            assert!(Instant::now() < deadline, "the end {end} is never reached");
            waker.wait(Duration::from_millis(20));
        }
        records.extend(more);
    }
}

/// The values of a partition as texts.
pub fn values<L: Log>(log: &L, topic: &str, partition: u32) -> Vec<String> {
    let records = read_all(log, topic, partition, 0);
    records.iter().map(|record| text(record).1).collect()
}

/// Key and value of a record as texts; a tombstone's value is `-`.
fn text(record: &Stored) -> (String, String) {
    let text = |bytes: &Option<Vec<u8>>| {
        bytes.as_ref().map_or_else(
            || "-".to_owned(),
            |b| String::from_utf8_lossy(b).into_owned(),
        )
    };
    (text(&record.key), text(&record.value))
}

/// Polls until partition 0 is assigned.
fn until_assigned<M: Membership>(membership: &mut M) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let changes = membership.poll(Duration::from_millis(50)).expect("a poll");
        if changes.contains(&Change::Assigned(0)) {
            return;
        }
        assert!(Instant::now() < deadline, "the partition is never assigned");
    }
}

#[track_caller]
fn assert_fenced(result: Result<(), Failure>) {
    match result {
        Err(Failure::Fenced(_)) => {}
        other => panic!("should be fenced: {other:?}"),
    }
}
