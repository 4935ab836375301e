//! Opening the log that the configuration means: the one in the data folder, alone or beside the
//! process that runs it, or Apache Kafka.

use anyhow::{Context as _, bail};
use article::{Feed, Message as _};
use pipeline::log::Log;
use pipeline::log::kafka::KafkaLog;
use pipeline::log::local::{LocalConfig, LocalLog, OpenError};
use pipeline::plan;
use pipeline::topics::{Topic, Topology};

use crate::Config;
use crate::live;
use crate::patience::{once_it_answers, patiently};

/// An open log of either kind.
#[derive(Clone, Debug)]
pub enum Opened {
    /// The one in the data folder.
    Local(LocalLog),
    /// Apache Kafka.
    Kafka(KafkaLog),
}

/// What is done on a log, whichever it is.
pub trait Job {
    /// What comes of it.
    type Output;

    /// Does it.
    ///
    /// # Errors
    /// What the user is told.
    fn on<L: Log>(self, log: L) -> anyhow::Result<Self::Output>;
}

impl Opened {
    /// Does `job` on this log: the one place where the two kinds part.
    ///
    /// # Errors
    /// What the job says.
    pub fn run<J: Job>(self, job: J) -> anyhow::Result<J::Output> {
        match self {
            Self::Local(log) => job.on(log),
            Self::Kafka(log) => job.on(log),
        }
    }
}

/// What the local log has to know.
pub fn local_config(config: &Config) -> LocalConfig {
    LocalConfig {
        dir: config.data_dir.join("log"),
        fsync: config.log.fsync,
        segment_bytes: bytes_of(config.log.segment_mib),
        min_free_bytes: bytes_of(config.log.min_free_mib),
    }
}

/// Saturates: a [`Config`] that nobody validated must not wrap to a small number.
fn bytes_of(mib: u64) -> u64 {
    mib.saturating_mul(1 << 20)
}

/// A topic that is there has another number of partitions than the configuration gives it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("topic {topic} has {there} partitions, not {wanted}")]
pub struct OtherPartitions {
    /// The topic's name.
    pub topic: String,
    /// What the configuration says.
    pub wanted: u32,
    /// What the log has.
    pub there: u32,
}

/// Makes the topics that are not there yet, changelogs too.
///
/// # Errors
/// [`OtherPartitions`] before anything is made, or a log that cannot be written.
pub fn create_topics<L: Log>(log: &L, topology: &Topology) -> anyhow::Result<()> {
    // Changelogs last: the topic that they follow is the one that a user has a key for.
    let topics = topology.all();
    for topic in &topics {
        let there = patiently(|| log.partitions(&topic.name))?;
        if let Some(there) = there.filter(|there| *there != topic.partitions) {
            return Err(anyhow::Error::new(OtherPartitions {
                topic: topic.name.clone(),
                wanted: topic.partitions,
                there,
            }));
        }
    }
    Ok(patiently(|| log.create(&topics))?)
}

/// The log for a process that runs services, with its topics: the local log makes those that are
/// missing, Kafka must have them, because how a cluster's topics are is not for a service to decide.
/// `instance` names the process in Kafka's consumer groups.
///
/// # Errors
/// A folder that another process runs (the error names it), a broker that cannot be used, topics that
/// do not fit.
pub fn runner(config: &Config, instance: Option<&str>) -> anyhow::Result<Opened> {
    if config.kafka.is_set() {
        let log = KafkaLog::connect(&config.kafka, instance)?;
        once_it_answers(|| {
            plan::check(&log, &live::topology(&log, config)?.all()).map_err(anyhow::Error::from)
        })?;
        return Ok(Opened::Kafka(log));
    }
    let log = LocalLog::open(local_config(config))?;
    create_topics(&log, &live::topology(&log, config)?)?;
    Ok(Opened::Local(log))
}

/// The log beside whoever runs it, or alone where nobody does: the same to read and to write. Kafka
/// must have the topics that are `needed`.
///
/// # Errors
/// Where there is no log yet, or it cannot be opened, or lacks what is needed.
pub fn beside(config: &Config, needed: &[&Topic]) -> anyhow::Result<Opened> {
    if config.kafka.is_set() {
        return kafka(config, needed);
    }
    match LocalLog::beside(local_config(config)) {
        Err(OpenError::Missing { .. }) => bail!(
            "there is no log in {} yet; `copydesk run` or `copydesk feeds add` makes one, --data-dir names another folder",
            config.data_dir.display()
        ),
        opened => Ok(Opened::Local(opened.with_context(|| unopened(config))?)),
    }
}

/// The log to write feeds to, beside whoever runs it. The local one is made where there is none.
///
/// # Errors
/// Where it can be neither opened nor made, or Kafka lacks the topic of the feeds.
pub fn for_feeds(config: &Config) -> anyhow::Result<Opened> {
    let topology = config.topology();
    if config.kafka.is_set() {
        return kafka(config, &[feeds(&topology)]);
    }
    Ok(Opened::Local(beside_or_new(config)?))
}

/// The local log beside whoever runs it, made first where there is none.
///
/// # Errors
/// Where it can be neither opened nor made.
pub fn beside_or_new(config: &Config) -> anyhow::Result<LocalLog> {
    let opened = LocalLog::beside(local_config(config));
    let log = match opened {
        Err(OpenError::Missing { .. }) => LocalLog::open(local_config(config)),
        opened => opened,
    };
    let log = log.with_context(|| unopened(config))?;
    create_topics(&log, &live::topology(&log, config)?)?;
    Ok(log)
}

/// The topic that says which feeds are polled.
pub fn feeds(topology: &Topology) -> &Topic {
    topology
        .topic(Feed::TOPIC)
        .expect("every message's topic is part of the topology")
}

/// Kafka for a command: in no group, or as a passing guest.
fn kafka(config: &Config, needed: &[&Topic]) -> anyhow::Result<Opened> {
    let log = KafkaLog::connect(&config.kafka, None)?;
    let needed: Vec<Topic> = needed.iter().copied().cloned().collect();
    plan::check(&log, &needed)?;
    Ok(Opened::Kafka(log))
}

/// Where the log is, for people: `in var/copydesk`, or `on Kafka at broker.example:9092`.
pub fn place(config: &Config) -> String {
    if config.kafka.is_set() {
        format!("on Kafka at {}", config.kafka.bootstrap_servers)
    } else {
        format!("in {}", config.data_dir.display())
    }
}

/// The flags with which another command finds the same log and the processes beside it.
pub fn flags(config: &Config) -> String {
    let dir = config.data_dir.display();
    if config.kafka.is_set() {
        let servers = &config.kafka.bootstrap_servers;
        format!("--data-dir {dir} --bootstrap-servers {servers}")
    } else {
        format!("--data-dir {dir}")
    }
}

fn unopened(config: &Config) -> String {
    format!("the log in {} cannot be opened", config.data_dir.display())
}
