//! Moments that the page shows.

use std::sync::LazyLock;

use jiff::civil::Date;

use super::written::{Order, days, moment, scan};
use super::{Moment, Told, changed};
use crate::facts::linked_data::LinkedData;
use crate::fold;
use crate::lists::entries;
use crate::page::{Block, Marks, Node, Page, Tag};

/// How many blocks behind the headline a moment may stand and still be the article's.
const NEAR: usize = 25;

/// The first moment about the headline that is no update: marked up as a time, or only named as one.
pub(super) fn nearest_time(
    page: &Page,
    order: Order,
    headline: usize,
    is_named: bool,
) -> Option<Told<Moment>> {
    let near = headline.saturating_sub(4)..=headline + NEAR;
    let mut times = page
        .head
        .times
        .iter()
        .filter(|time| !time.is_update && time.is_named == is_named)
        .filter(|time| near.contains(&time.block))
        .filter(|time| !is_named || time.value.len() < 120)
        .filter(|time| !is_aside(page, time.block, headline));
    let found = times.find_map(|time| moment(changed::without(&time.value), order))?;
    Some(Told::by("time", found))
}

/// Whether a block is in an element of other articles, which is not most of the page and does not hold `own`, a block
/// of the article.
pub(crate) fn is_aside(page: &Page, block: usize, own: usize) -> bool {
    let half = page.blocks.len() / 2;
    let Some(mut index) = page.blocks.get(block).map(|block| block.node) else {
        return false;
    };
    while let Some(node) = page.nodes.get(index) {
        if node.parent == index || node.blocks.len() > half || node.blocks.contains(&own) {
            return false;
        }
        let (is_beside, is_named) = (node.tag == Tag::Aside, node.marks.has(Marks::ELSEWHERE));
        let is_other =
            node.marks.has(Marks::COMMENT.with(Marks::HIDDEN)) || (is_beside && is_named);
        if is_other || ((is_beside || is_named) && tells_of_others(page, node)) {
            return true;
        }
        index = node.parent;
    }
    false
}

/// How many blocks of an element are looked at.
const LOOKED_AT: usize = 200;

/// Whether an element has a heading of its own or a link to another article: the article's own day and author may
/// stand in a sidebar as well.
fn tells_of_others(page: &Page, node: &Node) -> bool {
    let blocks = page.blocks[node.blocks.clone()].iter().take(LOOKED_AT);
    blocks.into_iter().any(|block| {
        let is_headed = matches!(block.kind, Tag::Heading | Tag::Headline)
            && introduction(&block.text.to_lowercase()).is_none();
        let is_lead = block.link_density() > 0.5 && block.text.split_whitespace().count() >= 3;
        is_headed || is_lead
    })
}

/// What stands before the day of publication, in lower case.
static INTRODUCED: LazyLock<Vec<&str>> =
    LazyLock::new(|| entries(include_str!("../../../data/published.txt")).collect());

/// A date that the page calls that of publication, else one at the end of the page's title, else one written
/// out in a short block about the headline or at the beginning of a paragraph there, else that of the last
/// change where the data tell it, else a line anywhere that is a date and little else, else any marked-up
/// time, else one in the page's description.
pub(crate) fn in_text(
    page: &Page,
    linked: &LinkedData,
    language: Option<&str>,
    headline: usize,
) -> Option<Told<Moment>> {
    let order = Order::of(language);
    if let Some(found) = introduced(page, order, usize::MAX) {
        return Some(Told::by("text", found));
    }
    if let Some(found) = in_title(&page.head.title, order) {
        return Some(Told::by("title", found));
    }
    if let Some(found) = about(page, headline, order) {
        return Some(Told::by("text", found));
    }
    if let Some(found) = super::modified(page, linked, language) {
        return Some(found);
    }
    let headline = headline.min(page.blocks.len());
    let line = |most: usize| {
        // The nearest first.
        let blocks = (headline..page.blocks.len()).chain((0..headline).rev());
        let short = blocks.filter(|index| page.blocks[*index].length <= most);
        let dated = short.filter_map(|index| Some((index, scan(&page.blocks[index].text, order)?)));
        // What each of them stands in is looked through, which asides within asides multiply.
        let (_, found) = dated.take(MAX_LINES).find(|(index, _)| {
            !is_aside(page, *index, headline) && !changed::is_sites(page, *index, headline)
        })?;
        Some(found)
    };
    line(LINE)
        .or_else(|| {
            let times = page.head.times.iter().filter(|time| time.value.len() < 120);
            let mut times = times.filter(|time| !is_aside(page, time.block, headline));
            times.find_map(|time| moment(changed::without(&time.value), order))
        })
        .or_else(|| line(2 * LINE))
        .or_else(|| {
            let descriptions = crate::facts::descriptions(page, linked);
            let mut dates = descriptions.iter().map(|text| scan(text, order));
            dates.find_map(|found| found)
        })
        .map(|found| Told::by("text", found))
}

/// The longest line that is a date and little else, in characters without white space.
const LINE: usize = 48;

