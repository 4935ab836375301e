//! Damaged, cut and foreign files.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use pipeline::Waker;
use pipeline::log::conformance::{read_all, record, topic, values, write};
use pipeline::log::local::{LocalConfig, LocalLog, OpenError};
use pipeline::log::{Failure, Log, Reader};
use pipeline::topics::Cleanup;

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
fn damage_in_the_middle_stops_the_reader_for_good() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = written(folder.path());
    let segment = one_segment(folder.path());
    let middle = segment.metadata().expect("there").len() / 2;
    let mut file = File::options().write(true).open(&segment).expect("there");
    file.seek(SeekFrom::Start(middle)).expect("sought");
    file.write_all(b"\xff\xff\xff\xff").expect("written");
    let mut reader = log.reader("t", 0, 0, Waker::default()).expect("a reader");
    let before = reader
        .read(pipeline::log::Limits::default())
        .expect("the blocks before it");
    assert!((1..5).contains(&before.len()), "{}", before.len());
    for _ in 0..3 {
        let again = reader.read(pipeline::log::Limits::default());
        assert!(
            matches!(again, Err(Failure::Fatal(_))),
            "never read over: {again:?}"
        );
    }
}

#[test]
fn segments_without_their_index_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    drop(written(folder.path()));
    for file in ["log.sqlite", "log.sqlite-wal", "log.sqlite-shm"] {
        let _ = std::fs::remove_file(folder.path().join(file));
    }
    let before = std::fs::read(one_segment(folder.path())).expect("there");
    let refused = LocalLog::open(LocalConfig::new(folder.path()));
    let message = refused.expect_err("refused").to_string();
    assert!(message.contains("it is missing"), "{message}");
    let after = std::fs::read(one_segment(folder.path())).expect("there");
    assert_eq!(before, after, "nothing is written over");
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

#[test]
fn a_log_that_is_just_being_made_is_not_there_yet() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("log.sqlite"), b"").expect("written");
    let beside = LocalLog::beside(LocalConfig::new(folder.path()));
    assert!(
        matches!(beside, Err(OpenError::Missing { .. })),
        "{beside:?}"
    );
    LocalLog::open(LocalConfig::new(folder.path())).expect("whoever makes it goes on");
    LocalLog::beside(LocalConfig::new(folder.path())).expect("it is there");
}
