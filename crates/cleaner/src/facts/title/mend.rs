//! What the claims on the headline tell of each other, before they are counted.

use super::{Claim, HEADING, LINKED_NEWS, TITLE};
use crate::fold;
use crate::page::{Page, Tag};

/// Mends claims by one another. The first `titled` of them are from the page's data.
pub(super) fn claims(claims: &mut [Claim], titled: usize, page: &Page) {
    favour_lone_title(claims, titled, page);
    favour_short_title(claims);
    complete(claims);
    drop_kicker(claims);
    drop_sections(claims);
}

/// Where heading, JSON-LD and `<title>` are one and the `og:title` alone is another that the page shows in
/// a heading too, that is the headline that readers see: the first heading was made for search engines, or
/// has the kicker before it.
fn favour_lone_title(claims: &mut [Claim], titled: usize, page: &Page) {
    let key = |source: &str| {
        let claim = claims.iter().find(|claim| claim.source == source)?;
        Some(claim.key.clone())
    };
    let (Some(linked), Some(shared)) = (key("json-ld"), key("og:title")) else {
        return;
    };
    let is_lone = linked != shared
        && key("h1").as_ref() == Some(&linked)
        && key("title").as_ref() == Some(&linked)
        && key("twitter:title").as_ref() != Some(&shared)
        && is_shown(page, &shared);
    if is_lone {
        let mut own = claims[..titled].iter_mut();
        if let Some(claim) = own.find(|claim| claim.source == "og:title") {
            claim.weight = 2.0 * (LINKED_NEWS + HEADING + TITLE);
        }
    }
}

/// Where nothing but the `<title>` tells the headline, a name behind its last separator is the outlet's.
fn favour_short_title(claims: &mut [Claim]) {
    if claims.iter().any(|claim| claim.source != "title") {
        return;
    }
    let Some((whole, shorter)) = claims.split_first_mut() else {
        return;
    };
    let Some(shorter) = shorter.first_mut() else {
        return;
    };
    let behind = whole.text.strip_prefix(shorter.text.as_str());
    let name = behind.map(|behind| behind.trim_matches(|c: char| !c.is_alphanumeric()));
    let is_name = name.is_some_and(|name| {
        let words = name.split_whitespace();
        let upper = words
            .clone()
            .all(|word| !word.starts_with(char::is_lowercase));
        upper && (1..=4).contains(&words.count()) && name.chars().count() <= ASIDE
    });
    if is_name {
        shorter.weight = 2.0 * whole.weight;
    }
}

/// Whether one of the page's headings is that text, or ends with it behind a kicker.
fn is_shown(page: &Page, key: &str) -> bool {
    let headings = page
        .blocks
        .iter()
        .filter(|block| matches!(block.kind, Tag::Headline | Tag::Heading));
    headings
        .take(MAX_SHOWN)
        .any(|block| fold::key(&block.text).ends_with(key))
}

/// How many headings of any rank are looked at.
const MAX_SHOWN: usize = 60;

/// The longest kicker or name of a section, in characters.
const ASIDE: usize = 40;

/// `Kicker: Headline` in the data is the headline that heading and `og:title` both show alone.
fn drop_kicker(claims: &mut [Claim]) {
    let Some(heading) = claims.iter().find(|claim| {
        let is_shared = |other: &Claim| other.source == "og:title" && other.key == claim.key;
        claim.source == "h1" && claims.iter().any(is_shared)
    }) else {
        return;
    };
    let (text, key) = (heading.text.clone(), heading.key.clone());
    for claim in claims.iter_mut().filter(|claim| claim.source == "json-ld") {
        let kicker = claim.text.strip_suffix(text.as_str()).map(str::trim_end);
        let is_kicker = kicker.is_some_and(|kicker| {
            kicker.ends_with([':', '|', '/']) && kicker.chars().count() <= ASIDE
        });
        if is_kicker {
            (claim.text, claim.key) = (text.clone(), key.clone());
        }
    }
}

/// A title that goes on from what the page calls its headline by the name of a section votes for the
/// headline.
fn drop_sections(claims: &mut [Claim]) {
    let Some(headline) = claims.iter().find(|claim| claim.source == "headline") else {
        return;
    };
    let (text, key) = (headline.text.clone(), headline.key.clone());
    for claim in claims {
        let section = claim.text.strip_prefix(text.as_str()).map(str::trim_start);
        let is_section = section.is_some_and(|section| {
            section.starts_with(['-', '–', '—', '|', 'ㅣ', '·']) && section.chars().count() <= ASIDE
        });
        if is_section {
            (claim.text, claim.key) = (text.clone(), key.clone());
        }
    }
}

/// From which length on a headline may have been cut, in characters: search engines asked for 110 once.
const CUT: usize = 60;

/// A headline in the data that heading and title both go on from was cut there, and votes for the whole.
fn complete(claims: &mut [Claim]) {
    let Some(linked) = claims.iter().find(|claim| claim.source == "json-ld") else {
        return;
    };
    let is_whole = |other: &&Claim| {
        let goes_on = other.key.len() > linked.key.len() && other.key.starts_with(&linked.key);
        let mut titles = claims
            .iter()
            .filter(|claim| matches!(claim.source, "og:title" | "title"));
        other.source == "h1" && goes_on && titles.any(|title| title.key == other.key)
    };
    if linked.text.chars().count() < CUT {
        return;
    }
    let Some(whole) = claims.iter().find(is_whole) else {
        return;
    };
    let (text, key) = (whole.text.clone(), whole.key.clone());
    if let Some(linked) = claims.iter_mut().find(|claim| claim.source == "json-ld") {
        (linked.text, linked.key) = (text, key);
    }
}
