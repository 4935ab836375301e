//! What the fetcher's two tasks have in common: round after round they take up what has landed and
//! what has arrived, start what is due, and commit.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use pipeline::dead::DeadLetter;
use pipeline::log::{Failure, Limits, Log, Stored};
use pipeline::{Outputs, Reject, Table, Task, Waker, Work};

use crate::flights::{Airport, Flights, Purpose};
use crate::frontier::Frontier;
use crate::http::Request;
use crate::outcome::Outcome;
use crate::pause::{self, Pause};
use crate::schedule::Pace;
use crate::settle::Found;

/// How many outcomes one transaction takes at the most, and how many bytes of bodies.
const BATCH: (usize, usize) = (200, 8 << 20);
/// How long an idle task sleeps at the most.
const IDLE: Duration = Duration::from_secs(1);
/// How often it is told how things are, at the most.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// How long a task that is asked to stop waits for what is under way.
const GRACE: Duration = Duration::from_secs(2);

/// A task that makes requests: what is its own.
pub(crate) trait Rounds<L: Log>: Work<L> {
    /// What names a request.
    type Key: Ord + Clone + Send + 'static;

    /// Where requests start.
    fn airport(&self) -> &Airport;

    /// The pause between two requests to a host.
    fn host_interval(&self) -> Duration;

    /// What is due when.
    fn frontier(state: &mut Self::State) -> &mut Frontier<Self::Key>;

    /// The hosts that are left alone.
    fn hosts(state: &mut Self::State) -> &mut Table<String, Pause>;

    /// Whether there is room for more input.
    fn has_room(&self, state: &mut Self::State) -> bool;

    /// Whether what is known from before may be outdated by what the input has: nothing is asked for until
    /// that is read. `input` is the input's name.
    fn reads_first(&self, _state: &Self::State, _input: &str) -> bool {
        false
    }

    /// Takes up a record of the input.
    ///
    /// # Errors
    /// What cannot be handled becomes a dead letter.
    fn take(
        &self,
        state: &mut Self::State,
        record: &Stored,
        found: Found,
        now: Timestamp,
    ) -> Result<(), Reject>;

    /// Takes up what a request came to.
    fn land(
        &self,
        task: &mut Task<'_, L, Self::State>,
        outputs: &mut Outputs,
        key: Self::Key,
        outcome: Outcome,
    );

    /// Says how things are, every second or so: what takes a pass over the state.
    fn tell(&self, _task: &Task<'_, L, Self::State>) {}

    /// What to ask for; `None` where there is nothing any more.
    fn request(&self, state: &Self::State, key: &Self::Key) -> Option<Request>;

    /// What it is asked for.
    fn purpose(&self, state: &Self::State, key: &Self::Key, now: Timestamp) -> Purpose;
}

/// Makes rounds until the task should end.
pub(crate) fn make<L: Log, R: Rounds<L>>(
    rounds: &R,
    task: &mut Task<'_, L, R::State>,
) -> Result<(), Failure> {
    let mut flights = Flights::new(rounds.airport().clone(), task.waker().clone());
    if task.next() > 0 || R::frontier(&mut task.state).waiting() > 0 {
        // When each host was asked last is not known any more: all rest for one interval, also those
        // for which nothing waits yet.
        let floor = Timestamp::now() + rounds.host_interval();
        R::frontier(&mut task.state).start_at(floor);
    }
    for (host, pause) in R::hosts(&mut task.state).iter() {
        rounds.airport().http.gates().hold(host, pause.until);
    }
    let mut reads_first = rounds.reads_first(&task.state, task.input());
    let mut told: Option<Instant> = None;
    while !task.should_end() {
        if told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
            rounds.tell(task);
            told = Some(Instant::now());
        }
        let landed = flights.landed(BATCH.0, BATCH.1);
        let has_room = rounds.has_room(&mut task.state);
        let records = if has_room {
            task.read(Limits::default())?
        } else {
            Vec::new()
        };
        reads_first &= has_room && !task.has_read_all();
        let is_idle = landed.is_empty() && records.is_empty();
        let mut outputs = Outputs::default();
        for landed in landed {
            outputs.within(&landed.context);
            rounds.land(task, &mut outputs, landed.key, landed.outcome);
        }
        let next = take(rounds, task, &mut outputs, records);
        // Started before the transaction, so that the network works while the disk does. Should it
        // fail, the task is dropped and what was started with it.
        if !reads_first {
            launch(rounds, &mut task.state, &mut flights);
        }
        if is_idle {
            let due = R::frontier(&mut task.state).wake_at();
            rest(
                task.waker(),
                due.filter(|_| flights.has_room() && !reads_first),
            );
        } else {
            task.transact(outputs, next)?;
        }
    }
    drain(rounds, task, &mut flights)
}

