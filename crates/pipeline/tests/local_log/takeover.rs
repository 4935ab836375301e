use std::time::Duration;

use pipeline::Waker;
use pipeline::log::conformance::{record, topic, write};
use pipeline::log::local::{LocalConfig, LocalLog};
use pipeline::log::{Change, Claim, Failure, Limits, Log, Membership, Producer};
use pipeline::topics::Cleanup;

fn assigned() -> Vec<Change> {
    vec![Change::Assigned(0), Change::Assigned(1)]
}

#[test]
fn the_newest_member_has_every_partition_and_gives_them_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    log.create(&[topic("in", 2, Cleanup::Delete)])
        .expect("created");
    let mut producer = log.producer("writer").expect("a producer");
    write(&mut producer, [record("in", 0, "k", "v")]);

    let mut older = log.join("group", "in").expect("joined");
    assert_eq!(older.poll(Duration::ZERO).expect("a poll"), assigned());
    assert_eq!(older.poll(Duration::ZERO).expect("a poll"), []);
    let waker = Waker::default();
    let mut claim = older.claim(0, waker.clone()).expect("a claim");
    while waker.wait(Duration::ZERO) {}
    assert!(claim.is_current());

    let mut newer = log.join("group", "in").expect("joined");
    assert!(!claim.is_current(), "at once, not at the next poll");
    assert!(waker.wait(Duration::ZERO), "the loss rings");
    assert!(matches!(
        claim.read(Limits::default()),
        Err(Failure::Fenced(_))
    ));
    assert!(matches!(
        older.claim(1, Waker::default()),
        Err(Failure::Fenced(_))
    ));
    let revoked = vec![Change::Revoked(0), Change::Revoked(1)];
    assert_eq!(older.poll(Duration::ZERO).expect("a poll"), revoked);
    assert_eq!(older.poll(Duration::ZERO).expect("a poll"), []);
    producer.begin().expect("begun");
    assert!(matches!(
        producer.send_offsets(&claim, 1),
        Err(Failure::Fenced(_))
    ));
    producer.abort();

    assert_eq!(newer.poll(Duration::ZERO).expect("a poll"), assigned());
    let first = newer.claim(0, Waker::default()).expect("a claim");
    let second = newer.claim(0, Waker::default()).expect("claimed again");
    assert!(!first.is_current(), "a partition has one current claim");
    assert!(second.is_current());
    drop(newer);
    assert!(!second.is_current());
    assert_eq!(older.poll(Duration::ZERO).expect("a poll"), assigned());
    assert!(!claim.is_current(), "once lost, lost for ever");
    let again = older.claim(0, Waker::default()).expect("a claim");
    assert!(again.is_current());
}

#[test]
fn a_poll_waits_for_news_of_another_thread() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    log.create(&[topic("in", 2, Cleanup::Delete)])
        .expect("created");
    let mut older = log.join("group", "in").expect("joined");
    assert_eq!(older.poll(Duration::ZERO).expect("a poll"), assigned());
    std::thread::scope(|scope| {
        let poll = scope.spawn(|| older.poll(Duration::from_secs(60)).expect("a poll"));
        let newer = log.join("group", "in").expect("joined");
        let changes = poll.join().expect("the poll ends");
        assert_eq!(changes, [Change::Revoked(0), Change::Revoked(1)]);
        drop(newer);
    });
}
