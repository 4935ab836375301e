//! Full disks: what was not written never shows, and the log goes on as soon as there is room.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use pipeline::Waker;
use pipeline::log::conformance::{commit, read_all, record, topic, values, write};
use pipeline::log::local::{Fsync, LocalConfig, LocalLog, LocalProducer};
use pipeline::log::{Change, Claim, Failure, Log, Membership, Producer, Reader, ToSend};
use pipeline::topics::Cleanup;

/// A disk of 8 MiB, gone at the end.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None`, and a line that says so, where this user may not mount.
    fn mount(folder: &Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"])
            .arg(folder)
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(folder.to_owned())),
            other => {
                println!("skipped: no disk of 8 MiB can be mounted here: {other:?}");
                None
            }
        }
    }

    /// Takes all room but `left` bytes.
    fn fill(&self, left: u64) -> PathBuf {
        let path = self.0.join("filler");
        let about = Command::new("stat")
            .args(["-f", "-c", "%a %S"])
            .arg(&self.0)
            .output()
            .expect("stat runs");
        let text = String::from_utf8(about.stdout).expect("text");
        let numbers: Vec<u64> = text
            .split_whitespace()
            .map(|number| number.parse().expect("a number"))
            .collect();
        let bytes = (numbers[0] * numbers[1]).saturating_sub(left);
        std::fs::write(&path, vec![1; bytes as usize]).expect("room enough");
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Does not pack.
fn noise(seed: usize, length: usize) -> Vec<u8> {
    let mut state = seed as u64;
    std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    })
    .take(length)
    .collect()
}

pub(super) fn noisy(topic: &str, n: usize) -> ToSend {
    ToSend {
        value: Some(noise(n, 40_000)),
        ..record(topic, 0, &n.to_string(), "")
    }
}

fn keys(log: &LocalLog, topic: &str) -> Vec<String> {
    read_all(log, topic, 0, 0)
        .into_iter()
        .map(|record| String::from_utf8(record.key.unwrap_or_default()).expect("text"))
        .collect()
}

fn with_topics(config: LocalConfig) -> LocalLog {
    let log = LocalLog::open(config).expect("opens");
    log.create(&[
        topic("t", 1, Cleanup::Delete),
        topic("state", 1, Cleanup::Compact),
    ])
    .expect("created");
    log
}

/// Commits numbers, three times to `t` and once to `state`, until there is no room. Returns those that
/// were acknowledged; the transaction of the next one stays open.
fn write_until_full(producer: &mut LocalProducer, dir: &Path) -> Vec<String> {
    let mut written = Vec::new();
    loop {
        let n = written.len();
        assert!(n < 200, "the disk never fills");
        producer.begin().expect("begun");
        for _ in 0..3 {
            producer.send(noisy("t", n)).expect("sent");
        }
        producer
            .send(record("state", 0, "last", &n.to_string()))
            .expect("sent");
        match producer.commit() {
            Ok(()) => written.push(n.to_string()),
            Err(failure) => {
                assert_full(&failure, dir);
                return written;
            }
        }
    }
}

#[track_caller]
fn assert_full(failure: &Failure, dir: &Path) {
    let Failure::Retry(message) = failure else {
        panic!("a full disk is waited for: {failure:?}");
    };
    let dir = dir.display().to_string();
    assert!(
        message.contains("full") && message.contains(&dir),
        "{message}"
    );
}

