//! The task that polls feeds: input `feeds`, output `feeds.polled` and `articles.discovered`.

pub(crate) mod desk;
mod heir;
mod push;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use article::{Discovered, Feed, Message, Outgoing, Polled, Route};
use jiff::Timestamp;
use pipeline::dead::{Coordinates, DeadLetter};
use pipeline::log::{Failure, Log, Stored};
use pipeline::metrics::{FEED_GAPS, FEEDS, FEEDS_FAILING};
use pipeline::staged::decode;
use pipeline::telemetry::Origin;
use pipeline::{Estate, Later, Outputs, Reason, Reject, Table, Task, Whose, Work};

pub use desk::PollState;

use crate::config::Config;
use crate::flights::{Airport, Purpose};
use crate::frontier::Frontier;
use crate::http::Request;
use crate::ingest::{Dead, FeedState, Ingested, unfetchable};
use crate::outcome::{Kind, Outcome};
use crate::pause::Pause;
use crate::replay::{IngestState, again};
use crate::rounds::{self, Rounds, topic_name};
use crate::schedule::Pace;
use crate::settle::Found;
use crate::tally::{FAILURES, FEED_STATES, Tally, state_of};
use crate::websub::WebSub;

const STAGE: &str = "poll";
/// What was polled after the replay.
const LATER: Later = Later {
    stage: "ingest",
    input: Polled::TOPIC,
    of: Whose::Own,
};

/// Polls the feeds that are due.
#[derive(Debug)]
pub struct Poll {
    config: Arc<Config>,
    pace: Pace,
    airport: Airport,
    /// Nothing where nobody subscribes.
    websub: Option<Arc<WebSub>>,
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
        if let Some(websub) = &self.websub {
            let desk = websub.desks().open(task.partition(), task.waker());
            task.state.sit_down(desk);
        }
        let now = Timestamp::now();
        let back_off = Duration::from_secs(self.config.retry_seconds);
        task.state.rest(now, now + back_off);
        rounds::make(self, task)
    }
}

impl Poll {
    pub(crate) fn new(config: Arc<Config>, airport: Airport, websub: Option<Arc<WebSub>>) -> Self {
        let pace = Pace::new(&config);
        Self {
            config,
            pace,
            airport,
            websub,
        }
    }

    /// How long the host of a feed is left alone after a request.
    fn interval(&self, state: &PollState, url: &String) -> Duration {
        let address = state.feeds.get(url).map(FeedState::asks_for);
        let delay = address.map(|address| self.airport.http.crawl_delay(address));
        self.config.host_interval().max(delay.unwrap_or_default())
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
            self.end_subscription(state, &url);
            state.remove(&url);
            return Ok(());
        }
        let feed = decode::<Feed>(record)?;
        if let Some(why) = unfetchable(&feed.url) {
            return Err(Reject::new(Reason::Unfetchable, why));
        }
        if feed.paused {
            self.end_subscription(state, &feed.url);
        }
        state.add(feed, now);
        Ok(())
    }

    fn land(
        &self,
        task: &mut Task<'_, L, PollState>,
        outputs: &mut Outputs,
        url: String,
        outcome: Outcome,
    ) {
        let tally = Tally::of(self.airport.what, &outcome);
        let failures = task.state.failures(&url);
        let (of_hubs, at) = (self.named_in(&task.state, &url, &outcome), outcome.at);
        let interval = self.interval(&task.state, &url);
        let landed = task.state.land(&self.pace, interval, &url, outcome);
        if let Some((host, until)) = landed.held {
            // By way of redirects it may be asked for other hosts as well.
            self.airport.http.gates().hold(&host, until);
        }
        let Some(done) = landed.done else {
            tally.count();
            return;
        };
        tally.count_as(done.kind);
        // From 0 on, so that the first can be seen.
        metrics::counter!(FEED_GAPS).increment(u64::from(done.has_gap));
        if done.has_gap {
            let feed = done.state.feed.url.as_str();
            let interval = done.state.interval.seconds;
            tracing::warn!(
                feed,
                interval,
                "items may have been missed: none of the newest before are listed any more"
            );
        }
        self.note_hub(&mut task.state, &done, of_hubs, at);
        tell(&done.state, failures);
        write(task, outputs, done);
    }

    fn tell(&self, task: &Task<'_, L, PollState>) {
        let mut states = FEED_STATES.map(|state| (state, 0_u32));
        let mut failing = FAILURES.map(|kind| (kind, 0_u32));
        // One pass: there may be hundreds of thousands.
        for (_, feed) in task.state.feeds.iter() {
            let now = state_of(feed);
            if let Some((_, count)) = states.iter_mut().find(|(state, _)| *state == now) {
                *count += 1;
            }
            let mut kinds = failing.iter_mut();
            if !feed.feed.paused
                && let Some((_, count)) = kinds.find(|(kind, _)| *kind == feed.last)
            {
                *count += 1;
            }
        }
        for (state, count) in states {
            task.tell(FEEDS, state, f64::from(count));
        }
        for (kind, count) in failing {
            task.tell(FEEDS_FAILING, kind.as_str(), f64::from(count));
        }
        self.tell_hubs(task);
    }

    fn hear(&self, task: &mut Task<'_, L, PollState>, outputs: &mut Outputs) -> bool {
        self.hear_hubs(task, outputs)
    }

    fn request(&self, state: &PollState, url: &String) -> Option<Request> {
        state.request(url, self.config.max_feed())
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

#[cfg(test)]
mod tests;
