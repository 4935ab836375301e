//! The task that fetches pages: input `articles.discovered`, output `articles.fetched`.
//!
//! Input goes into the frontier at once and the offset moves on, so a slow host holds up nothing but
//! itself.

use std::sync::Arc;
use std::time::Duration;

use article::{ArticleId, Discovered, Fetched, Message, Outgoing};
use jiff::Timestamp;
use pipeline::dead::DeadLetter;
use pipeline::log::{Failure, Limits, Log, Stored};
use pipeline::staged::decode;
use pipeline::state::Journalled;
use pipeline::{Outputs, Reason, Reject, State, Table, Task, Work};

use crate::config::Config;
use crate::flights::{Airport, Flights};
use crate::frontier::Frontier;
use crate::http::Request;
use crate::ingest::unfetchable;
use crate::outcome::{Answer, Kind, Outcome, Validators};
use crate::poll::{GRACE, Pause, pause, rest, topic_name};
use crate::schedule::Pace;
use crate::settle::{Effect, Known, Persistence, accept, settle};

const STAGE: &str = "page";
const ACCEPT: &str = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1";
/// How many outcomes one transaction takes at the most, and how many bytes of pages.
const BATCH: (usize, usize) = (200, 16 << 20);
/// How much event time passes between two looks for pages to forget.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// Fetches the pages of discovered articles.
#[derive(Debug)]
pub struct Page {
    config: Arc<Config>,
    rules: Persistence,
    airport: Airport,
}

/// What fetching remembers: the pages, and the hosts that asked for a pause.
#[derive(Debug)]
pub struct PageState {
    pages: Table<ArticleId, Known>,
    hosts: Table<String, Pause>,
    /// Derived: which page is due when.
    frontier: Frontier<ArticleId>,
    /// Derived: the event time at which pages were last looked through.
    swept: Option<Timestamp>,
}

impl Default for PageState {
    fn default() -> Self {
        Self {
            pages: Table::named("pages"),
            hosts: Table::named("hosts"),
            frontier: Frontier::default(),
            swept: None,
        }
    }
}

impl State for PageState {
    fn tables(&mut self) -> Vec<&mut dyn Journalled> {
        vec![&mut self.pages, &mut self.hosts]
    }

    fn rebuild(&mut self) {
        self.frontier = Frontier::default();
        for (host, pause) in self.hosts.iter() {
            self.frontier.hold(host, pause.until);
        }
        for (id, known) in self.pages.iter() {
            if let Known::Waiting(waiting) = known {
                let host = article::host_of(&waiting.discovered.url);
                self.frontier.insert(id.clone(), &host, waiting.due);
            }
        }
    }
}

impl PageState {
    /// Takes up that an article was found.
    fn add(&mut self, discovered: Discovered, now: Timestamp) {
        let id = discovered.id.clone();
        let host = article::host_of(&discovered.url);
        if let Some(known) = accept(self.pages.get(&id), discovered, now) {
            self.keep(id, &host, known);
        }
    }

    fn keep(&mut self, id: ArticleId, host: &str, known: Known) {
        if let Known::Waiting(waiting) = &known {
            self.frontier.insert(id.clone(), host, waiting.due);
        }
        self.pages.insert(id, known);
    }

    /// Forgets the pages that nothing has touched for `remembered` of event time before `latest`.
    fn sweep(&mut self, latest: Timestamp, remembered: Duration) {
        let is_soon = |swept: Timestamp| latest < swept + SWEEP;
        if self.swept.is_some_and(is_soon) {
            return;
        }
        self.swept = Some(latest);
        let old = |known: &Known| {
            known
                .settled_at()
                .is_some_and(|at| at + remembered < latest)
        };
        let forgotten: Vec<ArticleId> = self
            .pages
            .iter()
            .filter(|(_, known)| old(known))
            .map(|(id, _)| id.clone())
            .collect();
        for id in &forgotten {
            self.pages.remove(id);
        }
        if !forgotten.is_empty() {
            tracing::debug!(
                pages = forgotten.len(),
                "forgot pages that no feed lists anew"
            );
        }
    }
}

impl<L: Log> Work<L> for Page {
    const NAME: &'static str = STAGE;
    type In = Discovered;
    type State = PageState;