fn fill_and_resume(min_free_bytes: u64) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some(disk) = SmallDisk::mount(folder.path()) else {
        return;
    };
    let filler = disk.fill(4 << 20);
    let config = LocalConfig {
        min_free_bytes,
        segment_bytes: 500_000,
        ..LocalConfig::new(folder.path().join("log"))
    };
    let log = with_topics(config.clone());
    let mut producer = log.producer("writer").expect("a producer");
    let mut expected = write_until_full(&mut producer, &config.dir);
    for _ in 0..20 {
        assert!(matches!(producer.commit(), Err(Failure::Retry(_))));
    }
    let thrice = |expected: &[String]| -> Vec<String> {
        expected.iter().flat_map(|n| vec![n.clone(); 3]).collect()
    };
    assert_eq!(
        keys(&log, "t"),
        thrice(&expected),
        "nothing half-written shows"
    );
    assert_eq!(values(&log, "state", 0), expected[expected.len() - 1..]);

    std::fs::remove_file(filler).expect("room again");
    commit(&mut producer);
    expected.push(expected.len().to_string());
    write(&mut producer, [noisy("t", 999)]);
    let mut all = thrice(&expected);
    all.push("999".into());
    assert_eq!(keys(&log, "t"), all);
    assert_eq!(values(&log, "state", 0), expected[expected.len() - 1..]);
    drop((producer, log));
    let log = LocalLog::open(config).expect("opens again");
    assert_eq!(keys(&log, "t"), all);
}

#[test]
fn a_full_disk_is_waited_for() {
    fill_and_resume(0);
}

#[test]
fn a_reserve_is_kept_free() {
    fill_and_resume(1 << 20);
}

/// Without a disk of its own: the reserve is larger than any.
#[test]
fn nothing_is_written_into_the_reserve() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = LocalConfig::new(folder.path());
    drop(with_topics(config.clone()));
    let log = LocalLog::open(LocalConfig {
        min_free_bytes: u64::MAX,
        ..config.clone()
    })
    .expect("opens");
    let mut producer = log.producer("writer").expect("a producer");
    assert!(write_until_full(&mut producer, folder.path()).is_empty());
    let again = producer.commit().expect_err("still no room");
    assert_full(&again, folder.path());
    assert!(values(&log, "t", 0).is_empty() && values(&log, "state", 0).is_empty());
    assert!(!folder.path().join("segments").exists(), "not one byte");
    drop((producer, log));
    let log = LocalLog::open(config).expect("opens with less of a reserve");
    let mut producer = log.producer("writer").expect("a producer");
    write(&mut producer, [record("t", 0, "k", "room")]);
    assert_eq!(values(&log, "t", 0), ["room"]);
}

/// Commits that were acknowledged and cannot be flushed are taken back with everything that rests on
/// them: their readers, claims and producers learn of it.
#[test]
fn what_cannot_be_flushed_is_undone_for_everybody() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some(disk) = SmallDisk::mount(folder.path()) else {
        return;
    };
    let config = LocalConfig {
        fsync: Fsync::Every(Duration::from_secs(1)),
        min_free_bytes: 0,
        ..LocalConfig::new(folder.path().join("log"))
    };
    let log = with_topics(config);
    let mut membership = log.join("group", "t").expect("joined");
    let assigned = vec![Change::Assigned(0)];
    assert_eq!(membership.poll(Duration::ZERO).expect("a poll"), assigned);
    let claim = membership.claim(0, Waker::default()).expect("a claim");
    // The producer is made durably, so the interval of the next flush begins with the commit.
    let mut producer = log.producer("writer").expect("a producer");
    write(
        &mut producer,
        [record("t", 0, "k", "1"), record("state", 0, "s", "1")],
    );
    let filler = disk.fill(0);
    let mut ahead = log.reader("t", 0, 1, Waker::default()).expect("a reader");
    let deadline = Instant::now() + Duration::from_secs(60);
    while claim.is_current() {
        assert!(Instant::now() < deadline, "the flush never fails");
        membership.poll(Duration::from_millis(10)).expect("a poll");
    }
    assert_eq!(log.bounds("t", 0).expect("bounds").end, 0, "undone");
    assert!(matches!(producer.begin(), Err(Failure::Reopen(_))));
    std::fs::remove_file(filler).expect("room again");

    let mut producer = log.producer("writer").expect("a producer");
    write(&mut producer, [record("t", 0, "k", "2")]);
    assert_eq!(values(&log, "t", 0), ["2"]);
    assert!(values(&log, "state", 0).is_empty());
    let again = ahead
        .read(pipeline::log::Limits::default())
        .expect("readable");
    assert_eq!(
        again.len(),
        1,
        "a reader that was ahead begins again at the end"
    );
}
