//! What is no part of the article within the part of the page that holds it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::candidates::Candidate;
use super::closing::{closing, may_close};
use super::cut::{Cut, Trimmed};
use super::phrases::{Fit, Phrases};
use super::sections;
use crate::credits;
use crate::facts::date;
use crate::fold;
use crate::page::{Block, Marks, Page, Tag};

/// How long a block may be and still be a lead to somewhere else.
const SHORT: usize = 240;

/// The blocks that make the text.
pub(super) fn trim(page: &Page, candidate: &Candidate, title: &str) -> Trimmed {
    let dropped_lists = link_lists(page);
    let title = fold::key(title);
    let mut trimmed = Trimmed::default();
    // What may close the page is looked at with what is below it.
    let mut may_lead: BTreeMap<usize, Cut> = BTreeMap::new();
    for index in candidate.ranges.iter().cloned().flatten() {
        let block = &page.blocks[index];
        let mut leads = || {
            let cut = elsewhere(block)?;
            if may_close(block) {
                may_lead.insert(index, cut);
                return None;
            }
            Some(cut)
        };
        let cut = marked(block)
            .or_else(|| dropped_lists[index].then_some(Cut::LinkList))
            .or_else(&mut leads)
            .or_else(|| fold::has_key(&block.text, &title).then_some(Cut::Title));
        match cut {
            Some(cut) => trimmed.cuts.push((index, cut)),
            None => trimmed.kept.push(index),
        }
    }
    trimmed.cut(page, Cut::Repeat, repeats);
    trimmed.cut(page, Cut::Card, cards);
    trimmed.cut(page, Cut::Related, series);
    trimmed.cut(page, Cut::Closing, closing);
    for cut in [Cut::Caption, Cut::Related, Cut::Service] {
        trimmed.cut(page, cut, |_, blocks| {
            let leads = |index: &usize| may_lead.get(index) == Some(&cut);
            blocks.iter().copied().filter(leads).collect()
        });
    }
    trimmed.cut(page, Cut::Service, doubtful);
    trimmed.cut(page, Cut::Head, head);
    trimmed.cut(page, Cut::Tail, tail);
    trimmed.cut(page, Cut::Heading, linked_headings);
    trimmed.cut(page, Cut::Heading, empty_sections);
    trimmed
}

/// What the elements around a block say against it.
fn marked(block: &Block) -> Option<Cut> {
    let marks = [
        (Marks::HIDDEN, Cut::Hidden),
        (Marks::FURNITURE, Cut::Furniture),
        (Marks::COMMENT, Cut::Comment),
        (Marks::EMBED, Cut::Embed),
        (Marks::CAPTION, Cut::Caption),
        (Marks::BYLINE, Cut::Byline),
    ];
    let found = marks.iter().find(|(mark, _)| block.marks.has(*mark));
    // A post that is quoted tells something; who wrote it, and when, stands behind a dash.
    let is_quoted = |cut: &Cut| {
        *cut == Cut::Embed && block.is_prose() && !block.text.starts_with(['—', '–', '-'])
    };
    found.map(|(_, cut)| *cut).filter(|cut| !is_quoted(cut))
}

/// For each block, whether it is in a list that is mostly links.
fn link_lists(page: &Page) -> Vec<bool> {
    let mut dropped = vec![false; page.blocks.len()];
    let mut done = 0;
    for node in page.nodes.iter().filter(|node| node.tag == Tag::List) {
        // Lists within a dropped list are dropped with it.
        if node.blocks.end <= done {
            continue;
        }
        let blocks = &page.blocks[node.blocks.clone()];
        let length: usize = blocks.iter().map(|block| block.length).sum();
        let linked: usize = blocks.iter().map(|block| block.linked).sum();
        if linked * 2 > length {
            dropped[node.blocks.clone()].fill(true);
            done = node.blocks.end;
        }
    }
    dropped
}

/// Whether a block leads elsewhere instead of telling something.
pub(super) fn elsewhere(block: &Block) -> Option<Cut> {
    let phrases = Phrases::get();
    if block.length <= 2 * SHORT && credits::ends(&block.text) {
        return Some(Cut::Caption);
    }
    if block.length <= SHORT && is_signed(&block.text) {
        return Some(Cut::Caption);
    }
    if block.length > SHORT {
        return None;
    }
    let density = block.link_density();
    if density > 0.8 && !block.is_heading() {
        return Some(Cut::Related);
    }
    let is_sure = |fit: Fit| fit == Fit::Sure || density > 0.1 || !may_tell(block);
    let related = phrases.related(&block.text).filter(|fit| is_sure(*fit));
    if related.is_some() && (density > 0.2 || block.length < 60) {
        return Some(Cut::Related);
    }
    let service = phrases.service(&block.text).filter(|fit| is_sure(*fit));
    service.map(|_| Cut::Service)
}

