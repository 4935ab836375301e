//! The task that fetches pages: input `articles.discovered`, output `articles.fetched`.
//!
//! Input goes into the frontier at once and the offset moves on, so a slow host holds up nothing but
//! itself.

use std::sync::Arc;
use std::time::Duration;

use article::{ArticleId, Discovered, Fetched, Message, Outgoing, Route};
use jiff::Timestamp;
use pipeline::dead::{Coordinates, DeadLetter};
use pipeline::headers::Headers;
use pipeline::log::{Failure, Log, Stored};
use pipeline::staged::decode;
use pipeline::state::Journalled;
use pipeline::telemetry::Origin;
use pipeline::{Estate, Later, Outputs, Reason, Reject, State, Table, Task, Whose, Work};

use crate::config::Config;
use crate::flights::{Airport, Purpose};
use crate::frontier::Frontier;
use crate::http::Request;
use crate::ingest::unfetchable;
use crate::outcome::{Answer, Outcome, Trouble, Validators};
use crate::pause::Pause;
use crate::rounds::{self, Rounds, note, topic_name};
use crate::schedule::Pace;
use crate::settle::{Effect, Found, Known, Persistence, Waiting, accept, settle};
use crate::tally::Tally;

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
    /// Derived: how many bytes of text feeds sent along with the pages that wait.
    waiting_bytes: usize,
    /// Derived: the event time at which pages were last looked through.
    swept: Option<Timestamp>,
}

