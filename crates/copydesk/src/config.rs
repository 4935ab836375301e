//! What can be configured, checked once: defaults < file < environment < flags.
//!
//! [`load`] takes its whole world as [`Sources`], so that a test configures a process without
//! touching its own environment.

mod agencies;
mod effective;
mod error;
mod layer;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use pipeline::log::kafka::KafkaConfig;
use pipeline::log::local::Fsync;
use pipeline::telemetry::{LogFormat, TracingConfig};
use pipeline::topics::{TopicConfig, Topology};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

pub use agencies::AgencyTable;
pub use effective::{Place, Setting};
pub use error::ConfigError;
pub(crate) use layer::filter_allowed;
pub use layer::{Loaded, Sources, load};

/// The effective configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where everything lies: the log, the state, the admin port's address.
    pub data_dir: PathBuf,
    /// The local log.
    pub log: LogConfig,
    /// Apache Kafka in its place.
    pub kafka: KafkaConfig,
    /// The admin port.
    pub admin: AdminConfig,
    /// Log lines.
    pub logging: LoggingConfig,
    /// Traces.
    pub tracing: TracingConfig,
    /// The fetcher.
    pub fetcher: fetcher::Config,
    /// The enricher.
    pub enricher: enricher::Config,
    /// The table that `enricher.agencies_table` names, as it was read with the configuration.
    #[serde(skip)]
    pub agency_table: AgencyTable,
    /// Every topic by its name in generation 1.
    pub topics: BTreeMap<String, TopicConfig>,
}

/// The local log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// When a commit counts as safe.
    pub fsync: Fsync,
    /// The size at which a segment file ends and the next begins, in MiB: 1 to 1024.
    pub segment_mib: u64,
    /// The log takes no more records while less than this is free on its disk, in MiB: 0 to
    /// 1048576.
    pub min_free_mib: u64,
}

/// The admin port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdminConfig {
    /// Where it listens. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// A file whose first line is the token that writes from elsewhere need. Empty: there are none.
    pub token_file: PathBuf,
}

/// Log lines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoggingConfig {
    /// How they look.
    pub format: LogFormat,
    /// Which ones there are, in the form of `RUST_LOG`.
    pub filter: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("var/copydesk"),
            log: LogConfig::default(),
            kafka: KafkaConfig::default(),
            admin: AdminConfig::default(),
            logging: LoggingConfig::default(),
            tracing: TracingConfig::default(),
            fetcher: fetcher::Config::default(),
            enricher: enricher::Config::default(),
            agency_table: AgencyTable::default(),
            topics: default_topics(),
        }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            fsync: Fsync::Always,
            segment_mib: 64,
            min_free_mib: 64,
        }
    }
}

impl Default for AdminConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9600)),
            token_file: PathBuf::new(),
        }
    }
}

impl Default for LoggingConfig {
    fn default() -> Self {
        Self {
            format: LogFormat::Auto,
            filter: "info".to_owned(),
        }
    }
}

/// The topology's own values, spelled out so that whoever asks sees them.
fn default_topics() -> BTreeMap<String, TopicConfig> {
    let topology = Topology::new(1, |_| None);
    let topics = topology.topics().iter().map(|topic| {
        let config = TopicConfig {
            partitions: Some(topic.partitions),
            retention_hours: topic.retention.map(|kept| kept.as_secs() / 3600),
            retention_mib: topic.retention_bytes.map(|bytes| bytes >> 20),
        };
        (topic.name.clone(), config)
    });
    topics.collect()
}

impl Config {
    /// The topics of generation 1.
    pub fn topology(&self) -> Topology {
        Topology::new(1, |name| self.topics.get(name))
    }

    /// The enricher's stage, with the table of agencies that is set.
    pub fn enrich(&self) -> enricher::Enrich {
        enricher::Enrich::new(self.enricher.clone(), self.agency_table.agencies())
    }

    /// A short hash of what changes the pipeline's output, for the records' headers: where the data
    /// lies or how logs look is no part of it.
    pub fn fingerprint(&self) -> String {
        let partitions: BTreeMap<&str, Option<u32>> = self
            .topics
            .iter()
            .map(|(name, topic)| (name.as_str(), topic.partitions))
            .collect();
        let fetcher = &self.fetcher;
        let table = self.agency_table.hash();
        // What stands in the table counts, not where it lies.
        let enricher = enricher::Config {
            agencies_table: table
                .map(|hash| format!("{hash:016x}").into())
                .unwrap_or_default(),
            ..self.enricher.clone()
        };
        let shaping = serde_json::json!({
            "partitions": partitions,
            "fetcher": [fetcher.max_feed_mib, fetcher.max_page_mib, u64::from(fetcher.remember_days)],
            "enricher": enricher,
        });
        format!("{:08x}", xxh3_64(shaping.to_string().as_bytes()) >> 32)
    }
}

#[cfg(test)]
mod tests;
