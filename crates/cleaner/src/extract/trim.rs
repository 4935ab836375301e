//! What is no part of the article within the part of the page that holds it.

use std::collections::BTreeSet;

use super::Phrases;
use super::candidates::Candidate;
use crate::fold;
use crate::page::{Block, Marks, Page, Tag};

/// How long a block may be and still be a lead to somewhere else.
const SHORT: usize = 240;

/// The indices of the blocks that make the text, in order.
pub(super) fn trim(page: &Page, candidate: &Candidate, title: &str) -> Vec<usize> {
    let dropped_lists = link_lists(page);
    let title = fold::key(title);
    let mut kept: Vec<usize> = Vec::new();
    for range in &candidate.ranges {
        kept.extend(range.clone().filter(|index| {
            let block = &page.blocks[*index];
            !block.marks.has(Marks::UNWANTED)
                && !dropped_lists[*index]
                && !is_elsewhere(block)
                && fold::key(&block.text) != title
        }));
    }
    let kept = without_repeats(page, kept);
    let kept = without_cards(page, &kept);
    let kept = without_head(page, kept);
    let kept = without_tail(page, kept);
    let kept = without_linked_headings(page, kept);
    without_empty_sections(page, &kept)
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
fn is_elsewhere(block: &Block) -> bool {
    let phrases = Phrases::get();
    if block.length > SHORT {
        return false;
    }
    let density = block.link_density();
    let is_link = density > 0.8 && !block.is_heading();
    let leads = phrases.is_related(&block.text) && (density > 0.2 || block.length < 60);
    let serves = phrases.is_service(&block.text);
    is_link || leads || serves
}

/// The same block again, as pages repeat pull quotes and standfirsts.
fn without_repeats(page: &Page, blocks: Vec<usize>) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    blocks
        .into_iter()
        .filter(|index| {
            let block = &page.blocks[*index];
            block.length < 60 || seen.insert(fold::key(&block.text))
        })
        .collect()
}

/// How many linked headings in a row make a list of other articles.
const CARDS: usize = 3;

/// Runs of linked headings with a teaser each: other articles, set as cards.
fn without_cards(page: &Page, blocks: &[usize]) -> Vec<usize> {
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
            dropped.extend(heads[run]..=heads[end] + usize::from(behind));
        }
        run = end + 1;
    }
    let kept = blocks
        .iter()
        .enumerate()
        .filter(|(place, _)| !dropped.contains(place));
    kept.map(|(_, index)| *index).collect()
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

/// Headline, section, byline, date and the like before the first paragraph.
fn without_head(page: &Page, blocks: Vec<usize>) -> Vec<usize> {
    let Some(first) = blocks
        .iter()
        .position(|index| page.blocks[*index].is_prose())
    else {
        return blocks;
    };
    blocks
        .iter()
        .enumerate()
        .filter(|(place, index)| {
            let block = &page.blocks[**index];
            *place >= first || (block.kind != Tag::Headline && is_sentence(&block.text))
        })
        .map(|(_, index)| *index)
        .collect()
}

/// How many lines of credits and tags stand at an end. A longer run of short lines is a list that
/// belongs to the article.
const CREDITS: usize = 4;

/// Credits, tags and the like after the last paragraph.
fn without_tail(page: &Page, mut blocks: Vec<usize>) -> Vec<usize> {
    if !blocks.iter().any(|index| page.blocks[*index].is_prose()) {
        return blocks;
    }
    let short = blocks
        .iter()
        .rev()
        .take_while(|index| {
            let block = &page.blocks[**index];
            !(block.is_prose() || is_sentence(&block.text) || block.kind == Tag::Item)
        })
        .count();
    if short <= CREDITS {
        blocks.truncate(blocks.len() - short);
    }
    blocks
}

/// Headings that lead elsewhere.
fn without_linked_headings(page: &Page, mut blocks: Vec<usize>) -> Vec<usize> {
    blocks.retain(|index| {
        let block = &page.blocks[*index];
        !block.is_heading() || block.link_density() <= 0.8
    });
    blocks
}

/// Headings with nothing under them.
fn without_empty_sections(page: &Page, blocks: &[usize]) -> Vec<usize> {
    let is_heading = |index: &usize| page.blocks[*index].is_heading();
    blocks
        .iter()
        .enumerate()
        .filter(|(place, index)| {
            let next_is_text = blocks.get(place + 1).is_some_and(|next| !is_heading(next));
            !is_heading(index) || next_is_text
        })
        .map(|(_, index)| *index)
        .collect()
}

/// Whether it ends as sentences do.
fn is_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '”', '“', '’', '\'', '»', ')', ']', '」', '』'])
        .ends_with(['.', '!', '?', '…', '。', '！', '？', ':', '।', '؟', '۔'])
}
