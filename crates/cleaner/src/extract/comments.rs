//! What readers wrote below an article, where no element's name says so: a row of names, each with a moment and a few
//! lines.

mod heads;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use heads::{Head, Said, head, is_offer};
use jiff::civil::Date;

use super::Known;
use super::closing::may_close;
use crate::page::{Block, Marks, Page, Tag};

/// How many make a row.
const ROW: usize = 3;

/// How much must be told before the first, in characters without white space: forums begin with one.
const TOLD: usize = 250;

/// How much may stand behind each, in characters without white space and in blocks: in a part of the page of their
/// own, and among the article's paragraphs.
const APART: (usize, usize) = (4000, 40);
const AMONG: (usize, usize) = (700, 6);

/// How long a link is that leads to another article, in characters without white space: `Reply` is shorter.
const LEAD: usize = 30;

/// How many blocks before the first a line may stand that leads over to them.
const LINE: usize = 4;

/// How many days after an article its readers write, and how many before it by the calendar of another zone.
const DAYS: Range<i32> = -1..60;

/// The blocks that readers wrote.
pub(super) fn find(page: &Page, known: &Known) -> Option<Range<usize>> {
    let from = told(page, known.headline)?;
    let prose = Prose::of(page);
    let mut kinds: BTreeMap<u64, Vec<Head>> = BTreeMap::new();
    for head in (from..page.blocks.len()).filter_map(|index| head(page, index)) {
        kinds.entry(head.signature).or_default().push(head);
    }
    let rows = kinds.values().flat_map(|heads| rows(page, &prose, heads));
    rows.filter_map(|row| readers(page, &prose, known, row))
        .max_by_key(ExactSizeIterator::len)
}

/// The block behind which enough was told.
fn told(page: &Page, headline: usize) -> Option<usize> {
    let mut length = 0;
    (headline..page.blocks.len()).find(|index| {
        let block = &page.blocks[*index];
        if block.is_prose() && !block.marks.has(Marks::UNWANTED) {
            length += block.length;
        }
        length >= TOLD
    })
}

/// How many paragraphs stand before each block, so that any range is a difference.
struct Prose(Vec<usize>);

impl Prose {
    fn of(page: &Page) -> Self {
        let mut before = vec![0];
        let mut count = 0;
        for block in &page.blocks {
            count += usize::from(block.is_prose());
            before.push(count);
        }
        Self(before)
    }

    fn is_in(&self, blocks: Range<usize>) -> bool {
        self.0[blocks.end] > self.0[blocks.start]
    }
}

/// Runs of heads of one kind with a few lines behind each.
fn rows<'a>(page: &Page, prose: &Prose, heads: &'a [Head]) -> Vec<&'a [Head]> {
    let follows = |one: &Head, next: &Head| {
        let pair = [one.blocks.start, next.blocks.start];
        let limits = if is_apart(page, prose, pair) {
            APART
        } else {
            AMONG
        };
        is_entry(page, one.blocks.end..next.blocks.start, limits)
    };
    let runs = heads.chunk_by(follows);
    runs.filter(|run| run.len() >= ROW).collect()
}

/// The innermost element around two blocks.
fn around(page: &Page, [first, last]: [usize; 2]) -> usize {
    let mut node = page.blocks[first].node;
    while !page.nodes[node].blocks.contains(&last) && page.nodes[node].parent != node {
        node = page.nodes[node].parent;
    }
    node
}

/// Whether the element around two blocks tells nothing before the first.
fn is_apart(page: &Page, prose: &Prose, pair: [usize; 2]) -> bool {
    let around = &page.nodes[around(page, pair)].blocks;
    !prose.is_in(around.start..pair[0])
}

/// Whether it is what stands behind one head: a few lines, no heading, and no links to articles.
fn is_entry(page: &Page, between: Range<usize>, (length, count): (usize, usize)) -> bool {
    if between.is_empty() || between.len() > count {
        return false;
    }
    let blocks = &page.blocks[between];
    let leads = |block: &Block| {
        let is_heading = matches!(block.kind, Tag::Heading | Tag::Headline);
        is_heading || (block.link_density() > 0.5 && block.length > LEAD)
    };
    blocks.iter().map(|block| block.length).sum::<usize>() <= length && !blocks.iter().any(leads)
}

/// The part of the page that a row of heads begins, where it is the readers'.
fn readers(page: &Page, prose: &Prose, known: &Known, row: &[Head]) -> Option<Range<usize>> {
    let (first, last) = (row.first()?, row.last()?);
    let pair = [first.blocks.start, last.blocks.start];
    let apart = is_apart(page, prose, pair);
    if !have_many_names(row) || !are_of_readers(page, known, row, apart) {
        return None;
    }
    let around = &page.nodes[around(page, pair)].blocks;
    if apart {
        return Some(first.blocks.start..around.end);
    }
    let mut length = 0;
    let behind = last.blocks.end..around.end.min(last.blocks.end + AMONG.1);
    let is_last = |index: &usize| {
        let block = &page.blocks[*index];
        length += block.length;
        length <= AMONG.0 && !block.is_heading()
    };
    let end = last.blocks.end + behind.take_while(is_last).count();
    Some(first.blocks.start..end)
}

/// Entries of one's own are signed by few, those of readers by many.
fn have_many_names(row: &[Head]) -> bool {
    let names: BTreeSet<&str> = row.iter().map(|head| head.name.as_str()).collect();
    names.len() >= 2 && names.len() * 3 >= row.len()
}

/// What speaks for readers: how long ago they wrote, that they are answered, a line that leads over to them; or, in a
/// part of their own without headings, days and times soon after the article's, or times behind names. Lists of events
/// and programmes have days and times as well.
fn are_of_readers(page: &Page, known: &Known, row: &[Head], apart: bool) -> bool {
    let most = |count: usize| count * 2 >= row.len();
    let is_elapsed = |head: &&Head| matches!(head.said, Said::Elapsed);
    if most(row.iter().filter(is_elapsed).count()) {
        return true;
    }
    let (Some(first), Some(last)) = (row.first(), row.last()) else {
        return false;
    };
    let offers = page.blocks[first.blocks.start..last.blocks.end].iter();
    let before = first.blocks.start.saturating_sub(LINE)..first.blocks.start;
    if most(offers.filter(|block| is_offer(&block.text)).count() + 1)
        || page.blocks[before].iter().any(may_close)
    {
        return true;
    }
    let is_soon = |head: &Head| match (head.said, known.published) {
        (
            Said::Dated {
                day,
                is_timed: true,
            },
            Some(published),
        ) => DAYS.contains(&days_between(published, day)),
        // Programmes begin with the time.
        (Said::Short, _) => head.is_name_first,
        _ => false,
    };
    apart && row.iter().all(|head| !head.is_heading && is_soon(head))
}

fn days_between(first: Date, last: Date) -> i32 {
    first.until(last).map_or(i32::MAX, |span| span.get_days())
}

#[cfg(test)]
mod tests;
