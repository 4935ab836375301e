//! The books: what stands in the topics, read beside the running service or after it.

mod aborted;
mod books;
mod forms;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use article::{ArticleId, Discovered, Enriched, Fetched, Lineage, Message, Story};
use newsroom::TrueArticle;
use pipeline::dead::{Buried, Grave};
use pipeline::invariants;
use pipeline::log::kafka::{KafkaConfig, KafkaLog};
use pipeline::log::local::{Fsync, LocalConfig, LocalLog, OpenError};
use pipeline::log::{Offset, Stored};
use pipeline::topics::Topology;

use books::Books;

/// How long a process that makes a log may take to write the first table.
const MAKING: Duration = Duration::from_secs(10);

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
    books: Books,
}

impl Ledger {
    /// Opens the books of a local log's folder, whether somebody runs on it or not.
    pub fn of(log: &Path) -> Self {
        let config = LocalConfig {
            dir: log.to_owned(),
            fsync: Fsync::Always,
            segment_bytes: 64 << 20,
            min_free_bytes: 0,
        };
        // Where its maker is about to write the first table it is not there yet.
        let started = Instant::now();
        let log = loop {
            match LocalLog::beside(config.clone()) {
                Err(OpenError::Missing { .. }) if started.elapsed() < MAKING => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                opened => break opened.expect("the log opens beside"),
            }
        };
        Self {
            books: Books::Local(log),
        }
    }

    /// Opens the books of a broker, on a way of the judge's own.
    pub fn of_broker(bootstrap_servers: &str) -> Self {
        let config = KafkaConfig {
            bootstrap_servers: bootstrap_servers.to_owned(),
            ..KafkaConfig::default()
        };
        let log = KafkaLog::connect(&config, None).expect("the broker answers");
        Self {
            books: Books::Kafka {
                log,
                servers: bootstrap_servers.to_owned(),
                counts: Mutex::new(HashMap::new()),
            },
        }
    }

    /// The local log.
    ///
    /// # Panics
    /// Where the books are a broker's.
    pub fn log(&self) -> &LocalLog {
        match &self.books {
            Books::Local(log) => log,
            Books::Kafka { .. } => panic!("the books are on Kafka"),
        }
    }

    /// The log on Kafka.
    ///
    /// # Panics
    /// Where the books are local.
    pub fn kafka(&self) -> &KafkaLog {
        match &self.books {
            Books::Kafka { log, .. } => log,
            Books::Local(_) => panic!("the books are not on Kafka"),
        }
    }

    /// The offset that a group reads next.
    pub fn committed(&self, group: &str, topic: &str, partition: u32) -> Option<Offset> {
        self.books.committed(group, topic, partition)
    }

    /// How many records of aborted transactions the broker keeps, where nobody sees them, but for those
    /// that were aborted on purpose. Asked while nothing is compacted yet.
    ///
    /// # Panics
    /// Where the books are local: the local log keeps none.
    pub fn aborted(&self) -> u64 {
        let Books::Kafka { servers, .. } = &self.books else {
            panic!("the books are not on Kafka");
        };
        let mut hidden = 0;
        for topic in Topology::new(1, |_| None).all() {
            let partitions = 0..topic.partitions;
            let topic = &topic.name;
            let all = partitions.map(|partition| aborted::count_all(servers, topic, partition));
            hidden += all.sum::<u64>() - self.count(topic);
        }
        hidden
    }

    /// Every record of a topic, partition by partition.
    pub fn stored(&self, topic: &str) -> Vec<(u32, Stored)> {
        let partitions = 0..self.books.partitions(topic);
        let all = partitions.flat_map(|partition| {
            let records = self.books.records(topic, partition).into_iter();
            records.map(move |record| (partition, record))
        });
        all.collect()
    }

    /// How many records a topic holds.
    pub fn count(&self, topic: &str) -> u64 {
        let partitions = 0..self.books.partitions(topic);
        partitions
            .map(|partition| self.books.count(topic, partition))
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
        let enriched = self.read::<Enriched>();
        for (topic, found) in [
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
            let expected = articles.iter().map(|article| article.id.clone());
            if let Err(broken) = invariants::conserved(expected, found) {
                panic!("{topic}: {broken}");
            }
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

fn ids<M>(entries: &[Entry<M>], id: impl Fn(&M) -> &ArticleId) -> Vec<ArticleId> {
    let ids = entries.iter().map(|entry| id(&entry.value).clone());
    ids.collect()
}
