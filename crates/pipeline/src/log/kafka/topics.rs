//! Topics on the broker: asked about, made, changed.

use std::time::{Duration, Instant};

use futures_executor::block_on;
use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, ConfigResource, ConfigSource, NewTopic,
    ResourceSpecifier, TopicReplication,
};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::types::RDKafkaRespErr;

use super::client::{ANSWER, Watch};
use super::config::largest;
use super::failure::{failure, of_code};
use crate::log::Failure;
use crate::topics::{Cleanup, Deviation, Topic};

/// How long a topic that was made or removed may take until that is known everywhere.
pub(super) const SETTLE: Duration = Duration::from_secs(20);
/// A tombstone is kept for so long; a store that was last saved longer ago is not trusted.
const TOMBSTONES_MS: u64 = 24 * 60 * 60 * 1000;
/// Only closed segments are compacted: at the broker's usual gigabyte a changelog would never be.
const COMPACTED_SEGMENT: u64 = 64 << 20;

/// How many partitions a topic has; `None` where there is none of that name.
pub(super) fn partitions(
    observer: &BaseConsumer<Watch>,
    topic: &str,
) -> Result<Option<u32>, Failure> {
    let metadata = observer
        .fetch_metadata(Some(topic), ANSWER)
        .map_err(|error| failure(&format!("topic {topic} cannot be asked about"), &error))?;
    let Some(found) = metadata.topics().iter().find(|found| found.name() == topic) else {
        return Ok(None);
    };
    match found.error() {
        None => Ok(u32::try_from(found.partitions().len()).ok()),
        Some(
            RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART
            | RDKafkaRespErr::RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
        ) => Ok(None),
        Some(error) => {
            let code = Code::from(error);
            Err(of_code(
                code,
                format!("topic {topic} cannot be asked about: {code}"),
            ))
        }
    }
}

/// A topic as the broker has it.
pub(super) fn describe(
    admin: &AdminClient<Watch>,
    name: &str,
    partitions: u32,
) -> Result<Topic, Failure> {
    let config = config_of(admin, name)?;
    let number = |key: &str| -> Option<u64> {
        let value = config.get(key)?.value.as_ref()?;
        // -1: without bound.
        value.parse().ok()
    };
    let policy = config.get("cleanup.policy").and_then(|e| e.value.clone());
    let policy = policy.unwrap_or_default();
    let deletes = policy.contains("delete");
    let cleanup = if policy.contains("compact") {
        Cleanup::Compact
    } else {
        Cleanup::Delete
    };
    Ok(Topic {
        name: name.to_owned(),
        partitions,
        cleanup,
        retention: number("retention.ms")
            .filter(|_| deletes)
            .map(Duration::from_millis),
        retention_bytes: number("retention.bytes")
            .filter(|_| deletes)
            .map(|bytes| bytes.saturating_mul(u64::from(partitions))),
    })
}

fn config_of(admin: &AdminClient<Watch>, name: &str) -> Result<ConfigResource, Failure> {
    let asked = [ResourceSpecifier::Topic(name)];
    let doing = format!("topic {name} cannot be described");
    let answers = block_on(admin.describe_configs(&asked, &options()));
    let mut answers = answers.map_err(|error| failure(&doing, &error))?;
    match answers.pop() {
        Some(Ok(config)) => Ok(config),
        Some(Err(code)) => Err(of_code(code, format!("{doing}: {code}"))),
        None => Err(Failure::Retry(doing)),
    }
}

/// What of a topic that is there is not as [`settings`] has it, nor better, beside what [`describe`]
/// tells.
pub(super) fn deviations(
    admin: &AdminClient<Watch>,
    topic: &Topic,
) -> Result<Vec<Deviation>, Failure> {
    let config = config_of(admin, &topic.name)?;
    let mut deviations = Vec::new();
    for (name, to) in settings(topic) {
        let from = config.get(name).and_then(|entry| entry.value.clone());
        let from = from.unwrap_or_default();
        let number = |text: &str| text.parse::<u64>().unwrap_or(0);
        let (is_fit, breaks) = match name {
            "max.message.bytes" => (number(&from) >= number(&to), true),
            // A store that misses a tombstone brings back what was removed.
            "delete.retention.ms" => (
                number(&from) >= number(&to),
                topic.name.ends_with(".changelog"),
            ),
            "segment.bytes" => (number(&from) <= number(&to), false),
            "message.timestamp.type" => (from == to, false),
            _ => continue,
        };
        if !is_fit {
            deviations.push(Deviation {
                name,
                from,
                to,
                breaks,
            });
        }
    }
    Ok(deviations)
}