impl Default for PageState {
    fn default() -> Self {
        Self {
            pages: Table::named("pages"),
            hosts: Table::named("hosts"),
            frontier: Frontier::default(),
            waiting_bytes: 0,
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
        self.waiting_bytes = self.pages.iter().map(|(_, known)| known.weight()).sum();
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
    fn has_room(&self, config: &Config) -> bool {
        self.frontier.waiting() < config.max_waiting
            && self.waiting_bytes < config.max_waiting_bytes()
    }

    /// Takes up that an article was found.
    fn add(&mut self, discovered: Discovered, found: Option<Found>, now: Timestamp) {
        let id = discovered.id.clone();
        let Some(known) = accept(self.pages.get(&id), discovered, found, now) else {
            return;
        };
        // Where it is fetched from: another feed may list it at another of its addresses.
        let mut host = String::new();
        if let Known::Waiting(waiting) = &known {
            host = article::host_of(&waiting.discovered.url);
        }
        self.keep(id, &host, known);
    }

    fn keep(&mut self, id: ArticleId, host: &str, known: Known) {
        if let Known::Waiting(waiting) = &known {
            self.frontier.insert(id.clone(), host, waiting.due);
        }
        let before = self.pages.get(&id).map_or(0, Known::weight);
        self.waiting_bytes = self.waiting_bytes + known.weight() - before;
        self.pages.insert(id, known);
    }

    /// Takes out what is known of a page that waits.
    fn take_waiting(&mut self, id: &ArticleId) -> Option<Box<Waiting>> {
        let known = self.pages.remove(id)?;
        self.waiting_bytes -= known.weight();
        match known {
            Known::Waiting(waiting) => Some(waiting),
            Known::Done(_) | Known::Failed(_) => None,
        }
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
    const INHERITS: bool = true;
    const LATER: Option<Later> = Some(Later {
        stage: "pair",
        input: Fetched::TOPIC,
        of: Whose::Forebear,
    });

    /// The pages as the one before knew them. Those that wait belong to whoever is told of them.
    fn heir(&self, estate: &Estate<'_, L>) -> Result<PageState, Failure> {
        let forebear: PageState = estate.state(STAGE, Discovered::TOPIC, Whose::Forebear)?;
        let mut heir = PageState::default();
        heir.hosts.adopt(forebear.hosts);
        for (id, known) in forebear.pages.iter() {
            if let Known::Waiting(waiting) = known
                && !estate.is_own(&waiting.discovered.route())
            {
                continue;
            }
            heir.pages.insert(id.clone(), known.clone());
        }
        Ok(heir)
    }

    /// Pages that were fetched after the replay are taken over as they are.
    fn catch_up(
        &self,
        task: &mut Task<'_, L, PageState>,
        outputs: &mut Outputs,
        source: Coordinates,
        record: Stored,
    ) -> Result<(), Failure> {
        let estate = task.estate();
        match decode::<Fetched>(&record) {
            Ok(fetched) if estate.answers_for(&source, &fetched.route()) => {
                task.emit(outputs, fetched.into(), None);
            }
            Err(reject) if estate.answers_for(&source, &Route::AsInput) => {
                let letter = DeadLetter::of_record(STAGE, reject, source, record);
                task.bury(outputs, letter);
            }
            _ => {}
        }
        Ok(())
    }

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

    fn hosts(state: &mut PageState) -> &mut Table<String, Pause> {
        &mut state.hosts
    }

    fn has_room(&self, state: &mut PageState) -> bool {
        state.has_room(&self.config)
    }

    /// Pages that were found in a generation before are told of in this one's words, where it finds them.
    fn reads_first(&self, state: &PageState, input: &str) -> bool {
        let mut pages = state.pages.iter();
        pages.any(|(_, known)| match known {
            Known::Waiting(waiting) => {
                let found = waiting.found.as_ref();
                found.is_some_and(|found| found.topic() != input)
            }
            _ => false,
        })
    }

    fn take(
        &self,
        state: &mut PageState,
        record: &Stored,
        found: Found,
        now: Timestamp,
    ) -> Result<(), Reject> {
        let discovered = decode::<Discovered>(record)?;
        if let Some(why) = unfetchable(&discovered.url) {
            return Err(Reject::new(Reason::Unfetchable, why));
        }
        let remembered = Duration::from_secs(u64::from(self.config.remember_days) * 24 * 60 * 60);
        // No record can name a time that is not yet, and have all pages forgotten.
        state.sweep(discovered.polled_at.min(now), remembered);
        state.add(discovered, Some(found), now);
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
        let tally = Tally::of(self.airport.what, &outcome);
        let state = &mut task.state;
        let Some(host) = state.frontier.finish(&id, free_at) else {
            debug_assert!(false, "{id} was not under way");
            return;
        };
        // The page was not asked for, so nothing is known and nothing is written: it waits for the
        // network or for its host, and after a restart it is tried at once.
        let later = match &outcome.result {
            Err(Trouble::Offline(_)) => Some(outcome.at + self.rules.pace.retry_max),
            Err(Trouble::Crowded { until, .. }) => {
                state.frontier.hold(&outcome.host, *until);
                Some(*until)
            }
            _ => None,
        };
        if let Some(later) = later {
            tally.count();
            state.frontier.insert(id, &host, later);
            return;
        }
        let Some(waiting) = state.take_waiting(&id) else {
            debug_assert!(false, "{id} was under way without waiting");
            return;
        };
        let url = &waiting.discovered.url;
        let pause = note(self, task, &self.rules.pace, url, &outcome);
        let source = waiting.found.as_ref().map(Found::source);
        let settled = settle(&self.rules, *waiting, outcome, pause);
        tally.count_known(matches!(settled.effect, Effect::Nothing));
        task.state.keep(id, &host, settled.known);
        write(task, outputs, settled.effect, source.as_ref());
    }

    fn purpose(&self, state: &PageState, id: &ArticleId, now: Timestamp) -> Purpose {
        let found = match state.pages.get(id) {
            Some(Known::Waiting(waiting)) => waiting.found.as_ref(),
            _ => None,
        };
        Purpose {
            id: id.to_string(),
            origin: found.map_or(Origin::Nothing, |found| found.origin(now)),
        }
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
fn write<L: Log>(
    task: &Task<'_, L, PageState>,
    outputs: &mut Outputs,
    effect: Effect,
    source: Option<&Coordinates>,
) {
    match effect {
        Effect::Nothing => {}
        Effect::Fetched(fetched) => task.emit(outputs, (*fetched).into(), source),
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

#[cfg(test)]
mod tests;