/// Takes up the input; the offset after it.
fn take<L: Log, R: Rounds<L>>(
    rounds: &R,
    task: &mut Task<'_, L, R::State>,
    outputs: &mut Outputs,
    records: Vec<Stored>,
) -> u64 {
    let mut next = task.next();
    let now = Timestamp::now();
    for record in records {
        next = record.offset + 1;
        let mut span = task.process(&record);
        outputs.within(span.context());
        let source = task.coordinates(&record);
        let found = Found::at(&source, span.context());
        if let Err(reject) = rounds.take(&mut task.state, &record, found, now) {
            span.reject(&reject);
            let letter = DeadLetter::of_record(R::NAME, reject, source, record);
            task.bury(outputs, letter);
        }
        span.end();
    }
    next
}

/// Starts what is due.
fn launch<L: Log, R: Rounds<L>>(rounds: &R, state: &mut R::State, flights: &mut Flights<R::Key>) {
    let now = Timestamp::now();
    while flights.has_room()
        && let Some(key) = R::frontier(state).pick(now)
    {
        match rounds.request(state, &key) {
            Some(request) => {
                let purpose = rounds.purpose(state, &key, now);
                flights.launch(key, request, purpose);
            }
            None => _ = R::frontier(state).finish(&key, now),
        }
    }
}

/// Takes up what is under way, for a short while.
fn drain<L: Log, R: Rounds<L>>(
    rounds: &R,
    task: &mut Task<'_, L, R::State>,
    flights: &mut Flights<R::Key>,
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
        for landed in landed {
            outputs.within(&landed.context);
            rounds.land(task, &mut outputs, landed.key, landed.outcome);
        }
        task.transact(outputs, task.next())?;
    }
    Ok(())
}

/// Sleeps until something is due, something lands or something arrives.
fn rest(waker: &Waker, due: Option<Timestamp>) {
    let wait = due.map_or(IDLE, |due| {
        let wait = due.duration_since(Timestamp::now());
        Duration::try_from(wait).unwrap_or(Duration::ZERO)
    });
    waker.wait(wait.clamp(Duration::from_millis(1), IDLE));
}

/// Takes up what an outcome of asking for `url` says of hosts; until when the one that was asked last is
/// left alone, where it refused.
pub(crate) fn note<L: Log, R: Rounds<L>>(
    rounds: &R,
    task: &mut Task<'_, L, R::State>,
    pace: &Pace,
    url: &str,
    outcome: &Outcome,
) -> Option<Timestamp> {
    let until = pause::note(R::hosts(&mut task.state), pace, url, outcome)?;
    R::frontier(&mut task.state).hold(&outcome.host, until);
    // By way of redirects it may be asked for other hosts as well.
    rounds.airport().http.gates().hold(&outcome.host, until);
    Some(until)
}

/// A topic's name in this generation.
pub(crate) fn topic_name<L: Log, S: pipeline::State>(task: &Task<'_, L, S>, base: &str) -> String {
    let topic = task.runtime().topology.topic(base);
    topic.map_or_else(|| base.to_owned(), |topic| topic.name.clone())
}
