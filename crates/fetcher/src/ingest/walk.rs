//! Documents that belong to a feed beside the one that is polled: its older pages (RFC 5005), and the
//! sitemaps of an index.

use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{Ingested, Listing, list, polled, unfetchable};
use crate::outcome::{Answer, Kind, Outcome};
use crate::parse::date::{Moment, Precision};
use crate::parse::{self, Dialect, ParsedFeed};
use crate::schedule::{Listed, Pace};

/// How many sitemaps of an index are read after one poll of it, and how many of no date, which are read each
/// time.
const SITEMAPS: usize = 50;
const UNDATED: usize = 10;
/// How many days an index is looked back in when it is new.
const NEW_DAYS: i64 = 3;
/// How often a document is asked for before it is left out.
const ATTEMPTS: u32 = 3;

/// What is to be read before the feed is polled again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Walk {
    /// The addresses, the next one first. Never empty.
    next: Vec<String>,
    /// The hashes of those that were asked for, so that a circle ends.
    visited: Vec<u64>,
    /// How many more older pages may be read.
    left: u32,
    /// Whether to go back only until something known comes: after a gap.
    until_known: bool,
    /// Whether these are sitemaps and no older pages.
    is_index: bool,
    /// How often the next one failed.
    attempts: u32,
    /// When the feed itself is due.
    due: Timestamp,
}

impl Walk {
    /// The address that is asked for next.
    pub fn next(&self) -> &str {
        self.next.first().map_or("", String::as_str)
    }
}

/// Begins to read the older pages of a feed, from `older` on: `left` of them, to the end or as far as
/// something known.
pub(super) fn back(
    older: String,
    url: &str,
    (left, until_known): (u32, bool),
    done: &mut Ingested,
) {
    if left == 0 {
        return;
    }
    let walk = Walk {
        next: vec![older],
        visited: vec![xxh3_64(url.as_bytes())],
        left,
        until_known,
        ..Walk::default()
    };
    begin(walk, done);
}

/// Reads an index once more that has not changed, for its sitemaps that may have.
pub(super) fn again(
    answer: &Answer,
    at: Timestamp,
    before: Option<Timestamp>,
    done: &mut Ingested,
) {
    if let Ok(parsed) = parse::parse(&answer.body, &answer.headers, &answer.final_url) {
        index(&parsed, at, before, done);
    }
}

/// Begins to read the sitemaps of an index that have changed since it was answered last.
pub(super) fn index(
    parsed: &ParsedFeed,
    at: Timestamp,
    before: Option<Timestamp>,
    done: &mut Ingested,
) {
    let since = before.unwrap_or_else(|| at - (24 * NEW_DAYS).hours());
    let mut changed: Vec<(Option<Timestamp>, &String)> = parsed
        .items
        .iter()
        .filter_map(|item| {
            let moment = item.updated.or(item.published);
            let is_old = moment.is_some_and(|moment| end_of(moment) <= since);
            let url = item
                .link
                .as_ref()
                .filter(|url| unfetchable(url).is_none())?;
            (!is_old).then_some((moment.map(|moment| moment.instant), url))
        })
        .collect();
    // The newest first, those of no date in their order after them.
    changed.sort_by_key(|(date, _)| std::cmp::Reverse(*date));
    let dated = changed.iter().filter(|(date, _)| date.is_some());
    let undated = changed.iter().filter(|(date, _)| date.is_none());
    done.state.undated_sitemaps = undated.clone().next().is_some();
    let next = dated.take(SITEMAPS).chain(undated.take(UNDATED));
    let next: Vec<String> = next.map(|(_, url)| (*url).clone()).collect();
    done.state.listed = parsed.items.len() as u32;
    if next.is_empty() {
        return;
    }
    begin(
        Walk {
            next,
            is_index: true,
            ..Walk::default()
        },
        done,
    );
}

/// The end of what a date names: something of today may change all day.
fn end_of(moment: Moment) -> Timestamp {
    let hours = match moment.precision {
        Precision::Year => 24 * 366,
        Precision::Month => 24 * 31,
        Precision::Day => 24,
        Precision::Hour => 1,
        Precision::Minute | Precision::Second | Precision::Subsecond => 0,
    };
    moment
        .instant
        .checked_add(hours.hours())
        .unwrap_or(moment.instant)
}

fn begin(mut walk: Walk, done: &mut Ingested) {
    walk.due = done.state.next_due;
    if let Some(at) = done.state.polled_at {
        done.state.next_due = at;
    }
    done.state.walk = Some(Box::new(walk));
}

