//! Removing topics and groups from the broker.

use std::time::{Duration, Instant};

use futures_executor::block_on;
use rdkafka::admin::AdminClient;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode as Code;

use super::client::{ANSWER, Watch};
use super::failure::{failure, of_code};
use super::topics::{SETTLE, options, partitions};
use crate::log::Failure;

/// Refuses a group that has a member. The broker does so too, one group after the other, and by then
/// others would be gone.
pub(super) fn check_empty(observer: &BaseConsumer<Watch>, group: &str) -> Result<(), Failure> {
    let listed = observer
        .fetch_group_list(Some(group), ANSWER)
        .map_err(|error| failure(&format!("group {group} cannot be asked about"), &error))?;
    let mut found = listed.groups().iter();
    if found.any(|found| found.name() == group && !found.members().is_empty()) {
        return Err(has_members(group));
    }
    Ok(())
}

/// Removes a group with its offsets.
pub(super) fn group(admin: &AdminClient<Watch>, group: &str) -> Result<(), Failure> {
    let doing = format!("group {group} cannot be removed");
    let answers = block_on(admin.delete_groups(&[group], &options()));
    for answer in answers.map_err(|error| failure(&doing, &error))? {
        match answer {
            Ok(_) | Err((_, Code::GroupIdNotFound)) => {}
            Err((_, Code::NonEmptyGroup)) => return Err(has_members(group)),
            Err((_, code)) => return Err(of_code(code, format!("{doing}: {code}"))),
        }
    }
    Ok(())
}

fn has_members(group: &str) -> Failure {
    Failure::Fatal(format!(
        "group {group} still has a member: end it before its topics are removed; one that was killed \
         leaves after kafka.session_timeout_seconds"
    ))
}

/// Removes topics, and waits until the broker no longer knows them.
pub(super) fn topics(
    admin: &AdminClient<Watch>,
    observer: &BaseConsumer<Watch>,
    topics: &[String],
) -> Result<(), Failure> {
    if topics.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = topics.iter().map(String::as_str).collect();
    let answers = block_on(admin.delete_topics(&names, &options()));
    for answer in answers.map_err(|error| failure("topics cannot be removed", &error))? {
        match answer {
            Ok(_) | Err((_, Code::UnknownTopicOrPartition | Code::UnknownTopic)) => {}
            Err((name, Code::TopicDeletionDisabled)) => {
                return Err(Failure::Fatal(format!(
                    "topic {name} cannot be removed: the brokers forbid it, set their \
                     delete.topic.enable"
                )));
            }
            Err((name, code)) => {
                return Err(of_code(
                    code,
                    format!("topic {name} cannot be removed: {code}"),
                ));
            }
        }
    }
    let deadline = Instant::now() + SETTLE;
    for topic in topics {
        while partitions(observer, topic)?.is_some() {
            if Instant::now() > deadline {
                return Err(Failure::Retry(format!(
                    "topic {topic} was removed, and is still there after {SETTLE:?}"
                )));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    Ok(())
}
