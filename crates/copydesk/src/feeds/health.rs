//! How feeds are, by what polling wrote down of them: whether the pipeline runs or not, on either log.

use std::collections::BTreeMap;

use article::{Feed, Message as _};
use fetcher::FeedHealth;
use fetcher::ingest::{FeedState, IdentityKey, Listing};
use fetcher::known::{self, Entry};
use fetcher::websub::Subscription;
use pipeline::Waker;
use pipeline::log::{Failure, Limits, Log, Reader as _};
use pipeline::topics::Topology;

use crate::patience::patiently;

/// Whether somebody should look at a feed.
pub fn is_failing(health: &FeedHealth) -> bool {
    matches!(health.state, "failing" | "gone")
}

/// How every feed is that was polled, by address. Only that is kept of what is read.
///
/// # Errors
/// A log that cannot be read.
pub fn healths<L: Log>(
    log: &L,
    topology: &Topology,
) -> Result<BTreeMap<String, FeedHealth>, Failure> {
    let mut healths = BTreeMap::new();
    let partitions = topology
        .topic(Feed::TOPIC)
        .map_or(0, |topic| topic.partitions);
    for partition in 0..partitions {
        each(log, topology, partition, false, |entry| match entry {
            Entry::Feed(url, Some(state)) => _ = healths.insert(url, FeedHealth::of(&state)),
            Entry::Feed(url, None) => _ = healths.remove(&url),
            Entry::Item(..) | Entry::Hub(..) => {}
        })?;
    }
    Ok(healths)
}

/// What polling knows of one feed, and of its items.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The feed.
    pub state: Option<Box<FeedState>>,
    /// Its items.
    pub items: Listing,
    /// The subscription at its hub.
    pub hub: Option<Box<Subscription>>,
}

impl Known {
    /// How the feed is, where it was polled.
    pub fn health(&self) -> Option<FeedHealth> {
        self.state.as_deref().map(FeedHealth::of)
    }
}

/// What polling knows of `feed`.
///
/// # Errors
/// A log that cannot be read.
pub fn known<L: Log>(log: &L, topology: &Topology, feed: &Feed) -> Result<Known, Failure> {
    let partitions = topology
        .topic(Feed::TOPIC)
        .map_or(0, |topic| topic.partitions);
    let partition = feed.route().partition(partitions, 0);
    let key = known::feed_key(&feed.url);
    let mut found = Known::default();
    let mut note = |identity: IdentityKey, seen| match seen {
        Some(seen) => _ = found.items.insert(identity, seen),
        None => _ = found.items.remove(&identity),
    };
    let (mut state, mut hub) = (None, None);
    each(log, topology, partition, true, |entry| match entry {
        Entry::Feed(url, known) if url == feed.url => state = known,
        Entry::Item(of, identity, seen) if of == key => note(identity, seen),
        Entry::Hub(url, known) if url == feed.url => hub = known,
        _ => {}
    })?;
    found.state = state;
    found.hub = hub;
    Ok(found)
}

/// Shows every entry of polling's changelog that is about feeds, in one partition; nothing where nobody
/// has polled yet.
fn each<L: Log>(
    log: &L,
    topology: &Topology,
    partition: u32,
    items: bool,
    mut show: impl FnMut(Entry),
) -> Result<(), Failure> {
    let partitions = topology
        .topic(Feed::TOPIC)
        .map_or(0, |topic| topic.partitions);
    let changelog = topology.changelog("poll", partitions).name;
    if patiently(|| log.partitions(&changelog))?.is_none_or(|there| partition >= there) {
        return Ok(());
    }
    let bounds = patiently(|| log.bounds(&changelog, partition))?;
    let waker = Waker::default();
    let mut reader = patiently(|| log.reader(&changelog, partition, bounds.start, waker.clone()))?;
    while reader.position() < bounds.end {
        let records = patiently(|| reader.read(Limits::default()))?;
        if records.is_empty() {
            // What lies before the end and cannot be read yet is not committed.
            break;
        }
        for record in records {
            let key = record.key.unwrap_or_default();
            if let Some(entry) = known::read(&key, record.value.as_deref(), items) {
                show(entry);
            }
        }
    }
    Ok(())
}
