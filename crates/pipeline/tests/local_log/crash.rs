use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pipeline::Waker;
use pipeline::log::conformance::{commit, read_all, record, topic, values};
use pipeline::log::local::{Fsync, LocalConfig, LocalLog};
use pipeline::log::{Change, Limits, Log, Membership, Producer, Reader};
use pipeline::topics::Cleanup;

const FOLDER: &str = "LOCAL_LOG_STORM_FOLDER";
const FSYNC: &str = "LOCAL_LOG_STORM_FSYNC";
const WRITERS: u32 = 4;

fn config(dir: &Path, fsync: Fsync) -> LocalConfig {
    LocalConfig {
        fsync,
        // Small, so that many segments begin in a short storm.
        segment_bytes: 100_000,
        ..LocalConfig::new(dir)
    }
}

/// Not a test: the process that [`survive`] kills. Commits without end and prints what is acknowledged.
#[test]
#[ignore = "run by the tests that kill it"]
fn storm() {
    let Ok(dir) = std::env::var(FOLDER) else {
        return;
    };
    let fsync = std::env::var(FSYNC).expect("set beside the folder");
    let fsync = fsync.parse().expect("a flush policy");
    let log = LocalLog::open(config(Path::new(&dir), fsync)).expect("the log opens");
    log.create(&[
        topic("in", WRITERS, Cleanup::Delete),
        topic("out", 2, Cleanup::Delete),
        topic("state", 1, Cleanup::Compact),
    ])
    .expect("created");
    let mut membership = log.join("group", "in").expect("joined");
    let changes = membership.poll(Duration::ZERO).expect("a poll");
    assert!(changes.contains(&Change::Assigned(0)));
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let claim = membership.claim(writer, Waker::default()).expect("a claim");
            let log = &log;
            scope.spawn(move || {
                let mut producer = log
                    .producer(&format!("writer {writer}"))
                    .expect("a producer");
                let next = log.committed("group", "in", writer).expect("asked");
                for n in next.unwrap_or(0).. {
                    producer.begin().expect("begun");
                    for (partition, size) in [(0, 10), (1, 3_000), (0, 300)] {
                        let value = format!("{n} {}", "padding ".repeat(size / 8));
                        let sent = record("out", partition, &writer.to_string(), &value);
                        producer.send(sent).expect("sent");
                    }
                    let sent = record("state", 0, &writer.to_string(), &n.to_string());
                    producer.send(sent).expect("sent");
                    producer.send_offsets(&claim, n + 1).expect("sent");
                    commit(&mut producer);
                    // One call, so that lines of several threads do not mix.
                    let line = format!("ack {writer} {n}\n");
                    let _ = std::io::stdout().write_all(line.as_bytes());
                }
            });
        }
    });
}

