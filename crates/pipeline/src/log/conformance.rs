//! What every log must do, as test bodies: the sentences of the [contract](super) one by one.
//!
//! Each body takes a [`World`] of its own and panics where the log breaks the contract. Topic, group
//! and producer names are the world's, so that bodies can share one broker.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::{Duration, Instant};

use super::{
    Change, Claim, Failure, Limits, Log, Membership, Offset, Producer, Reader, Stored, ToSend,
};
use crate::headers::Headers;
use crate::topics::{Cleanup, Topic};
use crate::waker::Waker;

/// How long anything may take that is not timed itself.
const PATIENCE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

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

    /// Lets so much time pass for retention and applies it. False where this log cannot be hurried:
    /// what depends on it is then not tested.
    fn pass(&self, time: Duration) -> bool;
}

/// Runs every body, each in a world of its own.
pub fn all<W: World>(mut world: impl FnMut() -> W) {
    order(&mut world());
    limits(&mut world());
    atomicity(&mut world());
    visibility(&mut world());
    abort(&mut world());
    fencing(&mut world());
    compaction(&mut world());
    retention_by_time(&mut world());
    retention_by_bytes(&mut world());
    wake_up(&mut world());
    restart(&mut world());
    claims(&mut world());
    creation(&mut world());
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
pub fn read_all<L: Log>(log: &L, topic: &str, partition: u32, from: Offset) -> Vec<Stored> {
    let waker = Waker::default();
    let end = log.bounds(topic, partition).expect("bounds").end;
    let mut reader = log
        .reader(topic, partition, from, waker.clone())
        .expect("a reader");
    let mut records = Vec::new();
    let deadline = Instant::now() + PATIENCE;
    while reader.position() < end {
        let more = reader.read(Limits::default()).expect("readable");
        if more.is_empty() && reader.position() < end {
            assert!(Instant::now() < deadline, "the end {end} is never reached");
            waker.wait(Duration::from_millis(20));
        }
        records.extend(more);
    }
    records
}

/// The values of a partition as texts.
pub fn values<L: Log>(log: &L, topic: &str, partition: u32) -> Vec<String> {
    let records = read_all(log, topic, partition, 0);
    records.iter().map(|record| text(record).1).collect()
}

/// Key and value of a record as texts; a tombstone's value is `-`.
fn text(record: &Stored) -> (String, String) {
    let text = |bytes: &Option<Vec<u8>>| {
        bytes
            .as_ref()
            .map_or("-".to_owned(), |b| String::from_utf8_lossy(b).into_owned())
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

/// Records come back as they were sent, in the order they were sent, with ascending offsets.
pub fn order<W: World>(world: &mut W) {
    let log = world.log();
    let name = world.name("order");
    log.create(&[topic(&name, 2, Cleanup::Delete)])
        .expect("created");
    let mut producer = log.producer(&world.name("writer")).expect("a producer");
    let mut sent = Vec::new();
    for transaction in 0..20_usize {
        let batch: Vec<ToSend> = (0..transaction * 7 % 40)
            .map(|index| ToSend {
                topic: name.clone(),
                partition: 1,
                key: (index % 3 != 0).then(|| format!("key {index}").into_bytes()),
                value: (index % 5 != 1).then(|| vec![index as u8; index * transaction * 60]),
                headers: Headers(vec![
                    ("again".into(), vec![index as u8]),
                    ("again".into(), Vec::new()),
                    ("größe".into(), b"\xff\x00".to_vec()),
                ]),
            })
            .collect();
        write(&mut producer, batch.clone());
        sent.extend(batch);
    }
    let read = read_all(&log, &name, 1, 0);
    assert_eq!(read.len(), sent.len());
    for (stored, sent) in read.iter().zip(&sent) {
        assert_eq!(
            (&stored.key, &stored.value, &stored.headers),
            (&sent.key, &sent.value, &sent.headers)
        );
    }
    for pair in read.windows(2) {
        assert!(pair[0].offset < pair[1].offset, "offsets ascend");
        assert!(pair[0].written_at <= pair[1].written_at, "moments too");
    }
    let Range { start, end } = log.bounds(&name, 1).expect("bounds");
    assert_eq!(start, read[0].offset);
    assert!(end > read[read.len() - 1].offset);
    assert!(
        read_all(&log, &name, 0, 0).is_empty(),
        "the other partition"
    );
    for from in [1, 100, 250, read.len() - 1] {
        let rest = read_all(&log, &name, 1, read[from].offset);
        assert_eq!(rest, read[from..], "from {from}");
    }
}

/// A read returns no more than it may, and at least one record where there is one.
pub fn limits<W: World>(world: &mut W) {
    let log = world.log();
    let name = world.name("limits");
    log.create(&[topic(&name, 1, Cleanup::Delete)])
        .expect("created");
    let mut producer = log.producer(&world.name("writer")).expect("a producer");
    let large = "x".repeat(600_000);
    let sizes = [10, 10, 10, 600_000, 10, 300_000, 300_000, 10];
    write(
        &mut producer,
        sizes.map(|size| record(&name, 0, "", &large[..size])),
    );
    let read = |records, bytes| {
        let waker = Waker::default();
        let mut reader = log.reader(&name, 0, 0, waker.clone()).expect("a reader");
        let mut batches = Vec::new();
        while batches.iter().flatten().count() < sizes.len() {
            let batch = reader.read(Limits { records, bytes }).expect("readable");
            if batch.is_empty() {
                assert!(waker.wait(PATIENCE), "records are missing");
                continue;
            }
            let sizes: Vec<usize> = batch
                .iter()
                .map(|record| record.value.as_ref().map_or(0, Vec::len))
                .collect();
            assert!(batch.len() <= records, "{} records", batch.len());
            assert!(batch.len() == 1 || sizes.iter().sum::<usize>() <= bytes);
            batches.push(sizes);
        }
        batches.concat()
    };
    for (records, bytes) in [(500, 4 << 20), (2, 4 << 20), (1, 1), (500, 400_000)] {
        assert_eq!(
            read(records, bytes),
            sizes,
            "{records} records, {bytes} bytes"
        );
    }
}

/// Records in several partitions and topics and a group's offset become visible together.
pub fn atomicity<W: World>(world: &mut W) {
    let log = world.log();
    let [input, output, state, group] =
        ["input", "output", "state", "group"].map(|name| world.name(name));
    log.create(&[
        topic(&input, 1, Cleanup::Delete),
        topic(&output, 2, Cleanup::Delete),
        topic(&state, 1, Cleanup::Compact),
    ])
    .expect("created");
    let mut producer = log.producer(&world.name("writer")).expect("a producer");
    write(
        &mut producer,
        (0..3).map(|n| record(&input, 0, "k", &n.to_string())),
    );
    let mut membership = log.join(&group, &input).expect("joined");
    until_assigned(&mut membership);
    let mut claim = membership.claim(0, Waker::default()).expect("a claim");
    assert_eq!(claim.partition(), 0);
    assert_eq!(log.committed(&group, &input, 0).expect("asked"), None);
    claim.seek(0).expect("sought");

    producer.begin().expect("begun");
    producer.send(record(&output, 0, "a", "1")).expect("sent");
    producer.send(record(&output, 1, "b", "2")).expect("sent");
    producer.send(record(&state, 0, "s", "3")).expect("sent");
    producer.send_offsets(&claim, 2).expect("sent");
    for (topic, partition) in [(&output, 0), (&output, 1), (&state, 0)] {
        let mut reader = log
            .reader(topic, partition, 0, Waker::default())
            .expect("a reader");
        let early = reader.read(Limits::default()).expect("readable");
        assert!(early.is_empty(), "{topic}/{partition} shows {early:?}");
    }
    commit(&mut producer);
    assert_eq!(values(&log, &output, 0), ["1"]);
    assert_eq!(values(&log, &output, 1), ["2"]);
    assert_eq!(values(&log, &state, 0), ["3"]);
    assert_eq!(log.committed(&group, &input, 0).expect("asked"), Some(2));
    let other = world.name("another group");
    assert_eq!(log.committed(&other, &input, 0).expect("asked"), None);
}

/// Whoever sees a transaction in one partition sees it in every other.
pub fn visibility<W: World>(world: &mut W) {
    const TRANSACTIONS: usize = 150;
    const WRITERS: usize = 2;
    let log = world.log();
    let name = world.name("visibility");
    log.create(&[topic(&name, 2, Cleanup::Delete)])
        .expect("created");
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let mut producer = log
                .producer(&world.name(&format!("writer {writer}")))
                .expect("a producer");
            let name = &name;
            scope.spawn(move || {
                for n in 0..TRANSACTIONS {
                    let value = format!("{writer} {n}");
                    write(
                        &mut producer,
                        [1, 0, 1].map(|partition| record(name, partition, "k", &value)),
                    );
                }
            });
        }
        let waker = Waker::default();
        let mut readers = [0, 1].map(|partition| {
            log.reader(&name, partition, 0, waker.clone())
                .expect("a reader")
        });
        let mut seen = [BTreeMap::new(), BTreeMap::new()];
        let deadline = Instant::now() + PATIENCE;
        while seen[1].len() < WRITERS * TRANSACTIONS {
            assert!(Instant::now() < deadline, "{} seen", seen[1].len());
            waker.wait(Duration::from_millis(20));
            for (reader, seen) in readers.iter_mut().zip(&mut seen) {
                // To the present end of the partition, whatever a single read returns.
                loop {
                    let records = reader.read(Limits::default()).expect("readable");
                    if records.is_empty() {
                        break;
                    }
                    for record in &records {
                        *seen.entry(text(record).1).or_insert(0) += 1;
                    }
                }
            }
            let [first, second] = &seen;
            for value in first.keys() {
                assert_eq!(second.get(value), Some(&2), "{value} is half visible");
            }
        }
    });
}

