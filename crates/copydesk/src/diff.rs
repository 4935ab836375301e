//! Two generations of a topic, compared record by record: what was added, removed or changed, and what
//! of it comes from the order alone in which articles arrived.
//!
//! ```text
//! survey a ─┐                          ┌─ values a ─┐
//!           ├─▶ join ─▶ what differs ──┤            ├─▶ fields ─▶ differences
//! survey b ─┘                          └─ values b ─┘
//! ```
//!
//! The first pass over both topics keeps a hash of each key and of each value, 48 bytes a record and
//! side; only what differs is read again, a few megabytes at a time. Values are compared byte by byte.
//! Headers are not compared: which versions, configurations and schemas they name is told once.
//!
//! In a compacted topic the last value of a key counts. Elsewhere two records belong together that have
//! the same key and were made from the same record or, where the two generations read different topics,
//! at the same event time.
//!
//! What one side cannot have is no difference: what it did not read, because its replay began later or
//! ended earlier, and what retention has taken.

mod cover;
mod fields;
mod join;
mod order;
mod print;
mod report;
mod survey;
mod times;
mod values;

use anyhow::Context as _;
use pipeline::generations::Step;
use pipeline::log::Log;
use pipeline::topics::{Cleanup, Topic};

use self::cover::Cover;
use self::join::{Item, Joined};
use self::order::Order;
use self::survey::{Input, Moments, Seen, Survey};
use self::times::Times;
use self::values::{CHUNK_BYTES, Place, Values};
use crate::patience::patiently;

pub use self::fields::Field;
pub use self::print::{Printer, USUALLY_SHOWN};
pub use self::report::{Difference, Kind, Summary};
pub(crate) use self::survey::event_time;

/// One of the two generations.
#[derive(Clone, Debug)]
pub struct Side {
    /// What it is called: `g2`.
    pub name: String,
    /// The topic, generation and all.
    pub topic: String,
    /// The topic of its enriched articles, where order could matter to what is compared.
    pub enriched: Option<String>,
    /// The step of its replay that wrote the topic; `None` in the first generation.
    pub step: Option<Step>,
}

/// How many items are read again at once.
const CHUNK: usize = 256;

/// Compares `sides` and hands each difference to `tell`: first what is changed or removed, in the order
/// of the first side, then what is added, in that of the second.
///
/// `base` is the topic as it is called in generation 1.
///
/// # Errors
/// A topic that is not there, a log that cannot be read, or what `tell` says.
pub fn compare<L: Log>(
    log: &L,
    base: &str,
    sides: &[Side; 2],
    mut tell: impl FnMut(&Difference) -> anyhow::Result<()>,
) -> anyhow::Result<Summary> {
    let topics = [topic(log, &sides[0].topic)?, topic(log, &sides[1].topic)?];
    let mut surveys = surveyed(log, &topics, sides)?;
    if topics[0].cleanup == Cleanup::Compact {
        for (survey, side) in surveys.iter_mut().zip(sides) {
            survey.is_whole = is_whole(log, side)?;
        }
    }
    let mut summary = Summary::new(base, sides, &surveys);
    let joined = joined(surveys, &topics, sides);
    summary.take(&joined);
    let items = joined.items;
    let order = if order::matters(base) && !items.is_empty() {
        order_of(log, sides)?
    } else {
        None
    };
    let mut readers = [
        Values::new(log, &topics[0].name),
        Values::new(log, &topics[1].name),
    ];
    let mut rest = items.as_slice();
    while !rest.is_empty() {
        let chunk = &rest[..rest.len().min(CHUNK)];
        let (first, second) = read_again(&mut readers, chunk)?;
        let done = first.len();
        for (item, (before, after)) in chunk.iter().zip(first.into_iter().zip(second)) {
            let is_there =
                item.a.is_some() == before.is_some() && item.b.is_some() == after.is_some();
            if !is_there {
                summary.moved += 1;
                continue;
            }
            let difference = Difference::new(before.as_ref(), after.as_ref(), base, order.as_ref());
            summary.count(&difference);
            tell(&difference)?;
        }
        rest = &rest[done..];
    }
    Ok(summary)
}

