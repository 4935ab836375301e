//! The task that fetches pages: input `articles.discovered`, output `articles.fetched`.
//!
//! ```text
//! Discovered ─▶ given whole by its feed? ─yes─────────────────────────▶ Fetched
//!                  └no▶ frontier ─▶ robots.txt ▸ http ─▶ settle ──────▶ Fetched
//!                          ▲                                └▶ revisit: later, and again
//! ```
//!
//! Input goes into the frontier at once and the offset moves on, so a slow host holds up nothing but
//! itself.

mod given;
mod marks;
mod revisit;
mod state;
mod visible;

use std::sync::Arc;
use std::time::Duration;

use article::{ArticleId, Discovered, Fetched, Message, Outgoing, Route};
use jiff::Timestamp;
use pipeline::dead::{Coordinates, DeadLetter};
use pipeline::headers::Headers;
use pipeline::log::{Failure, Log, Stored};
use pipeline::staged::decode;
use pipeline::telemetry::Origin;
use pipeline::{Estate, Later, Outputs, Reason, Reject, Table, Task, Whose, Work};

use crate::config::Config;
use crate::flights::{Airport, Purpose};
use crate::frontier::Frontier;
use crate::http::Request;
use crate::ingest::unfetchable;
use crate::outcome::{Answer, Outcome, Trouble, Validators};
use crate::pause::Pause;
use crate::rounds::{self, Rounds, note, topic_name};
use crate::schedule::Pace;
use crate::settle::{Effect, Found, Known, Persistence, Settled, Waiting, settle};
use crate::tally::Tally;
use given::given;
pub(crate) use marks::marks;
pub(crate) use revisit::{Revisit, Revisits};
pub use state::PageState;
pub(crate) use visible::fingerprint;

const STAGE: &str = "page";
pub(crate) const ACCEPT: &str = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1";

/// Fetches the pages of discovered articles.
#[derive(Debug)]
pub struct Page {
    config: Arc<Config>,
    rules: Persistence,
    revisits: Revisits,
    airport: Airport,
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
        for (id, known) in forebear.pages.iter() {
            if let Known::Waiting(waiting) = known
                && !estate.is_own(&waiting.discovered.route())
            {
                continue;
            }
            heir.pages.insert(id.clone(), known.clone());
        }
        heir.adopt(forebear);
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
        let now = Timestamp::now();
        let back_off = Duration::from_secs(self.config.retry_seconds);
        task.state.rest(now, now + back_off);
        if let Some(cache) = self.airport.http.robots() {
            task.state.tell(cache);
        }
        rounds::make(self, task)
    }
}

impl Page {
    pub(crate) fn new(config: Arc<Config>, airport: Airport) -> Self {
        let rules = Persistence {
            pace: Pace::new(&config),
            attempts: config.attempts,
        };
        let revisits = Revisits::new(&config.revisit_seconds);
        Self {
            config,
            rules,
            revisits,
            airport,
        }
    }

    /// How long the host of `url` is left alone after a request.
    fn interval(&self, url: &str) -> Duration {
        let delay = self.airport.http.crawl_delay(url);
        self.config.host_interval().max(delay)
    }

    /// What the outcome for a page leads to that was to be fetched.
    fn settle(
        &self,
        state: &PageState,
        waiting: Waiting,
        outcome: Outcome,
        pause: Option<Timestamp>,
    ) -> Settled {
        let is_read =
            matches!(&outcome.result, Ok(answer) if answer.is_success() || answer.status == 304);
        let revisit = if is_read && state.has_room_to_revisit(&self.config) {
            self.revisits.plan(&waiting.discovered, outcome.at)
        } else {
            None
        };
        let mut settled = settle(&self.rules, waiting, outcome, pause);
        if let Known::Done(done) = &mut settled.known {
            done.revisit = revisit;
        }
        settled
    }

    /// Has a page wait that nobody was asked for: for the network, which after a restart is tried at
    /// once, or for its host, before which it is not tried after a restart either, so that it does not
    /// pass for the one that was under way. Whether that is so.
    fn put_off(
        &self,
        state: &mut PageState,
        id: &ArticleId,
        host: &str,
        outcome: &Outcome,
    ) -> bool {
        let later = match &outcome.result {
            Err(Trouble::Offline(_)) => outcome.at + self.rules.pace.retry_max,
            Err(Trouble::Crowded { until, .. }) => {
                state.frontier.hold(&outcome.host, *until);
                state.put_off(id, *until);
                *until
            }
            _ => return false,
        };
        state.frontier.insert(id.clone(), host, later);
        true
    }

    /// Keeps what was learnt of the sites that were asked.
    fn learn(&self, state: &mut PageState, url: &str, outcome: &Outcome) {
        let Some(cache) = self.airport.http.robots() else {
            return;
        };
        state.learn(cache, url);
        if let Ok(answer) = &outcome.result {
            state.learn(cache, &answer.final_url);
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

    /// An article whose feed gives it whole needs no request.
    fn follow(&self, task: &mut Task<'_, L, PageState>, outputs: &mut Outputs) {
        let Some(id) = task.state.taken.take() else {
            return;
        };
        let page = match task.state.pages.get(&id) {
            Some(Known::Waiting(waiting)) => given(waiting, self.config.max_page()),
            _ => None,
        };
        let Some((page, at)) = page else { return };
        let Some(waiting) = task.state.take_idle(&id) else {
            return;
        };
        let source = waiting.found.as_ref().map(Found::source);
        let settled = given::settle(*waiting, page, at);
        task.state.keep(id, "", settled.known);
        write(task, outputs, settled.effect, source.as_ref());
    }

    fn land(
        &self,
        task: &mut Task<'_, L, PageState>,
        outputs: &mut Outputs,
        id: ArticleId,
        outcome: Outcome,
    ) {
        let tally = Tally::of(self.airport.what, &outcome);
        let state = &mut task.state;
        let url = state.pages.get(&id).and_then(Known::due);
        let url = url.map(|(discovered, _)| discovered.url.clone());
        let url = url.unwrap_or_default();
        let free_at = outcome.at + self.interval(&url);
        let Some(host) = state.frontier.finish(&id, free_at) else {
            debug_assert!(false, "{id} was not under way");
            return;
        };
        if self.put_off(state, &id, &host, &outcome) {
            tally.count();
            return;
        }
        self.learn(state, &url, &outcome);
        let Some(known) = state.take(&id) else {
            debug_assert!(false, "{id} was under way without being known");
            return;
        };
        let pause = note(self, task, &self.rules.pace, &url, &outcome);
        let mut source = None;
        let settled = match known {
            Known::Waiting(waiting) => {
                source = waiting.found.as_ref().map(Found::source);
                self.settle(&task.state, *waiting, outcome, pause)
            }
            Known::Done(done) => self.revisits.settle(done, outcome),
            Known::Failed(_) => {
                debug_assert!(false, "{id} was under way though it cannot be had");
                return;
            }
        };
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
        let known = state.pages.get(id)?;
        let (discovered, _) = known.due()?;
        let previous = match known {
            Known::Waiting(waiting) => waiting.previous.as_ref(),
            Known::Done(done) => Some(&done.version),
            Known::Failed(_) => None,
        };
        Some(Request {
            url: discovered.url.clone(),
            validators: previous
                .map_or_else(Validators::default, |version| version.validators.clone()),
            accept: ACCEPT,
            access: None,
            hops: None,
            limit: self.config.max_page(),
            robots: true,
            delta: false,
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
