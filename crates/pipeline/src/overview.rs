//! How far everything has come, read from the log alone: the same whether the pipeline runs or not.

use std::ops::Range;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ahead::{self, Ahead};
use crate::log::{Failure, Log, Offset};
use crate::topics::{STAGES, Stage, Topology};

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
    /// When the first of them was written, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_at: Option<Timestamp>,
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
    for Stage {
        name: stage, input, ..
    } in STAGES
    {
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
                oldest_at: None,
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
                let (topic, partition) = (&stage.topic, stage.partition);
                let Ahead { records, oldest_at } = ahead::look(log, topic, partition, ahead)?;
                stage.lag = records;
                stage.oldest_at = oldest_at;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::conformance::{record, write};
    use crate::log::local::{LocalConfig, LocalLog};
    use crate::log::{Limits, Reader};
    use crate::waker::Waker;

    /// When the first record of partition 1 of `feeds` was written.
    fn first_written(log: &LocalLog) -> Timestamp {
        let mut reader = log
            .reader("feeds", 1, 0, Waker::default())
            .expect("a reader");
        let first = reader.read(Limits::default()).expect("read");
        first.first().expect("a record").written_at
    }

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
        let oldest = overview.stages[1].oldest_at.expect("somebody waits");
        let written = first_written(&log);
        assert_eq!(oldest, written);
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
