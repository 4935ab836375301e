//! What a member is assigned, it reads: every partition, from where it sought.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use pipeline::Waker;
use pipeline::log::conformance::{record, topic, write};
use pipeline::log::kafka::{KafkaConfig, KafkaLog};
use pipeline::log::{Change, Claim, Limits, Log, Membership};
use pipeline::topics::Cleanup;
use tests::Broker;

const PARTITIONS: u32 = 4;

/// Joins and reads until every partition has brought what was written before and after.
fn read_all(log: &KafkaLog, name: &str, round: u32) {
    log.create(&[topic(name, PARTITIONS, Cleanup::Delete)])
        .expect("created");
    let mut producer = log.producer(&format!("{name}.writer")).expect("a producer");
    let batch = |text: &str| {
        let records: Vec<_> = (0..PARTITIONS)
            .map(|partition| record(name, partition, "k", text))
            .collect();
        records
    };
    if round.is_multiple_of(2) {
        write(&mut producer, batch("before"));
    }
    let mut membership = log.join(&format!("{name}.group"), name).expect("joined");
    let waker = Waker::default();
    let mut claims = BTreeMap::new();
    let deadline = Instant::now() + Duration::from_secs(20);
    while claims.len() < PARTITIONS as usize {
        assert!(Instant::now() < deadline, "all partitions are assigned");
        for change in membership.poll(Duration::from_millis(20)).expect("polled") {
            if let Change::Assigned(partition) = change {
                let mut claim = membership.claim(partition, waker.clone()).expect("a claim");
                claim.seek(0).expect("sought");
                claims.insert(partition, claim);
            }
        }
    }
    write(&mut producer, batch("after"));
    let expected = if round.is_multiple_of(2) { 2 } else { 1 };
    let mut seen: BTreeMap<u32, usize> = BTreeMap::new();
    while seen.values().filter(|count| **count == expected).count() < PARTITIONS as usize {
        assert!(Instant::now() < deadline, "round {round}: read {seen:?}");
        membership.poll(Duration::from_millis(10)).expect("polled");
        for (partition, claim) in &mut claims {
            let read = claim.read(Limits::default()).expect("readable").len();
            *seen.entry(*partition).or_insert(0) += read;
        }
    }
}

#[test]
fn a_member_reads_every_partition_from_where_it_sought() {
    let Some(broker) = Broker::shared() else {
        return;
    };
    let config = KafkaConfig {
        bootstrap_servers: broker.bootstrap(),
        ..KafkaConfig::default()
    };
    let log = KafkaLog::connect(&config, Some("claims")).expect("the broker answers");
    for round in 0..12 {
        read_all(&log, &format!("claims.round.{round}"), round);
    }
}
