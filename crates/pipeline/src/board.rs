//! What every task of the process is doing, for `/status`, `/readyz` and whoever asks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::horizon::Horizon;
use crate::lag::{Lag, Question, Way};
use crate::log::Offset;
use crate::pulse::Pulse;

/// A task that gave no sign of life for so long is stuck: twice as long as a group lets a member go without
/// a poll (`max.poll.interval.ms`), and several times what any call of a log may take that is not answered.
pub const STUCK: Duration = Duration::from_secs(600);

/// The tasks of the process. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Board(Arc<Mutex<Posted>>);

#[derive(Debug, Default)]
struct Posted {
    tasks: BTreeMap<(&'static str, u32), TaskStatus>,
    ways: BTreeMap<(&'static str, u32), Way>,
    gauges: BTreeMap<(&'static str, u32, Gauge), f64>,
    /// Stages that were started.
    stages: BTreeSet<&'static str>,
    /// Stages that do not know their partitions yet.
    joining: BTreeSet<&'static str>,
    horizon: Horizon,
    pulses: BTreeMap<(&'static str, u32), Pulse>,
    /// How many producers its tasks have had.
    producers: u64,
}

/// What a task says of a part of the process's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Gauge {
    /// The metric, from the list of all.
    pub(crate) metric: &'static str,
    /// The value of its last label; the stage comes before it where the metric has that label too.
    pub(crate) label: &'static str,
}

/// One task: a stage at work on one partition.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct TaskStatus {
    /// The stage.
    pub stage: String,
    /// The partition of its input.
    pub partition: u32,
    /// What it is doing.
    pub doing: Doing,
    /// The input offset that it handles next.
    pub next: Offset,
    /// Input records handled since the process started.
    pub handled: u64,
    /// When it committed last.
    pub last_commit: Option<Timestamp>,
    /// How often it was opened again after a failure.
    pub reopened: u64,
    /// Entries of its state, all tables together.
    pub state_entries: usize,
    /// For how many seconds it has given no sign of life, where that is longer than anything that it does
    /// may take: it is stuck.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stuck_seconds: Option<u64>,
    /// How far behind it is, where it has an input of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lag: Option<Lag>,
}

/// What a task is doing.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Fencing its predecessor and restoring its state.
    Opening,
    /// At work, or idle for want of records.
    Running,
    /// Held up by the world, which the text describes; goes on by itself.
    Waiting(String),
    /// Another instance's; its changelog is followed here, so that taking over is quick.
    StandingBy,
    /// Ended.
    Stopped,
}

impl Board {
    /// Notes that a stage is about to learn its partitions.
    pub(crate) fn joins(&self, stage: &'static str) {
        let mut posted = self.lock();
        posted.joining.insert(stage);
        posted.stages.insert(stage);
    }

    /// Notes that a stage knows its partitions.
    pub(crate) fn joined(&self, stage: &'static str) {
        self.lock().joining.remove(stage);
    }

    /// Changes what the board says of a task.
    pub(crate) fn update(
        &self,
        stage: &'static str,
        partition: u32,
        change: impl FnOnce(&mut TaskStatus),
    ) {
        let mut posted = self.lock();
        change(
            posted
                .tasks
                .entry((stage, partition))
                .or_insert_with(|| TaskStatus {
                    stage: stage.to_owned(),
                    partition,
                    doing: Doing::Opening,
                    next: 0,
                    handled: 0,
                    last_commit: None,
                    reopened: 0,
                    state_entries: 0,
                    stuck_seconds: None,
                    lag: None,
                }),
        );
        posted.pulses.entry((stage, partition)).or_default().beat();
    }

    /// Notes that a task has a new producer: how many there have been in this process.
    pub(crate) fn count_producer(&self) -> u64 {
        let mut posted = self.lock();
        posted.producers += 1;
        posted.producers
    }

    /// Where a task gives signs of life between what it says of itself.
    pub(crate) fn pulse(&self, stage: &'static str, partition: u32) -> Pulse {
        let mut posted = self.lock();
        posted.pulses.entry((stage, partition)).or_default().clone()
    }

    /// The tasks that have given no sign of life for longer than `patience`, by stage and partition, and for
    /// how long. One that stands by is none of them: nobody waits for it.
    pub fn stuck(&self, patience: Duration) -> Vec<(&'static str, u32, Duration)> {
        let posted = self.lock();
        let at_work = posted.tasks.iter().filter(|(_, task)| match task.doing {
            Doing::Opening | Doing::Running | Doing::Waiting(_) => true,
            Doing::StandingBy | Doing::Stopped => false,
        });
        let silent = at_work.filter_map(|((stage, partition), _)| {
            let silence = posted.pulses.get(&(*stage, *partition))?.silence();
            (silence > patience).then_some((*stage, *partition, silence))
        });
        silent.collect()
    }

