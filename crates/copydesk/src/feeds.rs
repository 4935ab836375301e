//! The topic `feeds`: which feeds are polled, and changing that.

mod health;

use std::collections::BTreeMap;
use std::time::Duration;

use article::{Feed, Outgoing};
use pipeline::headers::{self, Headers};
use pipeline::leftovers::settle_topic;
use pipeline::log::{Failure, Log, Producer, ToSend};
use pipeline::staged::decode;
use pipeline::topics::Topology;

use crate::patience::patiently;
use crate::scan::{Scan, Start};
use crate::storage;

pub use health::{Known as KnownFeed, healths, is_failing, known};

/// How often a change begins again after somebody else's change got in between.
const ATTEMPTS: u32 = 6;
/// The pause before the first repetition; each further one is twice as long.
const AGAIN_AFTER: Duration = Duration::from_millis(50);
/// How many feeds go into one transaction.
const BATCH: usize = 500;

/// Why feeds cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The address is none that can be polled.
    #[error("the feed cannot be polled: {0}")]
    Address(String),
    /// What goes with the requests for it cannot be used.
    #[error("{url} cannot be asked for like that: {cause}")]
    Access {
        /// The address.
        url: String,
        /// What is wrong.
        cause: fetcher::AccessError,
    },
    /// There is no such feed.
    #[error("there is no feed {url:?}{hint}")]
    Missing {
        /// The address.
        url: String,
        /// What was meant, perhaps.
        hint: String,
    },
    /// The log says no.
    #[error(transparent)]
    Log(#[from] Failure),
}

/// What to do with a feed that is there already and differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Leave it as it is.
    Keep,
    /// Take over the new facts; what they do not say stays.
    Merge,
    /// Be it from now on as it is said.
    Update,
}

/// Who changes feeds. Of one kind a second writer fences the first, which then begins again and sees
/// what the second did. The kinds have ids of their own: a command must not end a service that starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// A command that somebody typed.
    Command,
    /// The process that runs the pipeline.
    Service,
}

impl Writer {
    /// The transactional id.
    fn id(self) -> &'static str {
        match self {
            Self::Command => "copydesk.cli.feeds",
            Self::Service => "copydesk.service.feeds",
        }
    }
}

/// What an addition did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Feeds that were not there.
    pub new: usize,
    /// Feeds whose facts changed.
    pub changed: usize,
    /// Feeds that were left as they are.
    pub unchanged: usize,
}

impl Added {
    /// How many feeds were gone through.
    fn total(self) -> usize {
        self.new + self.changed + self.unchanged
    }
}

/// Every feed by its address.
///
/// # Errors
/// A log that cannot be read.
pub fn read<L: Log>(log: &L, topology: &Topology) -> Result<BTreeMap<String, Feed>, Failure> {
    let mut feeds = BTreeMap::new();
    let mut scan = Scan::bounded(log, name(topology), Start::Beginning)?;
    while let Some((partition, record)) = scan.next_record()? {
        let Some(key) = record.key.as_deref() else {
            continue;
        };
        let url = String::from_utf8_lossy(key).into_owned();
        if record.value.is_none() {
            feeds.remove(&url);
            continue;
        }
        match decode::<Feed>(&record) {
            Ok(feed) => _ = feeds.insert(url, feed),
            Err(reject) => {
                tracing::warn!(partition, offset = record.offset, "not a feed: {reject}");
            }
        }
    }
    Ok(feeds)
}

/// Adds feeds. One that is there with the same facts is not written again; `progress` hears how many
/// are done.
///
/// # Errors
/// The first address that cannot be polled, before anything is written; or a log that cannot be
/// written.
pub fn add<L: Log>(
    log: &L,
    topology: &Topology,
    feeds: &[Feed],
    known: Known,
    writer: Writer,
    mut progress: impl FnMut(usize),
) -> Result<Added, FeedError> {
    for feed in feeds {
        check(feed)?;
    }
    if feeds.is_empty() {
        return Ok(Added::default());
    }
    // What is committed stays done, however often the rest begins again.
    let mut added = Added::default();
    begun_again(writer, || {
        let mut producer = self::producer(log, topology, writer)?;
        let mut there = read(log, topology)?;
        loop {
            if producer.is_suspect() {
                // Committed, but the next transaction of this producer could be ended by what is still
                // under way. Somebody else may write before the new one is there.
                producer = self::producer(log, topology, writer)?;
                there = read(log, topology)?;
            }
            let rest = &feeds[added.total()..];
            let (batch, records) = batch(topology, rest, known, &mut there, added);
            if !records.is_empty() {
                commit(&mut producer, &records)?;
            }
            added = batch;
            progress(added.total());
            if added.total() == feeds.len() {
                return Ok(());
            }
        }
    })?;
    Ok(added)
}

/// The records of the first feeds of `rest`, and `added` with them.
fn batch(
    topology: &Topology,
    rest: &[Feed],
    known: Known,
    there: &mut BTreeMap<String, Feed>,
    mut added: Added,
) -> (Added, Vec<ToSend>) {
    let mut records = Vec::new();
    for feed in rest {
        let mut feed = feed.clone();
        match there.get(&feed.url) {
            None => added.new += 1,
            Some(old) => {
                if known == Known::Merge {
                    feed = merged(old, feed);
                }
                if known == Known::Keep || *old == feed {
                    added.unchanged += 1;
                    continue;
                }
                added.changed += 1;
            }
        }
        records.push(record(topology, Outgoing::of(&feed)));
        there.insert(feed.url.clone(), feed);
        if records.len() == BATCH {
            break;
        }
    }
    (added, records)
}

