//! A plan as lines that a person reads.

use std::fmt;
use std::time::Duration;

use super::{Loss, Plan, Setting, Step};
use crate::topics::{self, Deviation, Topic};

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "{step}")?;
        }
        match self.fitting {
            0 => Ok(()),
            fitting => writeln!(f, "= as it should be ({})", count_of(fitting, "topic")),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(topic) => write!(f, "+ create {}: {}", topic.name, described(topic)),
            Self::Change { topic, setting } => {
                write!(f, "~ change {topic}: {setting}")?;
                self.loss().map_or(Ok(()), |loss| write!(f, " ({loss})"))
            }
            Self::Refused {
                topic,
                there,
                wanted,
            } => {
                let has = count_of(*there as usize, "partition");
                write!(
                    f,
                    "! refused {topic}: it has {has}, not {wanted}; {}",
                    way_out(topic, *there)
                )
            }
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Other(Deviation {
                name,
                ref from,
                ref to,
                ..
            }) => write!(f, "{name} {from} -> {to}"),
            Self::Cleanup { from, to } => write!(f, "cleanup {from} -> {to}"),
            Self::Retention { from, to } => write!(f, "kept {} -> {}", age(from), age(to)),
            Self::RetentionBytes { from, to } => write!(f, "size {} -> {}", size(from), size(to)),
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Horizon => "a replay reaches less far back: only with --yes",
            Self::EarlierRecords => "of each key only the last record stays: only with --yes",
        })
    }
}

/// What to do about a topic with another count of partitions than is wanted.
pub(super) fn way_out(topic: &str, there: u32) -> String {
    let Some(base) = topics::base(topic) else {
        return "it must have a partition for each of those that its stage reads: keep their count, or \
                begin a new generation"
            .to_owned();
    };
    // As TOML has it: a dot in a name is no dot between names.
    let key = if base.contains('.') {
        format!("topics.{base:?}.partitions")
    } else {
        format!("topics.{base}.partitions")
    };
    format!(
        "another count would move its keys to other partitions: set {key} to {there}, or begin a new \
         generation"
    )
}

fn described(topic: &Topic) -> String {
    let bound = match topic.retention_bytes {
        None => String::new(),
        bytes => format!(", at most {}", size(bytes)),
    };
    format!(
        "{}, {}, kept {}{bound}",
        count_of(topic.partitions as usize, "partition"),
        topic.cleanup,
        age(topic.retention)
    )
}

fn age(kept: Option<Duration>) -> String {
    let Some(kept) = kept else {
        return "for ever".to_owned();
    };
    let seconds = kept.as_secs();
    if kept.subsec_nanos() != 0 || seconds == 0 || seconds % HOUR != 0 {
        return format!("{kept:?}");
    }
    // Up to two days hours say more.
    if seconds % DAY == 0 && seconds > DAY {
        return format!("{} days", seconds / DAY);
    }
    count_of(
        usize::try_from(seconds / HOUR).unwrap_or(usize::MAX),
        "hour",
    )
}

fn size(bytes: Option<u64>) -> String {
    match bytes {
        None => "any".to_owned(),
        Some(bytes) if bytes >= GIB && bytes % GIB == 0 => format!("{} GiB", bytes / GIB),
        Some(bytes) if bytes >= MIB && bytes % MIB == 0 => format!("{} MiB", bytes / MIB),
        Some(bytes) => format!("{bytes} bytes"),
    }
}

/// As `1 topic` or `2 topics`.
pub(super) fn count_of(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
