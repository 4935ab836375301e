//! Single records: their order, how much is read at once, when a follower learns of them.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::{PATIENCE, World, read_all, record, text, topic, write};
use crate::headers::Headers;
use crate::log::{Failure, Limits, Log, Reader, ToSend};
use crate::topics::Cleanup;
use crate::waker::Waker;

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
