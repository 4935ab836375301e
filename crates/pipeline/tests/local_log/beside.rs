use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use pipeline::Waker;
use pipeline::log::conformance::{read_all, record, topic, values, write};
use pipeline::log::local::{LocalConfig, LocalLog, OpenError};
use pipeline::log::{Change, Failure, Limits, Log, Membership as _, Producer, Reader, Stored};
use pipeline::topics::{Cleanup, Topic};

#[test]
fn the_folder_has_one_runner_and_names_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = LocalConfig::new(folder.path());
    assert!(LocalLog::holder(folder.path()).is_none());
    let log = LocalLog::open(config.clone()).expect("opens");
    assert_eq!(LocalLog::holder(folder.path()), Some(std::process::id()));
    match LocalLog::open(config.clone()) {
        Err(OpenError::Held { pid, .. }) => assert_eq!(pid, std::process::id()),
        other => panic!("two processes run one log: {other:?}"),
    }
    let reader = log
        .create(&[topic("t", 1, Cleanup::Delete)])
        .and_then(|()| {
            let reader = log.reader("t", 0, 0, Waker::default());
            drop(log);
            reader
        });
    assert!(
        matches!(LocalLog::open(config.clone()), Err(OpenError::Held { .. })),
        "what was made from the log keeps it"
    );
    drop(reader);
    assert!(LocalLog::holder(folder.path()).is_none());
    LocalLog::open(config).expect("free again");
}

#[test]
fn where_there_is_no_log_none_is_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dir = folder.path().join("nothing here");
    match LocalLog::beside(LocalConfig::new(&dir)) {
        Err(OpenError::Missing { dir: named }) => assert_eq!(named, dir),
        other => panic!("something opened: {other:?}"),
    }
    assert!(!dir.exists());
}

#[test]
fn it_reads_and_writes_while_nobody_runs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = LocalConfig::new(folder.path());
    {
        let log = LocalLog::open(config.clone()).expect("opens");
        log.create(&[topic("feeds", 1, Cleanup::Compact)])
            .expect("created");
        let mut producer = log.producer("runner").expect("a producer");
        write(&mut producer, [record("feeds", 0, "a", "1")]);
    }
    {
        let beside = LocalLog::beside(config.clone()).expect("opens");
        assert_eq!(values(&beside, "feeds", 0), ["1"]);
        assert_eq!(LocalLog::holder(folder.path()), None);
        let mut producer = beside.producer("tool").expect("a producer");
        write(&mut producer, [record("feeds", 0, "b", "2")]);
    }
    let log = LocalLog::open(config).expect("opens");
    assert_eq!(values(&log, "feeds", 0), ["1", "2"]);
}

#[test]
fn a_group_is_one_processs_at_a_time() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = LocalConfig::new(folder.path());
    let log = LocalLog::open(config.clone()).expect("opens");
    log.create(&[topic("feeds", 1, Cleanup::Delete)])
        .expect("made");
    let beside = LocalLog::beside(config).expect("opens beside");
    let wait = Duration::from_millis(50);
    let mut first = beside.join("group", "feeds").expect("joined");
    assert_eq!(first.poll(wait).expect("polled"), [Change::Assigned(0)]);
    let mut second = log.join("group", "feeds").expect("joined");
    assert_eq!(
        second.poll(wait).expect("polled"),
        [],
        "another process has it"
    );
    assert!(!second.is_settled());
    let mut other = log.join("another group", "feeds").expect("joined");
    assert_eq!(other.poll(wait).expect("polled"), [Change::Assigned(0)]);
    let refused = log.remove(&["feeds".to_owned()], &["group".to_owned()]);
    assert!(matches!(refused, Err(Failure::Fatal(_))), "{refused:?}");
    drop(first);
    assert_eq!(second.poll(wait).expect("polled"), [Change::Assigned(0)]);
    assert!(second.is_settled());
}

