//! What polling remembers and decides. Pure: time comes with what happened.

use std::time::Duration;

use article::Feed;
use jiff::Timestamp;
use pipeline::state::Journalled;
use pipeline::{State, Table};
use xxhash_rust::xxh3::xxh3_64;

use crate::access::Guarded;
use crate::frontier::Frontier;
use crate::http::Request;
use crate::ingest::{FeedState, IdentityKey, Ingested, Listing, Seen, ingest};
use crate::outcome::{Answer, Kind, Outcome, Trouble};
use crate::pause::{self, Pause};
use crate::schedule::Pace;
use crate::websub::{Desk, Subscription};

pub(crate) const ACCEPT: &str = "application/atom+xml, application/rss+xml, application/feed+json, \
    application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1";

/// What polling remembers: the feeds, the items seen in each, and the hosts that asked for a pause.
#[derive(Debug)]
pub struct PollState {
    pub(super) feeds: Table<String, FeedState>,
    /// By the hash of the feed's address and the item's identity. Apart from the feed, so that a poll
    /// that finds one item writes one entry.
    pub(super) seen: Table<(u64, IdentityKey), Seen>,
    pub(super) hosts: Table<String, Pause>,
    /// Derived: which feed is due when.
    pub(super) frontier: Frontier<String>,
    /// Subscriptions at hubs, by the feed's address.
    pub(super) subscriptions: Table<String, Subscription>,
    /// Where what hubs tell arrives.
    pub(super) hubs: Option<Desk>,
}

/// What became of a request.
#[derive(Debug, Default)]
pub(super) struct Landed {
    /// What it led to, the state apart, which is kept. `None` where nothing is known of the feed by it: it
    /// was removed meanwhile, or nobody was asked.
    pub(super) done: Option<Ingested>,
    /// A host that is left alone, and until when.
    pub(super) held: Option<(String, Timestamp)>,
}

impl Default for PollState {
    fn default() -> Self {
        Self {
            feeds: Table::named("feeds"),
            seen: Table::named("seen"),
            hosts: Table::named("hosts"),
            frontier: Frontier::default(),
            subscriptions: Table::named("subscriptions"),
            hubs: None,
        }
    }
}

impl State for PollState {
    fn tables(&mut self) -> Vec<&mut dyn Journalled> {
        vec![
            &mut self.feeds,
            &mut self.seen,
            &mut self.hosts,
            &mut self.subscriptions,
        ]
    }

    fn rebuild(&mut self) {
        self.frontier = Frontier::default();
        for (host, pause) in self.hosts.iter() {
            self.frontier.hold(host, pause.until);
        }
        for (url, state) in self.feeds.iter() {
            if state.feed.paused {
                continue;
            }
            let host = article::host_of(state.asks_for());
            // Offline nobody was asked: the network may be there now.
            let due = match state.last {
                Kind::Offline => Timestamp::UNIX_EPOCH,
                _ => state.next_due,
            };
            self.frontier.insert(url.clone(), &host, due);
        }
    }
}

impl PollState {
    /// What is known of a feed.
    #[cfg(test)]
    pub(super) fn feed(&self, url: &str) -> Option<&FeedState> {
        self.feeds.get(&url.to_owned())
    }

    /// Polls of a feed that failed since the last that did not.
    pub(super) fn failures(&self, url: &String) -> u32 {
        self.feeds.get(url).map_or(0, |state| state.failures)
    }

    pub(super) fn listing(&self, url: &str) -> Listing {
        let feed = xxh3_64(url.as_bytes());
        let all = (feed, [0; 2])..=(feed, [u64::MAX; 2]);
        let entries = self.seen.range(all);
        entries.map(|((_, key), seen)| (*key, *seen)).collect()
    }

    /// What to ask for next of a feed, of at most `limit` bytes.
    pub(super) fn request(&self, url: &String, limit: usize) -> Option<Request> {
        let state = self.feeds.get(url)?;
        Some(Request {
            url: state.asks_for().to_owned(),
            validators: state.conditions(),
            accept: ACCEPT,
            access: Guarded::of(&state.feed),
            hops: None,
            limit,
            // Somebody has asked for the feed by its address.
            robots: false,
            delta: true,
        })
    }

