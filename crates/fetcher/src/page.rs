//! The task that fetches pages: input `articles.discovered`, output `articles.fetched`.
//!
//! Input goes into the frontier at once and the offset moves on, so a slow host holds up nothing but
//! itself.

use std::sync::Arc;
use std::time::Duration;

use article::{ArticleId, Discovered, Fetched, Message, Outgoing};
use jiff::Timestamp;
use pipeline::dead::DeadLetter;
use pipeline::headers::Headers;
use pipeline::log::{Failure, Log, Stored};
use pipeline::staged::decode;
use pipeline::state::Journalled;
use pipeline::{Outputs, Reason, Reject, State, Table, Task, Work};

use crate::config::Config;
use crate::flights::Airport;
use crate::frontier::Frontier;
use crate::http::Request;
use crate::ingest::unfetchable;
use crate::outcome::{Answer, Kind, Outcome, Validators};
use crate::rounds::{self, Pause, Rounds, pause, topic_name};
use crate::schedule::Pace;
use crate::settle::{Effect, Known, Persistence, accept, settle};

const STAGE: &str = "page";
const ACCEPT: &str = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1";
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
        rounds::make(self, task)
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
}

impl<L: Log> Rounds<L> for Page {
    type Key = ArticleId;

    fn airport(&self) -> &Airport {
        &self.airport
    }

    fn host_interval(&self) -> Duration {
        self.config.host_interval()
    }

    fn frontier(state: &mut PageState) -> &mut Frontier<ArticleId> {
        &mut state.frontier
    }

    fn has_room(&self, state: &mut PageState) -> bool {
        state.frontier.waiting() < self.config.max_waiting
    }

    fn take(&self, state: &mut PageState, record: &Stored, now: Timestamp) -> Result<(), Reject> {
        let found = decode::<Discovered>(record)?;
        if let Some(why) = unfetchable(&found.url) {
            return Err(Reject::new(Reason::Unfetchable, why));
        }
        let remembered = Duration::from_secs(u64::from(self.config.remember_days) * 24 * 60 * 60);
        // No record can name a time that is not yet, and have all pages forgotten.
        state.sweep(found.polled_at.min(now), remembered);
        state.add(found, now);
        Ok(())
    }

    fn land(
        &self,
        task: &mut Task<'_, L, PageState>,
        outputs: &mut Outputs,
        id: ArticleId,
        outcome: Outcome,
    ) {
        let free_at = outcome.at + self.config.host_interval();
        let host = task.state.frontier.finish(&id, free_at);
        if let (Some(host), Kind::Offline) = (&host, outcome.kind()) {
            // Nobody was asked, so nothing is known and nothing is written: it waits for the
            // network, and after a restart it is tried at once.
            let later = outcome.at + self.rules.pace.retry_max;
            task.state.frontier.insert(id, host, later);
            return;
        }
        let known = task.state.pages.remove(&id);
        let (Some(host), Some(Known::Waiting(waiting))) = (host, known) else {
            debug_assert!(false, "{id} was under way without waiting");
            return;
        };
        let settled = settle(&self.rules, *waiting, outcome);
        let state = &mut task.state;
        pause(&mut state.hosts, &mut state.frontier, &host, settled.pause);
        state.keep(id, &host, settled.known);
        write(task, outputs, settled.effect);
    }

    fn request(&self, state: &PageState, id: &ArticleId) -> Option<Request> {
        let Some(Known::Waiting(waiting)) = state.pages.get(id) else {
            return None;
        };
        let previous = waiting.previous.as_ref();
        Some(Request {
            url: waiting.discovered.url.clone(),
            validators: previous
                .map_or_else(Validators::default, |version| version.validators.clone()),
            accept: ACCEPT,
            limit: self.config.max_page(),
        })
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
    let mut headers = Headers::new().with("http.url", answer.final_url.as_str());
    for (name, value) in &answer.headers {
        headers = headers.with(&format!("http.{name}"), value.as_str());
    }
    let mut letter = DeadLetter::too_large(STAGE, topic, key, &answer.body, headers, limit);
    letter.reject.detail = format!("{}: {}", discovered.url, letter.reject.detail);
    letter
}