    fn run(&self, task: &mut Task<'_, L, PageState>) -> Result<(), Failure> {
        let mut flights = Flights::new(self.airport.clone(), task.waker().clone());
        if !task.state.pages.is_empty() {
            let floor = Timestamp::now() + self.config.host_interval();
            task.state.frontier.start_at(floor);
        }
        while !task.should_end() {
            let landed = flights.landed(BATCH.0, BATCH.1);
            let records = if task.state.frontier.waiting() < self.config.max_waiting {
                task.read(Limits::default())?
            } else {
                Vec::new()
            };
            let is_idle = landed.is_empty() && records.is_empty();
            let mut outputs = Outputs::default();
            self.land(task, &mut outputs, landed);
            let next = self.take(task, &mut outputs, records);
            // Started before the transaction, so that the network works while the disk does. Should
            // it fail, the task is dropped and what was started with it.
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

impl Page {
    pub(crate) fn new(config: Arc<Config>, airport: Airport) -> Self {
        let rules = Persistence {
            pace: Pace::new(&config),
            attempts: config.attempts,
        };
        Self {
            config,
            rules,
            airport,
        }
    }

    /// Takes up what the input says was found; the offset after it.
    fn take<L: Log>(
        &self,
        task: &mut Task<'_, L, PageState>,
        outputs: &mut Outputs,
        records: Vec<Stored>,
    ) -> u64 {
        let mut next = task.next();
        let now = Timestamp::now();
        let remembered = Duration::from_secs(u64::from(self.config.remember_days) * 24 * 60 * 60);
        for record in records {
            next = record.offset + 1;
            let found =
                decode::<Discovered>(&record).and_then(|found| match unfetchable(&found.url) {
                    Some(why) => Err(Reject::new(Reason::Unfetchable, why)),
                    None => Ok(found),
                });
            match found {
                Ok(found) => {
                    // No record can name a time that is not yet, and have all pages forgotten.
                    task.state.sweep(found.polled_at.min(now), remembered);
                    task.state.add(found, now);
                }
                Err(reject) => {
                    let source = task.coordinates(&record);
                    let letter = DeadLetter::of_record(STAGE, reject, source, record);
                    task.bury(outputs, letter);
                }
            }
        }
        next
    }

    /// Takes up what requests came to.
    fn land<L: Log>(
        &self,
        task: &mut Task<'_, L, PageState>,
        outputs: &mut Outputs,
        landed: Vec<(ArticleId, Outcome)>,
    ) {
        for (id, outcome) in landed {
            let free_at = outcome.at + self.config.host_interval();
            let host = task.state.frontier.finish(&id, free_at);
            if let (Some(host), Kind::Offline) = (&host, outcome.kind()) {
                // Nobody was asked, so nothing is known and nothing is written: it waits for the
                // network, and after a restart it is tried at once.
                let later = outcome.at + self.rules.pace.retry_max;
                task.state.frontier.insert(id, host, later);
                continue;
            }
            let known = task.state.pages.remove(&id);
            let (Some(host), Some(Known::Waiting(waiting))) = (host, known) else {
                debug_assert!(false, "{id} was under way without waiting");
                continue;
            };
            let settled = settle(&self.rules, *waiting, outcome);
            let state = &mut task.state;
            pause(&mut state.hosts, &mut state.frontier, &host, settled.pause);
            state.keep(id, &host, settled.known);
            write(task, outputs, settled.effect);
        }
    }

    /// Starts what is due.
    fn launch(&self, state: &mut PageState, flights: &mut Flights<ArticleId>) {
        let now = Timestamp::now();
        while flights.has_room()
            && let Some(id) = state.frontier.pick(now)
        {
            let Some(Known::Waiting(waiting)) = state.pages.get(&id) else {
                state.frontier.finish(&id, now);
                continue;
            };
            let previous = waiting.previous.as_ref();
            let request = Request {
                url: waiting.discovered.url.clone(),
                validators: previous
                    .map_or_else(Validators::default, |version| version.validators.clone()),
                accept: ACCEPT,
                limit: self.config.max_page(),
            };
            flights.launch(id, request);
        }
    }

    /// Takes up what is under way, for a short while.
    fn drain<L: Log>(
        &self,
        task: &mut Task<'_, L, PageState>,
        flights: &mut Flights<ArticleId>,
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

/// Adds the record that an outcome led to.
fn write<L: Log>(task: &Task<'_, L, PageState>, outputs: &mut Outputs, effect: Effect) {
    match effect {
        Effect::Nothing => {}
        Effect::Fetched(fetched) => task.emit(outputs, (*fetched).into(), None),
        Effect::Unfetchable(discovered, why) => {
            let why = format!("{}: {why}", discovered.url);
            let reject = Reject::new(Reason::Unfetchable, why);
            let topic = topic_name(task, Discovered::TOPIC);
            let message = Outgoing::of(&*discovered);
            task.bury(
                outputs,
                DeadLetter::of_message(STAGE, reject, message, &topic),
            );
        }
        Effect::TooLarge(discovered, answer, limit) => {
            let topic = topic_name(task, Fetched::TOPIC);
            task.bury(outputs, too_large(&topic, &discovered, &answer, limit));
        }
    }
}

/// The dead letter of a page that is too large, with what HTTP said of it.
fn too_large(topic: &str, discovered: &Discovered, answer: &Answer, limit: usize) -> DeadLetter {
    let key = discovered.id.as_str().as_bytes();
    let mut letter = DeadLetter::too_large(STAGE, topic, key, &answer.body, limit);
    letter.reject.detail = format!("{}: {}", discovered.url, letter.reject.detail);
    let mut headers = std::mem::take(&mut letter.headers);
    headers = headers.with("http.url", answer.final_url.as_str());
    for (name, value) in &answer.headers {
        headers = headers.with(&format!("http.{name}"), value.as_str());
    }
    letter.headers = headers;
    letter
}