/// An aborted transaction leaves nothing, and the producer goes on.
pub fn abort<W: World>(world: &mut W) {
    let log = world.log();
    let [name, state] = ["abort", "abort.state"].map(|name| world.name(name));
    log.create(&[
        topic(&name, 1, Cleanup::Delete),
        topic(&state, 1, Cleanup::Compact),
    ])
    .expect("created");
    let mut producer = log.producer(&world.name("writer")).expect("a producer");
    write(&mut producer, [record(&state, 0, "s", "before")]);
    producer.begin().expect("begun");
    for n in 0..50 {
        let value = "x".repeat(n * 1000);
        producer.send(record(&name, 0, "k", &value)).expect("sent");
    }
    producer
        .send(record(&state, 0, "s", "never"))
        .expect("sent");
    producer.abort();
    write(&mut producer, [record(&name, 0, "k", "after")]);
    assert_eq!(values(&log, &name, 0), ["after"]);
    assert_eq!(values(&log, &state, 0), ["before"]);
}

/// A new producer of a transactional id ends what the older one left open and shuts it out.
pub fn fencing<W: World>(world: &mut W) {
    let log = world.log();
    let [name, id] = ["fencing", "writer"].map(|name| world.name(name));
    log.create(&[topic(&name, 1, Cleanup::Delete)])
        .expect("created");
    let mut old = log.producer(&id).expect("a producer");
    let mut idle = log.producer(&world.name("idle")).expect("another producer");
    write(&mut old, [record(&name, 0, "k", "old")]);
    old.begin().expect("begun");
    old.send(record(&name, 0, "k", "left open")).expect("sent");

    let mut new = log.producer(&id).expect("a producer of the same id");
    assert_fenced(old.commit());
    write(&mut new, [record(&name, 0, "k", "new")]);
    old.abort();
    let late = old.begin().and_then(|()| {
        old.send(record(&name, 0, "k", "late"))?;
        old.commit()
    });
    assert_fenced(late);
    write(&mut idle, [record(&name, 0, "k", "idle")]);
    assert_eq!(values(&log, &name, 0), ["old", "new", "idle"]);
}