/// Whether a block may be part of the running text: it is no heading, nothing beside the text, and ends as
/// sentences do.
fn may_tell(block: &Block) -> bool {
    let is_beside = matches!(
        block.kind,
        Tag::Heading | Tag::Headline | Tag::Figure | Tag::Caption | Tag::Aside | Tag::Header
    );
    !is_beside && is_sentence(&block.text) && !block.text.ends_with(':')
}

/// Sentences that begin as notes of the outlet do, behind the last paragraph that does not; before the first
/// paragraph only lines, for an article may begin so.
fn doubtful(page: &Page, blocks: &[usize]) -> BTreeSet<usize> {
    let is_prose = |index: &usize| page.blocks[*index].is_prose();
    let is_doubtful = |index: &usize| {
        let block = &page.blocks[*index];
        let phrases = Phrases::get();
        let related = || !block.is_prose() && phrases.related(&block.text).is_some();
        block.length <= SHORT && (phrases.service(&block.text).is_some() || related())
    };
    let tells = |index: &usize| is_prose(index) && !is_doubtful(index);
    let first = blocks.iter().position(is_prose).unwrap_or(0);
    let last = blocks.iter().rposition(tells).unwrap_or(blocks.len());
    let behind = blocks.iter().skip(last + 1);
    let outside = blocks[..first].iter().chain(behind);
    outside
        .filter(|index| is_doubtful(index))
        .copied()
        .collect()
}

/// Whether it ends with the sign of a picture's rights and names behind it.
fn is_signed(text: &str) -> bool {
    let Some((_, names)) = text.rsplit_once('©') else {
        return false;
    };
    let names = names.trim();
    let words = names
        .split(|c: char| c.is_whitespace() || c == '/')
        .filter(|word| !word.is_empty());
    names.chars().next().is_some_and(char::is_uppercase)
        && words.count() <= 6
        && !names.ends_with('.')
}

/// The same block again, as pages repeat pull quotes and standfirsts.
fn repeats(page: &Page, blocks: &[usize]) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let is_repeat = |index: &&usize| {
        let block = &page.blocks[**index];
        block.length >= 60 && !seen.insert(fold::key(&block.text))
    };
    blocks.iter().filter(is_repeat).copied().collect()
}

/// How many linked headings in a row make a list of other articles.
const CARDS: usize = 3;

/// Runs of linked headings with a teaser each: other articles, set as cards.
fn cards(page: &Page, blocks: &[usize]) -> BTreeSet<usize> {
    let is_card = |index: usize| {
        let block = &page.blocks[index];
        block.is_heading() && block.link_density() > 0.8
    };
    let heads: Vec<usize> = (0..blocks.len())
        .filter(|place| is_card(blocks[*place]))
        .collect();
    let mut dropped = BTreeSet::new();
    let mut run = 0;
    while run < heads.len() {
        let mut end = run;
        while end + 1 < heads.len() && is_teaser(page, &blocks[heads[end] + 1..heads[end + 1]]) {
            end += 1;
        }
        if end + 1 - run >= CARDS {
            let behind = blocks
                .get(heads[end] + 1)
                .is_some_and(|index| page.blocks[*index].length < 400);
            let last = heads[end] + usize::from(behind);
            dropped.extend(blocks[heads[run]..=last].iter().copied());
        }
        run = end + 1;
    }
    dropped
}

/// A few short blocks, one of them prose at most.
fn is_teaser(page: &Page, between: &[usize]) -> bool {
    let prose = between
        .iter()
        .filter(|index| page.blocks[**index].is_prose())
        .count();
    let length: usize = between.iter().map(|index| page.blocks[*index].length).sum();
    between.len() <= 5 && prose <= 1 && length < 500
}

/// Lines that are half link and begin with the same words: "More on this | ...", whatever the
/// language.
fn series(page: &Page, blocks: &[usize]) -> BTreeSet<usize> {
    let start = |index: usize| -> Option<String> {
        let block = &page.blocks[index];
        let words: Vec<&str> = block.text.split_whitespace().take(2).collect();
        let is_lead = block.link_density() > 0.5 && block.length <= SHORT && words.len() == 2;
        is_lead.then(|| fold::key(&words.join(" ")))
    };
    let starts: Vec<Option<String>> = blocks.iter().map(|index| start(*index)).collect();
    // Counted once: held against each other, the starts of a page of links take minutes.
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for own in starts.iter().flatten() {
        *counts.entry(own).or_default() += 1;
    }
    let is_one_of_several = |own: &Option<String>| {
        let count = own.as_deref().and_then(|own| counts.get(own));
        count.is_some_and(|count| *count >= 2)
    };
    let leads = blocks.iter().zip(&starts);
    leads
        .filter(|(_, own)| is_one_of_several(own))
        .map(|(index, _)| *index)
        .collect()
}

