//! The lines between headline and text that say what the article is about.

use super::Known;
use crate::fold;
use crate::page::{Marks, Page, Tag};

/// How far before the text a standfirst may stand, in blocks.
const REACH: usize = 30;

/// How long it is, in characters without white space.
const LENGTH: std::ops::RangeInclusive<usize> = 30..=900;

/// The blocks before `first`, the text's first, that are its standfirst: named so, or saying what the
/// page's description says.
pub(super) fn find(page: &Page, first: usize, known: &Known) -> Vec<usize> {
    let from = if known.headline < first {
        known.headline + 1
    } else {
        first.saturating_sub(REACH)
    };
    let told: Vec<String> = known
        .descriptions
        .iter()
        .map(|text| fold::key(text))
        .collect();
    let is_standfirst = |index: &usize| {
        let block = &page.blocks[*index];
        let is_caption =
            matches!(block.kind, Tag::Figure | Tag::Caption) || block.text.contains('©');
        let is_kind = block.kind != Tag::Headline && !is_caption && block.link_density() <= 0.5;
        if !LENGTH.contains(&block.length) || !is_kind {
            return false;
        }
        let kept_out = Marks::HIDDEN
            .with(Marks::COMMENT)
            .with(Marks::CAPTION)
            .with(Marks::BYLINE);
        if agrees(&fold::key(&block.text), &told) {
            return !block.marks.has(Marks::HIDDEN);
        }
        block.marks.has(Marks::STANDFIRST) && !block.marks.has(kept_out.with(Marks::FURNITURE))
    };
    (from.max(first.saturating_sub(REACH))..first)
        .filter(is_standfirst)
        .collect()
}

/// Whether a block says what a description says, which is often cut short.
fn agrees(block: &str, told: &[String]) -> bool {
    told.iter().any(|told| {
        let shorter = told.len().min(block.len());
        let same = told
            .bytes()
            .zip(block.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        shorter >= 30 && same * 10 >= shorter * 9
    })
}
