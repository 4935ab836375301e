use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use pipeline::Waker;
use pipeline::log::conformance::{commit, read_all, record, topic, values, write};
use pipeline::log::local::{Fsync, LocalConfig, LocalLog, OpenError};
use pipeline::log::{Change, Claim, Failure, Log, Membership, Producer, Reader, ToSend};
use pipeline::topics::{Cleanup, Topic};

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

fn noisy(topic: &str, n: usize) -> ToSend {
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
    let log = LocalLog::open(config.clone()).expect("opens");
    log.create(&[
        topic("t", 1, Cleanup::Delete),
        topic("state", 1, Cleanup::Compact),
    ])
    .expect("created");
    let mut producer = log.producer("writer").expect("a producer");
    let mut expected = Vec::new();
    let failure = loop {
        let n = expected.len();
        producer.begin().expect("begun");
        for _ in 0..3 {
            producer.send(noisy("t", n)).expect("sent");
        }
        producer
            .send(record("state", 0, "last", &n.to_string()))
            .expect("sent");
        match producer.commit() {
            Ok(()) => expected.push(n.to_string()),
            Err(failure) => break failure,
        }
        assert!(n < 200, "the disk never fills");
    };
    let Failure::Retry(message) = failure else {
        panic!("a full disk is waited for: {failure:?}");
    };
    let dir = config.dir.display().to_string();
    assert!(
        message.contains("full") && message.contains(&dir),
        "{message}"
    );
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
    let log = LocalLog::open(config).expect("opens");
    log.create(&[
        topic("t", 1, Cleanup::Delete),
        topic("state", 1, Cleanup::Compact),
    ])
    .expect("created");
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

fn one_segment(folder: &Path) -> PathBuf {
    folder.join("segments/t/0/00000000000000000000.seg")
}

fn written(folder: &Path) -> LocalLog {
    let log = LocalLog::open(LocalConfig::new(folder)).expect("opens");
    log.create(&[topic("t", 1, Cleanup::Delete)])
        .expect("created");
    let mut producer = log.producer("writer").expect("a producer");
    for n in 0..5 {
        write(&mut producer, [record("t", 0, "k", &n.to_string())]);
    }
    drop(producer);
    log
}

#[test]
fn what_lies_behind_the_published_length_is_nobodys() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = written(folder.path());
    let segment = one_segment(folder.path());
    let published = segment.metadata().expect("there").len();
    let append = |bytes: &[u8]| {
        let mut file = File::options().append(true).open(&segment).expect("there");
        file.write_all(bytes).expect("written");
    };
    // While the log runs: what a writer beside it left when it was killed.
    append(&vec![7; 100_000]);
    let mut producer = log.producer("writer").expect("a producer");
    write(&mut producer, [record("t", 0, "k", "5")]);
    assert_eq!(values(&log, "t", 0), ["0", "1", "2", "3", "4", "5"]);
    drop((producer, log));

    let end = segment.metadata().expect("there").len();
    assert!(end >= published + 100_000, "the garbage is still there");
    let orphan = segment.with_file_name("00000000000000000777.seg");
    std::fs::write(&orphan, b"no block").expect("written");
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    assert!(segment.metadata().expect("there").len() < end, "cut off");
    assert!(!orphan.exists(), "removed");
    let mut producer = log.producer("writer").expect("a producer");
    write(&mut producer, [record("t", 0, "k", "6")]);
    assert_eq!(values(&log, "t", 0), ["0", "1", "2", "3", "4", "5", "6"]);
}

#[test]
fn damage_is_named_and_never_read_over() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = written(folder.path());
    let segment = one_segment(folder.path());
    let mut file = File::options().write(true).open(&segment).expect("there");
    // In the payload of the first block.
    file.seek(SeekFrom::Start(50)).expect("sought");
    file.write_all(b"\xff\xff").expect("written");
    let mut reader = log.reader("t", 0, 0, Waker::default()).expect("a reader");
    match reader.read(pipeline::log::Limits::default()) {
        Err(Failure::Fatal(message)) => {
            let named = message.contains(&segment.display().to_string());
            assert!(named && message.contains("byte 0"), "{message}");
        }
        other => panic!("damage goes unnoticed: {other:?}"),
    }
    assert_eq!(read_all(&log, "t", 0, 1).len(), 4, "the rest reads");
    drop((reader, log));

    let length = segment.metadata().expect("there").len();
    file.set_len(length - 1).expect("cut");
    match LocalLog::open(LocalConfig::new(folder.path())) {
        Err(OpenError::Damaged {
            path,
            published,
            found,
        }) => {
            assert_eq!((path, published, found), (segment, length, length - 1));
        }
        other => panic!("a cut segment opens: {other:?}"),
    }
}

#[test]
fn an_unknown_format_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    drop(written(folder.path()));
    let index = rusqlite::Connection::open(folder.path().join("log.sqlite")).expect("an index");
    index
        .execute("UPDATE meta SET value = '99' WHERE name = 'format'", [])
        .expect("changed");
    for opened in [
        LocalLog::open(LocalConfig::new(folder.path())),
        LocalLog::beside(LocalConfig::new(folder.path())),
    ] {
        match opened {
            Err(OpenError::Format { found, .. }) => assert_eq!(found, "99"),
            other => panic!("a folder of another version opens: {other:?}"),
        }
    }
}

/// Retention gives the room back, on the disk too: in segments and in the index.
#[test]
fn what_retention_drops_leaves_the_disk() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = LocalConfig {
        segment_bytes: 200_000,
        ..LocalConfig::new(folder.path())
    };
    let log = LocalLog::open(config).expect("opens");
    let hour = Duration::from_secs(3600);
    let old = |name: &str, cleanup| Topic {
        retention: Some(hour),
        ..topic(name, 1, cleanup)
    };
    log.create(&[old("t", Cleanup::Delete), old("keyed", Cleanup::Compact)])
        .expect("created");
    let mut producer = log.producer("writer").expect("a producer");
    for n in 0..300 {
        let keyed = ToSend {
            topic: "keyed".into(),
            ..noisy("t", n)
        };
        write(&mut producer, [noisy("t", n), keyed]);
    }
    let bytes = |name: &str| -> u64 {
        let path = folder.path().join(name);
        if path.is_file() {
            return path.metadata().map_or(0, |about| about.len());
        }
        let files = std::fs::read_dir(path).expect("a folder");
        files
            .map(|file| file.expect("a file").metadata().expect("there").len())
            .sum()
    };
    assert!(bytes("segments/t/0") > 11_000_000);
    let later = Timestamp::now() + 3 * hour;
    // Each time gives back a part of the index's free pages.
    for _ in 0..10 {
        log.maintain(later).expect("maintained");
    }
    assert_eq!(bytes("segments/t/0"), 0);
    assert_eq!(log.bounds("keyed", 0).expect("bounds"), 300..300);
    drop((producer, log));
    assert!(bytes("log.sqlite") < 6_000_000, "{}", bytes("log.sqlite"));
}
