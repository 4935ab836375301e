//! What a poll's outcome means: the records to write and the feed's new state. A pure function, so
//! that discovery can be replayed from `feeds.polled` without the network.

mod identity;

use std::collections::BTreeMap;
use std::time::Duration;

use article::{ArticleId, Discovered, Feed, Polled};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;
use xxhash_rust::xxh3::xxh3_128;

pub use identity::{By, Naming};

use crate::outcome::{Answer, Kind, Outcome, Validators};
use crate::parse::{self, Dialect, Item, ParsedFeed};
use crate::schedule::Pace;

/// How many identities of a feed are kept although it lists them no more.
const KEPT: usize = 1_000;
/// After how many readings without it an identity may be forgotten.
const STALE: u64 = 64;
/// How many readings pass before a listed identity is noted again: every note is a record in the
/// changelog.
const NOTE_EVERY: u64 = 16;
/// By how much a publisher's clock may be ahead of ours before its date is called wrong.
const CLOCKS_DIFFER: Duration = Duration::from_secs(5 * 60);

/// What is known of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeedState {
    /// The feed as configured.
    pub feed: Feed,
    /// What to send with the next poll. Stored only together with the items that came with it.
    pub validators: Validators,
    /// When to poll next. Kept, so that a restart never polls early.
    pub next_due: Timestamp,
    /// Polls that failed since the last that did not.
    pub failures: u32,
    /// What the last poll came to.
    pub last: Kind,
    /// What went wrong at the last poll, where something did.
    pub detail: Option<String>,
    /// When the last poll ended.
    pub polled_at: Option<Timestamp>,
    /// The hash of the last body.
    pub body_hash: Option<String>,
    /// Whether that body could not be read as a feed.
    pub unreadable: bool,
    /// Polls that were answered with a success or 304.
    pub polls: u64,
    /// Bodies that were read as a feed.
    pub readings: u64,
    /// Items that the last body listed.
    pub listed: u32,
    /// Items discovered so far, edits apart.
    pub discovered: u64,
    /// Items so far that name no address to fetch.
    pub unfetchable: u64,
    /// How it names its items.
    pub naming: Naming,
}

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
    done.state.polled_at = Some(at);
    done.state.detail = None;
    done.state.last = outcome.kind();
    match outcome {
        Outcome {
            result: Ok(answer), ..
        } if answer.is_success() => succeeded(pace, seen, answer, at, &mut done),
        Outcome {
            result: Ok(answer), ..
        } if answer.status == 304 => {
            let state = &mut done.state;
            // Unasked for, its validators would name a body that was never read.
            if state.validators.any() {
                let kept = std::mem::take(&mut state.validators);
                state.validators = kept.updated_by(&answer.validators);
            }
            answered(pace, at, state);
        }
        outcome => failed(pace, &outcome, &mut done),
    }
    done
}

fn answered(pace: &Pace, at: Timestamp, state: &mut FeedState) {
    state.failures = 0;
    state.polls += 1;
    state.next_due = pace.after_answer(&state.feed, state.polls, at);
}

fn failed(pace: &Pace, outcome: &Outcome, done: &mut Ingested) {
    let state = &mut done.state;
    state.failures = state.failures.saturating_add(1);
    state.detail = Some(outcome.detail());
    let feed = &state.feed;
    state.next_due = match state.last {
        Kind::Gone => pace.after_gone(feed, state.polls, outcome.at),
        _ => pace.after_failure(feed, state.failures, outcome.at),
    };
}

fn succeeded(pace: &Pace, seen: &Listing, answer: Answer, at: Timestamp, done: &mut Ingested) {
    let state = &mut done.state;
    answered(pace, at, state);
    let hash = format!("{:032x}", xxh3_128(&answer.body));
    let is_same = state.body_hash.as_ref() == Some(&hash);
    // What could not be read is read again: the program may be a newer one that can.
    if is_same && !state.unreadable {
        state.last = Kind::Unchanged;
        state.validators = answer.validators;
        return;
    }
    state.body_hash = Some(hash);
    let parsed = parse::parse(&answer.body, &answer.headers, &answer.final_url);
    match parsed
        .map_err(|error| error.to_string())
        .and_then(of_articles)
    {
        Ok(parsed) => {
            state.unreadable = false;
            state.validators = answer.validators.clone();
            list(parsed, seen, at, done);
        }
        Err(detail) => {
            if !state.unreadable {
                done.dead.push(Dead::NotAFeed(detail.clone()));
            }
            // Without validators: a 304 would hide that the body is still unreadable.
            state.validators = Validators::default();
            state.unreadable = true;
            state.last = Kind::NotAFeed;
            state.detail = Some(detail);
            if is_same {
                return;
            }
        }
    }
    done.polled = Some(Polled {
        feed: done.state.feed.clone(),
        fetched_at: at,
        final_url: answer.final_url,
        status: answer.status,
        headers: answer.headers,
        body: answer.body.into(),
    });
}

/// The feed, where its items are articles.
fn of_articles(parsed: ParsedFeed) -> Result<ParsedFeed, String> {
    if parsed.dialect == Dialect::SitemapIndex {
        let count = parsed.items.len();
        return Err(format!(
            "a list of {count} sitemaps; add those that list articles as feeds of their own"
        ));
    }
    Ok(parsed)
}

