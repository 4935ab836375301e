//! What a replay says where retention was faster.

use std::time::Duration;

use pipeline::generations::Span;
use pipeline::log::Log;
use pipeline::log::model::ModelLog;
use pipeline::replay::{self, Ended, Progress, Reads};
use pipeline::{MemoryStores, Staged};

use super::engine::{Count, Input, append, open, read, runtime, topologies};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn words(count: u32) -> Vec<Input> {
    (0..count).map(|n| (0, 3, Some(n as u8))).collect()
}

/// The replay of the first partition to `to`, with what it had told at its end, and how many records
/// stand in its output.
#[track_caller]
fn run(log: &ModelLog, to: u64) -> (Progress, usize) {
    let runtime = runtime(log.clone(), topologies(), MemoryStores::new(1, 100));
    let mut spans = vec![Span::default(); 3];
    spans[0].to = to;
    let mut told = Progress::default();
    let ended = replay::run(
        &runtime,
        &Staged(Count),
        &spans,
        Reads::Another,
        |progress| {
            told = progress;
        },
    );
    assert_eq!(ended.expect("it comes to its end"), Ended::Done);
    (told, read(log, "articles.cleaned.g2", 0).len())
}

#[test]
fn what_retention_dropped_before_a_replay_came_is_counted() {
    let log = ModelLog::calm();
    open(&log);
    append(&log, &words(10));
    let (told, written) = run(&log, 6);
    assert_eq!((told.gone, told.handled, written), (0, 6, 6));
    // It stood still while the rest of that grew old, and nothing waits for it: as on Kafka.
    log.remove(&[], &["copydesk.clean.g2".to_owned()])
        .expect("the group's offset is forgotten");
    log.pass(DAY);
    append(&log, &words(4));
    let start = log.bounds("articles.fetched", 0).expect("bounds").start;
    let end = log.bounds("articles.fetched", 0).expect("bounds").end;
    let (told, written) = run(&log, end);
    assert_eq!(told.gone, start - 6, "it says how much it did not find");
    assert_eq!((told.handled, written), (4, 6 + 4));
}

#[test]
fn a_replay_of_which_nothing_is_left_says_so() {
    let log = ModelLog::calm();
    open(&log);
    append(&log, &words(10));
    log.pass(DAY);
    append(&log, &words(1));
    let start = log.bounds("articles.fetched", 0).expect("bounds").start;
    assert!(start >= 10, "the model's retention has dropped them");
    let (told, written) = run(&log, 10);
    assert_eq!((told.gone, told.handled, written), (10, 0, 0));
}
