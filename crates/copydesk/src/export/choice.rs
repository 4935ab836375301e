//! Which records an export takes.
//!
//! Most need no look ahead. Where one does, only small keys are kept of what it sees:
//!
//! - of a compacted topic what holds, which is the last record of each key: about 60 bytes a key;
//! - `--story` and `--one-per` of `articles.enriched`: about 120 bytes an article, see [`standing`].
//!
//! [`standing`]: super::standing

use std::collections::{HashMap, HashSet};

use anyhow::bail;
use article::{Enriched, Message as _};
use pipeline::log::{Log, Offset, Stored};
use pipeline::topics::{self, Cleanup};

use super::places::Places;
use super::standing;
use super::{Outcome, Wanted, Watch};
use crate::patience::patiently;
use crate::scan::{Scan, Span, Start};
use crate::select::{Facts, Id, Select, Shape, id_of};

/// The choice of an export.
#[derive(Debug)]
pub struct Choice {
    select: Select,
    shape: Shape,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// Each record by itself.
    Each,
    /// What holds in a compacted topic.
    Holding(Holding),
    /// The versions of these articles.
    Articles(HashSet<Id>),
    /// Just these records.
    Places(Places),
}

impl Choice {
    /// Makes the choice, reading what it takes.
    ///
    /// # Errors
    /// A log that cannot be read, or a selection that the topic's values do not allow.
    pub fn make<L: Log>(
        log: &L,
        wanted: &Wanted,
        span: &Span,
        outcome: &mut Outcome,
        watch: &mut impl Watch,
    ) -> anyhow::Result<Self> {
        let topic = wanted.topic.as_str();
        let mut select = wanted.select.clone();
        let shape = select.shape(topic)?;
        let is_enriched = topics::base(topic) == Some(Enriched::TOPIC);
        if select.one_per.is_some() && !is_enriched {
            bail!(
                "--one-per chooses among articles with their texts: export {} with it, not {topic}",
                Enriched::TOPIC
            );
        }
        let is_compacted =
            patiently(|| log.topic(topic))?.is_some_and(|topic| topic.cleanup == Cleanup::Compact);
        let by_standing = is_enriched && (select.one_per.is_some() || !select.stories.is_empty());
        watch.begins(span.len() * if is_compacted || by_standing { 2 } else { 1 });
        let kind = if by_standing {
            let table = standing::read(log, topic, span, &select, shape, outcome, watch)?;
            // What the records say of their story is of the moment when they came.
            select.stories.clear();
            match select.one_per.take() {
                Some(_) => Kind::Places(table.one_of_each()),
                None => Kind::Articles(table.articles()),
            }
        } else if is_compacted {
            let reads_on = wanted.to == Start::End;
            Kind::Holding(Holding::read(log, topic, span, reads_on, watch)?)
        } else {
            Kind::Each
        };
        Ok(Self {
            select,
            shape,
            kind,
        })
    }

    /// Whether the export goes on to whatever the topic ends with, beyond the span: in a compacted topic a
    /// key that is written anew meanwhile is found there alone.
    pub(super) fn reads_on(&self) -> bool {
        matches!(&self.kind, Kind::Holding(holding) if holding.reads_on)
    }

    /// Whether the record is taken. One that cannot be judged is, so that it is told of where it is written.
    pub(super) fn takes(&mut self, partition: u32, record: &Stored) -> bool {
        match &mut self.kind {
            Kind::Each => {}
            Kind::Holding(holding) => {
                if !holding.takes(partition, record) {
                    return false;
                }
            }
            Kind::Places(places) => return places.meets(partition, record.offset),
            Kind::Articles(articles) => {
                let facts = Facts::read(record.value.as_deref().unwrap_or_default());
                return facts.is_some_and(|facts| {
                    let id = facts.id.as_deref();
                    id.is_some_and(|id| articles.contains(&id_of(id)))
                        && self.select.takes_outlet(self.shape, &facts)
                });
            }
        }
        if self.select.is_everything() {
            return true;
        }
        match Facts::read(record.value.as_deref().unwrap_or_default()) {
            Some(facts) => {
                self.select.takes_story(facts.story(self.shape))
                    && self.select.takes_outlet(self.shape, &facts)
            }
            None => true,
        }
    }

    /// How many chosen records the topic no longer had.
    pub(super) fn left(&self) -> u64 {
        match &self.kind {
            Kind::Places(places) => places.left(),
            _ => 0,
        }
    }
}

/// The last record of each key. Kafka keeps older ones until it comes to clean up, the embedded log none.
#[derive(Debug)]
struct Holding {
    last: HashMap<Id, (u32, Offset)>,
    /// The end of the span in each partition.
    span: Span,
    reads_on: bool,
}

/// The place of a key that was met: no key is met twice.
const MET: (u32, Offset) = (u32::MAX, Offset::MAX);

impl Holding {
    fn read<L: Log>(
        log: &L,
        topic: &str,
        span: &Span,
        reads_on: bool,
        watch: &mut impl Watch,
    ) -> anyhow::Result<Self> {
        let mut last = HashMap::new();
        let mut scan = Scan::over(log, topic, span)?;
        while let Some((partition, record)) = scan.next_record()? {
            watch.reads();
            last.insert(key_of(&record), (partition, record.offset));
        }
        Ok(Self {
            last,
            span: span.clone(),
            reads_on,
        })
    }

    /// Whether a key has this for its value. While it is read, a key of the span may be written anew, and
    /// so move beyond it: there it is taken at its first sight. A key's removal is nothing to write.
    fn takes(&mut self, partition: u32, record: &Stored) -> bool {
        let place = (partition, record.offset);
        let known = self.last.entry(key_of(record)).or_insert(place);
        let is_beyond = record.offset >= self.span.end(partition);
        let is_last = *known == place || (is_beyond && *known != MET);
        if is_last {
            *known = MET;
        }
        is_last && record.value.is_some()
    }
}

fn key_of(record: &Stored) -> Id {
    let key = record.key.as_deref().unwrap_or_default();
    xxhash_rust::xxh3::xxh3_128(key).to_be_bytes()
}
