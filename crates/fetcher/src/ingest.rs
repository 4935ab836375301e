//! What a poll's outcome means: the records to write and the feed's new state. A pure function, so
//! that discovery can be replayed from `feeds.polled` without the network.

mod addresses;
mod discover;
mod identity;
mod items;
mod moved;
mod record;
mod state;
mod walk;

use std::collections::BTreeMap;

use article::{Discovered, Polled};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

pub use addresses::unfetchable;
pub use identity::{By, Naming};
use items::list;
pub use moved::{Led, Moved};
pub use state::FeedState;
pub use walk::{Sitemap, Walk};

use crate::challenge::{self, Barrier};
use crate::outcome::{Answer, Kind, Outcome, Validators};
use crate::parse::{self, Dialect, Loss, ParseError, ParsedFeed};
use crate::schedule::{Failures, Known, Listed, Pace, Slide, Wishes, fresh_for};

/// What is known of an item of a feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// The hash of title, summary and content. Dates are left out, because publishers touch them
    /// without touching anything else.
    pub fingerprint: u64,
    /// Its last revision.
    pub revision: u32,
    /// The reading that listed it last, give or take a few.
    pub listed: u64,
    /// The hash of its link's canonical key; 0 where it has none of its own.
    #[serde(skip_serializing_if = "is_nothing")]
    pub link: u64,
    /// The hash of host and serial number in its link; 0 where there is none.
    #[serde(skip_serializing_if = "is_nothing")]
    pub serial: u64,
    /// The hash of its text with the publisher's date; 0 where it has none.
    #[serde(skip_serializing_if = "is_nothing")]
    pub dated: u64,
    /// [`Seen::FORM`] for what is written today. Older notes have another fingerprint, by which nothing is
    /// called edited.
    pub form: u8,
}

impl Seen {
    /// The form of the notes that are written.
    pub const FORM: u8 = 1;
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_nothing(hash: &u64) -> bool {
    *hash == 0
}

/// An identity as the key of the state: a hash, because guids are long and there are many.
pub type IdentityKey = [u64; 2];

/// What a feed's state remembers of its items.
pub type Listing = BTreeMap<IdentityKey, Seen>;

/// What an outcome leads to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ingested {
    /// The bytes, where they changed.
    pub polled: Option<Polled>,
    /// The items that are new or were edited.
    pub discovered: Vec<Discovered>,
    /// What cannot be worked with.
    pub dead: Vec<Dead>,
    /// What changed of the items' state; `None` forgets one.
    pub seen: Vec<(IdentityKey, Option<Seen>)>,
    /// The feed's new state.
    pub state: FeedState,
    /// What the request came to: of the poll, or of a document that belongs to the feed.
    pub kind: Kind,
    /// Whether items may have been missed: none of the newest of the listing before is listed any more.
    pub has_gap: bool,
}

/// What becomes a dead letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dead {
    /// The body of [`Ingested::polled`] cannot be read as a feed, and the one before it could.
    NotAFeed(String),
    /// An item names no address that can be fetched.
    Unfetchable(Box<Discovered>, String),
}

/// The key of an identity.
pub fn identity_key(identity: &str) -> IdentityKey {
    let hash = xxh3_128(identity.as_bytes());
    [(hash >> 64) as u64, hash as u64]
}

/// What `outcome` leads to for a feed with `state`, of whose items `seen` is remembered.
pub fn ingest(pace: &Pace, state: FeedState, seen: &Listing, outcome: Outcome) -> Ingested {
    let at = outcome.at;
    let mut done = Ingested {
        state,
        ..Ingested::default()
    };
    if done.state.walk.is_some() {
        walk::ingest(pace, seen, outcome, &mut done);
        return done;
    }
    let was_conditional = done.state.conditions().any();
    done.state.polled_at = Some(at);
    done.state.detail = None;
    done.state.last = outcome.kind();
    done.state.status = outcome.result.as_ref().ok().map(|answer| answer.status);
    match outcome {
        Outcome {
            result: Ok(answer), ..
        } if answer.is_success() => succeeded(pace, seen, answer, at, &mut done),
        Outcome {
            result: Ok(answer), ..
        } if answer.status == 304 && was_conditional => {
            not_modified(pace, &answer, at, &mut done.state);
        }
        Outcome {
            result: Ok(answer), ..
        } if answer.status == 304 => {
            // Compared with nothing that was sent: some cache answers for itself.
            done.state.last = Kind::Broken;
            let detail = "304 to a request without conditions".to_owned();
            failed(pace, at, detail, &mut done.state);
        }
        outcome => {
            failed(pace, at, outcome.detail(), &mut done.state);
            if let Some(asked) = outcome.asks_for(pace.retry_after_max) {
                done.state.next_due = done.state.next_due.max(at + asked);
            }
        }
    }
    done.kind = done.state.last;
    done
}