/// In a compacted topic the last record of each key counts, and a tombstone takes the key away.
pub fn compaction<W: World>(world: &mut W) {
    let log = world.log();
    let name = world.name("compaction");
    log.create(&[topic(&name, 1, Cleanup::Compact)])
        .expect("created");
    let mut producer = log.producer(&world.name("writer")).expect("a producer");
    let mut expected = BTreeMap::new();
    for round in 0..30_usize {
        let batch: Vec<(String, Option<String>)> = (0..7)
            .map(|n| {
                let value = (round % 4 != n % 4).then(|| format!("{round} {n}"));
                (format!("key {}", (round * n) % 11), value)
            })
            .collect();
        write(
            &mut producer,
            batch.iter().map(|(key, value)| ToSend {
                value: value.clone().map(String::into_bytes),
                ..record(&name, 0, key, "")
            }),
        );
        expected.extend(batch);
    }
    let fold = |records: &[Stored]| -> BTreeMap<String, String> {
        let mut last: BTreeMap<String, String> = records.iter().map(text).collect();
        last.retain(|_, value| value != "-");
        last
    };
    let living: BTreeMap<String, String> = expected
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect();
    let read = read_all(&log, &name, 0, 0);
    assert_eq!(fold(&read), living);
    for pair in read.windows(2) {
        assert!(pair[0].offset < pair[1].offset, "offsets ascend");
    }
    assert!(
        read.iter().any(|record| record.value.is_none()),
        "a tombstone is there for a day"
    );
    let mut unkeyed = record(&name, 0, "", "");
    unkeyed.key = None;
    producer.begin().expect("begun");
    let refused = producer.send(unkeyed).and_then(|()| producer.commit());
    assert!(
        refused.is_err(),
        "a record without a key cannot be compacted"
    );
    producer.abort();

    if world.pass(DAY + HOUR) {
        let kept = read_all(&log, &name, 0, 0);
        let keys: BTreeSet<String> = kept.iter().map(|record| text(record).0).collect();
        assert_eq!(kept.len(), keys.len(), "one record a key");
        assert_eq!(fold(&kept), living);
        assert!(kept.iter().all(|record| record.value.is_some()));
    }
}