/// How long a line beside the first paragraph is that belongs to the text although it is no sentence, in characters
/// without white space. Bylines and dates are shorter.
const LEAD: usize = 40;

/// Headline, section, byline, date and the like before the first paragraph.
fn head(page: &Page, blocks: &[usize]) -> BTreeSet<usize> {
    let first = blocks.iter().position(|index| {
        let block = &page.blocks[*index];
        block.is_prose() && !is_heading_lines(block)
    });
    let before = &blocks[..first.unwrap_or(0)];
    let is_line = |index: usize| {
        let block = &page.blocks[index];
        let is_lead = block.length >= LEAD && block.linked == 0 && !is_heading_lines(block);
        is_lead && first.is_some_and(|first| super::beside(page, index, blocks[first]))
    };
    let section = first.and_then(|first| sections::first(page, before, &blocks[first..]));
    let goes = |index: &&usize| {
        let block = &page.blocks[**index];
        let stays = is_sentence(&block.text) || is_line(**index) || section == Some(**index);
        block.kind == Tag::Headline || !stays
    };
    before.iter().filter(goes).copied().collect()
}

/// Whether a block is several lines of which one tells a day and none a sentence: headline, author and date, as pages
/// for printing have them.
fn is_heading_lines(block: &Block) -> bool {
    !block.breaks.is_empty()
        && !block.lines().any(is_sentence)
        && block.lines().any(|line| date::shown_in(line).is_some())
}

/// How many lines of credits and tags stand at an end. A longer run of short lines is a list that
/// belongs to the article.
const CREDITS: usize = 4;

/// Credits, tags and the like after the last paragraph.
fn tail(page: &Page, blocks: &[usize]) -> BTreeSet<usize> {
    if !blocks.iter().any(|index| page.blocks[*index].is_prose()) {
        return BTreeSet::new();
    }
    let is_short = |index: &&usize| {
        let block = &page.blocks[**index];
        !(block.is_prose() || is_sentence(&block.text) || block.kind == Tag::Item)
    };
    let short: BTreeSet<usize> = blocks.iter().rev().take_while(is_short).copied().collect();
    if short.len() <= CREDITS {
        short
    } else {
        BTreeSet::new()
    }
}

/// Headings that lead elsewhere.
fn linked_headings(page: &Page, blocks: &[usize]) -> BTreeSet<usize> {
    let leads = |index: &&usize| {
        let block = &page.blocks[**index];
        block.is_heading() && block.link_density() > 0.8
    };
    blocks.iter().filter(leads).copied().collect()
}

/// How long a sentence is that is text although it is set as a heading, in characters without white space.
const TOLD: usize = 60;

/// Headings with nothing under them, but for those that tell something themselves: lists of pictures and posts have
/// one over each.
fn empty_sections(page: &Page, blocks: &[usize]) -> BTreeSet<usize> {
    let is_heading = |index: &usize| page.blocks[*index].is_heading();
    let is_empty = |(place, index): &(usize, &usize)| {
        let next_is_text = blocks.get(place + 1).is_some_and(|next| !is_heading(next));
        let block = &page.blocks[**index];
        let tells = block.length >= TOLD && block.linked == 0 && is_sentence(&block.text);
        is_heading(index) && !next_is_text && !tells
    };
    let found = blocks.iter().enumerate().filter(is_empty);
    found.map(|(_, index)| *index).collect()
}

/// What sentences end with, in all scripts.
pub(crate) const SENTENCE_ENDS: [char; 11] =
    ['.', '!', '?', '…', '。', '！', '？', ':', '।', '؟', '۔'];

/// Whether it ends as sentences do.
pub(super) fn is_sentence(text: &str) -> bool {
    let is_behind = |c: char| {
        matches!(
            c,
            '"' | '”' | '“' | '’' | '\'' | '»' | ')' | ']' | '」' | '』' | ' '
        ) || is_pictogram(c)
    };
    text.trim_end_matches(is_behind).ends_with(SENTENCE_ENDS)
}

/// Smileys, hearts and the like, with what joins and colours them.
fn is_pictogram(c: char) -> bool {
    matches!(u32::from(c), 0x2600..=0x27bf | 0x1f000..=0x1faff | 0xfe0f | 0x200d)
}

#[cfg(test)]
mod tests;