/// What a recorded document leads to that was read beside a feed's own: an older page, or a sitemap of it.
pub(crate) fn ingest_part(
    state: FeedState,
    seen: &Listing,
    answer: Answer,
    at: Timestamp,
) -> Ingested {
    let mut done = Ingested {
        state,
        ..Ingested::default()
    };
    let _ = walk::part(seen, answer, at, &mut done);
    done
}

/// Takes up a 304.
fn not_modified(pace: &Pace, answer: &Answer, at: Timestamp, state: &mut FeedState) {
    let kept = std::mem::take(&mut state.validators);
    state.validators = kept.updated_by(&answer.validators);
    // As of a state that was written before this was noted.
    state.whole_at = state.whole_at.or(Some(at));
    moved::note(state, answer, at);
    answered(pace, answer, at, state, &[]);
}

/// Takes up that the feed was had, with what it lists where that was read.
fn answered(pace: &Pace, answer: &Answer, at: Timestamp, state: &mut FeedState, items: &[Listed]) {
    state.failures = 0;
    state.failing_since = None;
    state.polls += 1;
    if let Some(before) = state.answered_at {
        let fresh = items.iter().filter(|item| item.key_before.is_none());
        state.rhythm.learn(before, at, fresh.map(|item| item.date));
    } else {
        let dates: Vec<Timestamp> = items.iter().filter_map(|item| item.date).collect();
        state.rhythm.begin(at, &dates);
    }
    state.answered_at = Some(at);
    let known = Known {
        feed: &state.feed,
        rhythm: &state.rhythm,
        window: &state.window,
        wishes: &state.wishes,
        fresh_for: fresh_for(answer, at),
    };
    state.interval = pace.interval(known, at);
    let polls = state.polls;
    state.next_due = pace.after_answer(&state.feed, state.interval, &state.wishes, (polls, at));
}

/// Takes up that the feed was not had, for the reason in `state.last`.
fn failed(pace: &Pace, at: Timestamp, detail: String, state: &mut FeedState) {
    state.failures = state.failures.saturating_add(1);
    let count = state.errors.entry(state.last).or_default();
    *count = count.saturating_add(1);
    state.detail = Some(detail);
    let failures = Failures {
        count: state.failures,
        kind: state.last,
        since: *state.failing_since.get_or_insert(at),
        at,
    };
    state.next_due = pace.after_failures(&state.feed, failures);
    moved::failed(state);
}

fn succeeded(pace: &Pace, seen: &Listing, answer: Answer, at: Timestamp, done: &mut Ingested) {
    let is_delta = answer.is_delta();
    let hash = format!("{:032x}", xxh3_128(&answer.body));
    let is_same = !is_delta && done.state.body_hash.as_ref() == Some(&hash);
    if is_same && !done.state.unreadable {
        unchanged(pace, &answer, at, done);
        return;
    }
    if !record::fits(&answer.body) {
        // What is not written down is not read either: a replay would find none of it.
        done.state.last = Kind::TooBig;
        failed(pace, at, record::refusal(&answer.body), &mut done.state);
        return;
    }
    // What a delta adds to was another body.
    done.state.body_hash = (!is_delta).then_some(hash);
    match parse::parse(&answer.body, &answer.headers, &answer.final_url) {
        Ok(parsed) => read(pace, seen, &answer, parsed, at, done),
        Err(error) => {
            let barrier = challenge::recognise(&answer);
            unreadable(pace, &error, barrier, at, done);
            if is_same {
                return;
            }
        }
    }
    done.polled = Some(polled(answer, at, done));
}

/// Takes up the same body as before.
fn unchanged(pace: &Pace, answer: &Answer, at: Timestamp, done: &mut Ingested) {
    let state = &mut done.state;
    state.last = Kind::Unchanged;
    state.body_at = Some(at);
    keep_validators(state, answer, at);
    moved::note(state, answer, at);
    let before = state.answered_at;
    answered(pace, answer, at, state, &[]);
    if state.sitemaps_may_change {
        walk::again(answer, at, before, done);
    }
}

