//! Commits that fail, and what they may not harm.

use std::path::Path;

use pipeline::log::conformance::{record, topic, values, write};
use pipeline::log::local::{LocalConfig, LocalLog};
use pipeline::log::{Failure, Log, Producer, ToSend};
use pipeline::topics::Cleanup;
use rusqlite::Connection;

const PARTITIONS: u32 = 40;

/// A log with the topic `many`, and `broken`, which cannot be written: a file stands where its folder
/// belongs.
fn broken(folder: &Path) -> LocalLog {
    let log = LocalLog::open(LocalConfig::new(folder)).expect("opens");
    log.create(&[
        topic("many", PARTITIONS, Cleanup::Delete),
        topic("broken", 1, Cleanup::Delete),
    ])
    .expect("created");
    std::fs::create_dir_all(folder.join("segments")).expect("a folder");
    std::fs::write(folder.join("segments/broken"), b"").expect("written");
    log
}

fn everywhere(value: &str) -> impl Iterator<Item = ToSend> {
    (0..PARTITIONS).map(move |partition| record("many", partition, "k", value))
}

/// Commits to `many`, and then to `broken`.
#[track_caller]
fn fail<P: Producer>(producer: &mut P) {
    producer.begin().expect("begun");
    for sent in everywhere("never").chain([record("broken", 0, "k", "never")]) {
        producer.send(sent).expect("sent");
    }
    match producer.commit() {
        Err(Failure::Fatal(message)) => assert!(message.contains("broken"), "{message}"),
        other => panic!("a commit to a broken folder: {other:?}"),
    }
}

#[test]
fn a_failed_commit_takes_nothing_from_a_process_beside() {
    const ROUNDS: usize = 60;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = broken(folder.path());
    let beside = LocalLog::beside(LocalConfig::new(folder.path())).expect("opens beside");
    let mut failing = log.producer("runner").expect("a producer");
    let mut producer = beside.producer("beside").expect("a producer");
    let mut count = 0_usize;
    std::thread::scope(|scope| {
        let runner = scope.spawn(|| (0..ROUNDS).for_each(|_| fail(&mut failing)));
        while !runner.is_finished() {
            write(&mut producer, everywhere(&count.to_string()));
            count += 1;
        }
    });
    let expected: Vec<String> = (0..count).map(|n| n.to_string()).collect();
    drop((failing, log));
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens again");
    for log in [&log, &beside] {
        for partition in 0..PARTITIONS {
            assert_eq!(values(log, "many", partition), expected);
        }
    }
}

/// The segments of a commit that failed are nobody's, so the next runner removes them: whoever failed
/// must not write into what was removed.
#[test]
fn a_failed_commit_beside_keeps_no_file_that_the_next_runner_removes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    drop(broken(folder.path()));
    let beside = LocalLog::beside(LocalConfig::new(folder.path())).expect("opens beside");
    let mut producer = beside.producer("beside").expect("a producer");
    fail(&mut producer);
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    write(&mut producer, everywhere("1"));
    assert_eq!(values(&beside, "many", 0), ["1"]);
    drop(log);
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens again");
    assert_eq!(values(&log, "many", 0), ["1"]);
}

/// A commit in doubt may come back after a crash, so what it wrote is not written over.
#[test]
fn the_blocks_of_a_commit_in_doubt_stay() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    log.create(&[topic("t", 1, Cleanup::Delete)])
        .expect("created");
    let index = Connection::open(folder.path().join("log.sqlite")).expect("an index");
    // Checked by the COMMIT itself, which therefore fails after every block is on the disk.
    index
        .execute_batch(
            "CREATE TABLE doubt (topic INTEGER REFERENCES topics DEFERRABLE INITIALLY DEFERRED);
             CREATE TRIGGER doubted AFTER INSERT ON blocks WHEN NEW.last > NEW.first
             BEGIN INSERT INTO doubt VALUES (77); END;",
        )
        .expect("a trigger");
    let mut producer = log.producer("writer").expect("a producer");
    write(&mut producer, [record("t", 0, "k", "1")]);
    let segment = folder.path().join("segments/t/0/00000000000000000000.seg");
    producer.begin().expect("begun");
    for value in ["in doubt", "too"] {
        producer.send(record("t", 0, "k", value)).expect("sent");
    }
    match producer.commit() {
        Err(Failure::Fatal(message)) => assert!(message.contains("FOREIGN KEY"), "{message}"),
        other => panic!("the commit went through: {other:?}"),
    }
    let written = std::fs::read(&segment).expect("there");
    write(&mut producer, [record("t", 0, "k", "2")]);
    let after = std::fs::read(&segment).expect("there");
    assert!(after.len() > written.len() && after.starts_with(&written));
    assert_eq!(values(&log, "t", 0), ["1", "2"]);
}
