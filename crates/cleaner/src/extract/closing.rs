//! Where the article's part of a page goes on to other things.

use std::collections::BTreeSet;

use super::phrases::{Fit, Phrases};
use super::trim::elsewhere;
use crate::page::{Block, Page};

/// The share of the text that stands before what closes a page.
const MOSTLY: f64 = 0.6;

/// The end of the page's part, from a heading on that leads over to other things.
pub(super) fn closing(page: &Page, blocks: &[usize]) -> BTreeSet<usize> {
    let all: usize = blocks.iter().map(|index| page.blocks[*index].length).sum();
    let mut before = 0;
    for (place, index) in blocks.iter().enumerate() {
        let block = &page.blocks[*index];
        let is_late = before as f64 >= MOSTLY * all as f64;
        if is_late && may_close(block) && leads_away(page, block, &blocks[place + 1..]) {
            return blocks[place..].iter().copied().collect();
        }
        before += block.length;
    }
    BTreeSet::new()
}

/// Whether a block is a line with which a page goes on to other things.
pub(super) fn may_close(block: &Block) -> bool {
    let is_line = block.is_heading() || block.length <= 40;
    is_line && Phrases::get().closing(&block.text).is_some()
}

/// Whether what stands below such a line is no further section of the article. Where the line says nothing else
/// ("Comments"), it is none; where the same words lead to a single article as well ("Read more"), or more is said,
/// it shows by links, or by a heading over each paragraph.
fn leads_away(page: &Page, line: &Block, below: &[usize]) -> bool {
    let leads = elsewhere(line).is_some();
    if !leads && Phrases::get().closing(&line.text) == Some(Fit::Sure) {
        return true;
    }
    let below: Vec<&Block> = below.iter().map(|index| &page.blocks[*index]).collect();
    let length: usize = below.iter().map(|block| block.length).sum();
    let linked: usize = below.iter().map(|block| block.linked).sum();
    let prose = below.iter().filter(|block| block.is_prose()).count();
    let heads = |block: &Block| block.is_heading() || block.link_density() > 0.8;
    let under = below
        .windows(2)
        .filter(|pair| heads(pair[0]) && pair[1].is_prose());
    let cards = under.count();
    linked * 4 >= length || prose == 0 || (cards >= 2 && cards == prose)
}
