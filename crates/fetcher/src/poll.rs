//! The task that polls feeds: input `feeds`, output `feeds.polled` and `articles.discovered`.

mod heir;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use article::{Discovered, Feed, Message, Outgoing, Polled, Route};
use jiff::Timestamp;
use pipeline::dead::{Coordinates, DeadLetter};
use pipeline::log::{Failure, Log, Stored};
use pipeline::metrics::FEEDS;
use pipeline::staged::decode;
use pipeline::state::Journalled;
use pipeline::telemetry::Origin;
use pipeline::{Estate, Later, Outputs, Reason, Reject, State, Table, Task, Whose, Work};
use xxhash_rust::xxh3::xxh3_64;

use crate::config::Config;
use crate::flights::{Airport, Purpose};
use crate::frontier::Frontier;
use crate::http::Request;
use crate::ingest::{Dead, FeedState, IdentityKey, Ingested, Listing, Seen, ingest, unfetchable};
use crate::outcome::{Answer, Kind, Outcome, Trouble};
use crate::pause::Pause;
use crate::replay::{IngestState, again};
use crate::rounds::{self, Rounds, note, topic_name};
use crate::schedule::Pace;
use crate::settle::Found;
use crate::tally::{FEED_STATES, Tally, state_of};

const STAGE: &str = "poll";
/// What was polled after the replay.
const LATER: Later = Later {
    stage: "ingest",
    input: Polled::TOPIC,
    of: Whose::Own,
};
const ACCEPT: &str = "application/atom+xml, application/rss+xml, application/feed+json, \
    application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1";

/// Polls the feeds that are due.
#[derive(Debug)]
pub struct Poll {
    config: Arc<Config>,
    pace: Pace,
    airport: Airport,
}

/// What polling remembers: the feeds, the items seen in each, and the hosts that asked for a pause.
#[derive(Debug)]
pub struct PollState {
    feeds: Table<String, FeedState>,
    /// By the hash of the feed's address and the item's identity. Apart from the feed, so that a poll
    /// that finds one item writes one entry.
    seen: Table<(u64, IdentityKey), Seen>,
    hosts: Table<String, Pause>,
    /// Derived: which feed is due when.
    frontier: Frontier<String>,
}

impl Default for PollState {
    fn default() -> Self {
        Self {
            feeds: Table::named("feeds"),
            seen: Table::named("seen"),
            hosts: Table::named("hosts"),
            frontier: Frontier::default(),
        }
    }
}

impl State for PollState {
    fn tables(&mut self) -> Vec<&mut dyn Journalled> {
        vec![&mut self.feeds, &mut self.seen, &mut self.hosts]
    }

