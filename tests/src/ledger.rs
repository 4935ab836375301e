//! The books: what stands in the topics, read beside the running service or after it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use article::{ArticleId, Discovered, Enriched, Fetched, Lineage, Message, Story};
use newsroom::TrueArticle;
use pipeline::Waker;
use pipeline::dead::{Buried, Grave};
use pipeline::log::local::{Fsync, LocalConfig, LocalLog};
use pipeline::log::{Limits, Log, Reader, Stored};

/// One record.
#[derive(Clone, Debug)]
pub struct Entry<M> {
    /// Its partition.
    pub partition: u32,
    /// The record as it lies there.
    pub stored: Stored,
    /// Its value.
    pub value: M,
}

/// Everything that the topics hold.
#[derive(Debug)]
pub struct Ledger {
    log: LocalLog,
}

impl Ledger {
    /// Opens the books of a log's folder, whether somebody runs on it or not.
    pub fn of(log: &Path) -> Self {
        let config = LocalConfig {
            dir: log.to_owned(),
            fsync: Fsync::Always,
            segment_bytes: 64 << 20,
            min_free_bytes: 0,
        };
        Self {
            log: LocalLog::beside(config).expect("the log opens beside"),
        }
    }

    /// The log.
    pub fn log(&self) -> &LocalLog {
        &self.log
    }

    /// Every record of a topic, partition by partition.
    pub fn stored(&self, topic: &str) -> Vec<(u32, Stored)> {
        let partitions = self.log.partitions(topic).expect("the log answers");
        let mut all = Vec::new();
        for partition in 0..partitions.unwrap_or(0) {
            let mut reader = self
                .log
                .reader(topic, partition, 0, Waker::default())
                .expect("the partition can be read");
            loop {
                let records = reader.read(Limits::default()).expect("records read");
                if records.is_empty() {
                    break;
                }
                all.extend(records.into_iter().map(|record| (partition, record)));
            }
        }
        all
    }

    /// How many records a topic holds.
    pub fn count(&self, topic: &str) -> u64 {
        let partitions = self.log.partitions(topic).expect("the log answers");
        (0..partitions.unwrap_or(0))
            .map(|partition| {
                let bounds = self.log.bounds(topic, partition).expect("the log answers");
                bounds.end - bounds.start
            })
            .sum()
    }

    /// Every record of a message's topic. A record that does not decode is a failed test.
    #[track_caller]
    pub fn read<M: Message>(&self) -> Vec<Entry<M>> {
        self.stored(M::TOPIC)
            .into_iter()
            .map(|(partition, stored)| Entry {
                partition,
                value: pipeline::staged::decode(&stored)
                    .unwrap_or_else(|reject| panic!("{}: {reject}", M::TOPIC)),
                stored,
            })
            .collect()
    }

    /// Every dead letter.
    pub fn dead(&self) -> Vec<Buried> {
        let graves = self.stored("articles.dead").into_iter();
        graves
            .filter_map(
                |(partition, record)| match Grave::read(partition, record)? {
                    Grave::Letter(letter) => Some(*letter),
                    Grave::Retried(..) => None,
                },
            )
            .collect()
    }

    /// Waits until `articles.enriched` holds at least `count` records.
    #[track_caller]
    pub fn await_enriched(
        &self,
        count: u64,
        patience: Duration,
        describe: impl FnOnce() -> String,
    ) {
        crate::await_that(
            patience,
            || self.count(Enriched::TOPIC) >= count,
            || {
                let topics = [
                    "feeds.polled",
                    Discovered::TOPIC,
                    Fetched::TOPIC,
                    "articles.cleaned",
                    Enriched::TOPIC,
                    "articles.dead",
                ];
                let counts = topics.map(|topic| format!("{topic} {}", self.count(topic)));
                format!(
                    "{count} enriched articles; {}\n{}",
                    counts.join(", "),
                    describe()
                )
            },
        );
    }

    /// The conservation oracle: of `articles`, each is discovered, fetched, cleaned and enriched
    /// exactly once, has its lineage, is a member of its story, and nothing else is there.
    #[track_caller]
    pub fn assert_conserved(&self, articles: &[TrueArticle]) {
        let expected: BTreeSet<ArticleId> =
            articles.iter().map(|article| article.id.clone()).collect();
        assert_eq!(
            expected.len(),
            articles.len(),
            "the truth names each article once"
        );
        let enriched = self.read::<Enriched>();
        for (topic, ids) in [
            (
                Discovered::TOPIC,
                ids(&self.read::<Discovered>(), |d| &d.id),
            ),
            (Fetched::TOPIC, ids(&self.read::<Fetched>(), |f| &f.id)),
            (
                "articles.cleaned",
                ids(&self.read::<article::Cleaned>(), |c| &c.id),
            ),
            (Enriched::TOPIC, ids(&enriched, |e| &e.article.id)),
        ] {
            let doubled: Vec<_> = ids.iter().filter(|(_, count)| **count > 1).collect();
            assert!(doubled.is_empty(), "{topic}: doubled {doubled:?}");
            let found: BTreeSet<ArticleId> = ids.into_keys().collect();
            let lost: Vec<_> = articles
                .iter()
                .filter(|a| !found.contains(&a.id))
                .map(|a| &a.url)
                .collect();
            assert!(lost.is_empty(), "{topic}: lost {lost:?}");
            assert_eq!(
                found, expected,
                "{topic}: nothing but the published articles"
            );
        }
        self.assert_ties_agree(&enriched);
        let dead = self.dead();
        assert!(dead.is_empty(), "no dead letters, but {:?}", dead.first());
    }

    /// Lineage and stories tell the same of each article.
    #[track_caller]
    fn assert_ties_agree(&self, enriched: &[Entry<Enriched>]) {
        let lineage: BTreeMap<ArticleId, Lineage> = self
            .read::<Lineage>()
            .into_iter()
            .map(|entry| (entry.value.id.clone(), entry.value))
            .collect();
        let stories: BTreeMap<_, Story> = self
            .read::<Story>()
            .into_iter()
            .map(|entry| (entry.value.id.clone(), entry.value))
            .collect();
        for entry in enriched {
            let id = &entry.value.article.id;
            let lineage = lineage
                .get(id)
                .unwrap_or_else(|| panic!("{id} has no lineage"));
            let story = stories
                .get(&lineage.story)
                .unwrap_or_else(|| panic!("{id}: its story {} is nowhere", lineage.story));
            let listed = story.members.iter().any(|member| member.article == *id);
            let cut = story.size as usize > story.members.len();
            assert!(listed || cut, "{id} is no member of its story {}", story.id);
        }
    }
}

fn ids<M>(entries: &[Entry<M>], id: impl Fn(&M) -> &ArticleId) -> BTreeMap<ArticleId, u32> {
    let mut counts = BTreeMap::new();
    for entry in entries {
        *counts.entry(id(&entry.value).clone()).or_insert(0) += 1;
    }
    counts
}
