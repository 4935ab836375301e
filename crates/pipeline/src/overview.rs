//! How far everything has come, read from the log alone: the same whether the pipeline runs or not.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::log::{Failure, Limits, Log, Offset, Reader, Stored};
use crate::topics::{STAGES, Topology};
use crate::waker::Waker;

/// Up to so many offsets ahead of a stage are read, to know how many records they hold: offsets have
/// holes, and a stage that has nothing left to do is to be seen as one. Further behind, the difference
/// is near enough.
const COUNTED_OFFSETS: u64 = 1_000;
/// Nor is more than this read of a partition, in bytes: whoever asks how things stand shall not wait for
/// pages.
const COUNTED_BYTES: usize = 8 << 20;
/// How many partitions are counted at the same time: a reader of a broker takes 160 ms for nothing, most
/// of it to let go.
const COUNTED_AT_ONCE: usize = 16;

/// Topics and lags.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Overview {
    /// Every topic that exists, in the order of the flow.
    pub topics: Vec<TopicOverview>,
    /// Every stage and partition, in the order of the flow.
    pub stages: Vec<StageOverview>,
}

/// What a topic holds.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct TopicOverview {
    /// Its name.
    pub topic: String,
    /// For each partition the oldest offset and the one after the newest.
    pub partitions: Vec<(Offset, Offset)>,
    /// Whether ends of transactions stand among its records, at offsets of their own.
    #[serde(default)]
    pub has_markers: bool,
}

impl TopicOverview {
    /// Offsets between the oldest and the newest record. As many as records, except for the holes:
    /// those of compaction and, where the topic has them, markers.
    pub fn records(&self) -> u64 {
        self.partitions.iter().map(|(start, end)| end - start).sum()
    }
}

/// How far a stage has come on one partition.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct StageOverview {
    /// The stage.
    pub stage: String,
    /// What it reads.
    pub topic: String,
    /// The partition.
    pub partition: u32,
    /// The offset that it reads next.
    pub next: Offset,
    /// How many committed records lie from there to the end. Where they are many, how many offsets:
    /// at most so many records.
    pub lag: u64,
}

/// Reads the overview.
///
/// # Errors
/// A log that cannot be asked or read.
pub fn overview<L: Log>(log: &L, topology: &Topology) -> Result<Overview, Failure> {
    let topics = topics(log, topology)?;
    let stages = stages(log, topology, &topics)?;
    Ok(Overview { topics, stages })
}

fn topics<L: Log>(log: &L, topology: &Topology) -> Result<Vec<TopicOverview>, Failure> {
    let mut topics = Vec::new();
    for topic in topology.topics() {
        let Some(count) = log.partitions(&topic.name)? else {
            continue;
        };
        let mut partitions = Vec::new();
        for partition in 0..count {
            let bounds = log.bounds(&topic.name, partition)?;
            partitions.push((bounds.start, bounds.end));
        }
        topics.push(TopicOverview {
            topic: topic.name.clone(),
            partitions,
            has_markers: log.has_markers(),
        });
    }
    Ok(topics)
}

fn stages<L: Log>(
    log: &L,
    topology: &Topology,
    topics: &[TopicOverview],
) -> Result<Vec<StageOverview>, Failure> {
    let mut stages = Vec::new();
    let mut ahead = Vec::new();
    for (stage, input) in STAGES {
        let name = topology.topic(input).map(|topic| topic.name.as_str());
        let mut topics = topics.iter();
        let Some(read) = topics.find(|topic| Some(topic.topic.as_str()) == name) else {
            continue;
        };
        for (partition, (start, end)) in (0u32..).zip(&read.partitions) {
            let committed = log.committed(&topology.group(stage), &read.topic, partition)?;
            let next = committed.unwrap_or(*start);
            stages.push(StageOverview {
                stage: stage.to_owned(),
                topic: read.topic.clone(),
                partition,
                next,
                lag: 0,
            });
            // What went before the stage read it is not ahead of it any more.
            ahead.push(next.max(*start)..*end);
        }
    }
    let mut counted: Vec<_> = stages.iter_mut().zip(ahead).collect();
    // Where nothing lies ahead nobody is started to count it.
    counted.retain(|(_, ahead)| !ahead.is_empty());
    for some in counted.chunks_mut(COUNTED_AT_ONCE) {
        count(log, some)?;
    }
    Ok(stages)
}

