//! What hubs tell, taken up in the rounds of polling: subscriptions begin, are renewed, get lost and are found
//! to be, and what a hub sends is read as a poll's answer.

use std::time::Duration;

use article::Feed;
use jiff::Timestamp;
use pipeline::log::Log;
use pipeline::metrics::WEBSUB_SUBSCRIPTIONS;
use pipeline::{Outputs, Task};

use super::{Poll, PollState, write};
use crate::ingest::{FeedState, Ingested, Listing, ingest};
use crate::outcome::{Answer, Outcome};
use crate::schedule::Pace;
use crate::websub::{Desk, Event, Named, Standing, Subscription, Told, WebSub, named};

/// What the answer to a poll says of hubs: which one the feed names, if any.
pub(super) struct OfHubs(Option<Named>);

/// How much of what hubs tell one transaction takes.
const BATCH: usize = 16;

impl PollState {
    /// Opens the desk of this task, with the subscriptions that are known.
    pub(super) fn sit_down(&mut self, mut desk: Desk) {
        for (url, subscription) in self.subscriptions.iter() {
            desk.want(url, Some(&subscription.topic));
            desk.agenda.insert((subscription.ask_at, url.clone()));
        }
        self.hubs = Some(desk);
    }

    /// Changes a subscription, and has its time be kept.
    fn change<T>(&mut self, url: &str, change: impl FnOnce(&mut Subscription) -> T) -> Option<T> {
        let key = url.to_owned();
        let mut subscription = self.subscriptions.get(&key)?.clone();
        let before = subscription.clone();
        let outcome = change(&mut subscription);
        if let Some(desk) = &mut self.hubs {
            desk.agenda.remove(&(before.ask_at, key.clone()));
            desk.agenda.insert((subscription.ask_at, key.clone()));
        }
        if subscription != before {
            self.subscriptions.insert(key, subscription);
        }
        Some(outcome)
    }

    /// Forgets a subscription; the one that was.
    fn unsubscribe(&mut self, url: &str) -> Option<Subscription> {
        let subscription = self.subscriptions.remove(&url.to_owned())?;
        if let Some(desk) = &mut self.hubs {
            desk.want(url, None);
            desk.agenda.remove(&(subscription.ask_at, url.to_owned()));
        }
        Some(subscription)
    }

    /// Has the usual interval hold again for a feed of which no hub tells any more.
    fn hurry(&mut self, url: &str, now: Timestamp) {
        let Some(state) = self.feeds.get(&url.to_owned()).cloned() else {
            return;
        };
        let soonest = now + Duration::from_secs(u64::from(state.interval.seconds));
        if soonest < state.next_due {
            self.keep(FeedState {
                next_due: soonest,
                ..state
            });
        }
    }
}

impl Poll {
    /// Takes up what hubs have told, and asks those that are to be asked; whether there was anything.
    pub(super) fn hear_hubs<L: Log>(
        &self,
        task: &mut Task<'_, L, PollState>,
        outputs: &mut Outputs,
    ) -> bool {
        let (Some(websub), Some(desk)) = (&self.websub, &mut task.state.hubs) else {
            return false;
        };
        // What was taken up in the round before is committed now.
        for waiting in desk.waiting.drain(..) {
            // Whoever waited may have gone.
            let _ = waiting.send(());
        }
        let told: Vec<Told> = std::iter::from_fn(|| desk.next()).take(BATCH).collect();
        let mut any = !told.is_empty();
        let now = Timestamp::now();
        for Told { url, event } in told {
            self.hear_one(task, outputs, &url, event, now);
        }
        while let Some(url) = overdue(&task.state, now) {
            any = true;
            self.ask_hub(websub, &mut task.state, &url, now);
        }
        any
    }

