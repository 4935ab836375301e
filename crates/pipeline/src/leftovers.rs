//! What a transaction may leave behind in Apache Kafka although it counts as ended.

use std::ops::Range;

use crate::headers::Headers;
use crate::log::{Failure, Log, Producer, ToSend};

/// Kafka takes no record without a key for a compacted topic.
const KEY: &[u8] = b"settled";

/// The partitions of `topics` where anything may lie open: those that were ever written to.
pub(crate) fn places<L: Log>(
    log: &L,
    topics: impl IntoIterator<Item = (String, Range<u32>)>,
) -> Result<Vec<(String, u32)>, Failure> {
    let mut places = Vec::new();
    for (topic, partitions) in topics {
        for partition in partitions {
            if log.bounds(&topic, partition)?.end > 0 {
                places.push((topic.clone(), partition));
            }
        }
    }
    Ok(places)
}

/// Ends what a predecessor may have left behind.
///
/// A coordinator that finds a partition without a leader takes it for deleted, writes no marker there, and
/// calls the transaction ended (Kafka 4.4.0; the rule where a single broker is killed and comes back before
/// its session has expired, which then expires). What was aborted stays open in that partition, hides what
/// comes later, and would be committed by the next commit of the same id. And a request with an offset that
/// arrives after its transaction was aborted leaves it pending, and who asks for the offset waits for ever.
///
/// The end of a later transaction of the id settles both. So one is begun that touches every partition in
/// `written`, and is aborted. Where an offset is `pending`, it takes part and
/// comes last: it stays pending, a sign of trouble, until every record has arrived. A pending offset was not
/// committed, so nothing is lost.
///
/// Where other brokers wrote the markers of a commit and only one partition had no leader, the abort takes
/// away what was committed there. Of a changelog the check of state against offset tells; an output is lost.
/// That takes a partition all of whose replicas are down, and no client can tell it from the case above.
///
/// # Errors
/// What was not settled now: the partition is opened again.
pub(crate) fn settle<P: Producer>(
    producer: &mut P,
    pending: Option<&P::Claim>,
    written: Vec<(String, u32)>,
) -> Result<(), Failure> {
    if written.is_empty() && pending.is_none() {
        return Ok(());
    }
    producer.begin()?;
    let settled = touch(producer, written).and_then(|()| match pending {
        Some(claim) => producer.send_offsets(claim, 0),
        None => Ok(()),
    });
    producer.abort();
    settled
}

fn touch<P: Producer>(producer: &mut P, written: Vec<(String, u32)>) -> Result<(), Failure> {
    for (topic, partition) in written {
        producer.send(ToSend {
            topic,
            partition,
            key: Some(KEY.to_vec()),
            value: None,
            headers: Headers::new(),
        })?;
    }
    producer.flush()
}
