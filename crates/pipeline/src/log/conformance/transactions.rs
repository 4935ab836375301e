//! Transactions: whole or not at all, seen by everybody at once, fenced, there after a restart.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::{
    PATIENCE, World, assert_fenced, commit, record, text, topic, until_assigned, values, write,
};
use crate::log::{Claim, Limits, Log, Membership, Producer, Reader};
use crate::topics::Cleanup;
use crate::waker::Waker;

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

/// Whoever sees a transaction in one partition sees it in every other, at once where the log can do
/// that, and each record once in the end.
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
        let count = |seen: &BTreeMap<String, usize>| seen.values().sum::<usize>();
        while count(&seen[0]) + count(&seen[1]) < 3 * WRITERS * TRANSACTIONS {
            assert!(Instant::now() < deadline, "{} seen", seen[1].len());
            waker.wait(Duration::from_millis(20));
            for (reader, seen) in readers.iter_mut().zip(&mut seen) {
                count_values(reader, seen);
            }
            for value in seen[0].keys().filter(|_| world.shows_at_once()) {
                assert_eq!(seen[1].get(value), Some(&2), "{value} is half visible");
            }
        }
        assert_eq!(
            seen.each_ref().map(BTreeMap::len),
            [WRITERS * TRANSACTIONS; 2]
        );
        let [first, second] = &seen;
        assert!(first.values().all(|count| *count == 1), "{first:?}");
        assert!(second.values().all(|count| *count == 2), "{second:?}");
    });
}

/// Counts values up to the present end of the partition, whatever a single read returns.
fn count_values<R: Reader>(reader: &mut R, seen: &mut BTreeMap<String, usize>) {
    loop {
        let records = reader.read(Limits::default()).expect("readable");
        if records.is_empty() {
            return;
        }
        for record in &records {
            *seen.entry(text(record).1).or_insert(0) += 1;
        }
    }
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
    assert_eq!(new.epoch().is_some(), old.epoch().is_some());
    assert!(
        new.epoch().is_none() || new.epoch() > old.epoch(),
        "{:?} after {:?}",
        new.epoch(),
        old.epoch()
    );
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
    // Until then the broker may wait for how it ends.
    first_producer.abort();
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
