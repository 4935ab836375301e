//! The first pass over a topic: what is there, as hashes.

use std::collections::BTreeSet;

use pipeline::Waker;
use pipeline::headers::{self, Headers};
use pipeline::log::{Limits, Log, Offset, Reader as _, Stored};
use pipeline::topics::{Cleanup, Topic};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::times::Times;
use crate::patience::patiently;

/// The hash of a key.
pub(super) type Key = [u64; 2];

/// The moment of a record that tells none.
pub(super) const UNKNOWN: u64 = u64::MAX;
/// The hash that stands for a value that was deleted.
pub(super) const DELETED: u64 = 0;
/// So many versions, configurations and schemas are told of a topic.
const TOLD: usize = 4;
/// A capacity that is reserved at once, in records: more is only taken when it is needed.
const RESERVED: u64 = 1 << 20;

/// A record as far as it is remembered. 48 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) key: Key,
    /// Where it stands in what its side read: the offset of the record that it was made from, or its
    /// event time in microseconds.
    pub(super) at: u64,
    /// Of the value.
    pub(super) hash: u64,
    pub(super) offset: Offset,
    /// The partition of the record that it was made from.
    pub(super) input: u16,
    pub(super) partition: u16,
    /// Which one it is of those with the same key at the same place.
    pub(super) nth: u32,
}

/// What [`Seen::at`] means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Moments {
    /// Offsets of this topic, which both sides read.
    Source(String),
    /// Event times.
    Event,
}

/// A topic as it was found.
#[derive(Debug)]
pub(super) struct Survey {
    /// In the order of places.
    pub(super) seen: Vec<Seen>,
    pub(super) moments: Moments,
    /// Whether its oldest records are there. Of a compacted topic that cannot be seen.
    pub(super) is_whole: bool,
    pub(super) provenance: Provenance,
}

/// What the headers say about who wrote the records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Provenance {
    /// By header.
    pub(super) named: [BTreeSet<String>; 3],
}

impl Provenance {
    /// The headers, in the order of [`Provenance::named`].
    pub(super) const HEADERS: [&'static str; 3] =
        [headers::VERSION, headers::CONFIG, headers::SCHEMA];

    fn take(&mut self, record: &Headers) {
        for (named, header) in self.named.iter_mut().zip(Self::HEADERS) {
            if let Some(value) = record.text(header)
                && !named.contains(value)
                && named.len() < TOLD
            {
                named.insert(value.to_owned());
            }
        }
    }
}

/// What the records of a topic were made from, as the first of them says that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// There are no records.
    Nothing,
    /// They do not say.
    Untold,
    Topic(String),
}

pub(super) fn input_of<L: Log>(log: &L, topic: &Topic) -> anyhow::Result<Input> {
    let mut input = Input::Nothing;
    for partition in 0..topic.partitions {
        let start = patiently(|| log.bounds(&topic.name, partition))?.start;
        let mut reader = patiently(|| log.reader(&topic.name, partition, start, Waker::default()))?;
        let records = patiently(|| reader.read(Limits::default()))?;
        let named = records.iter().find_map(|record| source(&record.headers));
        if let Some((topic, _, _)) = named {
            return Ok(Input::Topic(topic.to_owned()));
        }
        if !records.is_empty() {
            input = Input::Untold;
        }
    }
    Ok(input)
}

/// Reads a topic to its present end. `times` knows when what records were made from happened that do
/// not tell it themselves.
pub(super) fn survey<L: Log>(
    log: &L,
    topic: &Topic,
    moments: &Moments,
    times: Option<&Times>,
) -> anyhow::Result<Survey> {
    let mut survey = Survey {
        seen: Vec::new(),
        moments: moments.clone(),
        is_whole: true,
        provenance: Provenance::default(),
    };
    for partition in 0..topic.partitions {
        let bounds = patiently(|| log.bounds(&topic.name, partition))?;
        let count = bounds.end.saturating_sub(bounds.start).min(RESERVED);
        survey.seen.reserve(usize::try_from(count).unwrap_or(0));
        survey.is_whole &= bounds.start == 0 || topic.cleanup == Cleanup::Compact;
        let mut reader =
            patiently(|| log.reader(&topic.name, partition, bounds.start, Waker::default()))?;
        // A record of a compacted topic may move behind any end that was asked for before.
        let end = match topic.cleanup {
            Cleanup::Delete => bounds.end,
            Cleanup::Compact => Offset::MAX,
        };
        while reader.position() < end {
            let records = patiently(|| reader.read(Limits::default()))?;
            if records.is_empty() {
                break;
            }
            for record in records.iter().filter(|record| record.offset < end) {
                survey.take(partition, record, times);
            }
        }
    }
    Ok(survey)
}

impl Survey {
    fn take(&mut self, partition: u32, record: &Stored, times: Option<&Times>) {
        self.provenance.take(&record.headers);
        let (input, at) = self.moments.of(record, times);
        self.seen.push(Seen {
            key: key(record.key.as_deref().unwrap_or_default()),
            at,
            hash: hash(record.value.as_deref()),
            offset: record.offset,
            input,
            partition: partition as u16,
            nth: 0,
        });
    }
}

/// The hash of a key.
pub(super) fn key(bytes: &[u8]) -> Key {
    let hash = xxh3_128(bytes);
    [(hash >> 64) as u64, hash as u64]
}

fn hash(value: Option<&[u8]>) -> u64 {
    value.map_or(DELETED, |bytes| xxh3_64(bytes).max(DELETED + 1))
}

impl Moments {
    /// The input's partition and the place in it.
    fn of(&self, record: &Stored, times: Option<&Times>) -> (u16, u64) {
        let source = || source(&record.headers);
        let known = match self {
            Self::Source(topic) => source()
                .filter(|(input, _, _)| input == topic)
                .map(|(_, partition, offset)| (partition, offset)),
            Self::Event => {
                let told = record.value.as_deref().and_then(event_time);
                let looked_up = || times?.at(source()?);
                told.or_else(looked_up).map(|micros| (0, micros))
            }
        };
        known.unwrap_or((0, UNKNOWN))
    }
}

/// Topic, partition and offset of the record that one was made from.
pub(super) fn source(headers: &Headers) -> Option<(&str, u16, Offset)> {
    let (rest, offset) = headers.text(headers::SOURCE)?.rsplit_once('/')?;
    let (topic, partition) = rest.rsplit_once('/')?;
    Some((topic, partition.parse().ok()?, offset.parse().ok()?))
}

/// The event time of a value in microseconds.
pub(crate) fn event_time(value: &[u8]) -> Option<u64> {
    let time = article::event_time(value)?;
    u64::try_from(time.as_microsecond()).ok()
}
