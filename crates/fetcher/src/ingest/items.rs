//! The items of a document: which are new, which were edited, and what is remembered of them.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::discover::{Found, discover};
use super::{IdentityKey, Ingested, Listing, Seen, identity};
use crate::parse::{Dialect, ParsedFeed};
use crate::schedule::Listed;

/// How many identities of a feed are kept although it lists them no more; and of one that lists sitemaps, of
/// which not all are read each time.
pub(super) const KEPT: usize = 1_000;
const KEPT_OF_SITEMAPS: usize = 50_000;
/// After how many readings without it an identity may be forgotten.
pub(super) const STALE: u64 = 64;
/// How many readings pass before a listed identity is noted again: every note is a record in the
/// changelog.
pub(super) const NOTE_EVERY: u64 = 16;

/// Finds what is new or edited among the items of a feed, of which these are a part or all; the items that
/// count.
pub(super) fn list(
    parsed: ParsedFeed,
    seen: &Listing,
    at: Timestamp,
    is_part: bool,
    done: &mut Ingested,
) -> Vec<Listed> {
    done.state.readings += 1;
    if !is_part {
        done.state.listed = parsed.items.len() as u32;
    }
    let reading = done.state.readings;
    let told = identity::tell(&parsed.items, seen, &mut done.state.naming);
    let listed: BTreeSet<IdentityKey> = told.iter().flatten().map(|told| told.key).collect();
    let renamed = told.iter().flatten().filter_map(|told| {
        let (old, _) = told.before?;
        (old != told.key).then_some((old, None))
    });
    // First, because another item may bear the old name now.
    done.seen.extend(renamed);
    let mut items = Vec::with_capacity(told.len());
    for (item, told) in parsed.items.into_iter().zip(told) {
        let Some(told) = told else { continue };
        items.push(Listed {
            key: told.key,
            key_before: told.before.map(|(key, _)| key),
            date: item.published.or(item.updated).map(|moment| moment.instant),
        });
        let before = told.before.map(|(_, before)| before);
        let revision = before.map_or(0, |before| before.revision) + u32::from(told.is_edited);
        let now = Seen {
            revision,
            listed: reading,
            ..told.now
        };
        let is_noted = told
            .before
            .is_some_and(|(key, before)| key == told.key && is_noted(before, now));
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
    // A part says nothing of what it lacks; but of an index there is nothing else.
    let kept = match (is_part, parsed.dialect) {
        (false, _) => KEPT,
        (true, Dialect::Sitemap) => KEPT_OF_SITEMAPS,
        (true, _) => return items,
    };
    if reading.is_multiple_of(NOTE_EVERY) || seen.len() > listed.len() + 2 * kept {
        forget(seen, &listed, (reading, kept), done);
    }
    items
}

/// Whether what is known of an item now was noted `before`, and not long ago.
fn is_noted(before: Seen, now: Seen) -> bool {
    let as_before = Seen {
        listed: before.listed,
        ..now
    };
    before == as_before && before.listed + NOTE_EVERY > now.listed
}

/// Forgets the identities that were not listed for long, the longest unlisted first, but keeps
/// `kept` of those that are listed no more: publishers bring old items back.
fn forget(
    seen: &Listing,
    listed: &BTreeSet<IdentityKey>,
    (reading, kept): (u64, usize),
    done: &mut Ingested,
) {
    let mut gone: Vec<(u64, IdentityKey)> = seen
        .iter()
        .filter(|(key, _)| !listed.contains(*key))
        .map(|(key, seen)| (seen.listed, *key))
        .collect();
    gone.sort_unstable();
    let surplus = gone.len().saturating_sub(kept);
    for (last, key) in gone.into_iter().take(surplus) {
        if last + STALE < reading {
            done.seen.push((key, None));
        }
    }
}
