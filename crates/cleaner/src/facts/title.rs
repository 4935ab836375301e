//! The headline: nearly always somewhere on the page, so a matter of choice.

use url::Url;

use super::linked_data::LinkedData;
use crate::fold;
use crate::page::{Page, Tag};

/// What parts a headline from the site's name in titles.
const SEPARATORS: [&str; 12] = [
    " | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • ", " < ", " > ", " / ", "｜",
];

/// How many headings of the first rank are looked at.
const MAX_HEADINGS: usize = 6;

/// A claim on the headline: the text as it would be used, and how much it weighs.
struct Claim {
    text: String,
    key: String,
    weight: f64,
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
    let site_keys = site_keys(sites, base);
    let mut claims = Vec::new();
    for heading in headings(page) {
        claim(&mut claims, &heading, 1.0);
    }
    if let Some(headline) = &linked.headline {
        claim(&mut claims, headline, 1.15);
    }
    let metas = [
        ("og:title", 1.0),
        ("twitter:title", 0.5),
        ("parsely-title", 0.6),
        ("sailthru.title", 0.6),
        ("dc.title", 0.5),
        ("headline", 0.5),
        ("title", 0.3),
    ];
    for (name, weight) in metas {
        if let Some(content) = page.head.meta(&[name]) {
            with_suffix(&mut claims, content, weight, &site_keys);
        }
    }
    with_suffix(&mut claims, &page.head.title, 0.6, &site_keys);
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
        let is_site = site_keys.contains(&candidate.key);
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
    if !key.is_empty() && text.len() <= 600 {
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
fn with_suffix(claims: &mut Vec<Claim>, title: &str, weight: f64, site_keys: &[String]) {
    let title = fold::squeeze(title);
    let parts = split(&title);
    let is_site = |part: &str| {
        let key = fold::key(part);
        !key.is_empty()
            && site_keys
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
    let core = title[parts[from].start..parts[to - 1].end].to_owned();
    if (from, to) != (0, parts.len()) {
        claim(claims, &title, weight * 0.2);
    }
    claim(claims, &core, weight);
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

fn site_keys(sites: &[&str], base: Option<&Url>) -> Vec<String> {
    let mut keys: Vec<String> = sites.iter().map(|site| fold::key(site)).collect();
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
