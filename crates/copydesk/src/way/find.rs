//! Finding records: an article's by its key, a source by its place.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use article::{
    ArticleId, Cleaned, Discovered, Enriched, Fetched, Message as _, Polled, Route, host_of,
};
use jiff::{SignedDuration, Timestamp};
use pipeline::Waker;
use pipeline::dead::{Buried, Grave};
use pipeline::log::{Limits, Log, Reader as _, Stored};
use pipeline::topics::Topology;

use super::Stop;
use crate::cli::Which;
use crate::patience::patiently;
use crate::scan::{Scan, Start};

/// The topics in which an article is looked for, the last of its way first.
const TOPICS: [&str; 4] = [
    Enriched::TOPIC,
    Cleaned::TOPIC,
    Fetched::TOPIC,
    Discovered::TOPIC,
];
/// How many of several articles are named.
const NAMED: usize = 5;
/// By how much clocks of writers may differ.
const CLOCKS: SignedDuration = SignedDuration::from_mins(1);

/// An article that was found, and the newest record of the last topic that it came to.
#[derive(Clone, Debug)]
pub struct Found {
    /// The article.
    pub id: ArticleId,
    /// `None` where nothing but its dead letters is left.
    pub stop: Option<Stop>,
}

/// Looks for an article by its key, in the last topic of the pipeline first. No value is read.
///
/// # Errors
/// None or several of that name, or a log that cannot be read.
pub fn find<L: Log>(log: &L, topology: &Topology, which: &Which) -> anyhow::Result<Found> {
    for base in TOPICS {
        let Some(topic) = topology.topic(base) else {
            continue;
        };
        let mut newest = newest(log, &topic.name, which)?;
        check_one(which, newest.keys())?;
        if let Some((id, stop)) = newest.pop_first() {
            return Ok(Found {
                id,
                stop: Some(stop),
            });
        }
    }
    let mut buried = BTreeSet::new();
    for letter in all_letters(log, topology, |key| which.is(key))? {
        if let Some(id) = letter.key.as_deref().and_then(id_of) {
            buried.insert(id);
        }
    }
    check_one(which, buried.iter())?;
    match buried.pop_first() {
        Some(id) => Ok(Found { id, stop: None }),
        None => bail!(
            "there is no article {which} here; `copydesk tail articles.enriched --json` prints the ids of those that are"
        ),
    }
}

fn check_one<'a>(which: &Which, ids: impl Iterator<Item = &'a ArticleId>) -> anyhow::Result<()> {
    let ids: Vec<&str> = ids.map(ArticleId::as_str).collect();
    if ids.len() < 2 {
        return Ok(());
    }
    let more = match ids.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = &ids[..ids.len().min(NAMED)];
    bail!(
        "{} articles have an id that begins with {which}: {}{more}; give more digits",
        ids.len(),
        named.join(", ")
    )
}

/// The newest record of each article that is meant.
fn newest<L: Log>(
    log: &L,
    topic: &str,
    which: &Which,
) -> anyhow::Result<BTreeMap<ArticleId, Stop>> {
    let mut newest = BTreeMap::new();
    if patiently(|| log.partitions(topic))?.is_none() {
        return Ok(newest);
    }
    let mut scan = Scan::bounded(log, topic, Start::Beginning)?;
    while let Some((partition, record)) = scan.next_record()? {
        let key = record.key.as_deref().unwrap_or_default();
        if which.is(key)
            && let Some(id) = id_of(key)
        {
            let stop = stop(topic, partition, record);
            newest.insert(id, stop);
        }
    }
    Ok(newest)
}

fn id_of(key: &[u8]) -> Option<ArticleId> {
    ArticleId::parse(std::str::from_utf8(key).ok()?)
}

fn stop(topic: &str, partition: u32, record: Stored) -> Stop {
    Stop {
        topic: topic.to_owned(),
        partition,
        record,
    }
}