/// All records, when there are `total`: what the other process committed last is noticed a moment later.
fn read_up_to(log: &LocalLog, topic: &str, total: u64) -> Vec<Stored> {
    let waker = Waker::default();
    let reader = log.reader(topic, 0, 0, waker.clone()).expect("a reader");
    while log.bounds(topic, 0).expect("bounds").end < total {
        assert!(waker.wait(Duration::from_secs(60)), "never woken");
    }
    drop(reader);
    read_all(log, topic, 0, 0)
}

/// The runner commits without a pause; a process beside must get its turn, and both see everything.
#[test]
fn an_outside_writer_gets_its_turn() {
    const OUTSIDE: usize = 20;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    log.create(&[topic("both", 1, Cleanup::Delete)])
        .expect("created");
    let beside = LocalLog::beside(LocalConfig::new(folder.path())).expect("opens beside");
    let done = AtomicBool::new(false);
    let inside = std::thread::scope(|scope| {
        let runner = scope.spawn(|| {
            let mut producer = log.producer("runner").expect("a producer");
            let mut count = 0_usize;
            while !done.load(Ordering::SeqCst) {
                write(&mut producer, [record("both", 0, "in", &count.to_string())]);
                count += 1;
            }
            count
        });
        let mut producer = beside.producer("tool").expect("a producer");
        let begun = Instant::now();
        for n in 0..OUTSIDE {
            write(&mut producer, [record("both", 0, "out", &n.to_string())]);
        }
        let took = begun.elapsed();
        done.store(true, Ordering::SeqCst);
        assert!(
            took < Duration::from_secs(10),
            "{OUTSIDE} commits took {took:?}"
        );
        runner.join().expect("the runner writes")
    });
    let total = (inside + OUTSIDE) as u64;
    let [records, outside] = [&log, &beside].map(|log| read_up_to(log, "both", total));
    assert!(records == outside, "both read the same");
    assert_eq!(records.len() as u64, total);
    for (key, count) in [("in", inside), ("out", OUTSIDE)] {
        let values: Vec<_> = records
            .iter()
            .filter(|record| record.key.as_deref() == Some(key.as_bytes()))
            .filter_map(|record| record.value.clone())
            .collect();
        let expected: Vec<_> = (0..count).map(|n| n.to_string().into_bytes()).collect();
        assert_eq!(values, expected, "{key}");
    }
}

/// Commits of one process wake the followers of the other, both ways, within 100 ms.
#[test]
fn followers_across_processes_wake() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    log.create(&[topic("t", 1, Cleanup::Delete)])
        .expect("created");
    let beside = LocalLog::beside(LocalConfig::new(folder.path())).expect("opens beside");
    for (writing, reading) in [(&log, &beside), (&beside, &log)] {
        let mut producer = writing.producer("writer").expect("a producer");
        let waker = Waker::default();
        let end = writing.bounds("t", 0).expect("bounds").end;
        let mut reader = reading
            .reader("t", 0, end, waker.clone())
            .expect("a reader");
        let mut delays = Vec::new();
        for n in 0..10 {
            write(&mut producer, [record("t", 0, "k", &n.to_string())]);
            let committed = Instant::now();
            while reader.read(Limits::default()).expect("readable").is_empty() {
                assert!(waker.wait(Duration::from_secs(60)), "never woken");
            }
            delays.push(committed.elapsed());
        }
        delays.sort();
        assert!(delays[5] < Duration::from_millis(100), "{delays:?}");
    }
}

