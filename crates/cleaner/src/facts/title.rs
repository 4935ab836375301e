//! The headline: nearly always somewhere on the page, so a matter of choice.

use url::Url;

use super::linked_data::LinkedData;
use crate::fold;
use crate::page::{Page, Tag};

/// What parts a headline from the site's name in titles.
const SEPARATORS: [&str; 12] = [
    " | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • ", " < ", " > ", " / ", "｜",
];

/// What joins a headline and the site's whole name. A hyphen without spaces is part of a word, and a
/// colon without one part of a time.
const JOINERS: [&str; 8] = [": ", "|", " - ", " – ", "—", "·", "»", "::"];

/// Names of `meta` elements that hold the headline, with their weight.
const METAS: [(&str, f64); 7] = [
    ("og:title", 1.0),
    ("twitter:title", 0.5),
    ("parsely-title", 0.6),
    ("sailthru.title", 0.6),
    ("dc.title", 0.5),
    ("headline", 0.5),
    ("title", 0.3),
];

/// The longest headline, in bytes.
const MAX_LENGTH: usize = 600;

/// How many headings of the first rank are looked at.
const MAX_HEADINGS: usize = 6;

/// A claim on the headline: the text as it would be used, and how much it weighs.
struct Claim {
    text: String,
    key: String,
    weight: f64,
}

/// What the site is called, as [`fold::key`]s.
struct Sites {
    /// Its names.
    names: Vec<String>,
    /// Its names, its host and the labels of that.
    keys: Vec<String>,
}

/// Chooses the headline on which most sources agree; sources that carry the site's name behind it
/// also vote for what stands before.
pub(crate) fn choose(
    page: &Page,
    linked: &LinkedData,
    feed: Option<&str>,
    sites: &[&str],
    base: Option<&Url>,
) -> String {
    let mut names: Vec<String> = sites.iter().map(|site| fold::key(site)).collect();
    names.extend(linked.publisher.as_deref().map(fold::key));
    names.retain(|key| !key.is_empty());
    let sites = Sites {
        keys: site_keys(&names, base),
        names,
    };
    let mut claims = Vec::new();
    for heading in headings(page) {
        claim(&mut claims, &heading, 1.0);
    }
    if let Some(headline) = &linked.headline {
        claim(&mut claims, headline, 1.15);
    }
    for (name, weight) in METAS {
        if let Some(content) = page.head.meta(&[name]) {
            without_site(&mut claims, content, weight, &sites);
        }
    }
    without_site(&mut claims, &page.head.title, 0.6, &sites);
    if let Some(feed) = feed {
        claim(&mut claims, &crate::plain(feed), 0.6);
    }
    let mut best: Option<(f64, &Claim)> = None;
    for candidate in &claims {
        let votes: f64 = claims
            .iter()
            .filter(|other| other.key == candidate.key)
            .map(|other| other.weight)
            .sum();
        let is_site = sites.keys.contains(&candidate.key);
        let score = if is_site { votes * 0.1 } else { votes };
        // The first of equals holds: headings keep their spelling, titles are often shouted.
        if best.is_none_or(|(top, _)| score > top + 1e-9) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, claim)| claim.text.clone())
        .unwrap_or_default()
}

fn claim(claims: &mut Vec<Claim>, text: &str, weight: f64) {
    let text = fold::squeeze(text);
    let key = fold::key(&text);
    if !key.is_empty() && text.len() <= MAX_LENGTH {
        claims.push(Claim { text, key, weight });
    }
}

/// Headings of the first rank in the order of the page. Logos among them find no agreement.
fn headings(page: &Page) -> Vec<String> {
    page.blocks
        .iter()
        .filter(|block| block.kind == Tag::Headline)
        .take(MAX_HEADINGS)
        .map(|block| block.text.clone())
        .collect()
}

/// A title that may carry the site's name: the whole, and what is left without it.
fn without_site(claims: &mut Vec<Claim>, title: &str, weight: f64, sites: &Sites) {
    let whole = fold::squeeze(title);
    let title = without_name(&whole, &sites.names);
    let parts = split(title);
    let is_site = |part: &str| {
        let key = fold::key(part);
        !key.is_empty()
            && sites
                .keys
                .iter()
                .any(|site| *site == key || (key.len() > 3 && site.starts_with(&key)))
    };
    // Parts that name the site go for certain, at either end.
    let mut from = 0;
    let mut to = parts.len();
    while to > from + 1 && is_site(&title[parts[to - 1].clone()]) {
        to -= 1;
    }
    while to > from + 1 && is_site(&title[parts[from].clone()]) {
        from += 1;
    }
    if parts.is_empty() {
        return;
    }
    let core = &title[parts[from].start..parts[to - 1].end];
    let core = without_name(core, &sites.names);
    if core.len() < whole.len() {
        claim(claims, &whole, weight * 0.2);
    }
    claim(claims, core, weight);
    // A short last part is likely a section or the site under another name.
    let mut end = to;
    while end > from + 1 && title[parts[end - 1].clone()].chars().count() <= 40 {
        end -= 1;
        let shorter = &title[parts[from].start..parts[end - 1].end];
        if shorter.split_whitespace().count() >= 3 || shorter.chars().count() > 15 {
            claim(claims, shorter, weight * 0.75);
        }
    }
}

/// `title` without a site's whole name at either end of it. One that is too long for a headline stays
/// as it is: a page of joiners would take quadratic time.
fn without_name<'a>(title: &'a str, names: &[String]) -> &'a str {
    if title.len() > MAX_LENGTH {
        return title;
    }
    for joiner in JOINERS {
        for (at, _) in title.match_indices(joiner) {
            let (before, after) = (&title[..at], &title[at + joiner.len()..]);
            let (before_key, after_key) = (fold::key(before), fold::key(after));
            if names.contains(&before_key) && !after_key.is_empty() {
                return after.trim();
            }
            if names.contains(&after_key) && !before_key.is_empty() {
                return before.trim();
            }
        }
    }
    title
}

/// The parts between separators, as ranges of `title`.
fn split(title: &str) -> Vec<std::ops::Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < title.len() && parts.len() < 12 {
        let rest = &title[at..];
        if let Some(separator) = SEPARATORS.iter().find(|sep| rest.starts_with(**sep)) {
            if at > start {
                parts.push(start..at);
            }
            at += separator.len();
            start = at;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    if start < title.len() {
        parts.push(start..title.len());
    }
    parts
}

fn site_keys(names: &[String], base: Option<&Url>) -> Vec<String> {
    let mut keys = names.to_vec();
    if let Some(host) = base.and_then(Url::host_str) {
        let host = host.strip_prefix("www.").unwrap_or(host);
        keys.push(fold::key(host));
        keys.extend(
            host.split('.')
                .filter(|label| label.len() > 3)
                .map(fold::key),
        );
    }
    keys.retain(|key| !key.is_empty());
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, expected: &str) {
        let names = [fold::key("The Daily"), fold::key("14")];
        assert_eq!(without_name(title, &names), expected);
    }

    #[test]
    fn a_name_goes_from_either_end_of_a_title() {
        check("The Daily: Bridge shut", "Bridge shut");
        check("THE DAILY | Bridge shut", "Bridge shut");
        check("Bridge shut » The Daily", "Bridge shut");
        check("Bridge shut·The Daily", "Bridge shut");
        check("Bridge – river – The Daily", "Bridge – river");
        check("Bridge: The Daily: Shut", "Bridge: The Daily: Shut");
        check("14:30 train late", "14:30 train late");
        check("The Daily-run bridge", "The Daily-run bridge");
        check("The Daily:", "The Daily:");
    }
}
