use std::path::Path;
use std::time::{Duration, Instant};

use pipeline::Waker;
use pipeline::log::conformance::{commit, read_all, record, topic, values, write};
use pipeline::log::local::{LocalConfig, LocalLog};
use pipeline::log::{Change, Claim, Failure, Limits, Log, Membership, Producer, Reader};
use pipeline::topics::Cleanup;

/// A log with two topics of three records each, `t` and the compacted `c`, and one more, `kept`.
fn filled(folder: &Path) -> LocalLog {
    let log = LocalLog::open(LocalConfig::new(folder)).expect("opens");
    log.create(&[
        topic("t", 2, Cleanup::Delete),
        topic("c", 1, Cleanup::Compact),
        topic("kept", 1, Cleanup::Delete),
    ])
    .expect("created");
    let mut producer = log.producer("filler").expect("a producer");
    for n in ["0", "1", "2"] {
        let topics = [("t", 0), ("t", 1), ("c", 0), ("kept", 0)];
        write(
            &mut producer,
            topics.map(|(topic, partition)| record(topic, partition, n, n)),
        );
    }
    log
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[track_caller]
fn assert_removed<T: std::fmt::Debug>(result: Result<T, Failure>, topic: &str) {
    match result {
        Err(Failure::Fatal(text)) => assert!(text.contains(&format!("topic {topic} ")), "{text}"),
        other => panic!("{topic} is not there any more, and yet {other:?}"),
    }
}

/// Whoever reads a topic to its end and waits for more is woken when it is removed, and told.
#[track_caller]
fn check_told(topic: &str, remove: impl FnOnce(&Path, &LocalLog)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = filled(folder.path());
    let waker = Waker::default();
    let mut idle = log.reader(topic, 0, 0, waker.clone()).expect("a reader");
    assert_eq!(idle.read(Limits::default()).expect("readable").len(), 3);
    assert!(idle.read(Limits::default()).expect("readable").is_empty());
    let mut fresh = log.reader(topic, 0, 0, Waker::default()).expect("a reader");
    let mut membership = log.join("bystander", topic).expect("joined");
    let changes = membership.poll(Duration::ZERO).expect("a poll");
    assert!(changes.contains(&Change::Assigned(0)));
    let mut claim = membership.claim(0, Waker::default()).expect("a claim");
    claim.seek(1).expect("sought");
    let mut producer = log.producer("bystander").expect("a producer");
    producer.begin().expect("begun");
    producer.send(record(topic, 0, "k", "late")).expect("sent");
    let mut offsets = log.producer("offsets").expect("a producer");
    offsets.begin().expect("begun");
    offsets.send_offsets(&claim, 1).expect("sent");
    while waker.wait(Duration::ZERO) {}

    remove(folder.path(), &log);
    let deadline = Instant::now() + Duration::from_secs(10);
    while idle.read(Limits::default()).is_ok() {
        assert!(waker.wait(Duration::from_secs(10)), "never woken");
        assert!(Instant::now() < deadline, "never told");
    }
    assert_removed(idle.read(Limits::default()), topic);
    assert_removed(fresh.read(Limits::default()), topic);
    assert_removed(claim.read(Limits::default()), topic);
    assert_removed(producer.commit(), topic);
    assert_removed(offsets.commit(), topic);
    assert_removed(log.bounds(topic, 0), topic);
    assert_removed(log.reader(topic, 0, 0, Waker::default()).map(drop), topic);
    assert_removed(log.join("another", topic).map(drop), topic);
    let mut other = log.producer("other").expect("a producer");
    write(&mut other, [record("kept", 0, "k", "3")]);
    assert_eq!(values(&log, "kept", 0), ["0", "1", "2", "3"]);
}

#[test]
fn who_holds_a_removed_topic_is_told() {
    for topic in ["t", "c"] {
        check_told(topic, |_, log| {
            log.remove(&names(&[topic]), &[]).expect("removed");
        });
        check_told(topic, |folder, _| {
            let beside = LocalLog::beside(LocalConfig::new(folder)).expect("opens beside");
            beside.remove(&names(&[topic]), &[]).expect("removed");
        });
    }
}

/// The runner knows a topic, its ends and its open file when another process removes it and makes it
/// anew: it must read and write the new one, and nobody the old one.
#[test]
fn a_topic_made_anew_beside_is_another_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = filled(folder.path());
    let mut old = log.reader("t", 0, 0, Waker::default()).expect("a reader");
    let beside = LocalLog::beside(LocalConfig::new(folder.path())).expect("opens beside");
    beside.remove(&names(&["t", "c"]), &[]).expect("removed");
    let anew = [
        topic("t", 2, Cleanup::Delete),
        topic("c", 1, Cleanup::Compact),
    ];
    beside.create(&anew).expect("created");
    // The end of the old one, so that nothing but its identity tells the two apart.
    let mut outside = beside.producer("outside").expect("a producer");
    for n in ["a", "b", "c"] {
        write(&mut outside, [record("t", 0, n, n), record("c", 0, n, n)]);
    }
    log.create(&anew).expect("there already");
    assert_removed(old.read(Limits::default()), "t");
    let mut producer = log.producer("runner").expect("a producer");
    write(
        &mut producer,
        [record("t", 0, "d", "d"), record("c", 0, "a", "d")],
    );
    for log in [&log, &beside] {
        log.create(&anew).expect("taken over");
        assert_eq!(values(log, "t", 0), ["a", "b", "c", "d"]);
        assert_eq!(values(log, "c", 0), ["b", "c", "d"]);
        assert_eq!(log.bounds("t", 1).expect("bounds"), 0..0);
    }
    drop((old, outside, producer, beside, log));
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    assert_eq!(values(&log, "t", 0), ["a", "b", "c", "d"]);
}

