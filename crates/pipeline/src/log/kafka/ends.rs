//! Where a partition begins and ends, and where a moment lies in it.

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode as Code;
use rdkafka::{Offset as KafkaOffset, TopicPartitionList};

use super::client::{ANSWER, Watch};
use super::failure::failure;
use super::topics;
use crate::log::{Failure, Offset};

/// The first offset, the one after the last that the client may read, or the first that was written at a
/// moment or later, which there may be none of: `wanted` holds its milliseconds in place of an offset.
///
/// Not by the client's call for both ends. It sends two requests, and where one is answered by an error
/// and the other is not, it may give the one end for both: a group would take that for retention, and
/// pass over everything.
pub(super) fn find(
    consumer: &BaseConsumer<Watch>,
    topic: &str,
    partition: u32,
    wanted: KafkaOffset,
) -> Result<Option<Offset>, Failure> {
    let number = super::number(topic, partition)?;
    let mut asked = TopicPartitionList::new();
    let answer = asked
        .add_partition_offset(topic, number, wanted)
        .and_then(|()| consumer.offsets_for_times(asked, ANSWER))
        .and_then(|answer| {
            let element = answer.find_partition(topic, number);
            element.map_or(Ok(KafkaOffset::Invalid), |element| {
                element.error().map(|()| element.offset())
            })
        });
    let offset = match answer {
        Ok(offset) => offset,
        Err(error) => {
            let doing = format!("{topic}/{partition} cannot be asked about");
            return Err(match error.rdkafka_error_code() {
                Some(
                    Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition,
                ) => absent(consumer, topic, partition, &failure(&doing, &error)),
                _ => failure(&doing, &error),
            });
        }
    };
    match offset {
        KafkaOffset::Offset(offset) => Ok(Offset::try_from(offset).ok()),
        _ => Ok(None),
    }
}

/// A broker that was just started may not know yet what it keeps, so another one is asked.
fn absent(
    consumer: &BaseConsumer<Watch>,
    topic: &str,
    partition: u32,
    failure: &Failure,
) -> Failure {
    match topics::partitions(consumer, topic) {
        Ok(Some(count)) if partition < count => Failure::Retry(failure.to_string()),
        Ok(_) => Failure::Fatal(format!(
            "there is no partition {partition} of a topic {topic} on this broker: check its name and \
             generation; `copydesk topics apply` makes the pipeline's"
        )),
        Err(failure) => failure,
    }
}