/// Finds what is new or edited among the items of a feed.
fn list(parsed: ParsedFeed, seen: &Listing, at: Timestamp, done: &mut Ingested) {
    done.state.readings += 1;
    done.state.listed = parsed.items.len() as u32;
    let reading = done.state.readings;
    let told = identity::tell(&parsed.items, seen, &mut done.state.naming);
    let listed = told.iter().flatten().map(|told| told.key).collect();
    let renamed = told.iter().flatten().filter_map(|told| {
        let (old, _) = told.before?;
        (old != told.key).then_some((old, None))
    });
    // First, because another item may bear the old name now.
    done.seen.extend(renamed);
    for (item, told) in parsed.items.into_iter().zip(told) {
        let Some(told) = told else { continue };
        let before = told.before.map(|(_, before)| before);
        let revision = before.map_or(0, |before| before.revision) + u32::from(told.is_edited);
        let now = Seen {
            revision,
            listed: reading,
            ..told.now
        };
        let is_noted = told.before.is_some_and(|(key, before)| {
            let as_before = Seen {
                listed: before.listed,
                ..now
            };
            key == told.key && before == as_before && before.listed + NOTE_EVERY > reading
        });
        if !is_noted {
            done.seen.push((told.key, Some(now)));
        }
        if told.is_edited {
            let language = parsed.channel.language.as_ref();
            let found = Found {
                identity: told.identity,
                is_new: before.is_none(),
                revision,
                at,
            };
            discover(item, language, found, done);
        }
    }
    if reading.is_multiple_of(NOTE_EVERY) {
        forget(seen, &listed, reading, done);
    }
}

/// An item that is new or was edited.
struct Found {
    identity: String,
    is_new: bool,
    revision: u32,
    /// When its poll was answered.
    at: Timestamp,
}

fn discover(item: Item, language: Option<&String>, found: Found, done: &mut Ingested) {
    let url = item.link.unwrap_or_default();
    let date = item.published.or(item.updated).map(|moment| moment.instant);
    let (published, published_as_given) = believable(date, found.at);
    let is_new = found.is_new;
    let discovered = Discovered {
        id: ArticleId::of_url(&url),
        url,
        feed: done.state.feed.clone(),
        identity: found.identity,
        revision: found.revision,
        polled_at: found.at,
        title: item.title.map(|title| title.plain()),
        summary: item.summary.map(|text| text.value),
        content: item.content.map(|text| text.value),
        authors: labels(&item.authors),
        categories: item.categories,
        published,
        published_as_given,
        language: item.language.or_else(|| language.cloned()),
    };
    match unfetchable(&discovered.url) {
        None => {
            done.state.discovered += u64::from(is_new);
            done.discovered.push(discovered);
        }
        // Once for each item, not for each edit of it.
        Some(why) if is_new => {
            done.state.unfetchable += 1;
            done.dead.push(Dead::Unfetchable(Box::new(discovered), why));
        }
        Some(_) => {}
    }
}

fn labels(people: &[parse::Person]) -> Vec<String> {
    let labels = people.iter().filter_map(parse::Person::label);
    labels.map(str::to_owned).collect()
}

/// A publisher's date, and what it said where that is not to be believed: nothing is listed before it is
/// published, so a date after the poll becomes the poll's.
fn believable(
    date: Option<Timestamp>,
    polled_at: Timestamp,
) -> (Option<Timestamp>, Option<Timestamp>) {
    match date {
        Some(date) if date > polled_at + CLOCKS_DIFFER => (Some(polled_at), Some(date)),
        date => (date, None),
    }
}

/// Why the address of a feed or a page cannot be fetched, where it cannot: in words that repeat no
/// credentials.
pub fn unfetchable(url: &str) -> Option<String> {
    if url.is_empty() {
        return Some("there is no address".into());
    }
    let mut parsed = match Url::parse(url.trim()) {
        Ok(parsed) => parsed,
        Err(error) => {
            let url = without_credentials(url);
            return Some(format!("{url:?} is no address: {error}"));
        }
    };
    if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() {
        let (scheme, url) = (parsed.scheme(), without_credentials(url));
        return Some(format!("{url:?} is a {scheme} address, not http(s)"));
    }
    if parsed.username().is_empty() && parsed.password().is_none() {
        return None;
    }
    // Neither fails for an address with a host.
    let _ = parsed.set_username("");
    let _ = parsed.set_password(None);
    Some(format!(
        "\"{parsed}\" has credentials in it; addresses are logged and ride in every record, so leave \
         them out"
    ))
}

/// An address of any kind, read or not, without what stands before the `@` of its host.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("//") else {
        return url.to_owned();
    };
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..authority].rfind('@') {
        Some(at) => format!("{scheme}//{}", &rest[at + 1..]),
        None => url.to_owned(),
    }
}

/// Forgets the identities that were not listed for long, the longest unlisted first, but keeps
/// [`KEPT`] of those that are listed no more: publishers bring old items back.
fn forget(
    seen: &Listing,
    listed: &std::collections::BTreeSet<IdentityKey>,
    reading: u64,
    done: &mut Ingested,
) {
    let mut gone: Vec<(u64, IdentityKey)> = seen
        .iter()
        .filter(|(key, _)| !listed.contains(*key))
        .map(|(key, seen)| (seen.listed, *key))
        .collect();
    gone.sort_unstable();
    let surplus = gone.len().saturating_sub(KEPT);
    for (last, key) in gone.into_iter().take(surplus) {
        if last + STALE < reading {
            done.seen.push((key, None));
        }
    }
}

#[cfg(test)]
mod tests;