/// What a crash between the removal and that of its files leaves is nobody's: the next open removes it,
/// and a topic that is made anew before that has nothing of it.
#[test]
fn files_that_a_crash_leaves_are_nobodys() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = filled(folder.path());
    let segments = folder.path().join("segments/t");
    let file = segments.join("0/00000000000000000000.seg");
    let bytes = std::fs::read(&file).expect("a segment");
    let leave = |file: &Path| {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(file, &bytes).expect("written");
    };
    log.remove(&names(&["t"]), &[]).expect("removed");
    assert!(!segments.exists(), "its folder goes with it");
    leave(&file);
    log.remove(&names(&["t"]), &[]).expect("removed again");
    assert!(!segments.exists(), "the removal is done to its end");
    leave(&file);
    drop(log);
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    assert!(!segments.exists(), "the open removes it");

    leave(&file);
    log.create(&[topic("t", 2, Cleanup::Delete)])
        .expect("created");
    assert!(read_all(&log, "t", 0, 0).is_empty());
    let mut producer = log.producer("runner").expect("a producer");
    write(&mut producer, [record("t", 0, "k", "new")]);
    drop((producer, log));
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    assert_eq!(values(&log, "t", 0), ["new"]);
}

#[test]
fn only_a_topics_folder_is_removed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = filled(folder.path());
    for wrong in ["", ".", "..", "../segments", "t/0", "/tmp"] {
        match log.remove(&names(&[wrong]), &[]) {
            Err(Failure::Fatal(text)) => assert!(text.contains("cannot name a topic"), "{text}"),
            other => panic!("{wrong:?}: {other:?}"),
        }
    }
    assert_eq!(values(&log, "t", 0), ["0", "1", "2"]);
}

/// A replay is a process beside the one that runs: it makes topics and fills them, and the running one
/// goes on with them.
#[test]
fn the_runner_takes_over_topics_that_were_made_beside() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = filled(folder.path());
    let beside = LocalLog::beside(LocalConfig::new(folder.path())).expect("opens beside");
    beside
        .create(&[
            topic("t.g2", 1, Cleanup::Delete),
            topic("state.g2", 1, Cleanup::Compact),
        ])
        .expect("created");
    let mut outside = beside.producer("replay").expect("a producer");
    write(
        &mut outside,
        [
            record("t.g2", 0, "k", "0"),
            record("t.g2", 0, "k", "1"),
            record("state.g2", 0, "k", "s"),
        ],
    );
    let mut membership = log.join("group.g2", "t.g2").expect("joined");
    membership.poll(Duration::ZERO).expect("a poll");
    let mut claim = membership.claim(0, Waker::default()).expect("a claim");
    // At once: what was committed beside a moment ago is no offset behind the end.
    claim.seek(1).expect("sought");
    assert_eq!(values(&log, "t.g2", 0), ["0", "1"]);
    assert_eq!(values(&log, "state.g2", 0), ["s"]);
    let read = claim.read(Limits::default()).expect("readable");
    assert_eq!(read.len(), 1);
    let mut producer = log.producer("group.g2").expect("a producer");
    producer.begin().expect("begun");
    producer.send(record("t.g2", 0, "k", "2")).expect("sent");
    producer.send_offsets(&claim, 2).expect("sent");
    commit(&mut producer);
    assert_eq!(
        log.committed("group.g2", "t.g2", 0).expect("asked"),
        Some(2)
    );
    assert_eq!(values(&log, "t.g2", 0), ["0", "1", "2"]);
}