    /// Takes down what the board says of a task: it is another instance's.
    pub(crate) fn remove(&self, stage: &'static str, partition: u32) {
        let mut posted = self.lock();
        let task = (stage, partition);
        posted.tasks.remove(&task);
        posted.ways.remove(&task);
        posted.pulses.remove(&task);
        posted
            .gauges
            .retain(|(stage, partition, _), _| (*stage, *partition) != task);
    }

    /// Every task, by stage and partition.
    pub fn tasks(&self) -> Vec<TaskStatus> {
        let stuck = self.stuck(STUCK);
        let silence = |key: &(&str, u32)| {
            let mut stuck = stuck.iter();
            let found = stuck.find(|(stage, partition, _)| (*stage, *partition) == *key);
            found.map(|(_, _, silence)| silence.as_secs())
        };
        let posted = self.lock();
        let tasks = posted.tasks.iter().map(|(key, task)| TaskStatus {
            stuck_seconds: silence(key),
            lag: posted.ways.get(key).map(Way::lag),
            ..task.clone()
        });
        tasks.collect()
    }

    /// Notes that a task opens, which reads `topic` in `group`.
    pub(crate) fn opens(&self, stage: &'static str, partition: u32, topic: &str, group: &str) {
        let mut posted = self.lock();
        let way = posted.ways.entry((stage, partition));
        way.or_insert_with(|| Way::new(topic, group)).opens();
    }

    /// Changes what is known of a task's way through its partition, where it has one.
    pub(crate) fn way(&self, stage: &'static str, partition: u32, change: impl FnOnce(&mut Way)) {
        if let Some(way) = self.lock().ways.get_mut(&(stage, partition)) {
            change(way);
        }
    }

    /// What the lookout shall ask, of each task.
    pub(crate) fn questions(&self) -> Vec<(&'static str, u32, Question)> {
        let posted = self.lock();
        let ways = posted.ways.iter();
        ways.map(|((stage, partition), way)| (*stage, *partition, way.question()))
            .collect()
    }

    /// Each task with its input topic and how far behind it is.
    pub(crate) fn lags(&self) -> Vec<(&'static str, u32, String, Lag)> {
        let posted = self.lock();
        let ways = posted.ways.iter();
        ways.map(|((stage, partition), way)| {
            (*stage, *partition, way.topic().to_owned(), way.lag())
        })
        .collect()
    }

    /// Sets what a task says of its part of something.
    pub(crate) fn set(&self, stage: &'static str, partition: u32, gauge: Gauge, value: f64) {
        self.lock().gauges.insert((stage, partition, gauge), value);
    }

    /// What the tasks say, each with its stage.
    pub(crate) fn gauges(&self) -> Vec<(&'static str, Gauge, f64)> {
        let posted = self.lock();
        let gauges = posted.gauges.iter();
        gauges
            .map(|((stage, _, gauge), value)| (*stage, *gauge, *value))
            .collect()
    }

    /// Notes how far back the log reaches.
    pub(crate) fn reaches_back(&self, horizon: Horizon) {
        self.lock().horizon = horizon;
    }

    /// How far back the log reaches, as was seen last.
    pub(crate) fn horizon(&self) -> Horizon {
        self.lock().horizon.clone()
    }

    /// How many partitions each stage works on: 0 for one that stands by.
    pub(crate) fn assigned(&self) -> BTreeMap<&'static str, usize> {
        let posted = self.lock();
        let mut assigned: BTreeMap<_, _> = posted.stages.iter().map(|stage| (*stage, 0)).collect();
        for ((stage, _), task) in &posted.tasks {
            if !matches!(task.doing, Doing::StandingBy | Doing::Stopped) {
                *assigned.entry(*stage).or_default() += 1;
            }
        }
        assigned
    }

    /// Whether every stage knows its partitions, and every task has its state and is at work or
    /// stands by. An instance without a partition is ready too: there is nothing for it to do.
    pub fn is_ready(&self) -> bool {
        let posted = self.lock();
        let at_work = |task: &TaskStatus| matches!(task.doing, Doing::Running | Doing::StandingBy);
        !posted.stages.is_empty() && posted.joining.is_empty() && posted.tasks.values().all(at_work)
    }

    fn lock(&self) -> MutexGuard<'_, Posted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
