use std::sync::atomic::AtomicUsize;
use std::sync::mpsc;

use super::super::handle::{IN_A_ROW, Request, serve};
use super::super::{Fsync, LocalConfig, LocalLog};
use super::*;
use crate::log::conformance::{record, topic, write};
use crate::log::{Log, Producer};
use crate::topics::{Cleanup, Topic};

/// Does now what is due within the next interval of maintenance. True where retention was applied.
fn hurry(log: &LocalLog) -> bool {
    log.handle
        .call(|writer| {
            let due = Instant::now();
            writer.maintain_at = due;
            writer.duties()?;
            // It is put off in either case; retention leaves less to keep.
            assert!(writer.maintain_at > due);
            Ok(())
        })
        .expect("the duties are done");
    log.bounds("t", 0).expect("bounds").start > 0
}

#[test]
fn retention_begins_with_the_first_group() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = LocalLog::open(LocalConfig {
        segment_bytes: 1,
        ..LocalConfig::new(folder.path())
    })
    .expect("opens");
    let tight = |name: &str| Topic {
        retention_bytes: Some(1),
        ..topic(name, 1, Cleanup::Delete)
    };
    log.create(&[tight("t"), tight("other")]).expect("created");
    let mut producer = log.producer("writer").expect("a producer");
    for n in 0..3 {
        write(&mut producer, [record("t", 0, "k", &n.to_string())]);
    }
    assert!(!hurry(&log), "the groups are not there yet");
    let member = log.join("group", "other").expect("joined");
    assert!(hurry(&log), "nobody reads what is too much");
    drop(member);
    producer.abort();
}

/// How many of a steady stream of requests are served before what is due.
fn served_in_a_row(writer: &mut Writer) -> usize {
    let count = Arc::new(AtomicUsize::new(0));
    let (requests, queue) = mpsc::channel();
    let request = || {
        let count = count.clone();
        Request::Call(Box::new(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        }))
    };
    for _ in 0..3 * IN_A_ROW {
        requests.send(request()).expect("the queue is there");
    }
    serve(writer, request(), &queue);
    count.load(Ordering::SeqCst)
}

#[test]
fn what_is_due_waits_for_no_pause_between_requests() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = LocalLog::open(LocalConfig {
        fsync: Fsync::Every(Duration::from_secs(5)),
        ..LocalConfig::new(folder.path())
    })
    .expect("opens");
    let served = log.handle.call(|writer| {
        let steady = served_in_a_row(writer);
        writer.enter()?;
        writer.flush_at = Instant::now();
        let due = served_in_a_row(writer);
        writer.flush()?;
        Ok((steady, due))
    });
    assert_eq!(served.expect("served"), (IN_A_ROW, 1));
}

/// What was acknowledged is on the disk, whoever wrote it.
#[test]
fn every_writer_flushes_its_commits() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = LocalConfig::new(folder.path());
    let runner = LocalLog::open(config.clone()).expect("opens");
    let beside = LocalLog::beside(config).expect("opens beside");
    for log in [runner, beside] {
        let (synchronous, journal): (i64, String) = log
            .handle
            .call(|writer| {
                writer.query(|index| {
                    let synchronous =
                        index.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
                    let journal = index.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
                    Ok((synchronous, journal))
                })
            })
            .expect("asked");
        assert_eq!((synchronous, journal.as_str()), (2, "wal"));
    }
}
