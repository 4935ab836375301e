//! Where the articles of an export stand now, and which of them stands for its story or family.
//!
//! A record of `articles.enriched` says what was known when the article came; `articles.lineage` says
//! where it stands now. The newest word counts: an article that turned out to be made from a later one
//! is no original, whatever its own record says. An article whose lineage is gone stands as its record
//! says.
//!
//! An entry is 72 bytes, a table's slots are half empty after it has grown: 80 to 165 bytes an article
//! of the span.

use std::collections::{HashMap, HashSet};

use article::{Enriched, Lineage, Message as _};
use pipeline::Waker;
use pipeline::log::{Log, Offset};

use super::places::Places;
use super::{Outcome, Watch, place};
use crate::patience::patiently;
use crate::scan::{Scan, Span, Start};
use crate::select::{Facts, Group, Id, Select, Shape, id_of};

/// Every article of a span.
#[derive(Debug)]
pub(super) struct Table(HashMap<Id, Entry>);

#[derive(Debug)]
struct Entry {
    /// Its story or family.
    group: Id,
    /// Event time of its first version and of its last, in nanoseconds of the epoch, cut to 64 bits.
    first_seen: i64,
    last_seen: i64,
    /// The record of its last version.
    offset: Offset,
    partition: u32,
    /// Made from another article.
    is_derived: bool,
    /// Of a story that is asked for.
    is_wanted: bool,
}

/// Reads the articles of `span` and where they stand now. Counts and tells of what cannot be read.
pub(super) fn read<L: Log>(
    log: &L,
    topic: &str,
    span: &Span,
    select: &Select,
    shape: Shape,
    outcome: &mut Outcome,
    watch: &mut impl Watch,
) -> anyhow::Result<Table> {
    let mut table = HashMap::new();
    let mut scan = Scan::over(log, topic, span)?;
    while let Some((partition, record)) = scan.next_record()? {
        watch.reads();
        let facts = Facts::read(record.value.as_deref().unwrap_or_default());
        let read = facts.and_then(|facts| {
            let entry = Entry::of(&facts, select, shape, (partition, record.offset))?;
            Some((id_of(facts.id.as_deref()?), entry, facts))
        });
        let Some((id, entry, facts)) = read else {
            outcome.unfit += 1;
            let place = place(topic, partition, record.offset);
            watch.misses(&place, "its value is no enriched article");
            continue;
        };
        if select.takes_outlet(shape, &facts) {
            note(&mut table, id, entry);
        }
    }
    // What both topics have of an article is one transaction, and this one is read after the other.
    apply_lineage(log, &lineage_of(topic), select, &mut table)?;
    table.retain(|_, entry| entry.is_wanted);
    Ok(Table(table))
}

impl Entry {
    fn of(facts: &Facts, select: &Select, shape: Shape, at: (u32, Offset)) -> Option<Self> {
        let story = facts.story(shape)?;
        let family = facts.family.as_deref()?;
        let seen = facts.fetched_at?.as_nanosecond() as i64;
        Some(Self {
            group: group(select, story, family),
            first_seen: seen,
            last_seen: seen,
            offset: at.1,
            partition: at.0,
            is_derived: facts.is_derived(),
            is_wanted: select.takes_story(Some(story)),
        })
    }
}

fn group(select: &Select, story: &str, family: &str) -> Id {
    match select.one_per {
        Some(Group::Family) => id_of(family),
        _ => id_of(story),
    }
}

/// Adds a version of an article.
fn note(table: &mut HashMap<Id, Entry>, id: Id, version: Entry) {
    let Some(known) = table.get_mut(&id) else {
        table.insert(id, version);
        return;
    };
    known.first_seen = known.first_seen.min(version.first_seen);
    if version.last_seen >= known.last_seen {
        *known = Entry {
            first_seen: known.first_seen,
            ..version
        };
    }
}

/// The topic beside `articles.enriched` of the same generation.
fn lineage_of(topic: &str) -> String {
    let suffix = topic.strip_prefix(Enriched::TOPIC).unwrap_or_default();
    format!("{}{suffix}", Lineage::TOPIC)
}

/// Takes over where the articles of the table stand now. Reads on until there is nothing more, because in
/// a compacted topic what is told anew meanwhile stands only there.
fn apply_lineage<L: Log>(
    log: &L,
    topic: &str,
    select: &Select,
    table: &mut HashMap<Id, Entry>,
) -> anyhow::Result<()> {
    let shape = Shape::of(topic);
    let mut scan = Scan::following(log, topic, Start::Beginning, &Waker::default())?;
    while let Some((_, record)) = patiently(|| scan.next_record())? {
        let value = record.value.as_deref().unwrap_or_default();
        let Some(facts) = Facts::read(value) else {
            continue;
        };
        let id = facts.id.as_deref().map(id_of);
        let entry = id.and_then(|id| table.get_mut(&id));
        let standing = facts.story(shape).zip(facts.family.as_deref());
        if let (Some(entry), Some((story, family))) = (entry, standing) {
            entry.group = group(select, story, family);
            entry.is_derived = facts.is_derived();
            entry.is_wanted = select.takes_story(Some(story));
        }
    }
    Ok(())
}

impl Table {
    /// The articles.
    pub(super) fn articles(self) -> HashSet<Id> {
        self.0.into_keys().collect()
    }

    /// One record of each group: the last version of the original, the earliest where there are several,
    /// and where there is none, of the earliest article. What came at the same moment goes by its id, so
    /// that the choice is the same whatever the partitions.
    pub(super) fn one_of_each(self) -> Places {
        let rank = |id: &Id| {
            let entry = &self.0[id];
            (entry.is_derived, entry.first_seen, *id)
        };
        let mut best: HashMap<Id, &Id> = HashMap::new();
        for (id, entry) in &self.0 {
            let known = best.entry(entry.group).or_insert(id);
            if rank(id) < rank(known) {
                *known = id;
            }
        }
        let chosen = best.values().map(|id| {
            let entry = &self.0[*id];
            (entry.partition, entry.offset)
        });
        Places::of(chosen.collect())
    }
}