    fn rebuild(&mut self) {
        self.frontier = Frontier::default();
        for (host, pause) in self.hosts.iter() {
            self.frontier.hold(host, pause.until);
        }
        for (url, state) in self.feeds.iter() {
            let host = article::host_of(url);
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
    fn listing(&self, url: &str) -> Listing {
        let feed = xxh3_64(url.as_bytes());
        let all = (feed, [0; 2])..=(feed, [u64::MAX; 2]);
        let entries = self.seen.range(all);
        entries.map(|((_, key), seen)| (*key, *seen)).collect()
    }

    /// Adds a feed, or takes up what is newly said of it.
    fn add(&mut self, feed: Feed, pace: &Pace, now: Timestamp) {
        let state = match self.feeds.get(&feed.url) {
            Some(state) => {
                // A shorter interval holds from now on, not only after the next poll.
                let soonest = now + pace.interval_of(&feed);
                let next_due = match state.failures {
                    0 => state.next_due.min(soonest),
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
        let (url, due) = (state.feed.url.clone(), state.next_due);
        self.frontier
            .insert(url.clone(), &article::host_of(&url), due);
        self.feeds.insert(url, state);
    }

    /// Forgets a feed and its items.
    fn remove(&mut self, url: &String) {
        let feed = xxh3_64(url.as_bytes());
        for (key, _) in self.listing(url) {
            self.seen.remove(&(feed, key));
        }
        self.feeds.remove(url);
        self.frontier.remove(url);
    }

    /// Takes up what changed of what is known of a feed's items.
    fn note_seen(&mut self, url: &str, changed: Vec<(IdentityKey, Option<Seen>)>) {
        let feed = xxh3_64(url.as_bytes());
        for (key, seen) in changed {
            match seen {
                Some(seen) => self.seen.insert((feed, key), seen),
                None => _ = self.seen.remove(&(feed, key)),
            }
        }
    }

    /// Takes up what a poll led to, but for the records to write.
    fn keep(&mut self, url: String, host: &str, done: &mut Ingested) {
        self.note_seen(&url, std::mem::take(&mut done.seen));
        let state = std::mem::take(&mut done.state);
        self.frontier.insert(url.clone(), host, state.next_due);
        self.feeds.insert(url, state);
    }
}

impl<L: Log> Work<L> for Poll {
    const NAME: &'static str = STAGE;
    type In = Feed;
    type State = PollState;
    const INHERITS: bool = true;
    const LATER: Option<Later> = Some(LATER);

    fn heir(&self, estate: &Estate<'_, L>) -> Result<PollState, Failure> {
        let replayed: IngestState = estate.state("ingest", Polled::TOPIC, Whose::Own)?;
        let forebear: PollState = estate.state(STAGE, Feed::TOPIC, Whose::Forebear)?;
        let mut later = BTreeMap::new();
        estate.later(LATER, |_, record| {
            if let Ok(polled) = decode::<Polled>(&record) {
                *later.entry(polled.feed.url).or_insert(0) += 1;
            }
            Ok(())
        })?;
        Ok(PollState::heir(forebear, replayed, &later))
    }

    /// What was polled after the replay is read as polling reads it.
    fn catch_up(
        &self,
        task: &mut Task<'_, L, PollState>,
        outputs: &mut Outputs,
        source: Coordinates,
        record: Stored,
    ) -> Result<(), Failure> {
        let polled = match decode::<Polled>(&record) {
            Ok(polled) => polled,
            Err(reject) => {
                if task.estate().answers_for(&source, &Route::AsInput) {
                    let letter = DeadLetter::of_record(STAGE, reject, source, record);
                    task.bury(outputs, letter);
                }
                return Ok(());
            }
        };
        if !task.estate().answers_for(&source, &polled.route()) {
            return Ok(());
        }
        let url = polled.feed.url.clone();
        let seen = task.state.listing(&url);
        let state = task.state.feeds.get(&url).cloned().unwrap_or_default();
        let before = FeedState {
            readings: state.readings,
            unreadable: state.unreadable,
            naming: state.naming,
            ..FeedState::default()
        };
        let mut done = again(&self.pace, before, &seen, polled);
        task.state.note_seen(&url, std::mem::take(&mut done.seen));
        let read = &done.state;
        task.state.feeds.update(&url, |state| {
            state.readings = read.readings;
            state.unreadable = read.unreadable;
            state.naming = read.naming;
        });
        // The poll itself is written down already.
        write_found(task, outputs, done);
        Ok(())
    }

    fn run(&self, task: &mut Task<'_, L, PollState>) -> Result<(), Failure> {
        rounds::make(self, task)
    }
}

impl Poll {
    pub(crate) fn new(config: Arc<Config>, airport: Airport) -> Self {
        let pace = Pace::new(&config);
        Self {
            config,
            pace,
            airport,
        }
    }
}

impl<L: Log> Rounds<L> for Poll {
    type Key = String;

    fn airport(&self) -> &Airport {
        &self.airport
    }

    fn host_interval(&self) -> Duration {
        self.config.host_interval()
    }

    fn frontier(state: &mut PollState) -> &mut Frontier<String> {
        &mut state.frontier
    }

    fn hosts(state: &mut PollState) -> &mut Table<String, Pause> {
        &mut state.hosts
    }

    fn has_room(&self, _: &mut PollState) -> bool {
        true
    }

    fn take(
        &self,
        state: &mut PollState,
        record: &Stored,
        _found: Found,
        now: Timestamp,
    ) -> Result<(), Reject> {
        if let Some(url) = tombstone(record) {
            state.remove(&url);
            return Ok(());
        }
        let feed = decode::<Feed>(record)?;
        if let Some(why) = unfetchable(&feed.url) {
            return Err(Reject::new(Reason::Unfetchable, why));
        }
        state.add(feed, &self.pace, now);
        Ok(())
    }

    fn land(
        &self,
        task: &mut Task<'_, L, PollState>,
        outputs: &mut Outputs,
        url: String,
        outcome: Outcome,
    ) {
        let free_at = outcome.at + self.config.host_interval();
        task.state.frontier.finish(&url, free_at);
        let tally = Tally::of(self.airport.what, &outcome);
        // Removed while its poll was under way.
        let Some(state) = task.state.feeds.get(&url).cloned() else {
            tally.count();
            return;
        };
        let host = article::host_of(&url);
        if let Err(Trouble::Crowded { until, .. }) = &outcome.result {
            // The feed was not asked for, so nothing is known of it.
            tally.count();
            task.state.frontier.hold(&outcome.host, *until);
            task.state.frontier.insert(url, &host, *until);
            return;
        }
        let pause = note(self, task, &self.pace, &url, &outcome);
        let failures = state.failures;
        let has_body = outcome.result.as_ref().is_ok_and(Answer::is_success);
        let seen = if has_body {
            task.state.listing(&url)
        } else {
            Listing::new()
        };
        let mut done = ingest(&self.pace, state, &seen, outcome);
        if let Some(pause) = pause {
            done.state.next_due = done.state.next_due.max(pause);
        }
        tally.count_as(done.state.last);
        tell(&done.state, failures);
        task.state.keep(url, &host, &mut done);
        write(task, outputs, done);
    }

    fn tell(&self, task: &Task<'_, L, PollState>) {
        let feeds = task.state.feeds.iter();
        let states: Vec<_> = feeds.map(|(_, feed)| state_of(feed)).collect();
        for state in FEED_STATES {
            let count = states.iter().filter(|known| **known == state).count();
            task.tell(FEEDS, state, count as f64);
        }
    }

    fn request(&self, state: &PollState, url: &String) -> Option<Request> {
        let feed = state.feeds.get(url)?;
        Some(Request {
            url: url.clone(),
            validators: feed.validators.clone(),
            accept: ACCEPT,
            limit: self.config.max_feed(),
        })
    }

    fn purpose(&self, _: &PollState, url: &String, _: Timestamp) -> Purpose {
        Purpose {
            id: url.clone(),
            origin: Origin::Nothing,
        }
    }
}

/// The address of the feed that a record removes.
fn tombstone(record: &Stored) -> Option<String> {
    if record.value.is_some() {
        return None;
    }
    String::from_utf8(record.key.clone()?).ok()
}

/// Adds the records that a poll led to.
fn write<L: Log>(task: &Task<'_, L, PollState>, outputs: &mut Outputs, done: Ingested) {
    if let Some(polled) = write_found(task, outputs, done) {
        task.emit(outputs, polled.into(), None);
    }
}

/// Adds what was found in a poll, and its dead letters; what is left is the poll itself.
fn write_found<L: Log>(
    task: &Task<'_, L, PollState>,
    outputs: &mut Outputs,
    done: Ingested,
) -> Option<Polled> {
    for dead in done.dead {
        let letter = match (dead, &done.polled) {
            (Dead::NotAFeed(why), Some(polled)) => {
                let reject = Reject::new(Reason::NotAFeed, format!("{}: {why}", polled.feed.url));
                let topic = topic_name(task, article::Polled::TOPIC);
                DeadLetter::of_message(STAGE, reject, Outgoing::of(polled), &topic)
            }
            // An unreadable body always changed, so it always comes with its bytes.
            (Dead::NotAFeed(_), None) => continue,
            (Dead::Unfetchable(discovered, why), _) => {
                let reject = Reject::new(Reason::Unfetchable, why);
                let topic = topic_name(task, Discovered::TOPIC);
                DeadLetter::of_message(STAGE, reject, Outgoing::of(&*discovered), &topic)
            }
        };
        task.bury(outputs, letter);
    }
    for discovered in done.discovered {
        task.emit(outputs, discovered.into(), None);
    }
    done.polled
}

/// Tells of a feed's first failure and of its recovery; whatever a machine without network meets is
/// told quietly.
fn tell(state: &FeedState, failures_before: u32) {
    let feed = state.feed.url.as_str();
    let outcome = state.last.as_str();
    let detail = state.detail.as_deref().unwrap_or_default();
    let is_quiet = matches!(state.last, Kind::Dns | Kind::Connect | Kind::Offline);
    match (state.failures, failures_before) {
        (0, 0) => tracing::debug!(feed, outcome, listed = state.listed, "polled"),
        (0, _) => tracing::info!(feed, outcome, "the feed answers again"),
        (1, 0) if !is_quiet => {
            tracing::info!(feed, outcome, next_due = %state.next_due, "the feed cannot be polled: {detail}");
        }
        (failures, _) => {
            tracing::debug!(feed, outcome, failures, next_due = %state.next_due, "the feed cannot be polled: {detail}");
        }
    }
}