/// Counts some partitions at the same time.
fn count<L: Log>(
    log: &L,
    counted: &mut [(&mut StageOverview, Range<Offset>)],
) -> Result<(), Failure> {
    std::thread::scope(|scope| {
        let threads = counted.iter_mut().map(|(stage, ahead)| {
            scope.spawn(|| {
                stage.lag = records_in(log, &stage.topic, stage.partition, ahead)?;
                Ok(())
            })
        });
        let threads: Vec<_> = threads.collect();
        let joined = threads.into_iter().map(|thread| match thread.join() {
            Ok(counted) => counted,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.collect()
    })
}

/// How many committed records lie there; at most so many, where finding out would mean to read a lot.
fn records_in<L: Log>(
    log: &L,
    topic: &str,
    partition: u32,
    ahead: &Range<Offset>,
) -> Result<u64, Failure> {
    let offsets = ahead.end - ahead.start;
    if offsets > COUNTED_OFFSETS {
        return Ok(offsets);
    }
    let mut reader = log.reader(topic, partition, ahead.start, Waker::default())?;
    let mut records = 0;
    let mut bytes = 0;
    while reader.position() < ahead.end {
        if bytes > COUNTED_BYTES {
            return Ok(records + (ahead.end - reader.position()));
        }
        let read = reader.read(Limits::default())?;
        if read.is_empty() {
            break;
        }
        bytes += read.iter().map(bytes_of).sum::<usize>();
        let in_range = read.iter().filter(|record| record.offset < ahead.end);
        records += in_range.count() as u64;
    }
    Ok(records)
}

fn bytes_of(record: &Stored) -> usize {
    record.value.as_ref().map_or(0, Vec::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::conformance::{record, write};
    use crate::log::local::{LocalConfig, LocalLog};

    /// The lag of `poll` on a partition of `feeds` with records of these keys and of so many bytes
    /// each: all have offsets, and of each key only the last is there.
    #[track_caller]
    fn check(keys: &[&str], bytes: usize, expected: u64) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
        let topology = Topology::new(1, |_| None);
        log.create(topology.topics()).expect("created");
        let mut producer = log.producer("p").expect("a producer");
        let value = "x".repeat(bytes);
        for keys in keys.chunks(100) {
            let records = keys.iter().map(|key| record("feeds", 1, key, &value));
            write(&mut producer, records);
        }
        let overview = overview(&log, &topology).expect("the log answers");
        let behind = overview.stages.iter().filter(|stage| stage.lag > 0);
        let behind: Vec<_> = behind.map(|s| (s.stage.as_str(), s.partition)).collect();
        assert_eq!(behind, [("poll", 1)]);
        assert_eq!(overview.stages[1].lag, expected);
        let feeds = &overview.topics[0];
        assert_eq!(feeds.partitions[1], (0, keys.len() as u64));
        assert_eq!(feeds.records(), keys.len() as u64);
    }

    #[test]
    fn a_short_way_is_counted_and_a_long_one_bounded() {
        check(&["a", "b", "c"], 1, 3);
        check(&["a", "b", "b", "b"], 1, 2);
        let rewritten = |times| [&["a"], vec!["b"; times].as_slice()].concat();
        check(&rewritten(999), 1, 2);
        check(&rewritten(1_000), 1, 1_001);
    }

    #[test]
    fn where_much_would_be_read_the_rest_is_bounded() {
        let keys = ["a", "b", "c", "d", "d", "d", "d"];
        check(&keys, 1 << 20, 4);
        // Two of them are more than is read; five offsets are left.
        check(&keys, 5 << 20, 2 + 5);
    }
}
