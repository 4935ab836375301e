//! What it takes to bring a log's topics to what the configuration says, as data: read it, print it,
//! and only then apply it with [`Log::create`].
//!
//! Topics of the log that nobody asked for, of other generations or owners, are not looked at.

mod trouble;
mod wording;

use std::time::Duration;

use crate::log::{Failure, Log};
use crate::topics::{self, Cleanup, Deviation, STAGES, Topic};

pub use trouble::{TopicTrouble, check};

/// The polls as they came: no stage reads them, but what a feed once said can be had from nowhere else.
const POLLED: &str = "feeds.polled";

/// The steps from the topics that are there to those that are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    steps: Vec<Step>,
    /// How many topics need no step.
    fitting: usize,
}

/// One thing to do, or that cannot be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The topic is missing: it is made.
    Create(Topic),
    /// A setting of the topic differs: it is changed.
    Change {
        /// The topic's name.
        topic: String,
        /// What changes.
        setting: Setting,
    },
    /// The topic has another count of partitions. Nothing is done: the records of a key would be
    /// spread over two partitions, and a changelog would no longer match its stage.
    Refused {
        /// The topic's name.
        topic: String,
        /// How many partitions it has.
        there: u32,
        /// How many are wanted.
        wanted: u32,
    },
}

/// A setting of a topic that can change while the topic stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// What happens to old records.
    Cleanup {
        /// As it is.
        from: Cleanup,
        /// As it shall be.
        to: Cleanup,
    },
    /// How long a record is kept at the most; `None` for ever.
    Retention {
        /// As it is.
        from: Option<Duration>,
        /// As it shall be.
        to: Option<Duration>,
    },
    /// How many bytes all partitions together may take; `None` any.
    RetentionBytes {
        /// As it is.
        from: Option<u64>,
        /// As it shall be.
        to: Option<u64>,
    },
    /// Another one, which nobody configures.
    Other(Deviation),
}

/// What a step takes away for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// A replay reaches less far back.
    Horizon,
    /// Of each key only the last record stays.
    EarlierRecords,
}

/// Reads what is there and plans.
///
/// # Errors
/// A log that cannot be asked.
pub fn plan<L: Log>(log: &L, wanted: &[Topic]) -> Result<Plan, Failure> {
    let mut there = Vec::new();
    let mut deviations = Vec::new();
    for topic in wanted {
        if let Some(found) = log.topic(&topic.name)? {
            there.push(found);
            deviations.push((topic.name.as_str(), log.deviations(topic)?));
        }
    }
    let mut plan = Plan::new(&there, wanted);
    for (topic, deviations) in deviations {
        plan.add(topic, deviations);
    }
    Ok(plan)
}

impl Plan {
    /// The steps from `there` to `wanted`, in the order of `wanted`.
    pub fn new(there: &[Topic], wanted: &[Topic]) -> Self {
        let mut steps = Vec::new();
        let mut fitting = 0;
        for topic in wanted {
            let found = there.iter().find(|there| there.name == topic.name);
            let needed = steps_to(topic, found);
            fitting += usize::from(needed.is_empty());
            steps.extend(needed);
        }
        Self { steps, fitting }
    }

    /// Adds what else differs of a topic that is there, behind its other steps.
    fn add(&mut self, topic: &str, deviations: Vec<Deviation>) {
        let mut others = self.steps.iter();
        let last = others.rposition(|step| step.topic() == topic);
        if last.is_none() && !deviations.is_empty() {
            self.fitting -= 1;
        }
        let at = last.map_or(self.steps.len(), |last| last + 1);
        let steps = deviations.into_iter().map(|deviation| Step::Change {
            topic: topic.to_owned(),
            setting: Setting::Other(deviation),
        });
        self.steps.splice(at..at, steps);
    }

    /// The steps, in the order of the wanted topics. None: all is as it should be.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether a step cannot be done, so that none is.
    pub fn is_refused(&self) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|step| matches!(step, Step::Refused { .. }))
    }

    /// Whether a step takes something away, and so is done only for somebody who says so.
    pub fn is_lossy(&self) -> bool {
        self.steps.iter().any(|step| step.loss().is_some())
    }
}

impl Step {
    /// The topic's name.
    pub fn topic(&self) -> &str {
        match self {
            Self::Create(topic) => &topic.name,
            Self::Change { topic, .. } | Self::Refused { topic, .. } => topic,
        }
    }

    /// What the step takes away for good. The records of topics that nothing is replayed from, such as
    /// dead letters and enriched articles, may go sooner without further ado.
    pub fn loss(&self) -> Option<Loss> {
        let Self::Change { topic, setting } = self else {
            return None;
        };
        match *setting {
            Setting::Other(_) => None,
            Setting::Cleanup { to, .. } => (to == Cleanup::Compact).then_some(Loss::EarlierRecords),
            Setting::Retention { from, to } => {
                (is_replayed(topic) && is_less(to, from)).then_some(Loss::Horizon)
            }
            Setting::RetentionBytes { from, to } => {
                (is_replayed(topic) && is_less(to, from)).then_some(Loss::Horizon)
            }
        }
    }
}

/// Whether a replay reads the topic, or begins with it.
fn is_replayed(topic: &str) -> bool {
    topics::base(topic)
        .is_some_and(|base| base == POLLED || STAGES.iter().any(|stage| stage.input == base))
}

/// `None` is without bound.
fn is_less<T: PartialOrd>(to: Option<T>, from: Option<T>) -> bool {
    match (to, from) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(to), Some(from)) => to < from,
    }
}

fn steps_to(wanted: &Topic, there: Option<&Topic>) -> Vec<Step> {
    let Some(there) = there else {
        return vec![Step::Create(wanted.clone())];
    };
    if there.partitions != wanted.partitions {
        return vec![Step::Refused {
            topic: wanted.name.clone(),
            there: there.partitions,
            wanted: wanted.partitions,
        }];
    }
    let mut settings = Vec::new();
    if there.cleanup != wanted.cleanup {
        settings.push(Setting::Cleanup {
            from: there.cleanup,
            to: wanted.cleanup,
        });
    }
    if there.retention != wanted.retention {
        settings.push(Setting::Retention {
            from: there.retention,
            to: wanted.retention,
        });
    }
    if !is_same_size(there.retention_bytes, wanted) {
        settings.push(Setting::RetentionBytes {
            from: there.retention_bytes,
            to: wanted.retention_bytes,
        });
    }
    let topic = &wanted.name;
    let step = |setting| Step::Change {
        topic: topic.clone(),
        setting,
    };
    settings.into_iter().map(step).collect()
}

/// A log may keep the bound for each partition by itself, so that all together may take up to a byte
/// a partition more: seen as a difference, it would never go away.
fn is_same_size(there: Option<u64>, wanted: &Topic) -> bool {
    match (there, wanted.retention_bytes) {
        (Some(there), Some(wanted_bytes)) => there
            .checked_sub(wanted_bytes)
            .is_some_and(|more| more == 0 || more < u64::from(wanted.partitions)),
        (there, wanted_bytes) => there == wanted_bytes,
    }
}

#[cfg(test)]
mod tests;