/// Old records go, but not what a group in use has not read.
pub fn retention_by_time<W: World>(world: &mut W) {
    let log = world.log();
    let [name, group, keyed] = ["hour", "group", "hour.keyed"].map(|name| world.name(name));
    let hour = |name: &str, cleanup| Topic {
        retention: Some(HOUR),
        ..topic(name, 1, cleanup)
    };
    log.create(&[hour(&name, Cleanup::Delete), hour(&keyed, Cleanup::Compact)])
        .expect("created");
    let mut producer = log.producer(&world.name("writer")).expect("a producer");
    for n in 0..10 {
        let n = n.to_string();
        write(
            &mut producer,
            [record(&name, 0, "k", &n), record(&keyed, 0, &n, &n)],
        );
    }
    let mut membership = log.join(&group, &name).expect("joined");
    until_assigned(&mut membership);
    let claim = membership.claim(0, Waker::default()).expect("a claim");
    let read = read_all(&log, &name, 0, 0);
    producer.begin().expect("begun");
    producer.send_offsets(&claim, read[4].offset).expect("sent");
    commit(&mut producer);
    if !world.pass(HOUR / 2) {
        return;
    }
    assert_eq!(read_all(&log, &name, 0, 0), read, "not old enough");
    assert_eq!(values(&log, &keyed, 0).len(), 10, "not old enough");
    assert!(world.pass(2 * HOUR));
    let kept = read_all(&log, &name, 0, 0);
    assert!(kept.ends_with(&read[4..]), "not read yet: {kept:?}");
    assert!(values(&log, &keyed, 0).is_empty(), "entries age too");

    let end = log.bounds(&name, 0).expect("bounds").end;
    producer.begin().expect("begun");
    producer.send_offsets(&claim, end).expect("sent");
    commit(&mut producer);
    assert!(world.pass(2 * HOUR));
    let Range { start, end: after } = log.bounds(&name, 0).expect("bounds");
    assert_eq!((start, after), (end, end), "everything was read and is old");
    write(&mut producer, [record(&name, 0, "k", "next")]);
    let reader = read_all(&log, &name, 0, 0);
    assert_eq!(text(&reader[0]).1, "next", "a reader starts at the oldest");
    assert!(reader[0].offset >= end, "offsets go on");
}