/// Makes a change again that somebody else's change fenced, or of which nobody knows whether it was made,
/// a few times: it begins with reading what is there. A service that starts beside others while the broker
/// is busy must not end for that; a person who waits is told sooner that the log does not answer.
fn begun_again(
    writer: Writer,
    mut change: impl FnMut() -> Result<(), FeedError>,
) -> Result<(), FeedError> {
    let mut pause = AGAIN_AFTER;
    for _ in 1..ATTEMPTS {
        match change() {
            Err(FeedError::Log(Failure::Fenced(_) | Failure::Reopen(_))) => {}
            Err(FeedError::Log(Failure::Retry(_))) if writer == Writer::Service => {}
            outcome => return outcome,
        }
        std::thread::sleep(pause);
        pause *= 2;
    }
    change()
}

/// `new` with what only `old` says. What somebody has stopped stays so, and what was checked is.
fn merged(old: &Feed, new: Feed) -> Feed {
    let or = |new: Option<String>, old: &Option<String>| new.or_else(|| old.clone());
    Feed {
        url: new.url,
        title: or(new.title, &old.title),
        publisher: or(new.publisher, &old.publisher),
        country: or(new.country, &old.country),
        language: or(new.language, &old.language),
        kind: or(new.kind, &old.kind),
        interval_seconds: new.interval_seconds.or(old.interval_seconds),
        full_text: new.full_text || old.full_text,
        unverified: new.unverified && old.unverified,
        paused: new.paused || old.paused,
        wanted_at: new.wanted_at.or(old.wanted_at),
        access: new.access.or_else(|| old.access.clone()),
    }
}

/// Changes feeds in one transaction: `change` says what becomes of each, `None` removes it. Those that
/// stay as they are are not written; how many were.
///
/// # Errors
/// [`FeedError::Missing`] where there is none at one of the addresses, before anything is written; what
/// cannot be asked for, or a log that cannot be written.
pub fn change<L: Log>(
    log: &L,
    topology: &Topology,
    urls: &[String],
    mut change: impl FnMut(&Feed) -> Option<Feed>,
) -> Result<usize, FeedError> {
    let mut written = 0;
    begun_again(Writer::Command, || {
        let mut producer = self::producer(log, topology, Writer::Command)?;
        let there = read(log, topology)?;
        let mut records = Vec::new();
        for url in urls {
            let Some(feed) = there.get(url) else {
                return Err(missing(url, &there));
            };
            match change(feed) {
                Some(changed) if changed == *feed => {}
                Some(changed) => {
                    check(&changed)?;
                    records.push(record(topology, Outgoing::of(&changed)));
                }
                None => records.push(record(topology, Outgoing::tombstone(feed))),
            }
        }
        written = records.len();
        if records.is_empty() {
            return Ok(());
        }
        Ok(commit(&mut producer, &records)?)
    })?;
    Ok(written)
}

/// There is no such feed, and what was meant, perhaps.
pub fn missing(url: &str, there: &BTreeMap<String, Feed>) -> FeedError {
    let near = crate::hint::nearest(url, there.keys().map(String::as_str));
    FeedError::Missing {
        url: url.to_owned(),
        hint: near.map_or_else(String::new, |near| format!("; did you mean {near}?")),
    }
}

/// Whether a feed can be polled as its record says.
///
/// # Errors
/// [`FeedError::Address`] or [`FeedError::Access`].
pub fn check(feed: &Feed) -> Result<(), FeedError> {
    check_address(&feed.url)?;
    let access = feed.access.as_deref();
    let checked = access.map_or(Ok(()), fetcher::check_access);
    checked.map_err(|cause| FeedError::Access {
        url: feed.url.clone(),
        cause,
    })
}

/// Whether an address can be polled at all.
///
/// # Errors
/// [`FeedError::Address`] where the fetcher would not ask for it.
pub fn check_address(url: &str) -> Result<(), FeedError> {
    match fetcher::ingest::unfetchable(url) {
        Some(reason) => Err(FeedError::Address(format!(
            "{reason}; expected an address such as https://a.example/rss"
        ))),
        None => Ok(()),
    }
}

/// A producer, after ending what an earlier one left open.
fn producer<L: Log>(log: &L, topology: &Topology, writer: Writer) -> Result<L::Producer, Failure> {
    let mut producer = patiently(|| log.producer(writer.id()))?;
    patiently(|| settle_topic(log, &mut producer, name(topology)))?;
    Ok(producer)
}

fn commit<P: Producer>(producer: &mut P, records: &[ToSend]) -> Result<(), Failure> {
    producer.begin()?;
    for record in records {
        producer.send(record.clone())?;
    }
    patiently(|| producer.commit())
}

fn record(topology: &Topology, outgoing: Outgoing) -> ToSend {
    let topic = topology
        .topic(outgoing.topic)
        .expect("every message's topic is part of the topology");
    ToSend {
        topic: topic.name.clone(),
        partition: outgoing.route.partition(topic.partitions, 0),
        key: Some(outgoing.key.into_bytes()),
        value: outgoing.value,
        headers: Headers::new()
            .with(headers::SCHEMA, outgoing.schema)
            .with(headers::VERSION, env!("CARGO_PKG_VERSION")),
    }
}

fn name(topology: &Topology) -> &str {
    &storage::feeds(topology).name
}

#[cfg(test)]
mod tests;
