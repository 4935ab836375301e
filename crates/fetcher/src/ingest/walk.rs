//! Documents that belong to a feed beside the one that is polled: its older pages (RFC 5005), and the
//! sitemaps of an index.

use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{Ingested, Listing, capped, is_cut, list, polled, record, unfetchable};
use crate::outcome::{Answer, Kind, Outcome};
use crate::parse::date::{Moment, Precision};
use crate::parse::{self, Dialect, ParsedFeed};
use crate::schedule::{Listed, Pace};

/// How many sitemaps of an index are read after one poll of it, and how many of no date, which are read each
/// time.
const SITEMAPS: usize = 50;
const UNDATED: usize = 10;
/// How many days an index is looked back in when it is new, and otherwise: what was not had is had until then.
const NEW_DAYS: i64 = 3;
const BACK_DAYS: i64 = 1;
/// How often a document is asked for before it is left out.
const ATTEMPTS: u32 = 3;

/// Where no second is known.
const UNKNOWN: i64 = 0;

/// A sitemap of an index, as it was read last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sitemap {
    /// The hash of its address.
    url: u64,
    /// Of its body.
    body: u64,
    /// The second as of which the index said that it had changed; 0 where that was not over.
    as_of: i64,
}

/// What is to be read before the feed is polled again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Walk {
    /// The addresses, the next one first. Never empty. Beside each the second as of which an index says that
    /// it has changed; 0 where it says nothing, or that is not over yet.
    next: Vec<(String, i64)>,
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
        self.next.first().map_or("", |(url, _)| url)
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
        next: vec![(older, UNKNOWN)],
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

/// Begins to read the sitemaps of an index that have changed since they were read.
///
/// What counts is what the index said when each was read, not when: an index may come out of a cache, minutes
/// after what it tells of.
pub(super) fn index(
    parsed: &ParsedFeed,
    at: Timestamp,
    before: Option<Timestamp>,
    done: &mut Ingested,
) {
    let since = match before {
        Some(before) => before - (24 * BACK_DAYS).hours(),
        None => at - (24 * NEW_DAYS).hours(),
    };
    let mut listed: Vec<(Option<Moment>, &String)> = parsed
        .items
        .iter()
        .filter_map(|item| {
            let url = item.link.as_ref();
            let url = url.filter(|url| unfetchable(url).is_none())?;
            Some((item.updated.or(item.published), url))
        })
        .collect();
    // The newest first, those of no date in their order after them.
    listed.sort_by_key(|(moment, _)| std::cmp::Reverse(moment.map(|moment| moment.instant)));
    let is_open = |moment: Option<Moment>| moment.is_none_or(|moment| end_of(moment) > at);
    done.state.sitemaps_may_change = listed.iter().any(|(moment, _)| is_open(*moment));
    let is_unread = |moment: Moment, url: &str| {
        let known = done.state.sitemaps.iter();
        let mut known = known.filter(|known| known.url == xxh3_64(url.as_bytes()));
        match known.next() {
            Some(known) => known.as_of == UNKNOWN || known.as_of != moment.instant.as_second(),
            None => true,
        }
    };
    let dated = listed.iter().filter_map(|(moment, url)| {
        let moment = (*moment)?;
        let is_due = end_of(moment) > since && is_unread(moment, url);
        let as_of = if is_open(Some(moment)) {
            UNKNOWN
        } else {
            moment.instant.as_second()
        };
        is_due.then(|| ((*url).clone(), as_of))
    });
    let undated = listed.iter().filter(|(moment, _)| moment.is_none());
    let undated = undated.map(|(_, url)| ((*url).clone(), UNKNOWN));
    let next: Vec<(String, i64)> = dated.take(SITEMAPS).chain(undated.take(UNDATED)).collect();
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
            let (url, as_of) = walk.next.remove(0);
            walk.visited.push(xxh3_64(url.as_bytes()));
            let older = read(&mut walk, (&url, as_of), seen, answer, at, done);
            walk.next.extend(older.map(|older| (older, UNKNOWN)));
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
    (url, as_of): (&str, i64),
    seen: &Listing,
    answer: Answer,
    at: Timestamp,
    done: &mut Ingested,
) -> Option<String> {
    if walk.is_index && !note_sitemap(&mut done.state.sitemaps, (url, as_of), &answer.body) {
        done.kind = Kind::Unchanged;
        return None;
    }
    let part = part(seen, answer, at, done)?;
    if walk.is_index {
        if part.is_cut {
            // Read again with the index's next reading: what it lacks may be there then.
            let own = xxh3_64(url.as_bytes());
            done.state.sitemaps.retain(|known| known.url != own);
        }
        learn(&part.items, at, done);
        return None;
    }
    walk.left = walk.left.saturating_sub(1);
    let has_known = part.items.iter().any(|item| item.key_before.is_some());
    let goes_on = walk.left > 0 && !(walk.until_known && has_known);
    let is_new = |older: &String| !walk.visited.contains(&xxh3_64(older.as_bytes()));
    part.older.filter(|older| goes_on && is_new(older))
}

/// Takes up when the items of an index appear: in its sitemaps. What a new one has may be old.
fn learn(items: &[Listed], at: Timestamp, done: &mut Ingested) {
    if done.state.polls > 1 {
        let fresh = items.iter().filter(|item| item.key_before.is_none());
        done.state.rhythm.learn(at, at, fresh.map(|_| None));
    }
}

/// Takes up the body of a sitemap; whether it is another than before.
fn note_sitemap(sitemaps: &mut Vec<Sitemap>, (url, as_of): (&str, i64), body: &[u8]) -> bool {
    let now = Sitemap {
        url: xxh3_64(url.as_bytes()),
        body: xxh3_64(body),
        as_of,
    };
    let known = sitemaps.iter().position(|known| known.url == now.url);
    let before = known.map(|known| sitemaps.remove(known));
    sitemaps.insert(0, now);
    sitemaps.truncate(4 * SITEMAPS);
    before.is_none_or(|before| before.body != now.body)
}

/// A document of a walk.
pub(super) struct Part {
    /// The older page that it names.
    older: Option<String>,
    items: Vec<Listed>,
    is_cut: bool,
}

/// What a document of a walk leads to: its items are added to those that are known, and what it lacks says
/// nothing.
pub(super) fn part(
    seen: &Listing,
    answer: Answer,
    at: Timestamp,
    done: &mut Ingested,
) -> Option<Part> {
    if !record::fits(&answer.body) {
        done.kind = Kind::TooBig;
        return None;
    }
    let parsed = parse::parse(&answer.body, &answer.headers, &answer.final_url).ok();
    // An index of indexes is not followed.
    let parsed = parsed.filter(|parsed| parsed.dialect != Dialect::SitemapIndex);
    let Some(parsed) = parsed else {
        done.kind = Kind::NotAFeed;
        return None;
    };
    done.kind = Kind::Read;
    done.state.capped += capped(&parsed);
    let older = older(&parsed, &[&answer.final_url]);
    let is_cut = is_cut(&parsed);
    let items = list(parsed, seen, at, true, done);
    let mut polled = polled(answer, at, done);
    polled.part = true;
    done.polled = Some(polled);
    Some(Part {
        older,
        items,
        is_cut,
    })
}
