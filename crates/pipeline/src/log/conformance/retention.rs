//! What goes and what stays.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use super::{World, commit, read_all, record, text, topic, until_assigned, values, write};
use crate::log::{Log, Membership, Producer, Stored, ToSend};
use crate::topics::{Cleanup, Topic};
use crate::waker::Waker;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

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
    refuse_unkeyed(&mut producer, &name);
    if world.pass(DAY + HOUR) {
        let kept = read_all(&log, &name, 0, 0);
        let keys: BTreeSet<String> = kept.iter().map(|record| text(record).0).collect();
        assert_eq!(kept.len(), keys.len(), "one record a key");
        assert_eq!(fold(&kept), living);
        assert!(kept.iter().all(|record| record.value.is_some()));
    }
}

/// What counts of a compacted partition: the last value of each key.
fn fold(records: &[Stored]) -> BTreeMap<String, String> {
    let mut last: BTreeMap<String, String> = records.iter().map(text).collect();
    last.retain(|_, value| value != "-");
    last
}

fn refuse_unkeyed<P: Producer>(producer: &mut P, compacted: &str) {
    let mut unkeyed = record(compacted, 0, "", "");
    unkeyed.key = None;
    producer.begin().expect("begun");
    let refused = producer.send(unkeyed).and_then(|()| producer.commit());
    assert!(
        refused.is_err(),
        "a record without a key cannot be compacted"
    );
    producer.abort();
}

/// Old records go, but not what a group in use has not read.
pub fn by_time<W: World>(world: &mut W) {
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
pub fn by_bytes<W: World>(world: &mut W) {
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
        let numbers = kept.iter().map(|record| text(record).0.parse::<u32>());
        let numbers: Vec<u32> = numbers.map(|n| n.expect("a number")).collect();
        for pair in numbers.windows(2) {
            assert_eq!(pair[0] + 2, pair[1], "no hole");
        }
    }
}