/// Where a feed says that its older items are (RFC 5005, sections 3 and 4), unless that was visited.
pub(super) fn older(parsed: &ParsedFeed, visited: &[&str]) -> Option<String> {
    let named = |rel: &str| {
        let links = parsed.channel.links.iter();
        let mut found = links.filter(|link| link.rel == rel);
        found.next().map(|link| link.url.clone())
    };
    let next = named("prev-archive").or_else(|| named("next"))?;
    (!visited.contains(&next.as_str()) && unfetchable(&next).is_none()).then_some(next)
}

/// What an answer of a walk leads to.
pub(super) fn ingest(pace: &Pace, seen: &Listing, outcome: Outcome, done: &mut Ingested) {
    let Some(mut walk) = done.state.walk.take() else {
        return;
    };
    let at = outcome.at;
    done.kind = outcome.kind();
    let is_refused = matches!(done.kind, Kind::Throttled);
    let asked = outcome.asks_for(pace.retry_after_max);
    match outcome.result {
        Ok(answer) if answer.is_success() => {
            walk.attempts = 0;
            let url = walk.next.remove(0);
            walk.visited.push(xxh3_64(url.as_bytes()));
            let older = read(&mut walk, &url, seen, answer, at, done);
            walk.next.extend(older);
        }
        _ => {
            walk.attempts += 1;
            let has_failed = walk.attempts >= ATTEMPTS && !is_refused;
            if has_failed || walk.attempts >= 4 * ATTEMPTS {
                // What an older page lists is not to be had, nor what lies beyond it.
                walk.next.remove(0);
                walk.attempts = 0;
            } else {
                let again = pace.page_again(walk.next(), walk.attempts, at);
                let asked = at + asked.unwrap_or_default();
                done.state.next_due = again.max(asked);
                done.state.walk = Some(walk);
                return;
            }
        }
    }
    if walk.next.is_empty() {
        // Never before it is due, and at once where it has become so meanwhile.
        done.state.next_due = walk.due.max(at);
    } else {
        done.state.next_due = at;
        done.state.walk = Some(walk);
    }
}

/// Reads a document of a walk; the one after it.
fn read(
    walk: &mut Walk,
    url: &str,
    seen: &Listing,
    answer: Answer,
    at: Timestamp,
    done: &mut Ingested,
) -> Option<String> {
    if walk.is_index && !note_sitemap(&mut done.state.sitemaps, url, &answer.body) {
        done.kind = Kind::Unchanged;
        return None;
    }
    let (older, items) = part(seen, answer, at, done)?;
    if walk.is_index {
        learn(&items, at, done);
        return None;
    }
    walk.left = walk.left.saturating_sub(1);
    let has_known = items.iter().any(|item| item.key_before.is_some());
    let goes_on = walk.left > 0 && !(walk.until_known && has_known);
    let is_new = |older: &String| !walk.visited.contains(&xxh3_64(older.as_bytes()));
    older.filter(|older| goes_on && is_new(older))
}

/// Takes up when the items of an index appear: in its sitemaps. What a new one has may be old.
fn learn(items: &[Listed], at: Timestamp, done: &mut Ingested) {
    if done.state.polls > 1 {
        let fresh = items.iter().filter(|item| item.key_before.is_none());
        done.state.rhythm.learn(at, at, fresh.map(|_| None));
    }
}

/// Takes up the body of a sitemap; whether it is another than before.
fn note_sitemap(sitemaps: &mut Vec<(u64, u64)>, url: &str, body: &[u8]) -> bool {
    let (name, hash) = (xxh3_64(url.as_bytes()), xxh3_64(body));
    if sitemaps.contains(&(name, hash)) {
        return false;
    }
    sitemaps.retain(|(other, _)| *other != name);
    sitemaps.insert(0, (name, hash));
    sitemaps.truncate(2 * SITEMAPS);
    true
}

/// What a document of a walk leads to: its items are added to those that are known, and what it lacks says
/// nothing. The older page that it names, and its items.
pub(super) fn part(
    seen: &Listing,
    answer: Answer,
    at: Timestamp,
    done: &mut Ingested,
) -> Option<(Option<String>, Vec<Listed>)> {
    let parsed = parse::parse(&answer.body, &answer.headers, &answer.final_url).ok();
    // An index of indexes is not followed.
    let parsed = parsed.filter(|parsed| parsed.dialect != Dialect::SitemapIndex);
    let Some(parsed) = parsed else {
        done.kind = Kind::NotAFeed;
        return None;
    };
    done.kind = Kind::Read;
    let older = older(&parsed, &[&answer.final_url]);
    let items = list(parsed, seen, at, true, done);
    let mut polled = polled(answer, at, done);
    polled.part = true;
    done.polled = Some(polled);
    Some((older, items))
}
