//! What a transaction may leave behind in Apache Kafka although it counts as ended.

use std::ops::Range;

use crate::headers::Headers;
use crate::log::{Failure, Producer, ToSend};

/// Kafka takes no record without a key for a compacted topic.
const KEY: &[u8] = b"settled";

/// Ends what a predecessor left behind. A request with an offset that arrives after its transaction was
/// aborted leaves it pending with the broker, and who asks for the offset waits for ever (seen with requests
/// that a network delayed). And a coordinator that finds a partition without a leader takes it for deleted
/// and writes no marker there (seen with a broker whose session expired while it came back): what was
/// aborted stays open in it, hides what comes later, and would be committed by the next commit of the same
/// id.
///
/// The end of any later transaction of the id settles both. So one is begun that touches everything in
/// `written`, topics with their partitions, and is aborted. The offset comes last: it stays pending, a sign
/// of trouble, until every record has arrived. A pending offset was not committed, so nothing is lost.
///
/// # Errors
/// What was not settled now: the partition is opened again anyway.
pub(crate) fn settle<P: Producer>(
    producer: &mut P,
    claim: &P::Claim,
    written: impl IntoIterator<Item = (String, Range<u32>)>,
) -> Result<(), Failure> {
    producer.begin()?;
    let touched = touch(producer, written).and_then(|()| producer.send_offsets(claim, 0));
    producer.abort();
    touched
}

fn touch<P: Producer>(
    producer: &mut P,
    written: impl IntoIterator<Item = (String, Range<u32>)>,
) -> Result<(), Failure> {
    for (topic, partitions) in written {
        for partition in partitions {
            producer.send(ToSend {
                topic: topic.clone(),
                partition,
                key: Some(KEY.to_vec()),
                value: None,
                headers: Headers::new(),
            })?;
        }
    }
    producer.flush()
}
