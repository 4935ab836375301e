//! What a replay handles of each partition.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use jiff::Timestamp;

use crate::generations::Span;
use crate::log::{Failure, Limits, Log, Offset, Reader};
use crate::topics::Topic;
use crate::waker::Waker;

/// Where a replay begins or ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Bound {
    /// At the oldest record, or at the end that is there.
    #[default]
    Open,
    /// At these offsets; partitions that are not named are open.
    Offsets(BTreeMap<u32, Offset>),
    /// At the first record that was written then or later.
    Moment(Timestamp),
}

/// Why a replay cannot handle what is asked for.
#[derive(Debug, thiserror::Error)]
pub enum SpanError {
    /// There is no such partition.
    #[error("topic {topic} has no partition {partition}: it has {there}, numbered from 0")]
    Partition {
        /// The topic.
        topic: String,
        /// The partition that was named.
        partition: u32,
        /// How many there are.
        there: u32,
    },
    /// The offset is not there.
    #[error(
        "offset {offset} of {topic}/{partition} is not there: it has {} to {}", there.start, there.end
    )]
    Offset {
        /// The topic.
        topic: String,
        /// The partition.
        partition: u32,
        /// The offset that was named.
        offset: Offset,
        /// What is there.
        there: Range<Offset>,
    },
    /// The log cannot be asked.
    #[error(transparent)]
    Log(#[from] Failure),
}

/// The spans of a topic's partitions between two bounds. A stage whose state reaches back `reach`
/// (`None`: for ever; zero: it has no state) folds that much before each span's first record.
///
/// # Errors
/// See [`SpanError`].
pub fn spans<L: Log>(
    log: &L,
    topic: &Topic,
    from: &Bound,
    to: &Bound,
    reach: Option<Duration>,
) -> Result<Vec<Span>, SpanError> {
    for bound in [from, to] {
        check(topic, bound)?;
    }
    let mut spans = Vec::new();
    for partition in 0..topic.partitions {
        let there = log.bounds(&topic.name, partition)?;
        let at = |bound: &Bound, open: Offset| at(log, topic, partition, bound, open, &there);
        let first = at(from, there.start)?;
        let to = at(to, there.end)?;
        let fold = match reach {
            _ if first == there.start => first,
            None => there.start,
            Some(Duration::ZERO) => first,
            Some(reach) => match written(log, topic, partition, first)? {
                Some(moment) => {
                    let since = before(moment, reach);
                    let fold = log.since(&topic.name, partition, since)?;
                    fold.clamp(there.start, first)
                }
                None => first,
            },
        };
        let to = to.max(first);
        spans.push(Span {
            fold,
            from: first,
            to,
        });
    }
    Ok(spans)
}

/// For each partition that the log does not reach back far enough for: the moment that it reaches
/// back to, and the one that the state of `reach` would need.
///
/// # Errors
/// A log that cannot be read.
pub fn short_of_window<L: Log>(
    log: &L,
    topic: &Topic,
    spans: &[Span],
    reach: Option<Duration>,
) -> Result<Vec<(u32, Timestamp, Timestamp)>, Failure> {
    let mut short = Vec::new();
    for (partition, span) in (0..).zip(spans) {
        // At offset 0 nothing was ever dropped: there is no more to be had.
        let is_cut = span.fold > 0 && log.bounds(&topic.name, partition)?.start == span.fold;
        if !is_cut || reach == Some(Duration::ZERO) {
            continue;
        }
        let oldest = written(log, topic, partition, span.fold)?;
        let first = written(log, topic, partition, span.from)?;
        let (Some(oldest), Some(first)) = (oldest, first) else {
            continue;
        };
        let needed = reach.map_or(Timestamp::MIN, |reach| before(first, reach));
        if oldest > needed {
            short.push((partition, oldest, needed));
        }
    }
    Ok(short)
}

fn before(moment: Timestamp, reach: Duration) -> Timestamp {
    moment.checked_sub(reach).unwrap_or(Timestamp::MIN)
}

fn check(topic: &Topic, bound: &Bound) -> Result<(), SpanError> {
    let Bound::Offsets(offsets) = bound else {
        return Ok(());
    };
    for partition in offsets.keys() {
        if *partition >= topic.partitions {
            return Err(SpanError::Partition {
                topic: topic.name.clone(),
                partition: *partition,
                there: topic.partitions,
            });
        }
    }
    Ok(())
}

fn at<L: Log>(
    log: &L,
    topic: &Topic,
    partition: u32,
    bound: &Bound,
    open: Offset,
    there: &Range<Offset>,
) -> Result<Offset, SpanError> {
    match bound {
        Bound::Open => Ok(open),
        Bound::Moment(moment) => {
            let offset = log.since(&topic.name, partition, *moment)?;
            Ok(offset.clamp(there.start, there.end))
        }
        Bound::Offsets(offsets) => match offsets.get(&partition) {
            None => Ok(open),
            Some(offset) if (there.start..=there.end).contains(offset) => Ok(*offset),
            Some(offset) => Err(SpanError::Offset {
                topic: topic.name.clone(),
                partition,
                offset: *offset,
                there: there.clone(),
            }),
        },
    }
}

/// When the first record from `offset` on was written.
fn written<L: Log>(
    log: &L,
    topic: &Topic,
    partition: u32,
    offset: Offset,
) -> Result<Option<Timestamp>, Failure> {
    let mut reader = log.reader(&topic.name, partition, offset, Waker::default())?;
    let first = reader.read(Limits {
        records: 1,
        bytes: 1,
    })?;
    Ok(first.first().map(|record| record.written_at))
}
