//! Headings that part an article.

use crate::page::Page;

/// How many lines before the first paragraph may be its heading, and what stands between: a time, a place.
const BETWEEN: usize = 4;

/// The heading over the first paragraph, where headings of its kind part what follows too: the first day of a list,
/// the first entry of a live blog.
pub(super) fn first(page: &Page, before: &[usize], behind: &[usize]) -> Option<usize> {
    let kind = |index: usize| {
        let node = page.blocks[index].node;
        let around = page.nodes[node].parent;
        let (own, around) = (&page.nodes[node], &page.nodes[around]);
        (own.signature, own.rank, around.signature)
    };
    // A line of time or place may stand between.
    let mut nearest = before.iter().rev().take(BETWEEN);
    let first = *nearest.find(|index| page.blocks[**index].is_heading())?;
    let is_section = |index: &&usize| {
        let block = &page.blocks[**index];
        block.is_heading() && block.linked == 0 && kind(**index) == kind(first)
    };
    // One with nothing under it leads elsewhere.
    let parts = behind
        .windows(2)
        .any(|pair| is_section(&&pair[0]) && !page.blocks[pair[1]].is_heading());
    (page.blocks[first].linked == 0 && parts).then_some(first)
}