/// A topic does not outgrow its bytes, and the newest records stay.
pub fn retention_by_bytes<W: World>(world: &mut W) {
    const CAP: u64 = 2 << 20;
    let log = world.log();
    let name = world.name("bytes");
    log.create(&[Topic {
        retention_bytes: Some(CAP),
        ..topic(&name, 2, Cleanup::Delete)
    }])
    .expect("created");
    let mut producer = log.producer(&world.name("writer")).expect("a producer");
    let mut noise = 1_u64;
    for n in 0..200_u32 {
        // Does not compress, so that sizes on disk can be told.
        let value: Vec<u8> = std::iter::repeat_with(|| {
            noise = noise
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (noise >> 56) as u8
        })
        .take(50_000)
        .collect();
        let sent = ToSend {
            value: Some(value),
            ..record(&name, n % 2, &n.to_string(), "")
        };
        write(&mut producer, [sent]);
    }
    if !world.pass(Duration::ZERO) {
        return;
    }
    let kept = [0, 1].map(|partition| read_all(&log, &name, partition, 0));
    let bytes: usize = kept
        .iter()
        .flatten()
        .map(|r| r.value.as_ref().map_or(0, Vec::len))
        .sum();
    assert!(bytes as u64 <= CAP, "{bytes} bytes are kept");
    assert!(bytes as u64 >= CAP / 2, "only {bytes} bytes are kept");
    for (partition, kept) in kept.iter().enumerate() {
        assert_eq!(text(&kept[kept.len() - 1]).0, (198 + partition).to_string());
        for pair in kept.windows(2) {
            assert_eq!(pair[0].offset + 1, pair[1].offset, "no hole");
        }
    }
}

/// A follower learns of a commit within 100 ms.
pub fn wake_up<W: World>(world: &mut W) {
    const ROUNDS: usize = 10;
    let log = world.log();
    let name = world.name("wake");
    log.create(&[topic(&name, 1, Cleanup::Delete)])
        .expect("created");
    let mut producer = log.producer(&world.name("writer")).expect("a producer");
    let waker = Waker::default();
    let mut reader = log.reader(&name, 0, 0, waker.clone()).expect("a reader");
    let mut delays = Vec::new();
    for round in 0..ROUNDS {
        let follower = std::thread::scope(|scope| {
            let follower = scope.spawn(|| {
                loop {
                    let records = reader.read(Limits::default()).expect("readable");
                    if !records.is_empty() {
                        return (Instant::now(), records);
                    }
                    assert!(waker.wait(PATIENCE), "never woken");
                }
            });
            write(&mut producer, [record(&name, 0, "k", &round.to_string())]);
            let committed = Instant::now();
            let (woken, records) = follower.join().expect("the follower reads");
            assert_eq!(text(&records[0]).1, round.to_string());
            woken.saturating_duration_since(committed)
        });
        delays.push(follower);
    }
    // The middle one: a test machine may stand still for a moment.
    delays.sort();
    assert!(
        delays[ROUNDS / 2] < Duration::from_millis(100),
        "{delays:?}"
    );
}

