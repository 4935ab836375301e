//! How far behind a stage is, where offsets have holes.

use std::time::Duration;

use pipeline::Waker;
use pipeline::log::conformance::{commit, record, write};
use pipeline::log::kafka::{KafkaConfig, KafkaLog};
use pipeline::log::{Change, Log, Membership as _, Offset, Producer as _};
use pipeline::overview::{Overview, overview};
use pipeline::topics::Topology;
use tests::{Broker, await_that};

/// The lag of `clean` on partition 2, after a look at everybody else's.
#[track_caller]
fn behind(overview: &Overview) -> u64 {
    let mut clean = None;
    for stage in &overview.stages {
        if (stage.stage.as_str(), stage.partition) == ("clean", 2) {
            clean = Some(stage.lag);
        } else {
            assert_eq!(stage.lag, 0, "{stage:?}");
        }
    }
    clean.expect("the stage is there")
}

/// Commits that `clean` reads next at `next`, as it would after it handled what is before.
fn handle_up_to(log: &KafkaLog, topology: &Topology, topic: &str, next: Offset) {
    let mut member = log.join(&topology.group("clean"), topic).expect("joined");
    let mut assigned = Vec::new();
    let patience = Duration::from_secs(30);
    let mut is_there = || {
        assigned.extend(member.poll(Duration::from_millis(50)).expect("a poll"));
        assigned.contains(&Change::Assigned(2))
    };
    await_that(patience, &mut is_there, || "never assigned".to_owned());
    let claim = member.claim(2, Waker::default()).expect("a claim");
    let mut producer = log.producer(&format!("{topic} 2")).expect("a producer");
    producer.begin().expect("begun");
    producer.send_offsets(&claim, next).expect("sent");
    commit(&mut producer);
}

/// Waits for the end of partition 2: a marker is written after the commit is acknowledged.
#[track_caller]
fn await_end(log: &KafkaLog, topic: &str, end: Offset) {
    let bounds = || log.bounds(topic, 2).expect("bounds");
    await_that(
        Duration::from_secs(20),
        || bounds() == (0..end),
        || format!("{:?}", bounds()),
    );
}

fn connect(broker: &Broker) -> KafkaLog {
    let config = KafkaConfig {
        bootstrap_servers: broker.bootstrap(),
        ..KafkaConfig::default()
    };
    KafkaLog::connect(&config, None).expect("the broker answers")
}

#[test]
fn markers_and_aborted_records_leave_nobody_behind() {
    let Some(broker) = Broker::shared() else {
        return;
    };
    let log = connect(broker);
    let topology = Topology::new(702, |_| None);
    log.create(&topology.all()).expect("made");
    let topic = topology.topic("articles.fetched").expect("a topic of ours");
    let topic = topic.name.as_str();
    let look = || overview(&log, &topology).expect("the broker answers");
    assert_eq!(behind(&look()), 0);

    // Offsets 0 and 1, 2 and 3, 4 and 5: each a record and its marker.
    let mut producer = log.producer("writer 702").expect("a producer");
    for key in ["a", "b", "c"] {
        write(&mut producer, [record(topic, 2, key, "1")]);
    }
    await_end(&log, topic, 6);
    assert_eq!(behind(&look()), 3);

    // An aborted record, and one of a transaction that is still open.
    producer.begin().expect("begun");
    producer.send(record(topic, 2, "d", "1")).expect("taken");
    producer.abort();
    let mut open = log.producer("open 702").expect("a producer");
    open.begin().expect("begun");
    open.send(record(topic, 2, "e", "1")).expect("taken");
    // d, its marker, e.
    await_end(&log, topic, 9);
    assert_eq!(behind(&look()), 3);

    handle_up_to(&log, &topology, topic, 3);
    assert_eq!(behind(&look()), 1);
    handle_up_to(&log, &topology, topic, 5);
    let overview = look();
    assert_eq!(
        behind(&overview),
        0,
        "only markers and what is not committed"
    );
    let text = overview.to_string();
    assert!(text.contains(" offsets in 4 partitions\n"), "{text}");
    assert!(
        text.contains("  clean     2  reads articles.fetched.g702 next at 5, 0 behind\n"),
        "{text}"
    );
    commit(&mut open);
    await_end(&log, topic, 10);
    assert_eq!(behind(&look()), 1);
}

#[test]
fn a_long_way_behind_is_told_in_offsets() {
    let Some(broker) = Broker::shared() else {
        return;
    };
    let log = connect(broker);
    let topology = Topology::new(703, |_| None);
    log.create(&topology.all()).expect("made");
    let topic = topology.topic("articles.fetched").expect("a topic of ours");
    let mut producer = log.producer("writer 703").expect("a producer");
    let many = |count| (0..count).map(|_| record(&topic.name, 2, "a", "1"));
    let look = || overview(&log, &topology).expect("the broker answers");
    write(&mut producer, many(999));
    await_end(&log, &topic.name, 1_000);
    assert_eq!(behind(&look()), 999, "a thousand offsets are counted");
    write(&mut producer, many(1));
    await_end(&log, &topic.name, 1_002);
    assert_eq!(behind(&look()), 1_002, "more are not");
}
