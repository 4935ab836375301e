//! Live blogs: what is told before the entries is the article, the entries are many small ones.

use std::collections::BTreeMap;

use super::cut::{Cut, Trimmed};
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

/// The times of entries, which are lines of their own.
pub(super) fn times(page: &Page, trimmed: &mut Trimmed) {
    let is_time = |index: &usize| {
        let block = &page.blocks[*index];
        // A timetable's cells are what it tells.
        !matches!(block.kind, Tag::Cell | Tag::Quote) && is_clock(&block.text)
    };
    let times: Vec<usize> = trimmed.kept.iter().copied().filter(is_time).collect();
    trimmed.kept.retain(|index| !is_time(index));
    let cuts = times.into_iter().map(|index| (index, Cut::Entry));
    trimmed.cuts.extend(cuts);
}

/// Whether a line is a time of day and no more: `08:15`, `8.15 Uhr`, `8:15 a.m. GMT`.
pub(super) fn is_clock(line: &str) -> bool {
    let line = line.trim();
    let clock = line
        .find(char::is_whitespace)
        .map_or(line, |end| &line[..end]);
    let clock = clock.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
    let is_time = clock
        .split_once([':', '.', 'h'])
        .is_some_and(|(hour, minute)| {
            let number = |text: &str, most: u32| {
                let digits =
                    (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
                digits && text.parse::<u32>().is_ok_and(|number| number < most)
            };
            number(hour, 24) && minute.len() == 2 && number(minute, 60)
        });
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    let digits = line.chars().filter(|c| c.is_numeric()).count();
    is_time && letters <= 7 && digits <= 4
}

fn has_heading(page: &Page, node: usize) -> bool {
    let blocks = &page.blocks[page.nodes[node].blocks.clone()];
    blocks
        .iter()
        .take(4)
        .any(super::super::page::Block::is_heading)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: bool) {
        assert_eq!(is_clock(line), expected, "{line}");
    }

    #[test]
    fn a_time_of_day_is_no_text() {
        check("08:15", true);
        check("8.15 Uhr", true);
        check("8:15 a.m. GMT", true);
        check("8:15pm", true);
        check("18h30", true);
        check("99:15", false);
        check("08:15: the wall fell", false);
        check("8.1", false);
        check("Eight", false);
    }
}
