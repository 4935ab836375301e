use std::path::Path;
use std::time::{Duration, Instant};

use pipeline::Waker;
use pipeline::log::conformance::{read_all, record, topic, values, write};
use pipeline::log::local::{Fsync, LocalConfig, LocalLog};
use pipeline::log::{Limits, Log, Reader};
use pipeline::topics::Cleanup;
use rusqlite::Connection;

fn config(dir: &Path, interval: Duration) -> LocalConfig {
    LocalConfig {
        fsync: Fsync::Every(interval),
        segment_bytes: 50_000,
        ..LocalConfig::new(dir)
    }
}

#[test]
fn other_processes_see_nothing_before_its_flush() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let interval = Duration::from_secs(2);
    let log = LocalLog::open(config(folder.path(), interval)).expect("opens");
    log.create(&[
        topic("t", 1, Cleanup::Delete),
        topic("state", 1, Cleanup::Compact),
    ])
    .expect("created");
    let mut producer = log.producer("writer").expect("a producer");
    let beside = LocalLog::beside(config(folder.path(), interval)).expect("opens beside");
    let waker = Waker::default();
    let mut outside = beside.reader("t", 0, 0, waker.clone()).expect("a reader");
    let begun = Instant::now();
    write(
        &mut producer,
        [record("t", 0, "k", "1"), record("state", 0, "s", "1")],
    );
    assert_eq!(values(&log, "t", 0), ["1"], "inside at once");
    assert_eq!(values(&log, "state", 0), ["1"], "inside at once");
    let early = outside.read(Limits::default()).expect("readable");
    let early_state = values(&beside, "state", 0);
    // On a machine that stood still the flush may have come already.
    if begun.elapsed() < interval {
        assert!(early.is_empty() && early_state.is_empty());
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut late = early;
    while late.is_empty() {
        assert!(Instant::now() < deadline, "never flushed");
        waker.wait(Duration::from_secs(1));
        late = outside.read(Limits::default()).expect("readable");
    }
    assert_eq!(values(&beside, "state", 0), ["1"]);
    let mut tool = beside.producer("tool").expect("a producer");
    write(&mut tool, [record("t", 0, "k", "2")]);
    assert_eq!(values(&beside, "t", 0), ["1", "2"], "and it gets its turn");
}

/// What a power cut may leave: the index as it was last flushed, and not one byte of a segment more.
fn copy_as_flushed(from: &Path, to: &Path) {
    let copy = |name: &str| std::fs::copy(from.join(name), to.join(name)).expect("copied");
    // No checkpoint moves pages between the two in so short a time; the segments come last, so that
    // they hold at least what the index says.
    copy("log.sqlite");
    copy("log.sqlite-wal");
    let index = Connection::open(to.join("log.sqlite")).expect("an index");
    let mut published = index
        .prepare(
            "SELECT t.name || '/' || p.number, s.first, s.bytes FROM segments s
             JOIN partitions p ON p.id = s.partition JOIN topics t ON t.id = p.topic",
        )
        .expect("the tables are there");
    let rows = published
        .query_map([], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, i64>(2)?,
            ))
        })
        .expect("rows");
    for row in rows {
        let (partition, first, bytes) = row.expect("a row");
        let name = format!("segments/{partition}/{first:020}.seg");
        std::fs::create_dir_all(to.join("segments").join(&partition)).expect("a folder");
        let mut content = std::fs::read(from.join(&name)).expect("a segment");
        assert!(content.len() as i64 >= bytes, "flushed before published");
        content.truncate(bytes as usize);
        std::fs::write(to.join(&name), content).expect("written");
    }
}

#[test]
fn a_power_cut_takes_back_a_whole_suffix() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let interval = Duration::from_millis(30);
    let log = LocalLog::open(config(folder.path(), interval)).expect("opens");
    log.create(&[
        topic("a", 1, Cleanup::Delete),
        topic("b", 1, Cleanup::Delete),
        topic("state", 1, Cleanup::Compact),
    ])
    .expect("created");
    let mut producer = log.producer("writer").expect("a producer");
    let mut written = 0;
    let mut kept = Vec::new();
    for _ in 0..12 {
        for _ in 0..50 {
            let n = written.to_string();
            let long = format!("{n} {}", "word ".repeat(written % 300));
            write(
                &mut producer,
                [
                    record("a", 0, "k", &long),
                    record("b", 0, "k", &n),
                    record("state", 0, "last", &n),
                ],
            );
            written += 1;
        }
        let cut = tempfile::tempdir().expect("a temporary folder");
        copy_as_flushed(folder.path(), cut.path());
        let copy = LocalLog::open(config(cut.path(), interval)).expect("opens after a power cut");
        assert_eq!(copy.identity(), log.identity());
        let count = read_all(&copy, "a", 0, 0).len();
        let expected: Vec<String> = (0..count).map(|n| n.to_string()).collect();
        assert_eq!(values(&copy, "b", 0), expected);
        let state: Vec<String> = expected.last().into_iter().cloned().collect();
        assert_eq!(values(&copy, "state", 0), state);
        kept.push((count, written));
    }
    assert!(kept.iter().any(|(count, _)| *count > 0), "{kept:?}");
    assert!(
        kept.iter().any(|(count, written)| count < written),
        "never was anything unflushed, so nothing was tested: {kept:?}"
    );
}
