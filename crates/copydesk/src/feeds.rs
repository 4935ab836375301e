//! The topic `feeds`: which feeds are polled, and changing that.

use std::collections::BTreeMap;

use article::{Feed, Message as _, Outgoing};
use pipeline::headers::{self, Headers};
use pipeline::log::{Failure, Log, Producer, ToSend};
use pipeline::staged::decode;
use pipeline::topics::Topology;

use crate::patience::patiently;
use crate::scan::{Scan, Start};

/// One id for all who change feeds: a second one fences the first, so that each sees what the other
/// did.
const PRODUCER: &str = "copydesk.cli.feeds";
/// How many feeds go into one transaction.
const BATCH: usize = 500;

/// Why feeds cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The address is none that can be polled.
    #[error("{url:?} cannot be polled: {reason}")]
    Address {
        /// The address.
        url: String,
        /// What is wrong with it.
        reason: String,
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
    /// Take over the new facts.
    Update,
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
    feeds: Vec<Feed>,
    known: Known,
    mut progress: impl FnMut(usize),
) -> Result<Added, FeedError> {
    for feed in &feeds {
        check_address(&feed.url)?;
    }
    let mut producer = patiently(|| log.producer(PRODUCER))?;
    let mut there = read(log, topology)?;
    let mut added = Added::default();
    let mut records = Vec::new();
    for feed in feeds {
        match there.get(&feed.url) {
            None => added.new += 1,
            Some(old) if *old == feed || known == Known::Keep => {
                added.unchanged += 1;
                continue;
            }
            Some(_) => added.changed += 1,
        }
        records.push(record(topology, Outgoing::of(&feed)));
        there.insert(feed.url.clone(), feed);
    }
    let mut done = 0;
    for batch in records.chunks(BATCH) {
        commit(&mut producer, batch)?;
        done += batch.len();
        progress(done);
    }
    Ok(added)
}

/// Removes a feed.
///
/// # Errors
/// Where there is none at this address, or a log that cannot be written.
pub fn remove<L: Log>(log: &L, topology: &Topology, url: &str) -> Result<(), FeedError> {
    let mut producer = patiently(|| log.producer(PRODUCER))?;
    let there = read(log, topology)?;
    let Some(feed) = there.get(url) else {
        let near = crate::hint::nearest(url, there.keys().map(String::as_str));
        return Err(FeedError::Missing {
            url: url.to_owned(),
            hint: near.map_or_else(String::new, |near| format!("; did you mean {near}?")),
        });
    };
    let tombstone = record(topology, Outgoing::tombstone(feed));
    Ok(commit(&mut producer, &[tombstone])?)
}

/// Whether an address can be polled at all.
///
/// # Errors
/// [`FeedError::Address`] where it is no http or https address with a host.
pub fn check_address(url: &str) -> Result<(), FeedError> {
    let wrong = |reason: String| FeedError::Address {
        url: url.to_owned(),
        reason,
    };
    let parsed = url::Url::parse(url).map_err(|error| {
        wrong(format!(
            "{error}; expected an address such as https://a.example/rss"
        ))
    })?;
    match parsed.scheme() {
        "http" | "https" if parsed.has_host() => Ok(()),
        scheme => Err(wrong(format!("{scheme} is neither http nor https"))),
    }
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
    let topic = topology.topic(Feed::TOPIC);
    &topic
        .expect("every message's topic is part of the topology")
        .name
}
