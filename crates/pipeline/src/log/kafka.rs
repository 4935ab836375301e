//! The log on Apache Kafka, over librdkafka.
//!
//! Each transactional id has a producer of its own, each group one consumer, whose partitions are read
//! through queues of their own; readers outside groups and the few questions about topics have clients
//! of theirs. What the [contract](super) says and Kafka does otherwise: retention does not wait for
//! groups, and a reader's end is told by a fetch that brought nothing.

mod assignments;
mod claim;
mod client;
mod config;
mod ends;
mod failure;
mod hold;
mod membership;
mod orphans;
mod producer;
mod reader;
mod record;
mod remove;
mod renewed;
mod topics;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rdkafka::admin::AdminClient;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{Offset as KafkaOffset, TopicPartitionList};

pub use claim::KafkaClaim;
use client::{ANSWER, Watch, make};
pub use config::{KafkaConfig, KafkaConfigError, Mechanism, Security};
use failure::failure;
pub use membership::KafkaMembership;
pub use producer::KafkaProducer;
pub use reader::KafkaReader;
use renewed::Renewed;

use super::{Failure, Log, Offset};
use crate::topics::{Deviation, Topic};
use crate::waker::Waker;

/// The log on Apache Kafka. Cheap to clone.
#[derive(Clone)]
pub struct KafkaLog(Arc<Shared>);

struct Shared {
    config: KafkaConfig,
    instance: Option<String>,
    cluster: String,
    /// Asks for topics and their ends, uncommitted records included.
    observer: Renewed<BaseConsumer<Watch>>,
    admin: Renewed<AdminClient<Watch>>,
    /// Ask for groups' offsets: one client for each group.
    groups: Mutex<HashMap<String, Arc<Renewed<BaseConsumer<Watch>>>>>,
}

impl std::fmt::Debug for KafkaLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KafkaLog")
            .field("servers", &self.0.config.bootstrap_servers)
            .field("cluster", &self.0.cluster)
            .field("instance", &self.0.instance)
            .finish_non_exhaustive()
    }
}

/// Why the broker cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// A setting that cannot be used: a file with a secret that is not there, perhaps.
    #[error("kafka.{0}")]
    Config(#[from] KafkaConfigError),
    /// librdkafka takes the settings one by one, but not together.
    #[error("a client of Kafka cannot be made with the settings under [kafka]: {0}")]
    Settings(String),
    /// Nobody answers there, or not to us.
    #[error(
        "no Kafka broker answers at {servers}: {reason}; is one running there, and do kafka.security, kafka.ca_file and the SASL settings fit its listener?"
    )]
    Unreachable {
        /// Where it was looked for.
        servers: String,
        /// What librdkafka says.
        reason: String,
    },
}

impl KafkaLog {
    /// Asks the brokers who they are. `instance` names this process in its consumer groups, so that a
    /// restart under the same name keeps its partitions; without one it is a passing guest.
    ///
    /// # Errors
    /// See [`ConnectError`]. Waits ten seconds for an answer.
    pub fn connect(config: &KafkaConfig, instance: Option<&str>) -> Result<Self, ConnectError> {
        let unusable =
            |error: rdkafka::error::KafkaError| ConnectError::Settings(error.to_string());
        let admin = config.client()?.create_with_context(Watch::default());
        let admin: AdminClient<Watch> = admin.map_err(unusable)?;
        let observer = config.observer()?.create_with_context(Watch::default());
        let observer: BaseConsumer<Watch> = observer.map_err(unusable)?;
        let cluster = cluster_of(&observer).map_err(|reason| ConnectError::Unreachable {
            servers: config.bootstrap_servers.clone(),
            reason,
        })?;
        Ok(Self(Arc::new(Shared {
            config: config.clone(),
            instance: instance.map(str::to_owned),
            cluster,
            observer: Renewed::of(observer),
            admin: Renewed::of(admin),
            groups: Mutex::default(),
        })))
    }

    fn config(&self) -> &KafkaConfig {
        &self.0.config
    }

    fn instance(&self) -> Option<&str> {
        self.0.instance.as_deref()
    }

