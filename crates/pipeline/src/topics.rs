//! The topology as data: which topics there are, how they are parted and how long they keep.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

const DAY: u64 = 24 * 60 * 60;
const GIB: u64 = 1 << 30;

/// A topic as it shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name, generation and all.
    pub name: String,
    /// How many partitions.
    pub partitions: u32,
    /// What happens to old records.
    pub cleanup: Cleanup,
    /// How long a record is kept at the most. `None`: for ever.
    pub retention: Option<Duration>,
    /// How many bytes all partitions together may take. `None`: any.
    pub retention_bytes: Option<u64>,
}

/// What happens to old records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cleanup {
    /// They go when they are older or more than the retention allows.
    Delete,
    /// The last of each key stays, for as long as the retention allows.
    Compact,
}

impl fmt::Display for Cleanup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Delete => "delete",
            Self::Compact => "compact",
        })
    }
}

/// What a user may say of a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TopicConfig {
    /// How many partitions; fixed once the topic exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partitions: Option<u32>,
    /// How many hours a record is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_hours: Option<u64>,
    /// How many MiB all partitions together may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_mib: Option<u64>,
}

/// A topic's name and defaults.
struct Preset {
    name: &'static str,
    partitions: u32,
    cleanup: Cleanup,
    days: Option<u64>,
    gib: Option<u64>,
}

const fn topic(
    name: &'static str,
    partitions: u32,
    cleanup: Cleanup,
    days: Option<u64>,
    gib: Option<u64>,
) -> Preset {
    Preset {
        name,
        partitions,
        cleanup,
        days,
        gib,
    }
}

/// Where rejected records go.
pub const DEAD: &str = "articles.dead";

/// Every topic of the pipeline, changelogs apart. The enricher's topics have one partition, so that a
/// story may span outlets and languages.
const TOPICS: [Preset; 9] = [
    topic("feeds", 4, Cleanup::Compact, None, None),
    topic("feeds.polled", 4, Cleanup::Delete, Some(7), Some(4)),
    topic("articles.discovered", 4, Cleanup::Delete, Some(7), Some(2)),
    topic("articles.fetched", 4, Cleanup::Delete, Some(30), Some(20)),
    topic("articles.cleaned", 1, Cleanup::Delete, Some(14), Some(4)),
    topic("articles.enriched", 1, Cleanup::Delete, Some(14), Some(4)),
    topic("articles.lineage", 1, Cleanup::Compact, Some(14), None),
    topic("stories", 1, Cleanup::Compact, Some(14), None),
    topic(DEAD, 1, Cleanup::Delete, Some(30), Some(2)),
];

/// Every stage and what it reads, in the order of the flow.
pub const STAGES: [(&str, &str); 4] = [
    ("poll", "feeds"),
    ("page", "articles.discovered"),
    ("clean", "articles.fetched"),
    ("enrich", "articles.cleaned"),
];

/// The stages that remember something, and so have a changelog.
const STATEFUL: [&str; 3] = ["poll", "page", "enrich"];

/// The names of all topics, in the order of the flow.
pub fn names() -> impl Iterator<Item = &'static str> {
    TOPICS.iter().map(|topic| topic.name)
}

/// Checks what a user says of the topic `name`.
///
/// # Errors
/// The key that is wrong, and what is allowed there.
pub fn validate(name: &str, config: &TopicConfig) -> Result<(), (&'static str, &'static str)> {
    if config
        .partitions
        .is_some_and(|count| !(1..=1024).contains(&count))
    {
        return Err(("partitions", "1 to 1024"));
    }
    if config.retention_hours == Some(0) {
        return Err(("retention_hours", "1 or more"));
    }
    if config.retention_mib == Some(0) {
        return Err(("retention_mib", "1 or more"));
    }
    let mut all = TOPICS.iter();
    let is_compacted = all.any(|topic| topic.name == name && topic.cleanup == Cleanup::Compact);
    if is_compacted && config.retention_mib.is_some() {
        // Its size follows from its keys; dropping bytes would drop keys that hold.
        return Err((
            "retention_mib",
            "left out for a compacted topic; retention_hours bounds it",
        ));
    }
    Ok(())
}

/// The pipeline's topics in one generation.
#[derive(Clone, Debug)]
pub struct Topology {
    generation: u32,
    topics: Vec<Topic>,
}

