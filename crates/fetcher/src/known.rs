//! What polling knows of feeds, read from its changelog by somebody else: health for people, who need no
//! fetcher that runs.

use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::xxh3_64;

use crate::ingest::{FeedState, IdentityKey, Seen};
use crate::websub::Subscription;

/// An entry of the changelog that is about feeds.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// What is known of a feed, by its address; `None` where it is known no more.
    Feed(String, Option<Box<FeedState>>),
    /// What is known of an item of a feed, which is named by [`feed_key`].
    Item(u64, IdentityKey, Option<Seen>),
    /// The subscription at a hub that tells of a feed, by the feed's address; `None` where it has ended.
    Hub(String, Option<Box<Subscription>>),
}

/// How items' entries name their feed.
pub fn feed_key(url: &str) -> u64 {
    xxh3_64(url.as_bytes())
}

/// Reads an entry; `None` for one that is about something else, or that nobody can read.
pub fn read(key: &[u8], value: Option<&[u8]>, items: bool) -> Option<Entry> {
    let zero = key.iter().position(|byte| *byte == 0)?;
    let (table, key) = (&key[..zero], &key[zero + 1..]);
    match table {
        b"feeds" => Some(Entry::Feed(decoded(key)?, known(value).ok()?)),
        b"seen" if items => {
            let (feed, identity) = decoded(key)?;
            Some(Entry::Item(feed, identity, known(value).ok()?))
        }
        b"subscriptions" => Some(Entry::Hub(decoded(key)?, known(value).ok()?)),
        _ => None,
    }
}

/// What an entry says: nothing where what was known is forgotten.
fn known<T: DeserializeOwned>(value: Option<&[u8]>) -> Result<Option<T>, rmp_serde::decode::Error> {
    value.map(rmp_serde::from_slice).transpose()
}

fn decoded<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    rmp_serde::from_slice(bytes).ok()
}