/// Everything committed is there after a restart, and nothing else.
pub fn restart<W: World>(world: &mut W) {
    let [name, state, group, id] =
        ["restart", "restart.state", "group", "writer"].map(|name| world.name(name));
    let identity = {
        let log = world.log();
        log.create(&[
            topic(&name, 1, Cleanup::Delete),
            topic(&state, 1, Cleanup::Compact),
        ])
        .expect("created");
        let mut producer = log.producer(&id).expect("a producer");
        let mut membership = log.join(&group, &name).expect("joined");
        until_assigned(&mut membership);
        let claim = membership.claim(0, Waker::default()).expect("a claim");
        for n in 0..20_u64 {
            producer.begin().expect("begun");
            let n_text = n.to_string();
            producer.send(record(&name, 0, "k", &n_text)).expect("sent");
            producer
                .send(record(&state, 0, "s", &n_text))
                .expect("sent");
            producer.send_offsets(&claim, n).expect("sent");
            commit(&mut producer);
        }
        producer.begin().expect("begun");
        producer.send(record(&name, 0, "k", "open")).expect("sent");
        log.identity()
    };
    world.restart();
    let log = world.log();
    assert_eq!(log.identity(), identity);
    let expected: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    assert_eq!(values(&log, &name, 0), expected);
    assert_eq!(values(&log, &state, 0).last(), Some(&"19".to_owned()));
    assert_eq!(log.committed(&group, &name, 0).expect("asked"), Some(19));
    let mut producer = log.producer(&id).expect("a producer");
    write(&mut producer, [record(&name, 0, "k", "20")]);
    assert_eq!(values(&log, &name, 0).last(), Some(&"20".to_owned()));
}

/// A claim ends with its membership, and what it had in hand is fenced; the next member begins where
/// the group stands.
pub fn claims<W: World>(world: &mut W) {
    let log = world.log();
    let [name, group] = ["claims", "group"].map(|name| world.name(name));
    log.create(&[topic(&name, 1, Cleanup::Delete)])
        .expect("created");
    let mut first_producer = log.producer(&world.name("first")).expect("a producer");
    let mut second_producer = log.producer(&world.name("second")).expect("a producer");
    write(
        &mut first_producer,
        ["0", "1", "2"].map(|n| record(&name, 0, "k", n)),
    );
    let mut first = log.join(&group, &name).expect("joined");
    until_assigned(&mut first);
    let waker = Waker::default();
    let mut old = first.claim(0, waker.clone()).expect("a claim");
    old.seek(0).expect("sought");
    assert!(old.is_current());
    let mut read = Vec::new();
    while read.len() < 3 {
        read.extend(old.read(Limits::default()).expect("readable"));
        if read.len() < 3 {
            waker.wait(Duration::from_millis(20));
        }
    }
    first_producer.begin().expect("begun");
    first_producer
        .send(record(&name, 0, "k", "too late"))
        .expect("sent");
    first_producer
        .send_offsets(&old, read[1].offset)
        .expect("sent");
    drop(first);

    let mut second = log.join(&group, &name).expect("joined");
    until_assigned(&mut second);
    assert!(!old.is_current(), "the claim ended with its membership");
    assert_fenced(first_producer.commit());
    assert_eq!(log.committed(&group, &name, 0).expect("asked"), None);
    let claim = second.claim(0, Waker::default()).expect("a claim");
    second_producer.begin().expect("begun");
    second_producer
        .send_offsets(&claim, read[2].offset)
        .expect("sent");
    commit(&mut second_producer);
    let committed = log.committed(&group, &name, 0).expect("asked");
    assert_eq!(committed, Some(read[2].offset));
    assert!(claim.is_current());
    assert_eq!(values(&log, &name, 0), ["0", "1", "2"]);
}

/// Topics are made once, and never with another count of partitions.
pub fn creation<W: World>(world: &mut W) {
    let log = world.log();
    let name = world.name("creation");
    assert_eq!(log.partitions(&name).expect("asked"), None);
    let wanted = topic(&name, 3, Cleanup::Delete);
    log.create(std::slice::from_ref(&wanted)).expect("created");
    log.create(&[wanted]).expect("there already");
    assert_eq!(log.partitions(&name).expect("asked"), Some(3));
    assert_eq!(log.bounds(&name, 2).expect("bounds"), 0..0);
    match log.create(&[topic(&name, 4, Cleanup::Delete)]) {
        Err(Failure::Fatal(_)) => {}
        other => panic!("another count of partitions: {other:?}"),
    }
    assert_eq!(log.partitions(&name).expect("asked"), Some(3));
}