/// Keeps what to send with the next poll after a body that was read, unless that is known to be cut: what it
/// lacks is there at the next poll, and a 304 would hide it.
fn keep_validators(state: &mut FeedState, answer: &Answer, at: Timestamp) {
    if state.cut {
        state.validators = Validators::default();
        return;
    }
    state.validators = answer.validators.clone();
    if !answer.is_delta() {
        state.whole_at = Some(at);
    }
}

/// The record of a poll.
fn polled(answer: Answer, at: Timestamp, done: &Ingested) -> Polled {
    Polled {
        feed: done.state.feed.source(),
        fetched_at: at,
        final_url: answer.final_url,
        status: answer.status,
        headers: answer.headers,
        part: false,
        body: answer.body.into(),
    }
}

/// Takes up a body that cannot be read.
fn unreadable(
    pace: &Pace,
    error: &ParseError,
    barrier: Option<Barrier>,
    at: Timestamp,
    done: &mut Ingested,
) {
    let state = &mut done.state;
    state.last = match error {
        _ if barrier.is_some() => Kind::Blocked,
        ParseError::Json(_) | ParseError::Panicked(_) | ParseError::TooBig(_) => Kind::Parse,
        ParseError::Empty | ParseError::Html | ParseError::NoMarkup | ParseError::NotAFeed(_) => {
            Kind::NotAFeed
        }
    };
    if !state.unreadable {
        done.dead.push(Dead::NotAFeed(error.to_string()));
    }
    // Without validators: a 304 would hide that the body is still unreadable.
    state.validators = Validators::default();
    state.unreadable = true;
    let why = barrier.map_or_else(|| error.to_string(), |barrier| barrier.as_str().to_owned());
    failed(pace, at, why, state);
}

/// Takes up a body that is a feed, or what is new of one.
fn read(
    pace: &Pace,
    seen: &Listing,
    answer: &Answer,
    parsed: ParsedFeed,
    at: Timestamp,
    done: &mut Ingested,
) {
    let state = &mut done.state;
    let is_delta = answer.is_delta();
    let is_first = state.readings == 0;
    let before = state.answered_at;
    let has_doubted = state.doubts();
    let is_same = state.validators == answer.validators;
    state.unreadable = false;
    state.body_at = Some(at);
    state.cut = is_cut(&parsed);
    keep_validators(state, answer, at);
    moved::note(state, answer, at);
    if !is_delta {
        state.wishes = Wishes::of(&parsed.channel);
        state.capped += capped(&parsed);
        let lost = parsed.report.losses.values();
        state.lost = lost.map(|lost| lost.count).sum();
    }
    if parsed.dialect == Dialect::SitemapIndex {
        answered(pace, answer, at, state, &[]);
        walk::index(&parsed, at, before, done);
        return;
    }
    let older = walk::older(&parsed, &[&answer.final_url, state.address()]);
    let items = list(parsed, seen, at, is_delta, done);
    let state = &mut done.state;
    let mut has_gap = false;
    if is_delta {
        state.window.add(&items);
    } else {
        let slide = Slide {
            items: &items,
            at,
            before,
        };
        has_gap = state.window.slide(&slide);
        done.has_gap = has_gap;
    }
    if has_doubted && is_same && !done.discovered.is_empty() {
        state.lies = state.lies.saturating_add(1);
        state.lied_at = Some(at);
    }
    answered(pace, answer, at, state, &items);
    let pages = match (is_first, has_gap) {
        (true, _) => (pace.older_pages_of_new, false),
        (false, true) => (pace.older_pages, true),
        (false, false) => return,
    };
    if let Some(older) = older {
        walk::back(older, &answer.final_url, pages, done);
    }
}

/// Whether a document ends before its root does.
fn is_cut(parsed: &ParsedFeed) -> bool {
    parsed.report.losses.contains_key(&Loss::Cut)
}

/// How many items a document has beyond the cap.
fn capped(parsed: &ParsedFeed) -> u64 {
    let lost = parsed.report.losses.get(&Loss::TooManyItems);
    lost.map_or(0, |lost| lost.count)
}

#[cfg(test)]
mod tests;
