//! Whose report an article is: what it says itself, what its source says, what its family says.

use std::collections::BTreeMap;
use std::ops::Range;

use article::{Attribution, AttributionClass, Cleaned, Origin, OriginHow, Place};

use crate::agencies::{Agencies, UNSPECIFIED};
use crate::attribution::{attributions_of, joined};
use crate::normalise::Normalised;
use crate::window::{Serial, Window};

/// How sure an origin is that the article which it derives from states.
const LINKED: f64 = 0.6;
/// How sure one is that an article states which derives from it.
const LINKED_BACK: f64 = 0.55;
/// Bytes of a text that count as its beginning: two or three paragraphs.
const LEDE: u32 = 600;
/// Bytes of a line of credit at the most: what agencies say of their rights takes two hundred.
const CREDIT_LINE: usize = 400;
/// The most that a vote of the family is worth.
const VOTED: f64 = 0.5;
/// Members of a family that a vote asks, and that learn of it: the newest.
pub(crate) const VOTERS: usize = 64;

/// What the article says of agencies and outlets: what is known of those of the table, and those that feeds
/// made known.
pub(crate) fn attributed(
    known: Vec<Attribution>,
    article: &Cleaned,
    body: &Normalised,
    introduced: &Agencies,
) -> Vec<Attribution> {
    if names_any(article, introduced) {
        joined(known, attributions_of(article, body, introduced))
    } else {
        known
    }
}

/// Whether any of the places that are looked at may name an agency: nearly no article names one of those that
/// feeds made known.
fn names_any(article: &Cleaned, agencies: &Agencies) -> bool {
    let layout = &article.layout;
    let zones = layout.zones.iter().map(|zone| &zone.text);
    let mut lines = zones
        .chain(&layout.byline)
        .chain(&article.authors)
        .chain(&article.metadata.publisher)
        .chain([&article.outlet, &article.title, &article.text]);
    lines.any(|line| agencies.may_be_in(line))
}

/// The agency or outlet that the article itself says the report is from: of those that it names the one that
/// gave most, and of such the first.
pub(crate) fn stated(
    article: &Cleaned,
    attributions: &[Attribution],
    agencies: &Agencies,
) -> Option<Origin> {
    let origin = |source: &str, confidence| Origin {
        source: source.to_owned(),
        how: OriginHow::Stated,
        confidence,
    };
    if article.feed.kind.as_deref() == Some("agency") {
        let publisher = article.feed.publisher.as_deref();
        let publisher = publisher.unwrap_or(&article.outlet);
        return Some(origin(agencies.called(publisher).unwrap_or(publisher), 1.0));
    }
    let mut named = attributions.iter();
    let first = named.find(|attribution| attribution.source != UNSPECIFIED)?;
    let confidence = match first.class {
        // Facts may be an agency's, and the report still the outlet's own.
        AttributionClass::Cites => first.confidence.min(0.7),
        _ => first.confidence,
    };
    Some(origin(&first.source, confidence))
}

/// Whether what the article states is the origin of the whole of it. Who took the news from somebody else
/// says so at the beginning; further down a citation credits a single fact.
pub(crate) fn is_of_the_whole(stated: &Origin, attributions: &[Attribution]) -> bool {
    let mut own = attributions.iter();
    let own = own.find(|attribution| attribution.source == stated.source);
    own.is_none_or(|attribution| {
        let mut evidence = attribution.evidence.iter();
        attribution.class != AttributionClass::Cites
            || evidence.any(|credit| credit.offset.is_none_or(|offset| offset < LEDE))
    })
}

/// Where it stands in the text whose it is and nothing else, in bytes: an agency prints that under everything, and
/// short reports of two events have little else. Of a dateline, what follows the place.
pub(crate) fn credit_lines(text: &str, attributions: &[Attribution]) -> Vec<Range<usize>> {
    let credits = attributions.iter().flat_map(|found| &found.evidence);
    credits
        .filter_map(|credit| {
            let begins = match credit.place {
                Place::SignOff | Place::CreditLine | Place::Byline => 0,
                Place::Dateline => place_of(&credit.text).len(),
                _ => return None,
            };
            let start = credit.offset? as usize;
            Some(start + begins..start + credit.text.len())
        })
        // Where a text has no lines, or but one, a note at its end shows all of it.
        .filter(|line| line.len() <= CREDIT_LINE && line.len() * 2 <= text.len())
        .collect()
}

/// The place that a dateline begins with. A hyphen may be a part of it: "STRATFORD-UPON-AVON (AP)".
fn place_of(dateline: &str) -> &str {
    let signs = dateline.find([',', '(', '（', '–', '—']);
    let end = signs.into_iter().chain(dateline.find(" -")).min();
    &dateline[..end.unwrap_or(dateline.len())]
}

/// The name that an agency's own feed makes known, with the key it is kept under.
pub(crate) fn introduced(article: &Cleaned, agencies: &Agencies) -> Option<(String, String)> {
    if article.feed.kind.as_deref() != Some("agency") {
        return None;
    }
    // Not the page's own name: a feed of many outlets would make an agency of each.
    let name = article.feed.publisher.as_deref()?.trim();
    // One or two letters stand in every text.
    let is_new = name.chars().count() > 2 && agencies.called(name).is_none();
    is_new.then(|| (name.to_lowercase(), name.to_owned()))
}

/// The origin that an article has from the one which it derives from.
pub(crate) fn linked(source: &Origin) -> Option<Origin> {
    // What a vote says of the source is asked of the family again, not handed on as known.
    (source.how != OriginHow::Voted).then(|| Origin {
        source: source.source.clone(),
        how: OriginHow::Linked,
        confidence: LINKED.min(source.confidence),
    })
}

/// The origin that an article has from one that was made from it and states its origin.
pub(crate) fn linked_back(derived: &Origin) -> Option<Origin> {
    (derived.how == OriginHow::Stated).then(|| Origin {
        source: derived.source.clone(),
        how: OriginHow::Linked,
        confidence: LINKED_BACK.min(derived.confidence),
    })
}

/// Whether who knows that much of its origin takes it from another: what a vote said is no more than a guess.
pub(crate) fn may_learn(known: Option<&Origin>) -> bool {
    known.is_none_or(|known| known.how == OriginHow::Voted)
}

/// The origin that at least half of `family` states, where one does.
pub(crate) fn voted(family: &[Serial], window: &Window) -> Option<Origin> {
    let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
    for serial in family {
        if let Some(origin) = window.standing(*serial)?.stated() {
            *votes.entry(origin.source.as_str()).or_default() += 1;
        }
    }
    // Of several with as many votes the last by name: any rule will do that is always the same.
    let (source, count) = votes.into_iter().max_by_key(|&(_, count)| count)?;
    (count * 2 >= family.len()).then(|| Origin {
        source: source.to_owned(),
        how: OriginHow::Voted,
        confidence: VOTED * count as f64 / family.len() as f64,
    })
}