#[test]
fn a_reader_beside_survives_retention() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = LocalConfig {
        segment_bytes: 20_000,
        ..LocalConfig::new(folder.path())
    };
    let log = LocalLog::open(config.clone()).expect("opens");
    log.create(&[Topic {
        retention: Some(Duration::from_secs(3600)),
        ..topic("t", 1, Cleanup::Delete)
    }])
    .expect("created");
    let mut producer = log.producer("writer").expect("a producer");
    for n in 0..60_u64 {
        write(&mut producer, [record("t", 0, &n.to_string(), &noise(n))]);
    }
    let segments = folder.path().join("segments/t/0");
    let count = || std::fs::read_dir(&segments).expect("a folder").count();
    assert!(count() > 3, "{} segments", count());

    let beside = LocalLog::beside(config).expect("opens beside");
    let few = Limits {
        records: 2,
        bytes: usize::MAX,
    };
    // One that has a segment open and knows where the next blocks lie, one that has not begun.
    let mut begun = beside
        .reader("t", 0, 0, Waker::default())
        .expect("a reader");
    assert_eq!(begun.read(few).expect("readable").len(), 2);
    let mut fresh = beside
        .reader("t", 0, 5, Waker::default())
        .expect("a reader");
    let later = Timestamp::now() + Duration::from_secs(2 * 3600);
    log.maintain(later).expect("maintained");
    assert_eq!(count(), 0, "everything is old and unread by nobody in use");
    for n in 60..63_u64 {
        write(&mut producer, [record("t", 0, &n.to_string(), "after")]);
    }
    for reader in [&mut begun, &mut fresh] {
        let mut offsets = Vec::new();
        while reader.position() < 63 {
            let records = reader.read(few).expect("a reader survives");
            offsets.extend(records.iter().map(|record| record.offset));
        }
        let ascending = offsets.windows(2).all(|pair| pair[0] < pair[1]);
        assert!(ascending, "{offsets:?}");
        assert!(offsets.ends_with(&[60, 61, 62]), "{offsets:?}");
    }
}

/// Text that does not pack well.
fn noise(mut seed: u64) -> String {
    std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b' ' + (seed >> 33) as u8 % 90)
    })
    .take(3_000)
    .collect()
}

/// A tool may have another configuration than the pipeline that runs.
#[test]
fn a_process_beside_makes_topics_and_changes_none() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = LocalConfig::new(folder.path());
    let kept = |hours: u64| Topic {
        retention: Some(Duration::from_secs(hours * 3600)),
        retention_bytes: Some(hours << 20),
        ..topic("kept", 2, Cleanup::Delete)
    };
    let log = LocalLog::open(config.clone()).expect("opens");
    log.create(&[kept(1)]).expect("created");
    let beside = LocalLog::beside(config.clone()).expect("opens beside");
    let new = topic("new", 1, Cleanup::Compact);
    beside.create(&[kept(5), new.clone()]).expect("created");
    assert_eq!(beside.topics(), [kept(1), new.clone()]);
    assert_eq!(log.partitions("new").expect("asked"), Some(1));
    assert_eq!(log.topics(), [kept(1), new.clone()]);
    let other = beside.create(&[topic("kept", 3, Cleanup::Delete)]);
    assert!(matches!(other, Err(Failure::Fatal(_))), "{other:?}");
    log.create(&[kept(2)]).expect("the runner decides");
    assert_eq!(log.topics(), [kept(2), new]);
}

/// The transactional id counts across processes: who takes it shuts the other out.
#[test]
fn fencing_reaches_across_processes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    log.create(&[topic("t", 1, Cleanup::Delete)])
        .expect("created");
    let beside = LocalLog::beside(LocalConfig::new(folder.path())).expect("opens beside");
    let mut old = log.producer("shared").expect("a producer");
    write(&mut old, [record("t", 0, "k", "old")]);
    let mut new = beside.producer("shared").expect("a producer");
    // Without a look at the index since: it is the commit that must find out.
    let late = old.begin().and_then(|()| {
        old.send(record("t", 0, "k", "late"))?;
        old.commit()
    });
    assert!(matches!(late, Err(Failure::Fenced(_))), "{late:?}");
    write(&mut new, [record("t", 0, "k", "new")]);
    assert_eq!(values(&beside, "t", 0), ["old", "new"]);
}
