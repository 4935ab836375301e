//! Removal: what is gone, what stays, and what it is refused for.

use std::time::{Duration, Instant};

use super::{PATIENCE, World, commit, record, topic, until_assigned, values, write};
use crate::log::{Claim, Failure, Log, Membership, Producer};
use crate::topics::Cleanup;
use crate::waker::Waker;

/// Topics and a group's offsets go, others stay; it may be done again, and the names are free again.
pub fn removal<W: World>(world: &mut W) {
    let log = world.log();
    let [kept, plain, table] = ["kept", "plain", "table"].map(|name| world.name(name));
    let [group, other] = ["group", "another group"].map(|name| world.name(name));
    let topics = [
        topic(&kept, 1, Cleanup::Delete),
        topic(&plain, 2, Cleanup::Delete),
        topic(&table, 1, Cleanup::Compact),
    ];
    log.create(&topics).expect("created");
    let mut producer = log.producer(&world.name("writer")).expect("a producer");
    for round in ["old", "older"] {
        let all = [(&kept, 0), (&plain, 0), (&plain, 1), (&table, 0)];
        write(
            &mut producer,
            all.map(|(topic, partition)| record(topic, partition, round, round)),
        );
    }
    for group in [&group, &other] {
        read_one(&log, &mut producer, group, &kept);
    }

    let gone = [plain.clone(), table.clone(), world.name("never-there")];
    let mut groups = vec![world.name("no such group")];
    if world.forgets_members() {
        groups.push(group.clone());
    }
    for attempt in ["at first", "again"] {
        remove(&log, &gone, &groups);
        assert_eq!(log.partitions(&plain).expect("asked"), None, "{attempt}");
        assert_eq!(log.topic(&table).expect("asked"), None, "{attempt}");
    }
    let left = (!world.forgets_members()).then_some(1);
    assert_eq!(log.committed(&group, &kept, 0).expect("asked"), left);
    assert_eq!(log.committed(&other, &kept, 0).expect("asked"), Some(1));
    assert_eq!(values(&log, &kept, 0), ["old", "older"]);

    log.create(&topics).expect("created anew");
    for (topic, partition) in [(&plain, 0), (&plain, 1), (&table, 0)] {
        assert_eq!(log.bounds(topic, partition).expect("bounds"), 0..0);
        write(&mut producer, [record(topic, partition, "new", "new")]);
        assert_eq!(values(&log, topic, partition), ["new"], "{topic}");
    }
    drop((producer, log));
    world.restart();
    let log = world.log();
    assert_eq!(values(&log, &plain, 1), ["new"]);
    assert_eq!(values(&log, &table, 0), ["new"]);
}

/// Removes, as soon as the groups' members have left.
fn remove<L: Log>(log: &L, topics: &[String], groups: &[String]) {
    let deadline = Instant::now() + PATIENCE;
    while let Err(failure) = log.remove(topics, groups) {
        assert!(Instant::now() < deadline, "{failure}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Commits that `group` has read the first record of `topic`, and leaves it.
fn read_one<L: Log>(log: &L, producer: &mut L::Producer, group: &str, topic: &str) {
    let mut membership = log.join(group, topic).expect("joined");
    until_assigned(&mut membership);
    let mut claim = membership.claim(0, Waker::default()).expect("a claim");
    claim.seek(0).expect("sought");
    producer.begin().expect("begun");
    producer.send_offsets(&claim, 1).expect("sent");
    commit(producer);
    assert_eq!(log.committed(group, topic, 0).expect("asked"), Some(1));
}

/// Where one of the groups has a member, nothing is removed at all.
pub fn members<W: World>(world: &mut W) {
    let log = world.log();
    let [name, idle, busy] = ["members", "idle", "busy"].map(|name| world.name(name));
    log.create(&[topic(&name, 1, Cleanup::Delete)])
        .expect("created");
    let mut producer = log.producer(&world.name("writer")).expect("a producer");
    write(&mut producer, [record(&name, 0, "k", "v")]);
    read_one(&log, &mut producer, &idle, &name);
    let mut membership = log.join(&busy, &name).expect("joined");
    until_assigned(&mut membership);
    let (topics, groups) = ([name.clone()], [idle.clone(), busy]);
    match log.remove(&topics, &groups) {
        Err(Failure::Fatal(text)) => assert!(text.contains("still has a member"), "{text}"),
        other => panic!("a group with a member is removed: {other:?}"),
    }
    assert_eq!(values(&log, &name, 0), ["v"]);
    assert_eq!(log.committed(&idle, &name, 0).expect("asked"), Some(1));
    drop(membership);
    if world.forgets_members() {
        remove(&log, &topics, &groups);
        assert_eq!(log.partitions(&name).expect("asked"), None);
    }
}
