//! Live blogs: what is told before the entries is the article, the entries are many small ones.

use std::collections::BTreeMap;

use super::trim::{Cut, Trimmed};
use crate::page::{Page, Tag};

/// How many elements alike make a row of entries.
const ENTRIES: usize = 3;

/// How much must be told before the first entry to stand alone, in characters without white space.
const SUMMARY: usize = 250;

/// Takes the entries from what trimming left, where enough is told before them.
pub(super) fn without_entries(page: &Page, trimmed: &mut Trimmed) {
    let Some(first) = first_entry(page, &trimmed.kept) else {
        return;
    };
    let (before, entries): (Vec<usize>, Vec<usize>) =
        trimmed.kept.iter().partition(|index| **index < first);
    let told: usize = before.iter().map(|index| page.blocks[*index].length).sum();
    if told >= SUMMARY {
        trimmed.kept = before;
        let cuts = entries.into_iter().map(|index| (index, Cut::Entry));
        trimmed.cuts.extend(cuts);
    }
}

/// The first block of the row of entries that holds the most of the text: elements of one kind side by side,
/// each with a heading of its own.
fn first_entry(page: &Page, kept: &[usize]) -> Option<usize> {
    let mut rows: BTreeMap<(usize, u64), Vec<usize>> = BTreeMap::new();
    for (index, node) in page.nodes.iter().enumerate() {
        let holds = matches!(
            node.tag,
            Tag::Division | Tag::Section | Tag::Article | Tag::Item | Tag::Other
        );
        if holds && node.blocks.len() >= 2 && has_heading(page, index) {
            rows.entry((node.parent, node.signature))
                .or_default()
                .push(index);
        }
    }
    // `kept` is in the order of the page, and there may be as many entries as blocks.
    let in_text = |entry: &usize| {
        let blocks = &page.nodes[*entry].blocks;
        let before = |end: usize| kept.partition_point(|index| *index < end);
        before(blocks.end) - before(blocks.start)
    };
    let row = rows
        .into_values()
        .filter(|row| row.len() >= ENTRIES)
        .max_by_key(|row| row.iter().map(in_text).sum::<usize>())?;
    let first = row.iter().find(|entry| in_text(entry) > 0)?;
    Some(page.nodes[*first].blocks.start)
}

fn has_heading(page: &Page, node: usize) -> bool {
    let blocks = &page.blocks[page.nodes[node].blocks.clone()];
    blocks
        .iter()
        .take(4)
        .any(super::super::page::Block::is_heading)
}
