//! When the page says that it was changed: such a moment often stands before that of publication, in one line with it.

use std::sync::LazyLock;

use super::shown::{introduction, is_aside};
use super::written::{Order, moment, scan};
use super::{Moment, Told};
use crate::fold;
use crate::lists::entries;
use crate::page::{Block, Page};

/// How lines begin that say when something was changed, in lower case.
static WORDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| entries(include_str!("../../../data/updates.txt")).collect());

/// How far into a line the word may begin, in bytes: "(Last updated ...".
const WITHIN: usize = 12;

/// How many blocks behind the headline it may stand.
const NEAR: usize = 12;

/// How long a line is that says when something was changed and little else, in bytes.
const LINE: usize = 200;

/// How far behind its word a date may end, in bytes.
const BEHIND: usize = 48;

/// Whether a line in lower case begins with the moment of a change.
pub(super) fn begins(lower: &str) -> bool {
    first_word(lower).is_some_and(|(at, _)| at <= WITHIN)
}

/// Where the first such word begins, and where it ends. `1 May 2026, updated ...` is no line of these.
fn first_word(lower: &str) -> Option<(usize, usize)> {
    word_in(lower).filter(|(at, _)| !lower[..*at].contains(char::is_numeric))
}

/// Where such a word begins first, and where it ends.
fn word_in(lower: &str) -> Option<(usize, usize)> {
    let found = WORDS
        .iter()
        .filter_map(|word| Some((lower.find(word)?, word.len())));
    found.min().map(|(at, length)| (at, at + length))
}

/// A line from what it says of publication on, where it begins with the moment of a change; else the whole.
pub(super) fn without(line: &str) -> &str {
    let lower = line.to_lowercase();
    // Where lower case is longer or shorter, offsets in it say nothing.
    if line.len() > LINE || lower.len() != line.len() || !begins(&lower) {
        return line;
    }
    introduction(&lower)
        .and_then(|end| line.get(end..))
        .unwrap_or(line)
}

/// What sites call themselves, in lower case.
const SITES: [&str; 6] = [
    "website",
    "web site",
    "this site",
    "webseite",
    "sitio",
    "sito web",
];

/// Whether a block says behind the text when the site was changed.
pub(super) fn is_sites(page: &Page, block: usize, headline: usize) -> bool {
    let lower = page.blocks[block].text.to_lowercase();
    let is_change = first_word(&lower).is_some_and(|(at, _)| at <= 2 * WITHIN);
    let is_site = SITES.iter().any(|site| lower.contains(site));
    let before = page.blocks.get(headline..block).unwrap_or_default();
    is_change && is_site && before.iter().any(Block::is_prose)
}

/// The moment of the last change that the page shows about the headline.
pub(crate) fn last_change(
    page: &Page,
    language: Option<&str>,
    headline: usize,
) -> Option<Told<Moment>> {
    let order = Order::of(language);
    let near = headline.saturating_sub(3)..=headline + NEAR;
    let mut times = page.head.times.iter().filter(|time| {
        time.is_update && near.contains(&time.block) && !is_aside(page, time.block, headline)
    });
    let marked = times.find_map(|time| moment(&time.value, order));
    let marked = marked.map(|found| Told::by("time", found));
    marked.or_else(|| {
        let blocks = page.blocks.iter().enumerate();
        let mut lines = blocks.filter(|(index, block)| {
            near.contains(index) && block.text.len() <= LINE && !is_aside(page, *index, headline)
        });
        let found = lines.find_map(|(_, block)| {
            let lower = block.text.to_lowercase();
            // A sentence may tell of something else that was changed.
            let (_, end) = word_in(&lower)
                .filter(|(at, _)| *at <= WITHIN || introduction(&lower).is_some())?;
            scan(fold::prefix(&lower[end..], BEHIND), order)
        });
        found.map(|found| Told::by("text", found))
    })
}
