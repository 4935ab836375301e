//! What retention leaves on the disk and in this process, and whom it tells.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use pipeline::Waker;
use pipeline::log::conformance::{record, topic, values, write};
use pipeline::log::local::{LocalConfig, LocalLog};
use pipeline::log::{Claim, Limits, Log, Membership, Reader, ToSend};
use pipeline::topics::{Cleanup, Topic};

use super::full::noisy;

const HOUR: Duration = Duration::from_secs(60 * 60);

fn hour(name: &str) -> Topic {
    Topic {
        retention: Some(HOUR),
        ..topic(name, 1, Cleanup::Delete)
    }
}

/// Files in `folder` that are removed and still open in this process.
#[cfg(target_os = "linux")]
fn removed_and_open(folder: &Path) -> usize {
    let open = std::fs::read_dir("/proc/self/fd").expect("the open files");
    open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter(|path| path.starts_with(folder) && path.to_string_lossy().ends_with("(deleted)"))
        .count()
}

#[cfg(target_os = "linux")]
#[test]
fn nobody_keeps_the_space_of_dropped_segments() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    log.create(&[hour("t")]).expect("created");
    let mut producer = log.producer("writer").expect("a producer");
    write(&mut producer, [record("t", 0, "k", "1")]);
    let mut idle = log.reader("t", 0, 0, Waker::default()).expect("a reader");
    assert_eq!(idle.read(Limits::default()).expect("readable").len(), 1);
    assert!(idle.read(Limits::default()).expect("readable").is_empty());
    log.maintain(Timestamp::now() + 3 * HOUR)
        .expect("maintained");
    assert_eq!(log.bounds("t", 0).expect("bounds"), 1..1, "dropped");
    assert_eq!(removed_and_open(folder.path()), 0);
    write(&mut producer, [record("t", 0, "k", "2")]);
    assert_eq!(values(&log, "t", 0), ["2"]);
}

/// What is logged, as text.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_group_is_told_what_retention_has_taken_from_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
    log.create(&[hour("t")]).expect("created");
    let mut producer = log.producer("writer").expect("a producer");
    for n in 0..7 {
        write(&mut producer, [record("t", 0, "k", &n.to_string())]);
    }
    log.maintain(Timestamp::now() + 3 * HOUR)
        .expect("maintained");
    let mut membership = log.join("late", "t").expect("joined");
    membership.poll(Duration::ZERO).expect("a poll");
    let mut claim = membership.claim(0, Waker::default()).expect("a claim");
    let written = Written::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        claim.seek(7).expect("sought");
        assert_eq!(written.text(), "", "nothing is gone");
        claim.seek(2).expect("sought");
    });
    let text = written.text();
    for part in ["WARN", "group=late", "topic=t", "partition=0", "gone=5"] {
        assert!(text.contains(part), "{part} is missing in {text:?}");
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
    let keyed = Topic {
        retention: Some(HOUR),
        ..topic("keyed", 1, Cleanup::Compact)
    };
    log.create(&[hour("t"), keyed]).expect("created");
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
    let later = Timestamp::now() + 3 * HOUR;
    // Each time gives back a part of the index's free pages.
    for _ in 0..10 {
        log.maintain(later).expect("maintained");
    }
    assert_eq!(bytes("segments/t/0"), 0);
    assert_eq!(log.bounds("keyed", 0).expect("bounds"), 300..300);
    drop((producer, log));
    assert!(bytes("log.sqlite") < 6_000_000, "{}", bytes("log.sqlite"));
}
