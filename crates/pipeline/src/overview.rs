//! How far everything has come, read from the log alone: the same whether the pipeline runs or not.

use serde::{Deserialize, Serialize};

use crate::log::{Failure, Log, Offset};
use crate::topics::{STAGES, Topology};

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
}

impl TopicOverview {
    /// Offsets between the oldest and the newest record, holes of compaction counted.
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
    /// How many offsets lie from there to the end.
    pub lag: u64,
}

/// Reads the overview.
pub fn overview<L: Log>(log: &L, topology: &Topology) -> Result<Overview, Failure> {
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
        });
    }
    let mut stages = Vec::new();
    for (stage, input) in STAGES {
        let name = topology.topic(input).map(|topic| topic.name.clone());
        let Some(read) = topics
            .iter()
            .find(|topic| Some(&topic.topic) == name.as_ref())
        else {
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
                lag: end.saturating_sub(next),
            });
        }
    }
    Ok(Overview { topics, stages })
}