impl Topology {
    /// The topics of `generation` with what the user said of them, by name.
    pub fn new<'a>(generation: u32, configured: impl Fn(&str) -> Option<&'a TopicConfig>) -> Self {
        let topics = TOPICS
            .iter()
            .map(|default| {
                let config = configured(default.name);
                let hours = config
                    .and_then(|c| c.retention_hours)
                    .map(|h| h.saturating_mul(3600));
                let bytes = config
                    .and_then(|c| c.retention_mib)
                    .map(|mib| mib.saturating_mul(1 << 20));
                Topic {
                    name: suffixed(default.name, generation),
                    partitions: config
                        .and_then(|c| c.partitions)
                        .unwrap_or(default.partitions),
                    cleanup: default.cleanup,
                    retention: hours
                        .or_else(|| default.days.map(|days| days * DAY))
                        .map(Duration::from_secs),
                    retention_bytes: bytes.or_else(|| default.gib.map(|gib| gib * GIB)),
                }
            })
            .collect();
        Self { generation, topics }
    }

    /// The topic that a message's [`article::Message::TOPIC`] means in this generation.
    pub fn topic(&self, base: &str) -> Option<&Topic> {
        let name = suffixed(base, self.generation);
        self.topics.iter().find(|topic| topic.name == name)
    }

    /// Every topic, changelogs apart.
    pub fn topics(&self) -> &[Topic] {
        &self.topics
    }

    /// The changelogs of all stages that remember something.
    pub fn changelogs(&self) -> Vec<Topic> {
        let stateful = STAGES.iter().filter(|(stage, _)| STATEFUL.contains(stage));
        let changelogs = stateful.filter_map(|(stage, input)| {
            let partitions = self.topic(input)?.partitions;
            Some(self.changelog(stage, partitions))
        });
        changelogs.collect()
    }

    /// Every topic that the pipeline needs, changelogs last.
    pub fn all(&self) -> Vec<Topic> {
        let mut all = self.topics.clone();
        all.extend(self.changelogs());
        all
    }

    /// The consumer group of a stage.
    pub fn group(&self, stage: &str) -> String {
        suffixed(&format!("copydesk.{stage}"), self.generation)
    }

    /// The changelog of a stage's state: one partition for each of its input.
    pub fn changelog(&self, stage: &str, partitions: u32) -> Topic {
        Topic {
            name: format!("{}.changelog", self.group(stage)),
            partitions,
            cleanup: Cleanup::Compact,
            retention: None,
            retention_bytes: None,
        }
    }
}

/// None for generation 1, `.g2` and so on after.
fn suffixed(name: &str, generation: u32) -> String {
    if generation <= 1 {
        name.to_owned()
    } else {
        format!("{name}.g{generation}")
    }
}

/// The name in generation 1 of a topic of any generation; `None` for a changelog and for whatever is
/// not the pipeline's.
pub fn base(name: &str) -> Option<&'static str> {
    names().find(|base| {
        let Some(suffix) = name.strip_prefix(base) else {
            return false;
        };
        let generation = suffix.strip_prefix(".g").map(str::parse::<u32>);
        suffix.is_empty() || matches!(generation, Some(Ok(2..)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_have_names_of_their_own() {
        let first = Topology::new(1, |_| None);
        let second = Topology::new(2, |_| None);
        assert_eq!(
            first.topic("stories").map(|t| t.name.as_str()),
            Some("stories")
        );
        assert_eq!(
            second.topic("stories").map(|t| t.name.as_str()),
            Some("stories.g2")
        );
        assert_eq!(second.group("clean"), "copydesk.clean.g2");
        assert_eq!(
            second.changelog("poll", 4).name,
            "copydesk.poll.g2.changelog"
        );
        assert!(first.topic("articles.lost").is_none());
    }

    #[test]
    fn a_topic_of_any_generation_has_a_name_to_configure_it_by() {
        #[track_caller]
        fn check(name: &str, expected: Option<&str>) {
            assert_eq!(base(name), expected, "{name}");
        }
        for generation in [1, 2, 17] {
            for topic in Topology::new(generation, |_| None).topics() {
                let base = base(&topic.name).expect("a topic of ours");
                assert_eq!(suffixed(base, generation), topic.name);
            }
        }
        check("feeds", Some("feeds"));
        check("feeds.polled", Some("feeds.polled"));
        check("feeds.polled.g3", Some("feeds.polled"));
        check("feeds.g1", None);
        check("feeds.gone", None);
        check("feeds2", None);
        check("copydesk.poll.changelog", None);
    }

    #[test]
    fn what_a_topic_cannot_be_is_refused() {
        #[track_caller]
        fn check(name: &str, config: &TopicConfig, key: Option<&str>) {
            let refused = validate(name, config).err().map(|(key, _)| key);
            assert_eq!(refused, key, "{name} {config:?}");
        }
        let mib = TopicConfig {
            retention_mib: Some(4),
            ..TopicConfig::default()
        };
        check("articles.fetched", &mib, None);
        check("stories", &mib, Some("retention_mib"));
        let none = TopicConfig {
            partitions: Some(0),
            ..TopicConfig::default()
        };
        check("stories", &none, Some("partitions"));
        let never = TopicConfig {
            retention_hours: Some(0),
            ..TopicConfig::default()
        };
        check("feeds", &never, Some("retention_hours"));
    }

    #[test]
    fn a_user_changes_what_they_name_and_no_more() {
        let config = TopicConfig {
            retention_hours: Some(1),
            ..TopicConfig::default()
        };
        let topology = Topology::new(1, |name| (name == "articles.fetched").then_some(&config));
        let fetched = topology.topic("articles.fetched").expect("a topic of ours");
        assert_eq!(fetched.retention, Some(Duration::from_secs(3600)));
        assert_eq!(fetched.partitions, 4);
        assert_eq!(topology.topic("stories").map(|t| t.partitions), Some(1));
    }
}