/// The dead letters of an article, the oldest first.
pub(super) fn letters<L: Log>(
    log: &L,
    topology: &Topology,
    id: &ArticleId,
) -> anyhow::Result<Vec<Buried>> {
    all_letters(log, topology, |key| key == id.as_str().as_bytes())
}

fn all_letters<L: Log>(
    log: &L,
    topology: &Topology,
    is_meant: impl Fn(&[u8]) -> bool,
) -> anyhow::Result<Vec<Buried>> {
    let mut letters = Vec::new();
    for topic in topology.all_dead() {
        if patiently(|| log.partitions(&topic.name))?.is_none() {
            continue;
        }
        let mut scan = Scan::bounded(log, &topic.name, Start::Beginning)?;
        while let Some((partition, record)) = scan.next_record()? {
            let is_meant = record.key.as_deref().is_some_and(&is_meant);
            if is_meant && let Some(Grave::Letter(letter)) = Grave::read(partition, record) {
                letters.push(*letter);
            }
        }
    }
    Ok(letters)
}

/// The record at `topic/partition/offset`, where it is still there.
pub(super) fn read_at<L: Log>(log: &L, place: &str) -> anyhow::Result<Option<Stop>> {
    let mut parts = place.rsplitn(3, '/');
    let offset = parts.next().and_then(|offset| offset.parse::<u64>().ok());
    let partition = parts.next().and_then(|number| number.parse::<u32>().ok());
    let (Some(offset), Some(partition), Some(topic)) = (offset, partition, parts.next()) else {
        return Ok(None);
    };
    let partitions = patiently(|| log.partitions(topic))?.unwrap_or(0);
    if partition >= partitions {
        return Ok(None);
    }
    let bounds = patiently(|| log.bounds(topic, partition))?;
    if !bounds.contains(&offset) {
        return Ok(None);
    }
    let waker = Waker::default();
    let mut reader = patiently(|| log.reader(topic, partition, offset, waker.clone()))?;
    let one = Limits {
        records: 1,
        bytes: 1,
    };
    let records = patiently(|| reader.read(one))?;
    let found = records.into_iter().find(|record| record.offset == offset);
    Ok(found.map(|record| stop(topic, partition, record)))
}

/// The poll that found an article: of the same feed, answered at the same moment.
pub(super) fn poll_of<L: Log>(
    log: &L,
    topology: &Topology,
    discovered: &Stop,
) -> anyhow::Result<Option<Stop>> {
    let value = discovered.record.value.as_deref().unwrap_or_default();
    let (Ok(found), Some(topic)) = (
        serde_json::from_slice::<Discovered>(value),
        topology.topic(Polled::TOPIC),
    ) else {
        return Ok(None);
    };
    let partitions = patiently(|| log.partitions(&topic.name))?.unwrap_or(0);
    if partitions == 0 {
        return Ok(None);
    }
    let partition = Route::By(host_of(&found.feed.url)).partition(partitions, 0);
    // What a record says of its time may be anything.
    let since = found
        .polled_at
        .saturating_sub(CLOCKS)
        .unwrap_or(Timestamp::MIN);
    let from = patiently(|| log.since(&topic.name, partition, since))?;
    let end = patiently(|| log.bounds(&topic.name, partition))?.end;
    let waker = Waker::default();
    let mut reader = patiently(|| log.reader(&topic.name, partition, from, waker.clone()))?;
    while reader.position() < end {
        let records = patiently(|| reader.read(Limits::default()))?;
        if records.is_empty() {
            break;
        }
        for record in records {
            if record
                .written_at
                .duration_since(discovered.record.written_at)
                > CLOCKS
            {
                return Ok(None);
            }
            if record.key.as_deref() != Some(found.feed.url.as_bytes()) {
                continue;
            }
            let poll = stop(&topic.name, partition, record);
            if poll.moment("fetched_at") == Some(found.polled_at) {
                return Ok(Some(poll));
            }
        }
    }
    Ok(None)
}
