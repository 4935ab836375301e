//! Finding articles again in what polls brought.

use article::{Message as _, Outgoing, Polled};
use pipeline::dead::{Coordinates, DeadLetter};
use pipeline::log::Stored;
use pipeline::replay::{Applied, Replayed};
use pipeline::staged::decode;
use pipeline::state::Journalled;
use pipeline::{Reason, Reject, State, Table};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::config::Config;
use crate::ingest::{
    Dead, FeedState, IdentityKey, Ingested, Listing, Naming, Seen, ingest, ingest_part,
};
use crate::outcome::{Answer, Outcome, Validators};
use crate::schedule::Pace;

const STAGE: &str = "ingest";

/// Runs [`crate::ingest::ingest`] over `feeds.polled`.
#[derive(Debug)]
pub struct Reingest {
    pace: Pace,
    /// What `articles.discovered` is called in the generation that is made.
    discovered: String,
}

/// What finding articles remembers: the items seen in each feed, and how often it was read.
#[derive(Debug)]
pub struct IngestState {
    pub(crate) readings: Table<String, Reading>,
    /// As in the state of polling, which takes it over.
    pub(crate) seen: Table<(u64, IdentityKey), Seen>,
}

/// What is known of a feed's readings.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Reading {
    /// Polls of it that the log had.
    pub(crate) polls: u64,
    /// Those whose body could be read as a feed.
    pub(crate) readings: u64,
    /// Whether the last one could not.
    pub(crate) unreadable: bool,
    /// What its items are told apart by.
    pub(crate) naming: Naming,
}

impl Default for IngestState {
    fn default() -> Self {
        Self {
            readings: Table::named("readings"),
            seen: Table::named("seen"),
        }
    }
}

impl State for IngestState {
    fn tables(&mut self) -> Vec<&mut dyn Journalled> {
        vec![&mut self.readings, &mut self.seen]
    }
}

impl Reingest {
    /// The stage, for a generation in which `articles.discovered` is called `discovered`.
    pub fn new(config: &Config, discovered: &str) -> Self {
        Self {
            pace: Pace::new(config),
            discovered: discovered.to_owned(),
        }
    }

    /// What became of a poll: what was found, and the dead letters.
    fn applied(&self, done: Ingested, source: &Coordinates, record: &Stored) -> Applied {
        let dead = done.dead.into_iter().map(|dead| match dead {
            Dead::NotAFeed(why) => {
                let reject = Reject::new(Reason::NotAFeed, why);
                DeadLetter::of_record(STAGE, reject, source.clone(), record.clone())
            }
            Dead::Unfetchable(discovered, why) => {
                let reject = Reject::new(Reason::Unfetchable, why);
                let message = Outgoing::of(&*discovered);
                DeadLetter::of_message(STAGE, reject, message, &self.discovered)
            }
        });
        Applied {
            dead: dead.collect(),
            outgoing: done.discovered.iter().map(Outgoing::of).collect(),
        }
    }
}

impl Replayed for Reingest {
    const NAME: &'static str = STAGE;
    const INPUT: &'static str = Polled::TOPIC;
    type State = IngestState;
    type Read = Polled;

    fn read(&self, record: &Stored, _: &Coordinates) -> Result<Polled, Reject> {
        decode(record)
    }

    fn decide(
        &self,
        polled: Polled,
        (record, source): (&Stored, &Coordinates),
        state: &mut IngestState,
    ) -> Result<Applied, Reject> {
        let url = polled.feed.url.clone();
        let feed = xxh3_64(url.as_bytes());
        let known = state.readings.get(&url).copied().unwrap_or_default();
        let entries = state.seen.range((feed, [0; 2])..=(feed, [u64::MAX; 2]));
        let seen: Listing = entries.map(|((_, key), seen)| (*key, *seen)).collect();
        let before = FeedState {
            readings: known.readings,
            unreadable: known.unreadable,
            naming: known.naming,
            ..FeedState::default()
        };
        let mut done = again(&self.pace, before, &seen, polled);
        for (key, seen) in std::mem::take(&mut done.seen) {
            match seen {
                Some(seen) => state.seen.insert((feed, key), seen),
                None => _ = state.seen.remove(&(feed, key)),
            }
        }
        let reading = Reading {
            polls: known.polls + 1,
            readings: done.state.readings,
            unreadable: done.state.unreadable,
            naming: done.state.naming,
        };
        state.readings.insert(url, reading);
        Ok(self.applied(done, source, record))
    }
}

/// What a poll leads to that was written down: the same decision as at the poll, for a feed of which
/// `before` and `seen` are known.
pub(crate) fn again(pace: &Pace, before: FeedState, seen: &Listing, polled: Polled) -> Ingested {
    let before = FeedState {
        feed: polled.feed,
        // What was written down had changed.
        body_hash: None,
        ..before
    };
    let answer = Answer {
        status: polled.status,
        headers: polled.headers,
        validators: Validators::default(),
        body: polled.body.0,
        final_url: polled.final_url,
        moved: None,
    };
    if polled.part {
        return ingest_part(before, seen, answer, polled.fetched_at);
    }
    let outcome = Outcome {
        at: polled.fetched_at,
        host: article::host_of(&answer.final_url),
        result: Ok(answer),
    };
    ingest(pace, before, seen, outcome)
}
