//! Where the books are kept: the embedded log, or Apache Kafka.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use pipeline::Waker;
use pipeline::log::kafka::{KafkaLog, KafkaReader};
use pipeline::log::local::LocalLog;
use pipeline::log::{Failure, Limits, Log, Offset, Reader, Stored};

/// How long a broker that is being killed may take to answer again.
const PATIENCE: Duration = Duration::from_secs(60);

/// A log that is read by whoever judges.
pub(super) enum Books {
    Local(LocalLog),
    Kafka {
        log: KafkaLog,
        servers: String,
        counts: Counts,
    },
}

/// What was counted already, so that each count reads only what is new.
type Counts = Mutex<HashMap<(String, u32), (KafkaReader, u64)>>;

impl fmt::Debug for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(log) => log.fmt(f),
            Self::Kafka { log, .. } => log.fmt(f),
        }
    }
}

impl Books {
    pub(super) fn partitions(&self, topic: &str) -> u32 {
        let partitions = patiently(|| match self {
            Self::Local(log) => log.partitions(topic),
            Self::Kafka { log, .. } => log.partitions(topic),
        });
        partitions.unwrap_or(0)
    }

    pub(super) fn committed(&self, group: &str, topic: &str, partition: u32) -> Option<Offset> {
        patiently(|| match self {
            Self::Local(log) => log.committed(group, topic, partition),
            Self::Kafka { log, .. } => log.committed(group, topic, partition),
        })
    }

    /// Every record of a partition.
    pub(super) fn records(&self, topic: &str, partition: u32) -> Vec<Stored> {
        match self {
            Self::Local(log) => all(log, topic, partition),
            Self::Kafka { log, .. } => all(log, topic, partition),
        }
    }

    /// How many records a partition shows.
    pub(super) fn count(&self, topic: &str, partition: u32) -> u64 {
        match self {
            Self::Local(log) => {
                let bounds = log.bounds(topic, partition).expect("the log answers");
                bounds.end - bounds.start
            }
            // Markers and aborted records have offsets too, so what is visible is counted.
            Self::Kafka { log, counts, .. } => {
                let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
                let open = || patiently(|| log.reader(topic, partition, 0, Waker::default()));
                let (reader, count) = counts
                    .entry((topic.to_owned(), partition))
                    .or_insert_with(|| (open(), 0));
                loop {
                    let more = patiently(|| reader.read(Limits::default())).len();
                    if more == 0 {
                        return *count;
                    }
                    *count += more as u64;
                }
            }
        }
    }
}

fn all<L: Log>(log: &L, topic: &str, partition: u32) -> Vec<Stored> {
    let mut reader = patiently(|| log.reader(topic, partition, 0, Waker::default()));
    let mut all = Vec::new();
    loop {
        let records = patiently(|| reader.read(Limits::default()));
        if records.is_empty() {
            return all;
        }
        all.extend(records);
    }
}

/// Asks again for as long as the log may answer later.
fn patiently<T>(mut call: impl FnMut() -> Result<T, Failure>) -> T {
    let started = Instant::now();
    loop {
        match call() {
            Ok(answer) => return answer,
            Err(Failure::Retry(_) | Failure::Reopen(_)) if started.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(failure) => panic!("the log does not answer: {failure}"),
        }
    }
}
