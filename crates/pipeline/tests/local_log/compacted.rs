//! Readers of compacted topics while these are written.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use pipeline::Waker;
use pipeline::log::conformance::{record, topic, write};
use pipeline::log::local::{Fsync, LocalConfig, LocalLog};
use pipeline::log::{Limits, Log, Reader};
use pipeline::topics::Cleanup;

const WRITERS: usize = 3;
const COMMITS: usize = 400;
const KEYS: usize = 25;

/// Reads from the beginning, again and again, until everybody has written and the newest state shows.
fn follow(log: &LocalLog, writing: &AtomicUsize) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let finished = writing.load(Ordering::SeqCst) == 0;
        let waker = Waker::default();
        let mut reader = log.reader("state", 0, 0, waker).expect("a reader");
        let mut state = BTreeMap::new();
        loop {
            let few = Limits {
                records: 7,
                ..Limits::default()
            };
            let records = reader.read(few).expect("a healthy topic reads");
            if records.is_empty() {
                break;
            }
            for stored in records {
                state.insert(stored.key, stored.value);
            }
        }
        let newest = (COMMITS - 1).to_string().into_bytes();
        let last = state
            .values()
            .filter(|value| **value == Some(newest.clone()));
        if finished && state.len() == WRITERS * KEYS && last.count() == WRITERS {
            return;
        }
        assert!(Instant::now() < deadline, "the newest state never shows");
    }
}

fn storm(fsync: Fsync) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = LocalConfig {
        fsync,
        ..LocalConfig::new(folder.path())
    };
    let log = LocalLog::open(config.clone()).expect("opens");
    log.create(&[topic("state", 1, Cleanup::Compact)])
        .expect("created");
    let beside = LocalLog::beside(config).expect("opens beside");
    let writing = AtomicUsize::new(WRITERS);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (log, writing) = (&log, &writing);
            scope.spawn(move || {
                let name = format!("writer {writer}");
                let mut producer = log.producer(&name).expect("a producer");
                for n in 0..COMMITS {
                    let key = format!("{writer} {}", n % KEYS);
                    write(&mut producer, [record("state", 0, &key, &n.to_string())]);
                }
                writing.fetch_sub(1, Ordering::SeqCst);
            });
        }
        for log in [&log, &log, &beside] {
            scope.spawn(|| follow(log, &writing));
        }
    });
}

#[test]
fn a_storm_of_upserts_is_no_damage() {
    storm(Fsync::Always);
}

#[test]
fn a_storm_of_upserts_is_no_damage_while_commits_wait_for_the_next_flush() {
    storm(Fsync::Every(Duration::from_millis(5)));
}