fn topic<L: Log>(log: &L, name: &str) -> anyhow::Result<Topic> {
    patiently(|| log.topic(name))?.with_context(|| {
        format!("there is no topic {name}; `copydesk replay list` lists the generations")
    })
}

/// The first pass over both topics.
fn surveyed<L: Log>(
    log: &L,
    topics: &[Topic; 2],
    sides: &[Side; 2],
) -> anyhow::Result<[Survey; 2]> {
    let inputs = [
        survey::input_of(log, &topics[0])?,
        survey::input_of(log, &topics[1])?,
    ];
    let moments = match inputs {
        [Input::Topic(one), Input::Topic(other)] if one == other => Moments::Source(one),
        [Input::Topic(one), Input::Nothing] | [Input::Nothing, Input::Topic(one)] => {
            Moments::Source(one)
        }
        _ => Moments::Event,
    };
    let survey = |topic: &Topic, side: &Side| {
        // A table's values may tell no time of their own.
        let enriched = side.enriched.as_deref();
        let times = match enriched.filter(|_| topic.cleanup == Cleanup::Compact) {
            Some(enriched) if moments == Moments::Event => Some(Times::read(log, enriched)?),
            _ => None,
        };
        survey::survey(log, topic, &moments, times.as_ref())
    };
    Ok([
        survey(&topics[0], &sides[0])?,
        survey(&topics[1], &sides[1])?,
    ])
}

/// Whether retention has taken nothing of a compacted topic of a side: what goes by age goes at the
/// same time from the articles beside it.
fn is_whole<L: Log>(log: &L, side: &Side) -> anyhow::Result<bool> {
    let Some(enriched) = &side.enriched else {
        return Ok(true);
    };
    for partition in 0..topic(log, enriched)?.partitions {
        if patiently(|| log.bounds(enriched, partition))?.start > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

fn joined(surveys: [Survey; 2], topics: &[Topic; 2], sides: &[Side; 2]) -> Joined {
    let covers = [
        Cover::of(&surveys[0], sides[0].step.as_ref()),
        Cover::of(&surveys[1], sides[1].step.as_ref()),
    ];
    let is_table = topics[0].cleanup == Cleanup::Compact;
    let [one, other] = surveys;
    join::join(one.seen, other.seen, &covers, is_table)
}

/// How the articles of both sides came, where both have articles that are enriched.
fn order_of<L: Log>(log: &L, sides: &[Side; 2]) -> anyhow::Result<Option<Order>> {
    let [Some(one), Some(other)] = sides.each_ref().map(|side| side.enriched.as_deref()) else {
        return Ok(None);
    };
    let topics = [topic(log, one)?, topic(log, other)?];
    let surveys = surveyed(log, &topics, sides)?;
    Ok(Some(Order::learn(log, &topics, surveys)?))
}

type Read = Vec<Option<pipeline::log::Stored>>;

/// The records of both sides of the first items: as many as fit into memory, at least one.
fn read_again<L: Log>(
    readers: &mut [Values<'_, L>; 2],
    items: &[Item],
) -> anyhow::Result<(Read, Read)> {
    let [one, other] = readers;
    let places: Vec<Option<Place>> = items.iter().map(|item| item.a).collect();
    let first = one.read(&places, CHUNK_BYTES)?;
    let places: Vec<Option<Place>> = items[..first.len()].iter().map(|item| item.b).collect();
    // Both sides of a difference are much alike in size, but what is only on this side is not counted
    // above.
    let second = other.read(&places, CHUNK_BYTES)?;
    let both = first.len().min(second.len());
    let cut = |mut records: Read| {
        records.truncate(both);
        records
    };
    Ok((cut(first), cut(second)))
}

impl Seen {
    fn place(&self) -> Place {
        Place {
            partition: self.partition,
            offset: self.offset,
        }
    }
}
