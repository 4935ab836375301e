//! The headline: nearly always somewhere on the page, so a matter of choice.

mod headings;
mod mend;

use std::borrow::Cow;

use url::Url;

use super::Told;
use super::linked_data::LinkedData;
use crate::fold;
use crate::page::Page;

/// What parts a headline from the site's name in titles.
const SEPARATORS: [&str; 15] = [
    " | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • ", " < ", " > ", " / ", "｜", "ㅣ", "_",
    "--",
];

/// What joins a headline and the site's whole name. A hyphen without spaces is part of a word, and a
/// colon without one part of a time.
const JOINERS: [&str; 11] = [
    ": ", "|", " - ", " – ", "—", "·", "»", "::", "：", "ㅣ", "_",
];

/// Names of `meta` elements that hold the headline, with their weight.
const METAS: [(&str, f64); 7] = [
    ("og:title", 1.0),
    ("twitter:title", 0.3),
    ("parsely-title", 0.6),
    ("sailthru.title", 0.6),
    ("dc.title", 0.5),
    ("headline", 1.0),
    ("title", 0.3),
];

/// What the page's other sources weigh.
const LINKED: f64 = 1.4;
/// A news desk writes the headline of its `NewsArticle` itself; other types are filled in by plug-ins.
const LINKED_NEWS: f64 = 2.2;
const HEADING: f64 = 0.6;
/// A heading that says one of the page's titles, where no JSON-LD names the headline.
const SAID_HEADING: f64 = 1.3;
/// A heading that says what the titles say in other words, where no newsroom names the headline in JSON-LD: more than
/// all that plug-ins fill from the one title that they make for searches and for sharing.
const READ_HEADING: f64 = 3.3;
const TITLE: f64 = 0.2;
const FEED: f64 = 0.6;

/// The longest headline, in bytes.
const MAX_LENGTH: usize = 600;

/// A claim on the headline: the text as it would be used, and how much it weighs.
struct Claim {
    source: &'static str,
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
/// also vote for what stands before. Returns the source with it.
pub(crate) fn choose(
    page: &Page,
    linked: &LinkedData,
    feed: Option<&str>,
    sites: &[&str],
    base: Option<&Url>,
) -> Option<Told<String>> {
    let mut names: Vec<String> = sites.iter().map(|site| fold::key(site)).collect();
    names.extend(linked.publisher.as_deref().map(fold::key));
    names.retain(|key| !key.is_empty());
    let sites = Sites {
        keys: site_keys(&names, base),
        names,
    };
    let claims = claims(page, linked, feed, &sites);
    let mut best: Option<(f64, &Claim)> = None;
    for candidate in &claims {
        let votes: f64 = claims
            .iter()
            .filter(|other| other.key == candidate.key)
            .map(|other| other.weight)
            .sum();
        let is_site = sites.keys.contains(&candidate.key);
        let score = if is_site { votes * 0.1 } else { votes };
        // Of equals the first holds: data keep the punctuation that a heading's layout replaces.
        if best.is_none_or(|(top, _)| score > top + 1e-9) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, claim)| Told::by(claim.source, claim.text.clone()))
}

fn claims(page: &Page, linked: &LinkedData, feed: Option<&str>, sites: &Sites) -> Vec<Claim> {
    let mut claims = Vec::new();
    if let Some(headline) = &linked.headline {
        let weight = if linked.is_news() {
            LINKED_NEWS
        } else {
            LINKED
        };
        without_site(&mut claims, "json-ld", headline, weight, sites);
    }
    for (name, weight) in METAS {
        if let Some(content) = page.head.meta(&[name]) {
            without_site(&mut claims, name, &unescaped(content), weight, sites);
        }
    }
    let titled = claims.len();
    without_site(&mut claims, "title", &page.head.title, TITLE, sites);
    for (heading, weight) in headings::weighed(page, &claims, linked) {
        claim(&mut claims, "h1", &unescaped(&heading), weight);
    }
    if let Some(feed) = feed {
        claim(&mut claims, "feed", &crate::plain(feed), FEED);
    }
    mend::claims(&mut claims, titled, page);
    claims
}

fn claim(claims: &mut Vec<Claim>, source: &'static str, text: &str, weight: f64) {
    let text = fold::squeeze(text);
    let key = fold::key(&text);
    if !key.is_empty() && text.len() <= MAX_LENGTH {
        claims.push(Claim {
            source,
            text,
            key,
            weight,
        });
    }
}

/// A title as readers see it, where it was escaped twice.
fn unescaped(title: &str) -> Cow<'_, str> {
    let signs = [
        "&amp;", "&quot;", "&#", "&lt;", "&gt;", "&apos;", "&nbsp;", "&rsquo;", "&lsquo;",
    ];
    if signs.iter().any(|sign| title.contains(sign)) {
        Cow::Owned(crate::plain(title))
    } else {
        Cow::Borrowed(title)
    }
}

/// A title that may carry the site's name: the whole, and what is left without it.
fn without_site(
    claims: &mut Vec<Claim>,
    source: &'static str,
    title: &str,
    weight: f64,
    sites: &Sites,
) {
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
    claim(claims, source, core, weight);
    if core.len() < whole.len() {
        claim(claims, source, &whole, weight * 0.2);
    }
    // A short last part is likely a section or the site under another name.
    let mut end = to;
    while end > from + 1 && title[parts[end - 1].clone()].chars().count() <= 40 {
        end -= 1;
        let shorter = &title[parts[from].start..parts[end - 1].end];
        if shorter.split_whitespace().count() >= 3 || shorter.chars().count() > 15 {
            claim(claims, source, shorter, weight * 0.75);
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
        let host = article::without_www(host);
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
mod tests;
