//! The task that polls feeds: input `feeds`, output `feeds.polled` and `articles.discovered`.

use std::sync::Arc;
use std::time::Duration;

use article::{Discovered, Feed, Message, Outgoing};
use jiff::Timestamp;
use pipeline::dead::DeadLetter;
use pipeline::log::{Failure, Limits, Log, Stored};
use pipeline::staged::decode;
use pipeline::state::Journalled;
use pipeline::{Outputs, Reason, Reject, State, Table, Task, Work};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::config::Config;
use crate::flights::{Airport, Flights};
use crate::frontier::Frontier;
use crate::http::Request;
use crate::ingest::{Dead, FeedState, IdentityKey, Ingested, Listing, Seen, ingest, unfetchable};
use crate::outcome::{Answer, Kind, Outcome};
use crate::schedule::Pace;

const STAGE: &str = "poll";
const ACCEPT: &str = "application/atom+xml, application/rss+xml, application/feed+json, \
    application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1";
/// How many outcomes one transaction takes at the most, and how many bytes of bodies.
const BATCH: (usize, usize) = (200, 16 << 20);
/// How long an idle task sleeps at the most.
pub(crate) const IDLE: Duration = Duration::from_secs(1);
/// How long a task that is asked to stop waits for what is under way.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

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

/// A host's wish to be left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pause {
    pub(crate) until: Timestamp,
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

    /// Takes up what a poll led to, but for the records to write.
    fn keep(&mut self, url: String, host: &str, done: &mut Ingested) {
        let feed = xxh3_64(url.as_bytes());
        for (key, seen) in std::mem::take(&mut done.seen) {
            match seen {
                Some(seen) => self.seen.insert((feed, key), seen),
                None => _ = self.seen.remove(&(feed, key)),
            }
        }
        pause(&mut self.hosts, &mut self.frontier, host, done.pause);
        let state = std::mem::take(&mut done.state);
        self.frontier.insert(url.clone(), host, state.next_due);
        self.feeds.insert(url, state);
    }
}

/// Notes a host's wish to be left alone, or forgets it once the host answers without one.
pub(crate) fn pause<K: Ord + Clone>(
    hosts: &mut Table<String, Pause>,
    frontier: &mut Frontier<K>,
    host: &str,
    until: Option<Timestamp>,
) {
    match until {
        Some(until) => {
            hosts.insert(host.to_owned(), Pause { until });
            frontier.hold(host, until);
        }
        None => _ = hosts.remove(&host.to_owned()),
    }
}

impl<L: Log> Work<L> for Poll {
    const NAME: &'static str = STAGE;
    type In = Feed;
    type State = PollState;

