//! How far back the log reaches: there a replay can begin at the earliest, and what a stage has not read
//! by then it never will where retention does not wait for it.
//!
//! Ages of single partitions, not of topics: one of a partition only ever falls where records were
//! dropped, so whoever sees it fall knows how old these had become.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::log::{Failure, Limits, Log, Offset, Reader as _};
use crate::topics::{Cleanup, STAGES, Topic, Topology, base};
use crate::waker::Waker;

/// What `replay fetcher` reads, and no stage.
const POLLED: &str = "feeds.polled";

/// What is known of the topics that a stage or a replay reads.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Horizon {
    /// By topic and partition, the oldest record.
    oldest: BTreeMap<(String, u32), Oldest>,
    /// By topic, how long a record is kept at the most.
    promised: BTreeMap<String, Duration>,
}

/// A partition's oldest record.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Oldest {
    /// Where the partition begins.
    start: Offset,
    /// When the first record from there on was written.
    written_at: Timestamp,
}

impl Horizon {
    /// Looks how far back the log reaches now. What the log does not tell stays as it was `before`.
    pub(crate) fn look<L: Log>(log: &L, topology: &Topology, before: &Self) -> Self {
        let mut now = Self::default();
        for topic in topology.topics().iter().filter(|topic| is_read(topic)) {
            if let Some(promised) = topic.retention {
                now.promised.insert(topic.name.clone(), promised);
            }
            for partition in 0..topic.partitions {
                let place = (topic.name.clone(), partition);
                let known = before.oldest.get(&place).copied();
                let oldest = oldest(log, topic, partition, known).unwrap_or_else(|failure| {
                    let (topic, partition) = &place;
                    tracing::debug!(
                        topic,
                        partition,
                        "how far it reaches is not known: {failure}"
                    );
                    known
                });
                if let Some(oldest) = oldest {
                    now.oldest.insert(place, oldest);
                }
            }
        }
        now
    }

    /// Topic, partition and age in seconds of each oldest record. Moments of writing may be another
    /// machine's, so no age is less than 0.
    pub(crate) fn ages(&self, now: Timestamp) -> impl Iterator<Item = (&str, u32, f64)> {
        self.oldest.iter().map(move |((topic, partition), oldest)| {
            let age = now.duration_since(oldest.written_at).as_secs_f64();
            (topic.as_str(), *partition, age.max(0.0))
        })
    }

    /// Each topic with how long it keeps a record at the most, by the configuration.
    pub(crate) fn promised(&self) -> impl Iterator<Item = (&str, Duration)> {
        let promised = self.promised.iter();
        promised.map(|(topic, promised)| (topic.as_str(), *promised))
    }
}

/// Whether a stage or a replay reads it, and retention drops its oldest records.
fn is_read(topic: &Topic) -> bool {
    let base = base(&topic.name);
    let mut inputs = STAGES.iter().map(|stage| stage.input).chain([POLLED]);
    topic.cleanup == Cleanup::Delete && inputs.any(|input| base == Some(input))
}

/// A partition's oldest record; `None` where it has none. Only read where the partition begins elsewhere
/// than before: on Kafka a reader takes a sixth of a second.
fn oldest<L: Log>(
    log: &L,
    topic: &Topic,
    partition: u32,
    known: Option<Oldest>,
) -> Result<Option<Oldest>, Failure> {
    let there = log.bounds(&topic.name, partition)?;
    if there.is_empty() {
        return Ok(None);
    }
    if let Some(known) = known.filter(|known| known.start == there.start) {
        return Ok(Some(known));
    }
    let mut reader = log.reader(&topic.name, partition, there.start, Waker::default())?;
    let one = Limits {
        records: 1,
        bytes: 1,
    };
    // Nothing, where all that lies there was given up or is not committed yet.
    let first = reader.read(one)?.into_iter().next();
    Ok(first.map(|record| Oldest {
        start: there.start,
        written_at: record.written_at,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::conformance::{record, write};
    use crate::log::local::{LocalConfig, LocalLog};
    use crate::topics::TopicConfig;

    fn places(horizon: &Horizon) -> Vec<(&str, u32)> {
        let ages = horizon.ages(Timestamp::now());
        ages.map(|(topic, partition, _)| (topic, partition))
            .collect()
    }

    #[test]
    fn the_oldest_record_of_what_is_read_again_is_known_and_no_other() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
        let hours = TopicConfig {
            retention_hours: Some(5),
            ..TopicConfig::default()
        };
        let topology = Topology::new(1, |name| (name == "feeds.polled").then_some(&hours));
        log.create(topology.topics()).expect("created");
        let empty = Horizon::look(&log, &topology, &Horizon::default());
        assert_eq!(places(&empty), []);
        let promised: BTreeMap<_, _> = empty.promised().collect();
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        let expected = [
            ("articles.cleaned", hours(14 * 24)),
            ("articles.discovered", hours(7 * 24)),
            ("articles.fetched", hours(30 * 24)),
            ("feeds.polled", hours(5)),
        ];
        assert_eq!(promised, BTreeMap::from(expected));

        let mut producer = log.producer("p").expect("a producer");
        let topics = [("feeds", 0), ("feeds.polled", 2), ("articles.enriched", 0)];
        let written = topics.map(|(topic, partition)| record(topic, partition, "a", "1"));
        write(&mut producer, written);
        let first = Horizon::look(&log, &topology, &empty);
        assert_eq!(places(&first), [("feeds.polled", 2)]);
        let at = |horizon: &Horizon| horizon.oldest.values().next().copied();
        let soon = Timestamp::now() + Duration::from_secs(60);
        let age = first.ages(soon).next().expect("a record").2;
        assert!((59.0..120.0).contains(&age), "{age}");

        std::thread::sleep(Duration::from_millis(5));
        write(&mut producer, [record("feeds.polled", 2, "b", "2")]);
        let second = Horizon::look(&log, &topology, &first);
        assert_eq!(at(&second), at(&first), "a newer record changes nothing");
    }

    #[test]
    fn where_the_partition_begins_elsewhere_its_oldest_record_is_another() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = LocalLog::open(LocalConfig::new(folder.path())).expect("opens");
        let topology = Topology::new(1, |_| None);
        log.create(topology.topics()).expect("created");
        let mut producer = log.producer("p").expect("a producer");
        write(&mut producer, [record("articles.cleaned", 0, "a", "1")]);
        let place = ("articles.cleaned".to_owned(), 0);
        let long_ago = Oldest {
            start: 0,
            written_at: Timestamp::UNIX_EPOCH,
        };
        let before = |start| Horizon {
            oldest: BTreeMap::from([(place.clone(), Oldest { start, ..long_ago })]),
            promised: BTreeMap::new(),
        };
        let kept = Horizon::look(&log, &topology, &before(0));
        assert_eq!(kept.oldest[&place], long_ago, "it is not read again");
        let moved = Horizon::look(&log, &topology, &before(7));
        assert!(moved.oldest[&place].written_at > Timestamp::UNIX_EPOCH);
        // One that was another generation's is not told any more.
        let other = Topology::new(2, |_| None);
        log.create(other.topics()).expect("created");
        assert_eq!(places(&Horizon::look(&log, &other, &kept)), []);
    }
}