/// Where the first word that stands before the day of publication ends in a line in lower case.
pub(super) fn introduction(lower: &str) -> Option<usize> {
    let found = INTRODUCED
        .iter()
        .filter_map(|word| Some((lower.find(word)?, word.len())));
    found.min().map(|(at, length)| at + length)
}

/// A date behind one of the words of [`INTRODUCED`], which begins within that many bytes of its line: farther
/// on it may be something else that was published.
pub(super) fn introduced(page: &Page, order: Order, within: usize) -> Option<Moment> {
    let lines = page.blocks.iter().filter(|block| block.length <= 160);
    let dated = |block: &&Block| block.text.contains(char::is_numeric);
    lines.take(MAX_LINES).filter(dated).find_map(|block| {
        let lower = block.text.to_lowercase();
        let (at, word) = INTRODUCED
            .iter()
            .filter_map(|word| Some((lower.find(word)?, word)))
            .min()
            .filter(|(at, _)| *at <= within || changed::begins(&lower))?;
        // Names of zones are known by their capitals. Few letters change their length with their case.
        let written = block.text.get(at + word.len()..);
        let written = written.filter(|_| lower.len() == block.text.len());
        let behind = written.unwrap_or_else(|| &lower[at + word.len()..]);
        scan(fold::prefix(behind, BEHIND), order)
    })
}

/// How many short blocks are searched.
const MAX_LINES: usize = 2_000;

/// How far behind its introduction a date may end, in bytes.
const BEHIND: usize = 40;

/// A date in a short block about the headline, else at the beginning of a paragraph there.
pub(super) fn about(page: &Page, headline: usize, order: Order) -> Option<Moment> {
    let near = || {
        let blocks = page.blocks.iter().enumerate();
        let near = blocks.skip(headline.saturating_sub(3)).take(20);
        let dated = near.filter(|(_, block)| block.text.contains(char::is_numeric));
        let own = dated.filter(|(index, _)| {
            !is_aside(page, *index, headline) && !changed::is_sites(page, *index, headline)
        });
        own.map(|(_, block)| block)
    };
    let short = |block: &&Block| block.length <= 160;
    near()
        .filter(short)
        .find_map(|block| scan(changed::without(&block.text), order))
        .or_else(|| near().find_map(|block| scan(fold::prefix(&block.text, DATELINE), order)))
}

/// The days that short blocks and marked-up times about the headline show, those of the blocks first.
pub(super) fn days_shown(page: &Page, order: Order, headline: usize) -> Vec<Date> {
    let near = page.blocks.iter().skip(headline.saturating_sub(3)).take(20);
    let short = near.filter(|block| block.length <= 160);
    let mut shown: Vec<Date> = short.flat_map(|block| days(&block.text, order)).collect();
    let times = page.head.times.iter();
    let near = headline.saturating_sub(4)..=headline + NEAR;
    let times = times.filter(|time| near.contains(&time.block) && time.value.len() < 120);
    shown.extend(times.filter_map(|time| Some(moment(&time.value, order)?.day)));
    shown
}

/// How far into a paragraph the date reaches that it begins with, in bytes.
const DATELINE: usize = 40;

/// `... | The Daily | 17.05.2026`: a date as the last part of the page's title.
fn in_title(title: &str, order: Order) -> Option<Moment> {
    let (_, last) = title.rsplit_once(['|', '–', '—'])?;
    let last = last.trim();
    let is_bare = last.len() <= 10 && last.bytes().all(|b| !b.is_ascii_alphabetic());
    scan(last, order).filter(|_| is_bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &str) {
        let page = crate::page::read(&crate::tidy::tidy(html));
        let headline = crate::facts::headline_block(&page, "");
        let found = in_text(&page, &LinkedData::default(), Some("de"), headline);
        let day = found.map(|told| told.value.day.to_string());
        assert_eq!(day.as_deref(), Some(expected), "{html}");
    }

    #[test]
    fn a_date_that_is_said_to_be_that_of_publication_counts_first() {
        check(
            "<h1>Bridge</h1><p>Letzte Änderung: 3.5.2026</p><p>Erschienen am: 1.5.2026</p>",
            "2026-05-01",
        );
    }

    #[test]
    fn a_paragraph_may_begin_with_the_day() {
        let text = "The old bridge over the river is shut from today on, says the town. ".repeat(4);
        check(
            &format!("<h1>Bridge</h1><p>01.05.2026 {text}</p>"),
            "2026-05-01",
        );
    }

    #[test]
    fn the_line_nearest_to_the_headline_counts() {
        check(
            "<p>Sonntag, 3. Mai 2026</p><p>a</p><p>b</p><p>1. Mai 2026</p><p>c</p><p>d</p><p>e</p>\
             <p>f</p><h1>Bridge</h1><p>g</p>",
            "2026-05-01",
        );
    }

    #[test]
    fn the_last_change_stands_in_before_lines_far_off() {
        let far = "<p>a</p>".repeat(30);
        check(
            &format!(
                "<meta itemprop=dateUpdate content='2026-05-01 10:00:00'><h1>Bridge</h1>{far}\
                 <p>3.5.2026</p>"
            ),
            "2026-05-01",
        );
    }
}