    fn run(&self, task: &mut Task<'_, L, PollState>) -> Result<(), Failure> {
        let mut flights = Flights::new(self.airport.clone(), task.waker().clone());
        if !task.state.feeds.is_empty() {
            let floor = Timestamp::now() + self.config.host_interval();
            task.state.frontier.start_at(floor);
        }
        while !task.should_end() {
            let landed = flights.landed(BATCH.0, BATCH.1);
            let records = task.read(Limits::default())?;
            let is_idle = landed.is_empty() && records.is_empty();
            let mut outputs = Outputs::default();
            self.land(task, &mut outputs, landed);
            let next = self.take(task, &mut outputs, records);
            self.launch(&mut task.state, &mut flights);
            if is_idle {
                rest(
                    task.waker(),
                    task.state.frontier.wake_at(),
                    flights.has_room(),
                );
            } else {
                task.transact(outputs, next)?;
            }
        }
        self.drain(task, &mut flights)
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

    /// Takes up what the input says of feeds; the offset after it.
    fn take<L: Log>(
        &self,
        task: &mut Task<'_, L, PollState>,
        outputs: &mut Outputs,
        records: Vec<Stored>,
    ) -> u64 {
        let mut next = task.next();
        let now = Timestamp::now();
        for record in records {
            next = record.offset + 1;
            if let Some(url) = tombstone(&record) {
                task.state.remove(&url);
                continue;
            }
            let feed = decode::<Feed>(&record).and_then(|feed| match unfetchable(&feed.url) {
                Some(why) => Err(Reject::new(Reason::Unfetchable, why)),
                None => Ok(feed),
            });
            match feed {
                Ok(feed) => task.state.add(feed, &self.pace, now),
                Err(reject) => {
                    let source = task.coordinates(&record);
                    let letter = DeadLetter::of_record(STAGE, reject, source, record);
                    task.bury(outputs, letter);
                }
            }
        }
        next
    }

    /// Takes up what polls came to.
    fn land<L: Log>(
        &self,
        task: &mut Task<'_, L, PollState>,
        outputs: &mut Outputs,
        landed: Vec<(String, Outcome)>,
    ) {
        for (url, outcome) in landed {
            let free_at = outcome.at + self.config.host_interval();
            task.state.frontier.finish(&url, free_at);
            // Removed while its poll was under way.
            let Some(state) = task.state.feeds.get(&url).cloned() else {
                continue;
            };
            let failures = state.failures;
            let has_body = outcome.result.as_ref().is_ok_and(Answer::is_success);
            let seen = if has_body {
                task.state.listing(&url)
            } else {
                Listing::new()
            };
            let mut done = ingest(&self.pace, state, &seen, outcome);
            tell(&done.state, failures);
            let host = article::host_of(&url);
            task.state.keep(url, &host, &mut done);
            write(task, outputs, done);
        }
    }

    /// Starts what is due.
    fn launch(&self, state: &mut PollState, flights: &mut Flights<String>) {
        let now = Timestamp::now();
        while flights.has_room()
            && let Some(url) = state.frontier.pick(now)
        {
            let Some(feed) = state.feeds.get(&url) else {
                state.frontier.finish(&url, now);
                continue;
            };
            let request = Request {
                url: url.clone(),
                validators: feed.validators.clone(),
                accept: ACCEPT,
                limit: self.config.max_feed(),
            };
            flights.launch(url, request);
        }
    }

    /// Takes up what is under way, for a short while.
    fn drain<L: Log>(
        &self,
        task: &mut Task<'_, L, PollState>,
        flights: &mut Flights<String>,
    ) -> Result<(), Failure> {
        let deadline = Timestamp::now() + GRACE;
        let is_asked = task.runtime().shutdown.is_requested();
        while is_asked && flights.count() > 0 && Timestamp::now() < deadline {
            let landed = flights.landed(BATCH.0, BATCH.1);
            if landed.is_empty() {
                task.waker().wait(Duration::from_millis(50));
                continue;
            }
            let mut outputs = Outputs::default();
            self.land(task, &mut outputs, landed);
            task.transact(outputs, task.next())?;
        }
        Ok(())
    }
}

/// Sleeps until something is due, something lands or something arrives.
pub(crate) fn rest(waker: &pipeline::Waker, due: Option<Timestamp>, has_room: bool) {
    let due = due.filter(|_| has_room);
    let wait = due.map_or(IDLE, |due| {
        let wait = due.duration_since(Timestamp::now());
        Duration::try_from(wait).unwrap_or(Duration::ZERO)
    });
    waker.wait(wait.clamp(Duration::from_millis(1), IDLE));
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
    if let Some(polled) = done.polled {
        task.emit(outputs, polled.into(), None);
    }
    for discovered in done.discovered {
        task.emit(outputs, discovered.into(), None);
    }
}

/// A topic's name in this generation.
pub(crate) fn topic_name<L: Log, S: State>(task: &Task<'_, L, S>, base: &str) -> String {
    let topic = task.runtime().topology.topic(base);
    topic.map_or_else(|| base.to_owned(), |topic| topic.name.clone())
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