    fn observe<T>(
        &self,
        question: impl FnOnce(&BaseConsumer<Watch>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let make = || make(self.config().observer(), Watch::default());
        self.0.observer.ask(make, question)
    }

    fn administer<T>(
        &self,
        question: impl FnOnce(&AdminClient<Watch>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let make = || make(self.config().client(), Watch::default());
        self.0.admin.ask(make, question)
    }

    fn ask_for<T>(
        &self,
        group: &str,
        question: impl FnOnce(&BaseConsumer<Watch>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let client = lock(&self.0.groups)
            .entry(group.to_owned())
            .or_default()
            .clone();
        let make = || make(self.config().consumer(Some(group)), Watch::default());
        client.ask(make, question)
    }
}

/// How long a client that was just made is listened to before it is asked again.
const LISTEN: Duration = Duration::from_millis(20);

/// The cluster's id, or why it cannot be had.
fn cluster_of(observer: &BaseConsumer<Watch>) -> Result<String, String> {
    let deadline = Instant::now() + ANSWER;
    loop {
        let cluster = observer
            .client()
            .fetch_cluster_id(Duration::from_millis(500));
        if let Some(cluster) = cluster {
            return Ok(cluster);
        }
        // Tells the context what went wrong: a poll serves one error.
        while observer.poll(LISTEN).is_some() {}
        if Instant::now() > deadline {
            let trouble = observer.context().trouble();
            return Err(trouble.unwrap_or_else(|| format!("no answer in {ANSWER:?}")));
        }
    }
}

/// A panic elsewhere leaves these plain values whole, so a poisoned lock is taken all the same.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A partition's number as the protocol has it.
fn number(topic: &str, partition: u32) -> Result<i32, Failure> {
    i32::try_from(partition)
        .map_err(|_| Failure::Fatal(format!("topic {topic} has no partition {partition}")))
}

impl Log for KafkaLog {
    type Producer = KafkaProducer;
    type Membership = KafkaMembership;
    type Claim = KafkaClaim;
    type Reader = KafkaReader;

    fn create(&self, wanted: &[Topic]) -> Result<(), Failure> {
        let mut missing = Vec::new();
        let mut other = Vec::new();
        for topic in wanted {
            match self.topic(&topic.name)? {
                None => missing.push(topic),
                Some(there) if there.partitions != topic.partitions => {
                    return Err(Failure::Fatal(format!(
                        "topic {} has {} partitions, not {}: another count would move records to other \
                         places; keep it, or begin a new generation",
                        topic.name, there.partitions, topic.partitions
                    )));
                }
                Some(there) if there == *topic && self.deviations(topic)?.is_empty() => {}
                Some(_) => other.push(topic),
            }
        }
        if !missing.is_empty() {
            let replication_factor = self.config().replication_factor;
            self.observe(|observer| {
                self.administer(|admin| {
                    topics::create(admin, observer, &missing, replication_factor)
                })
            })?;
        }
        for topic in other {
            self.administer(|admin| topics::alter(admin, topic))?;
        }
        Ok(())
    }

    fn remove(&self, topics: &[String], groups: &[String]) -> Result<(), Failure> {
        for group in groups {
            self.observe(|observer| remove::check_empty(observer, group))?;
            // Its client remembers who coordinates a group that is about to go.
            lock(&self.0.groups).remove(group);
        }
        for group in groups {
            self.administer(|admin| remove::group(admin, group))?;
        }
        self.observe(|observer| self.administer(|admin| remove::topics(admin, observer, topics)))
    }

    fn partitions(&self, topic: &str) -> Result<Option<u32>, Failure> {
        self.observe(|observer| {
            // Serves what the client has to say, which would pile up.
            let _ = observer.poll(Duration::ZERO);
            topics::partitions(observer, topic)
        })
    }

    fn topic(&self, name: &str) -> Result<Option<Topic>, Failure> {
        match self.partitions(name)? {
            Some(partitions) => {
                self.administer(|admin| topics::describe(admin, name, partitions).map(Some))
            }
            None => Ok(None),
        }
    }

    fn deviations(&self, topic: &Topic) -> Result<Vec<Deviation>, Failure> {
        self.administer(|admin| topics::deviations(admin, topic))
    }

    fn bounds(&self, topic: &str, partition: u32) -> Result<Range<Offset>, Failure> {
        self.observe(|observer| {
            let find = |end: KafkaOffset| ends::find(observer, topic, partition, end);
            let start = find(KafkaOffset::Beginning)?.unwrap_or(0);
            Ok(start..find(KafkaOffset::End)?.unwrap_or(start))
        })
    }

    fn since(&self, topic: &str, partition: u32, moment: Timestamp) -> Result<Offset, Failure> {
        let at = KafkaOffset::Offset(moment.as_millisecond().max(0));
        let found = self.observe(|observer| ends::find(observer, topic, partition, at))?;
        match found {
            Some(offset) => Ok(offset),
            None => Ok(self.bounds(topic, partition)?.end),
        }
    }

    fn committed(
        &self,
        group: &str,
        topic: &str,
        partition: u32,
    ) -> Result<Option<Offset>, Failure> {
        let number = number(topic, partition)?;
        let doing =
            format!("the offset of group {group} on {topic}/{partition} cannot be asked for");
        let mut asked = TopicPartitionList::new();
        asked.add_partition(topic, number);
        // The client reads what is committed, so the broker is asked for stable offsets: it answers
        // when no transaction holds one back.
        let answer = self.ask_for(group, |client| {
            let answer = client.committed_offsets(asked, ANSWER);
            answer.map_err(|error| failure(&doing, &error))
        })?;
        let Some(element) = answer.find_partition(topic, number) else {
            return Ok(None);
        };
        if let Err(error) = element.error() {
            return Err(failure(&doing, &error));
        }
        match element.offset() {
            KafkaOffset::Offset(offset) => Ok(Offset::try_from(offset).ok()),
            _ => Ok(None),
        }
    }

    fn join(&self, group: &str, topic: &str) -> Result<KafkaMembership, Failure> {
        KafkaMembership::join(self, group, topic)
    }

    fn producer(&self, transactional_id: &str) -> Result<KafkaProducer, Failure> {
        KafkaProducer::init(self.config(), transactional_id)
    }

    fn reader(
        &self,
        topic: &str,
        partition: u32,
        from: Offset,
        waker: Waker,
    ) -> Result<KafkaReader, Failure> {
        KafkaReader::open(self, topic, partition, from, &waker)
    }

    fn identity(&self) -> String {
        format!("kafka:{}", self.0.cluster)
    }

    fn has_markers(&self) -> bool {
        true
    }
}
