//! What every task of the process is doing, for `/status`, `/readyz` and whoever asks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::log::Offset;

/// The tasks of the process. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Board(Arc<Mutex<Posted>>);

#[derive(Debug, Default)]
struct Posted {
    tasks: BTreeMap<(&'static str, u32), TaskStatus>,
    /// Stages that do not know their partitions yet.
    joining: BTreeSet<&'static str>,
    /// Whether any stage has been started.
    begun: bool,
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
        posted.begun = true;
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
                }),
        );
    }

    /// Takes down what the board says of a task: it is another instance's.
    pub(crate) fn remove(&self, stage: &'static str, partition: u32) {
        self.lock().tasks.remove(&(stage, partition));
    }

    /// Every task, by stage and partition.
    pub fn tasks(&self) -> Vec<TaskStatus> {
        self.lock().tasks.values().cloned().collect()
    }

    /// Whether every stage knows its partitions, and every task has its state and is at work or
    /// stands by. An instance without a partition is ready too: there is nothing for it to do.
    pub fn is_ready(&self) -> bool {
        let posted = self.lock();
        let at_work = |task: &TaskStatus| matches!(task.doing, Doing::Running | Doing::StandingBy);
        posted.begun && posted.joining.is_empty() && posted.tasks.values().all(at_work)
    }

    fn lock(&self) -> MutexGuard<'_, Posted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
