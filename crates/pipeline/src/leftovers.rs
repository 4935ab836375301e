//! What a transaction may leave behind in Apache Kafka although it counts as ended.

use std::ops::Range;

use crate::headers::Headers;
use crate::log::{Failure, Log, Producer, ToSend};
use crate::topics::Topology;
use crate::transaction;

/// Kafka takes no record without a key for a compacted topic.
const KEY: &[u8] = b"settled";

/// Ends what earlier producers of the id may have left behind in what `stage` of `topology` writes: see
/// [`settle`]. `changelog` is what of its changelog this producer writes.
///
/// # Errors
/// What was not settled now.
pub(crate) fn settle_stage<L: Log>(
    log: &L,
    (topology, stage): (&Topology, &str),
    changelog: Option<(String, Range<u32>)>,
    producer: &mut L::Producer,
    pending: &[&L::Claim],
) -> Result<(), Failure> {
    if pending.is_empty() && !log.has_markers() {
        return Ok(());
    }
    let written = topology.written_by(stage);
    let written = written.map(|topic| (topic.name.clone(), 0..topic.partitions));
    let places = places(log, written.chain(changelog))?;
    settle(producer, pending, places)
}

/// Ends what earlier producers of an id that moves no offsets, such as a command's, may have left behind
/// in `topic`. The producer's first transaction would commit it.
///
/// # Errors
/// What was not settled now.
pub fn settle_topic<L: Log>(
    log: &L,
    producer: &mut L::Producer,
    topic: &str,
) -> Result<(), Failure> {
    if !log.has_markers() {
        return Ok(());
    }
    let Some(partitions) = log.partitions(topic)? else {
        return Ok(());
    };
    let written = places(log, [(topic.to_owned(), 0..partitions)])?;
    settle(producer, &[], written)
}

/// The partitions of `topics` where anything may lie open: those that were ever written to.
fn places<L: Log>(
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
/// `written`, and is aborted. Where offsets are `pending`, they take part and
/// come last: they stay pending, a sign of trouble, until every record has arrived. A pending offset was not
/// committed, so nothing is lost.
///
/// Where other brokers wrote the markers of a commit and only one partition had no leader, the abort takes
/// away what was committed there. Of a changelog the check of state against offset tells; an output is lost.
/// That takes a partition all of whose replicas are down, and no client can tell it from the case above.
///
/// # Errors
/// What was not settled now: the partition is opened again.
fn settle<P: Producer>(
    producer: &mut P,
    pending: &[&P::Claim],
    written: Vec<(String, u32)>,
) -> Result<(), Failure> {
    if written.is_empty() && pending.is_empty() {
        return Ok(());
    }
    producer.begin()?;
    let settled = touch(producer, written).and_then(|()| {
        let mut pending = pending.iter();
        pending.try_for_each(|claim| producer.send_offsets(claim, 0))
    });
    producer.abort();
    settled?;
    // A first copy of the abort that is still under way would end the next transaction. Asked before that
    // begins, because it is forgotten then.
    transaction::check(producer)?;
    // An abort that failed tells nobody. Then what lies open still does, and whoever waits to read past it
    // would wait in vain; but a producer whose abort failed begins nothing any more.
    producer.begin()?;
    producer.abort();
    Ok(())
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
