//! Whether the topics that are there can be worked with.

use super::wording::{count_of, way_out};
use super::{Setting, Step, plan};
use crate::log::{Failure, Log};
use crate::topics::{Deviation, Topic};

/// Why a process cannot work with the topics that are there.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TopicTrouble {
    /// Topics are missing, or have another cleanup or count of partitions.
    #[error("{}", complaint(.0))]
    Unfit(Vec<Step>),
    /// The log could not be asked.
    #[error(transparent)]
    Log(#[from] Failure),
}

/// Checks that every wanted topic is there with its partitions, its cleanup and what else nothing can run
/// without. Another retention is worth a warning and no more: how long records are kept is for the
/// cluster's owner to decide.
///
/// # Errors
/// [`TopicTrouble::Unfit`] names everything that is wrong at once, and what mends it.
pub fn check<L: Log>(log: &L, wanted: &[Topic]) -> Result<(), TopicTrouble> {
    let mut unfit = Vec::new();
    for step in plan(log, wanted)?.steps {
        match step {
            Step::Change {
                topic,
                setting: setting @ (Setting::Retention { .. } | Setting::RetentionBytes { .. }),
            } if !holds_state(&topic) => warn(&topic, &setting),
            Step::Change {
                topic,
                setting: setting @ Setting::Other(Deviation { breaks: false, .. }),
            } => warn(&topic, &setting),
            step => unfit.push(step),
        }
    }
    if unfit.is_empty() {
        return Ok(());
    }
    Err(TopicTrouble::Unfit(unfit))
}

fn warn(topic: &str, setting: &Setting) {
    tracing::warn!(
        topic,
        "not as configured ({setting}): `copydesk topics plan` tells more, `copydesk topics apply` changes it"
    );
}

/// What a changelog drops by age or size is lost to the state in silence.
fn holds_state(topic: &str) -> bool {
    topic.ends_with(".changelog")
}

/// Everything that is wrong as one sentence: first what `apply` mends, then what it cannot.
fn complaint(unfit: &[Step]) -> String {
    let missing = unfit.iter().filter_map(|step| match step {
        Step::Create(topic) => Some(topic.name.clone()),
        _ => None,
    });
    let other_cleanup = unfit.iter().filter_map(|step| match step {
        Step::Change {
            topic,
            setting: Setting::Cleanup { from, to },
        } => Some(format!("{topic} ({from}, not {to})")),
        _ => None,
    });
    let forgetful = unfit.iter().filter_map(|step| match step {
        Step::Change {
            topic,
            setting: Setting::Retention { .. } | Setting::RetentionBytes { .. },
        } => Some(topic.clone()),
        _ => None,
    });
    let unusable = unfit.iter().filter_map(|step| match step {
        Step::Change {
            topic,
            setting: setting @ Setting::Other(_),
        } => Some(format!("{topic} ({setting})")),
        _ => None,
    });
    let mut mended = Vec::new();
    add(&mut mended, "missing", missing);
    add(&mut mended, "with another cleanup", other_cleanup);
    add(&mut mended, "that drop state by age or size", forgetful);
    add(
        &mut mended,
        "with settings that cannot be worked with",
        unusable,
    );
    let mut parts = Vec::new();
    if !mended.is_empty() {
        parts.push(format!(
            "topics {}: `copydesk topics apply` mends it",
            mended.join("; topics ")
        ));
    }
    parts.extend(unfit.iter().filter_map(|step| match step {
        Step::Refused {
            topic,
            there,
            wanted,
        } => Some(format!(
            "topic {topic} has {}, not {wanted}; {}",
            count_of(*there as usize, "partition"),
            way_out(topic, *there)
        )),
        _ => None,
    }));
    parts.join("; ")
}

fn add(parts: &mut Vec<String>, what: &str, topics: impl Iterator<Item = String>) {
    let topics: Vec<String> = topics.collect();
    if !topics.is_empty() {
        parts.push(format!("{what}: {}", topics.join(", ")));
    }
}
