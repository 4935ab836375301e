//! What each kind of client is told.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;

use super::{KafkaConfig, KafkaConfigError, passthrough};
use crate::runtime::MAX_RECORD;

/// How long one request may stay without an answer.
pub(in crate::log::kafka) const REQUEST: Duration = Duration::from_secs(10);
/// How long a transaction may stay open until the broker aborts it, and a record undelivered.
pub(in crate::log::kafka) const TRANSACTION: Duration = Duration::from_secs(30);

/// What librdkafka is told of every client unless the user says otherwise.
const DEFAULTS: [(&str, &str); 6] = [
    ("client.id", "copydesk"),
    ("log.thread.name", "false"),
    ("reconnect.backoff.max.ms", "1000"),
    ("reconnect.backoff.ms", "50"),
    ("socket.keepalive.enable", "true"),
    ("socket.nagle.disable", "true"),
];

/// The same of every consumer.
const OF_CONSUMERS: [(&str, &str); 3] = [
    // Where enough is read ahead, look again soon: the default is a second.
    ("fetch.queue.backoff.ms", "20"),
    // Memory: so much is read ahead of a partition, and no more.
    ("queued.max.messages.kbytes", "8192"),
    ("queued.min.messages", "2000"),
];

/// The same of every producer.
const OF_PRODUCERS: [(&str, &str); 5] = [
    ("compression.type", "zstd"),
    ("linger.ms", "1"),
    ("queue.buffering.max.kbytes", "262144"),
    ("retry.backoff.max.ms", "1000"),
    // Right after a commit the coordinator still writes its markers and answers the next request with
    // CONCURRENT_TRANSACTIONS; at the default of 100 ms each transaction waits for that long.
    ("retry.backoff.ms", "2"),
];

impl KafkaConfig {
    /// What every client is told. Reads the files with secrets.
    pub(in crate::log::kafka) fn client(&self) -> Result<ClientConfig, KafkaConfigError> {
        self.layered(&[])
    }

    /// Our defaults, then what the user says, then what nobody else says.
    fn layered(&self, defaults: &[(&str, &str)]) -> Result<ClientConfig, KafkaConfigError> {
        let mut client = ClientConfig::new();
        for (key, value) in DEFAULTS.iter().chain(defaults) {
            client.set(*key, *value);
        }
        passthrough::add(&self.librdkafka, &mut client);
        client
            .set("bootstrap.servers", &self.bootstrap_servers)
            // A request that takes longer has an unknown outcome; see `Producer::is_suspect`.
            .set("socket.timeout.ms", REQUEST.as_millis().to_string())
            // How a producer learns of a lost connection. Where the broker closes one that has been idle
            // for long, it is not told all the same.
            .set("log.connection.close", "true")
            .set("security.protocol", self.protocol());
        let is_debugged = self.librdkafka.contains_key("debug");
        client.set_log_level(if is_debugged {
            RDKafkaLogLevel::Debug
        } else {
            RDKafkaLogLevel::Info
        });
        self.trust(&mut client)?;
        if self.has_sasl() {
            self.identify(&mut client)?;
        }
        Ok(client)
    }

    /// A consumer that asks for topics and their ends, uncommitted records included.
    pub(in crate::log::kafka) fn observer(&self) -> Result<ClientConfig, KafkaConfigError> {
        let mut observer = self.client()?;
        observer.set("isolation.level", "read_uncommitted");
        Ok(observer)
    }

    /// A consumer: `group` where it is a member or asks for offsets.
    pub(in crate::log::kafka) fn consumer(
        &self,
        group: Option<&str>,
    ) -> Result<ClientConfig, KafkaConfigError> {
        let mut consumer = self.layered(&OF_CONSUMERS)?;
        own_consumer(&mut consumer, group);
        Ok(consumer)
    }

    /// A member of `group`, by the name `instance` where it has one.
    pub(in crate::log::kafka) fn member(
        &self,
        group: &str,
        instance: Option<&str>,
    ) -> Result<ClientConfig, KafkaConfigError> {
        let session = self.session_timeout_seconds * 1000;
        let heartbeat = (session / 5).max(200).to_string();
        let mut defaults = OF_CONSUMERS.to_vec();
        defaults.push(("heartbeat.interval.ms", &heartbeat));
        let mut member = self.layered(&defaults)?;
        own_consumer(&mut member, Some(group));
        member
            .set("group.protocol", "classic")
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("session.timeout.ms", session.to_string())
            // How a task knows that it has nothing left to do.
            .set("enable.partition.eof", "true")
            // An offset out of range is an alarm, not a silent replay.
            .set("auto.offset.reset", "error");
        if let Some(instance) = instance {
            member.set("group.instance.id", instance);
        }
        Ok(member)
    }

    /// A transactional producer.
    pub(in crate::log::kafka) fn producer(
        &self,
        transactional_id: &str,
    ) -> Result<ClientConfig, KafkaConfigError> {
        let mut producer = self.layered(&OF_PRODUCERS)?;
        let transaction = TRANSACTION.as_millis().to_string();
        producer
            .set("transactional.id", transactional_id)
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("transaction.timeout.ms", transaction.clone())
            // librdkafka refuses one longer than the transaction's.
            .set("message.timeout.ms", transaction)
            .set("message.max.bytes", largest().to_string())
            .set("partitioner", "murmur2_random");
        Ok(producer)
    }
}

fn own_consumer(consumer: &mut ClientConfig, group: Option<&str>) {
    let largest = largest();
    consumer
        .set("isolation.level", "read_committed")
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("fetch.message.max.bytes", largest.to_string())
        .set("fetch.max.bytes", (4 * largest).to_string())
        .set("receive.message.max.bytes", (5 * largest).to_string());
    if let Some(group) = group {
        consumer.set("group.id", group);
    }
}

/// The largest record with key, headers and envelope, in bytes.
pub(in crate::log::kafka) fn largest() -> usize {
    MAX_RECORD + (2 << 20)
}