    /// Adds a feed, or takes up what is newly said of it.
    pub(super) fn add(&mut self, feed: Feed, now: Timestamp) {
        let state = match self.feeds.get(&feed.url) {
            Some(state) => {
                // An interval of its own that is shorter holds from now on, not only after the next poll.
                let soonest = feed.interval_seconds.map(Duration::from_secs);
                let soonest = soonest.and_then(|wait| now.checked_add(wait).ok());
                let next_due = match (state.failures, soonest) {
                    _ if is_wanted(&feed, state) => now,
                    (0, Some(soonest)) => state.next_due.min(soonest),
                    _ => state.next_due,
                };
                FeedState {
                    feed,
                    next_due,
                    ..state.clone()
                }
            }
            None => FeedState {
                feed,
                next_due: now,
                ..FeedState::default()
            },
        };
        self.keep(state);
    }

    /// Forgets a feed and its items.
    pub(super) fn remove(&mut self, url: &String) {
        let feed = xxh3_64(url.as_bytes());
        for (key, _) in self.listing(url) {
            self.seen.remove(&(feed, key));
        }
        self.feeds.remove(url);
        self.frontier.remove(url);
    }

    /// Takes up what changed of what is known of a feed's items.
    pub(super) fn note_seen(&mut self, url: &str, changed: Vec<(IdentityKey, Option<Seen>)>) {
        let feed = xxh3_64(url.as_bytes());
        for (key, seen) in changed {
            match seen {
                Some(seen) => self.seen.insert((feed, key), seen),
                None => _ = self.seen.remove(&(feed, key)),
            }
        }
    }

    pub(super) fn keep(&mut self, state: FeedState) {
        let due = state.next_due;
        self.wait(&state, due);
        self.feeds.insert(state.feed.url.clone(), state);
    }

    /// Has a feed wait until `due`, unless it is paused.
    fn wait(&mut self, state: &FeedState, due: Timestamp) {
        let url = &state.feed.url;
        if state.feed.paused {
            self.frontier.remove(url);
        } else {
            let host = article::host_of(state.asks_for());
            self.frontier.insert(url.clone(), &host, due);
        }
    }

    /// Leaves the feed alone that may have been under way at each host when the predecessor ended, until
    /// `until`: it is the one that was due first, since nothing is asked for before it is committed. Not
    /// those that nobody was asked for, offline.
    pub(super) fn rest(&mut self, now: Timestamp, until: Timestamp) {
        for (url, host, due) in self.frontier.heads() {
            let state = self.feeds.get(&url);
            let was_asked = state.is_some_and(|state| state.last != Kind::Offline);
            if due <= now && was_asked {
                self.frontier.insert(url, &host, until);
            }
        }
    }

    /// Takes up what a request came to.
    pub(super) fn land(
        &mut self,
        pace: &Pace,
        host_interval: Duration,
        url: &String,
        outcome: Outcome,
    ) -> Landed {
        self.frontier.finish(url, outcome.at + host_interval);
        // Removed while its poll was under way.
        let Some(state) = self.feeds.get(url).cloned() else {
            return Landed::default();
        };
        if let Err(Trouble::Crowded { until, .. }) = &outcome.result {
            // The feed was not asked for, so nothing is known of it.
            self.frontier.hold(&outcome.host, *until);
            self.wait(&state, *until);
            return Landed::default();
        }
        let held = pause::note(&mut self.hosts, pace, state.asks_for(), &outcome);
        let host = held
            .filter(|held| held.is_host)
            .map(|held| (outcome.host.clone(), held.until));
        if let Some((host, until)) = &host {
            self.frontier.hold(host, *until);
        }
        let has_body = outcome.result.as_ref().is_ok_and(Answer::is_success);
        let seen = if has_body {
            self.listing(url)
        } else {
            Listing::new()
        };
        let mut done = ingest(pace, state, &seen, outcome);
        if let Some(held) = held {
            done.state.next_due = done.state.next_due.max(held.until);
        }
        self.note_seen(url, std::mem::take(&mut done.seen));
        self.keep(done.state.clone());
        Landed {
            done: Some(done),
            held: host,
        }
    }
}

/// Whether somebody has asked for a poll at once, and none was made since. Everything else that holds off
/// a request, such as the host's pause, goes on to do so.
fn is_wanted(feed: &Feed, before: &FeedState) -> bool {
    let is_new = feed.wanted_at != before.feed.wanted_at;
    is_new && feed.wanted_at > before.polled_at
}