fn start_storm(dir: &Path, fsync: Fsync) -> Child {
    Command::new(std::env::current_exe().expect("this test binary"))
        .args([
            "local_log::crash::storm",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, dir)
        .env(FSYNC, fsync.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test binary runs")
}

/// Lets a storm rage until `acknowledged` commits, kills it with SIGKILL and returns the last commit
/// acknowledged of each writer.
fn kill_after(acknowledged: usize, dir: &Path, fsync: Fsync) -> BTreeMap<String, u64> {
    let mut child = start_storm(dir, fsync);
    let stdout = child.stdout.take().expect("piped");
    let mut last = BTreeMap::new();
    let mut count = 0;
    // What was printed before the kill was acknowledged before it, so the pipe is read to its end.
    for line in BufReader::new(stdout).lines() {
        let line = line.expect("text");
        if let Some(rest) = line.strip_prefix("ack ")
            && let Some((writer, n)) = rest.split_once(' ')
            && let Ok(n) = n.parse()
        {
            last.insert(writer.to_owned(), n);
            count += 1;
            if count == acknowledged {
                child.kill().expect("killed");
            }
        }
    }
    child.wait().expect("ended");
    assert!(
        count >= acknowledged,
        "the storm died after {count} commits"
    );
    last
}

/// What each writer has in a partition of `out`: the numbers in their order.
fn written(log: &LocalLog, partition: u32) -> BTreeMap<String, Vec<u64>> {
    let mut written: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for stored in read_all(log, "out", partition, 0) {
        let text =
            |bytes: Option<Vec<u8>>| String::from_utf8(bytes.unwrap_or_default()).expect("text");
        let value = text(stored.value);
        let number = value.split(' ').next().and_then(|n| n.parse().ok());
        written
            .entry(text(stored.key))
            .or_default()
            .push(number.expect("a number first"));
    }
    written
}

/// Every writer's transactions are there from the first to one last, each whole. Returns these.
fn check_whole(log: &LocalLog) -> BTreeMap<String, u64> {
    let twice = written(log, 0);
    let once = written(log, 1);
    let mut last = BTreeMap::new();
    for (writer, numbers) in &once {
        let expected: Vec<u64> = (0..numbers.len() as u64).collect();
        assert_eq!(numbers, &expected, "writer {writer}");
        let doubled: Vec<u64> = expected.iter().flat_map(|n| [*n, *n]).collect();
        assert_eq!(twice.get(writer), Some(&doubled), "writer {writer}");
        last.insert(writer.clone(), expected.len() as u64 - 1);
    }
    assert_eq!(twice.len(), once.len());
    let state: BTreeMap<String, u64> = read_all(log, "state", 0, 0)
        .into_iter()
        .map(|stored| {
            let text = |bytes| String::from_utf8(bytes).expect("text");
            let value = text(stored.value.expect("a value"));
            (
                text(stored.key.expect("a key")),
                value.parse().expect("a number"),
            )
        })
        .collect();
    assert_eq!(state, last, "the state moves with the records");
    for (writer, n) in &last {
        let partition = writer.parse().expect("a number");
        let committed = log.committed("group", "in", partition).expect("asked");
        assert_eq!(committed, Some(n + 1), "and so do the offsets");
    }
    last
}

fn survive(fsync: Fsync, acknowledged_stay: bool) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Uneven counts, so that the kill meets the commit at different steps.
    for (round, acknowledged) in [1, 37, 101, 250, 333, 59, 480].into_iter().enumerate() {
        let last = kill_after(acknowledged, folder.path(), fsync);
        let log = LocalLog::open(config(folder.path(), fsync)).expect("opens after a kill");
        let there = check_whole(&log);
        if acknowledged_stay {
            for (writer, n) in last {
                let kept = there.get(&writer);
                assert!(
                    kept >= Some(&n),
                    "round {round}: {writer} lost {n}, has {kept:?}"
                );
            }
        }
    }
}

#[test]
fn what_was_acknowledged_survives_kill_9_and_nothing_is_torn() {
    survive(Fsync::Always, true);
}

#[test]
fn with_later_flushes_kill_9_takes_back_a_whole_suffix() {
    survive(Fsync::Every(Duration::from_millis(20)), false);
}

/// A reader in this process follows the storm of another one, whole transactions in order, and goes on
/// when nobody runs the log any more.
#[test]
fn a_process_beside_follows_through_a_crash() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    drop(LocalLog::open(config(folder.path(), Fsync::Always)).expect("opens"));
    let beside = LocalLog::beside(config(folder.path(), Fsync::Always)).expect("opens beside");
    let mut child = start_storm(folder.path(), Fsync::Always);
    let deadline = Instant::now() + Duration::from_secs(60);
    while beside.partitions("out").expect("asked").is_none() {
        assert!(Instant::now() < deadline, "the storm never begins");
        std::thread::yield_now();
    }
    let waker = Waker::default();
    let mut reader = beside.reader("out", 1, 0, waker.clone()).expect("a reader");
    let mut seen = 0;
    while seen < 400 {
        assert!(waker.wait(Duration::from_secs(60)), "never woken");
        loop {
            let records = reader.read(Limits::default()).expect("readable");
            if records.is_empty() {
                break;
            }
            assert_eq!(records[0].offset, seen, "no hole");
            seen += records.len() as u64;
        }
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    let last = check_whole(&beside);
    assert_eq!(last.len(), WRITERS as usize);
    let mut producer = beside.producer("beside").expect("a producer");
    producer.begin().expect("begun");
    producer
        .send(record("state", 0, "beside", "works"))
        .expect("sent");
    commit(&mut producer);
    assert_eq!(
        values(&beside, "state", 0).last(),
        Some(&"works".to_owned())
    );
}