    fn hear_one<L: Log>(
        &self,
        task: &mut Task<'_, L, PollState>,
        outputs: &mut Outputs,
        url: &str,
        event: Event,
        now: Timestamp,
    ) {
        let state = &mut task.state;
        match event {
            Event::Asked(Ok(())) => {}
            Event::Asked(Err(why)) => {
                tracing::info!(feed = url, "no subscription: {why}");
                state.change(url, |subscription| subscription.failed(why, url, now));
            }
            Event::Verified(lease) => {
                tracing::debug!(feed = url, ?lease, "the hub tells what is new");
                state.change(url, |subscription| subscription.verified(lease, url, now));
            }
            Event::Denied(why) => {
                tracing::info!(feed = url, "the hub ends the subscription: {why}");
                state.change(url, |subscription| subscription.denied(&why, now));
                state.hurry(url, now);
            }
            Event::Content {
                answer,
                at,
                written,
            } => {
                if self.take_content(task, outputs, url, *answer, at)
                    && let Some(desk) = &mut task.state.hubs
                {
                    desk.waiting.push(written);
                }
            }
        }
    }

    /// Reads what a hub has sent as a poll's answer. False where nobody polls the feed any more.
    fn take_content<L: Log>(
        &self,
        task: &mut Task<'_, L, PollState>,
        outputs: &mut Outputs,
        url: &str,
        answer: Answer,
        at: Timestamp,
    ) -> bool {
        let key = url.to_owned();
        let Some(before) = task.state.feeds.get(&key).cloned() else {
            return false;
        };
        if before.feed.paused {
            return false;
        }
        let seen = task.state.listing(url);
        let mut done = read_content(&self.pace, before, &seen, answer, at);
        task.state
            .change(url, |subscription| subscription.heard(at));
        task.state.note_seen(url, std::mem::take(&mut done.seen));
        task.state.keep(done.state.clone());
        write(task, outputs, done);
        true
    }

    /// What an answer says of hubs, where somebody would subscribe. `None` where it is none to a poll, but to a
    /// request for one of the documents beside it.
    pub(super) fn named_in(
        &self,
        state: &PollState,
        url: &String,
        outcome: &Outcome,
    ) -> Option<OfHubs> {
        self.websub.as_ref()?;
        let is_poll = state
            .feeds
            .get(url)
            .is_some_and(|state| state.walk.is_none());
        let answer = outcome.result.as_ref().ok();
        answer
            .filter(|answer| is_poll && answer.is_success())
            .map(|answer| OfHubs(named(answer)))
    }

    /// Takes up what a poll's answer says of hubs, and has the feed wait longer whose hub tells.
    pub(super) fn note_hub(
        &self,
        state: &mut PollState,
        done: &Ingested,
        of_hubs: Option<OfHubs>,
        now: Timestamp,
    ) {
        let url = done.state.feed.url.as_str();
        if let Some(OfHubs(named)) = of_hubs.filter(|_| !done.state.feed.paused) {
            let found = done.discovered.iter();
            let found = found.filter(|found| found.revision <= 1).count();
            self.note_named(state, &done.state.feed, named, found, now);
        }
        if let Some(due) = self.due_when_told(state, url, now)
            && done.state.failures == 0
            && done.state.walk.is_none()
            && done.state.next_due < due
        {
            let longer = FeedState {
                next_due: due,
                ..done.state.clone()
            };
            state.keep(longer);
        }
    }

    /// Takes up which hub an answer names; `found` is how much of it was new.
    fn note_named(
        &self,
        state: &mut PollState,
        feed: &Feed,
        named: Option<Named>,
        found: usize,
        now: Timestamp,
    ) {
        let Some(websub) = &self.websub else { return };
        let url = feed.url.as_str();
        let known = state.subscriptions.get(&feed.url);
        let Some(named) = named else {
            if known.is_some() && found > 0 {
                tracing::info!(feed = url, "the feed names no hub any more");
                self.end_subscription(state, url);
            }
            return;
        };
        let callback = websub.callback(url);
        if known.is_some_and(|known| known.is_for(&named, &callback)) {
            let is_lost =
                found > 0 && state.change(url, |known| known.found_by_poll(now)) == Some(true);
            if is_lost {
                tracing::warn!(
                    feed = url,
                    "the hub does not tell what is new; it is asked again"
                );
            }
            return;
        }
        self.end_subscription(state, url);
        let subscription = Subscription::new(named, callback, now);
        if let Some(desk) = &mut state.hubs {
            desk.agenda.insert((subscription.ask_at, url.to_owned()));
        }
        state.subscriptions.insert(feed.url.clone(), subscription);
    }

