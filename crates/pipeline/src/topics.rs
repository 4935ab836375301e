//! The topology as data: which topics there are, how they are parted and how long they keep.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

mod flow;

pub use flow::{REPLAYED, STAGES, Stage, replayed_by};
use flow::{first_of, place, writer};

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

/// A setting that a topic is not made with as every topic of its kind is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The setting, as the log calls it.
    pub name: &'static str,
    /// Its value as it is.
    pub from: String,
    /// Its value as it shall be.
    pub to: String,
    /// Whether nothing may run before it is changed: records would be refused, or state be lost.
    pub breaks: bool,
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

/// Which generation is live, and what is known of each: of the whole pipeline, so it has none itself.
pub const GENERATIONS: &str = "generations";

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
///
/// A generation has stages of its own from one service on; the stages before that are those of the
/// generation that it reads. So each stage has a generation, and what it writes is named by that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topology {
    /// What belongs to no generation is named as in this one: 1, but for tests that share a broker.
    ground: u32,
    /// The generation of each of [`STAGES`].
    stages: [u32; STAGES.len()],
    topics: Vec<Topic>,
}

impl Topology {
    /// The topics with all stages in `generation`, with what the user said of them, by name.
    pub fn new<'a>(generation: u32, configured: impl Fn(&str) -> Option<&'a TopicConfig>) -> Self {
        Self::build(generation, [generation; STAGES.len()], configured)
    }

    /// The topology of `generation`, which reads this one and has stages of its own from `service` on;
    /// `None` where there is no such service.
    #[must_use]
    pub fn branch<'a>(
        &self,
        service: &str,
        generation: u32,
        configured: impl Fn(&str) -> Option<&'a TopicConfig>,
    ) -> Option<Self> {
        let mut stages = self.stages;
        stages[first_of(service)?..].fill(generation);
        Some(Self::build(self.ground, stages, configured))
    }

    fn build<'a>(
        ground: u32,
        stages: [u32; STAGES.len()],
        configured: impl Fn(&str) -> Option<&'a TopicConfig>,
    ) -> Self {
        let mut topics = Vec::new();
        for preset in &TOPICS {
            let generations = match (preset.name, writer(preset.name)) {
                (DEAD, _) => distinct(stages),
                (_, Some(stage)) => vec![stages[stage]],
                (_, None) => vec![ground],
            };
            let config = configured(preset.name);
            let named = |generation| preset.topic(suffixed(preset.name, generation), config);
            topics.extend(generations.into_iter().map(named));
        }
        Self {
            ground,
            stages,
            topics,
        }
    }

    /// The generation of a stage.
    pub fn generation_of(&self, stage: &str) -> u32 {
        self.stages[place(stage)]
    }

    /// The generation: that of the last stage, for none is older than the one that it reads.
    pub fn generation(&self) -> u32 {
        self.stages[STAGES.len() - 1]
    }

    /// The topic that a message's [`article::Message::TOPIC`] means in this generation.
    pub fn topic(&self, base: &str) -> Option<&Topic> {
        let generation = writer(base).map_or(self.ground, |stage| self.stages[stage]);
        if base == DEAD {
            return Some(self.dead(STAGES[STAGES.len() - 1].name));
        }
        let name = suffixed(base, generation);
        self.topics.iter().find(|topic| topic.name == name)
    }

    /// Where the records go that a stage cannot handle.
    pub fn dead(&self, stage: &str) -> &Topic {
        let name = suffixed(DEAD, self.generation_of(stage));
        let mut topics = self.topics.iter();
        topics
            .find(|topic| topic.name == name)
            .expect("every stage's dead letters are part of the topology")
    }

    /// Every topic of dead letters, the oldest generation's first.
    pub fn all_dead(&self) -> impl Iterator<Item = &Topic> {
        self.topics
            .iter()
            .filter(|topic| base(&topic.name) == Some(DEAD))
    }

    /// Every topic that `stage` writes, its changelog apart.
    pub(crate) fn written_by(&self, stage: &str) -> impl Iterator<Item = &Topic> {
        let known = STAGES.iter().chain(&REPLAYED);
        let named = known.filter(move |known| known.name == stage).take(1);
        let written = named.flat_map(|stage| stage.outputs.iter().chain(stage.brings));
        let written = written.filter_map(|base| self.topic(base));
        written.chain(std::iter::once(self.dead(stage)))
    }

    /// Every topic, changelogs apart.
    pub fn topics(&self) -> &[Topic] {
        &self.topics
    }

    /// The changelogs of all stages that remember something.
    pub fn changelogs(&self) -> Vec<Topic> {
        let stateful = STAGES.iter().filter(|stage| stage.remembers);
        stateful
            .filter_map(|stage| self.changelog_of(stage))
            .collect()
    }

    fn changelog_of(&self, stage: &Stage) -> Option<Topic> {
        let partitions = self.topic(stage.input)?.partitions;
        Some(self.changelog(stage.name, partitions))
    }

    /// The topic that says which generation is live.
    pub fn generations(&self) -> Topic {
        Topic {
            name: suffixed(GENERATIONS, self.ground),
            partitions: 1,
            cleanup: Cleanup::Compact,
            retention: None,
            retention_bytes: None,
        }
    }

    /// Every topic that the pipeline needs, changelogs and what belongs to no generation last.
    pub fn all(&self) -> Vec<Topic> {
        let mut all = self.topics.clone();
        all.extend(self.changelogs());
        all.push(self.generations());
        all
    }

    /// What is a generation's own: its topics and changelogs, those of its replay too, and the groups
    /// that read.
    pub fn belongings(&self, generation: u32) -> (Vec<Topic>, Vec<String>) {
        let is_own = |name: &str| generation_of(name) == generation;
        let mut topics = self.all();
        let derived = || {
            let is_live = |stage: &&Stage| STAGES.iter().any(|live| live.name == stage.name);
            REPLAYED.iter().filter(move |stage| !is_live(stage))
        };
        let kept = derived().filter(|stage| stage.remembers);
        topics.extend(kept.filter_map(|stage| self.changelog_of(stage)));
        topics.retain(|topic| is_own(topic.name.trim_end_matches(".changelog")));
        let groups = STAGES.iter().chain(derived());
        let groups = groups.map(|stage| self.group(stage.name));
        (topics, groups.filter(|group| is_own(group)).collect())
    }

    /// The consumer group of a stage.
    pub fn group(&self, stage: &str) -> String {
        suffixed(&format!("copydesk.{stage}"), self.generation_of(stage))
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

impl Preset {
    fn topic(&self, name: String, config: Option<&TopicConfig>) -> Topic {
        let hours = config
            .and_then(|config| config.retention_hours)
            .map(|hours| hours.saturating_mul(3600));
        let bytes = config
            .and_then(|config| config.retention_mib)
            .map(|mib| mib.saturating_mul(1 << 20));
        let partitions = config.and_then(|config| config.partitions);
        Topic {
            name,
            partitions: partitions.unwrap_or(self.partitions),
            cleanup: self.cleanup,
            retention: hours
                .or_else(|| self.days.map(|days| days * DAY))
                .map(Duration::from_secs),
            retention_bytes: bytes.or_else(|| self.gib.map(|gib| gib * GIB)),
        }
    }
}

/// The generations of some stages, each once, oldest first.
fn distinct(stages: [u32; STAGES.len()]) -> Vec<u32> {
    let mut generations = stages.to_vec();
    generations.sort_unstable();
    generations.dedup();
    generations
}

/// None for generation 1, `.g2` and so on after.
fn suffixed(name: &str, generation: u32) -> String {
    if generation <= 1 {
        name.to_owned()
    } else {
        format!("{name}.g{generation}")
    }
}

/// The generation that the name of a topic or group tells by its suffix.
pub fn generation_of(name: &str) -> u32 {
    let suffix = name.rsplit_once(".g").map(|(_, number)| number.parse());
    suffix.and_then(Result::ok).unwrap_or(1)
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
mod tests;