/// What a topic of ours is configured with.
fn settings(topic: &Topic) -> Vec<(&'static str, String)> {
    let per_partition = |bytes: u64| bytes.div_ceil(u64::from(topic.partitions.max(1)));
    let bound = |value: Option<u64>| value.map_or_else(|| "-1".to_owned(), |v| v.to_string());
    let retention = topic
        .retention
        .map(|kept| u64::try_from(kept.as_millis()).unwrap_or(u64::MAX >> 1));
    let policy = match (topic.cleanup, retention) {
        (Cleanup::Delete, _) => "delete",
        (Cleanup::Compact, None) => "compact",
        (Cleanup::Compact, Some(_)) => "compact,delete",
    };
    let mut settings = vec![
        ("cleanup.policy", policy.to_owned()),
        ("retention.ms", bound(retention)),
        (
            "retention.bytes",
            bound(topic.retention_bytes.map(per_partition)),
        ),
        ("max.message.bytes", largest().to_string()),
        // Moments of writing are the broker's: one clock, so they ascend with the offsets.
        ("message.timestamp.type", "LogAppendTime".to_owned()),
    ];
    if topic.cleanup == Cleanup::Compact {
        settings.push(("delete.retention.ms", TOMBSTONES_MS.to_string()));
        settings.push(("segment.bytes", COMPACTED_SEGMENT.to_string()));
    }
    settings
}

/// Makes topics.
pub(super) fn create(
    admin: &AdminClient<Watch>,
    observer: &BaseConsumer<Watch>,
    topics: &[&Topic],
    replication_factor: u16,
) -> Result<(), Failure> {
    let configured: Vec<_> = topics.iter().map(|topic| settings(topic)).collect();
    let replicas = match replication_factor {
        0 => -1,
        factor => i32::from(factor),
    };
    let new = topics.iter().zip(&configured).map(|(topic, settings)| {
        let partitions = i32::try_from(topic.partitions).unwrap_or(i32::MAX);
        let new = NewTopic::new(&topic.name, partitions, TopicReplication::Fixed(replicas));
        settings
            .iter()
            .fold(new, |new, (key, value)| new.set(key, value))
    });
    let new: Vec<NewTopic<'_>> = new.collect();
    let answers = block_on(admin.create_topics(&new, &options()));
    for answer in answers.map_err(|error| failure("topics cannot be made", &error))? {
        match answer {
            // Somebody else was quicker.
            Ok(_) | Err((_, Code::TopicAlreadyExists)) => {}
            Err((name, code)) => {
                return Err(of_code(
                    code,
                    format!("topic {name} cannot be made: {code}"),
                ));
            }
        }
    }
    let deadline = Instant::now() + SETTLE;
    for topic in topics {
        for partition in 0..topic.partitions {
            await_leader(observer, &topic.name, partition, deadline)?;
        }
    }
    Ok(())
}

/// Waits until somebody answers for a partition that was just made.
fn await_leader(
    observer: &BaseConsumer<Watch>,
    topic: &str,
    partition: u32,
    deadline: Instant,
) -> Result<(), Failure> {
    let number = super::number(topic, partition)?;
    while let Err(error) = observer.fetch_watermarks(topic, number, ANSWER) {
        if Instant::now() > deadline {
            return Err(Failure::Retry(format!(
                "topic {topic} was made, but nobody answers for partition {partition} after {SETTLE:?}: \
                 {error}"
            )));
        }
        // What the client remembers of a topic that was removed it would believe for minutes, and nothing
        // but the answer to this question tells it better.
        partitions(observer, topic)?;
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Brings a topic's settings to ours. What somebody else has set beside them stays.
pub(super) fn alter(admin: &AdminClient<Watch>, topic: &Topic) -> Result<(), Failure> {
    let there = config_of(admin, &topic.name)?;
    let ours = settings(topic);
    let is_foreign = |key: &str| ours.iter().all(|(ours, _)| *ours != key);
    // The request replaces everything that was set on the topic, so what stays is named too.
    let foreign = there.entries.iter().filter_map(|entry| {
        let is_set = entry.source == ConfigSource::DynamicTopic && is_foreign(&entry.name);
        Some((entry.name.as_str(), entry.value.as_deref()?)).filter(|_| is_set)
    });
    let ours_set = ours.iter().map(|(key, value)| (*key, value.as_str()));
    let altered = AlterConfig::new(ResourceSpecifier::Topic(&topic.name));
    let altered = foreign
        .chain(ours_set)
        .fold(altered, |altered, (key, value)| altered.set(key, value));
    let doing = format!("topic {} cannot be changed", topic.name);
    let answers = block_on(admin.alter_configs([&altered], &options()));
    for answer in answers.map_err(|error: KafkaError| failure(&doing, &error))? {
        if let Err((_, code)) = answer {
            return Err(of_code(code, format!("{doing}: {code}")));
        }
    }
    Ok(())
}

pub(super) fn options() -> AdminOptions {
    AdminOptions::new()
        .request_timeout(Some(ANSWER))
        .operation_timeout(Some(ANSWER))
}