    /// When a feed is polled next whose hub tells what is new; `None` where none does.
    pub(super) fn due_when_told(
        &self,
        state: &PollState,
        url: &str,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let websub = self.websub.as_ref()?;
        let subscription = state.subscriptions.get(&url.to_owned())?;
        let until = subscription.until.filter(|_| subscription.is_active(now))?;
        Some((now + websub.interval()).min(until))
    }

    /// Tells the hub of a feed that is polled no more, or has another one.
    pub(super) fn end_subscription(&self, state: &mut PollState, url: &str) {
        let Some(subscription) = state.unsubscribe(url) else {
            return;
        };
        if let Some(websub) = &self.websub {
            let airport = &self.airport;
            websub.end((&airport.http, &airport.handle), &subscription);
        }
    }

    fn ask_hub(&self, websub: &WebSub, state: &mut PollState, url: &str, now: Timestamp) {
        let was_active = state.subscriptions.get(&url.to_owned());
        let was_active = was_active.is_some_and(|subscription| subscription.until.is_some());
        let asked = state.change(url, |subscription| {
            let asks = subscription.is_to_be_asked(url, now);
            if asks {
                subscription.ask(now);
            }
            asks.then(|| subscription.clone())
        });
        let is_active = state.subscriptions.get(&url.to_owned());
        if was_active && !is_active.is_some_and(|subscription| subscription.is_active(now)) {
            state.hurry(url, now);
        }
        let (Some(Some(subscription)), Some(desk)) = (asked, &state.hubs) else {
            return;
        };
        desk.want(url, Some(&subscription.topic));
        let airport = &self.airport;
        let with = (&airport.http, &airport.handle);
        websub.ask(with, url, &subscription, desk.messenger());
    }

    /// Says how the subscriptions are.
    pub(super) fn tell_hubs<L: Log>(&self, task: &Task<'_, L, PollState>) {
        if self.websub.is_none() {
            return;
        }
        for standing in Standing::ALL {
            let all = task.state.subscriptions.iter();
            let count = all.filter(|(_, known)| known.standing == standing).count();
            task.tell(WEBSUB_SUBSCRIPTIONS, standing.as_str(), count as f64);
        }
    }
}

/// What the content that a hub sends means for a feed: its items are read as a poll's, and nothing changes of
/// when the feed is polled next and of what is known of its server. Whoever is told often would never ask
/// again otherwise, and what the hub keeps to itself would be lost.
pub(super) fn read_content(
    pace: &Pace,
    before: FeedState,
    seen: &Listing,
    answer: Answer,
    at: Timestamp,
) -> Ingested {
    // The validators are those of the last poll: what the hub sends is no answer to one.
    let answer = Answer {
        validators: before.validators.clone(),
        ..answer
    };
    let outcome = Outcome {
        at,
        host: article::host_of(&before.feed.url),
        result: Ok(answer),
    };
    // Nor is it one of the documents that may be read beside the feed just now.
    let whole = FeedState {
        walk: None,
        ..before.clone()
    };
    let mut done = ingest(pace, whole, seen, outcome);
    done.state = FeedState {
        body_hash: before.body_hash,
        failures: before.failures,
        failing_since: before.failing_since,
        errors: before.errors,
        last: before.last,
        status: before.status,
        detail: before.detail,
        polled_at: before.polled_at,
        next_due: before.next_due,
        walk: before.walk.or(done.state.walk),
        ..done.state
    };
    done
}

/// The feed of the subscription for which something is to be done first, where that is now.
fn overdue(state: &PollState, now: Timestamp) -> Option<String> {
    let (at, url) = state.hubs.as_ref()?.agenda.first()?;
    (*at <= now).then(|| url.clone())
}
