//! How much running text every part of the page holds.

use std::ops::Range;

use crate::page::{Marks, Node, Page, Tag};

/// The share of a page's prose that a part may hold and still count as furniture. Class names lie:
/// whole articles stand in elements named `sidebar-layout` or `share-wrapper`. Where too little is
/// left, the next share is tried.
const MOST: [f64; 3] = [0.5, 0.2, 0.08];

/// The share of a page's prose that must be left.
const LEFT: f64 = 0.35;

/// The share of a page's prose from which even an element named after comments is the article.
const COMMENTED: f64 = 0.9;

/// The share of prose from which a name that bodies have outweighs one that furniture has.
const NAMED: f64 = 0.15;

/// Sums over blocks, so that any range is a difference.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    /// Length of wanted prose before each block.
    prose: Vec<usize>,
    /// Length of everything wanted before each block.
    all: Vec<usize>,
}

impl Weights {
    /// The length of wanted prose in a range of blocks.
    pub(super) fn prose(&self, blocks: &Range<usize>) -> usize {
        self.prose[blocks.end] - self.prose[blocks.start]
    }

    /// The length of everything wanted in a range of blocks.
    pub(super) fn all(&self, blocks: &Range<usize>) -> usize {
        self.all[blocks.end] - self.all[blocks.start]
    }
}

/// Hands the nodes' marks down to the blocks, and sums what is left. `headline` is the block that says the
/// title.
pub(super) fn weigh(page: &mut Page, headline: usize) -> Weights {
    let raw = sums(page);
    let total = raw.prose(&(0..page.blocks.len()));
    let mut weights = raw.clone();
    for most in MOST {
        let comments = hand_down(page, &raw, total, most, headline);
        weights = sums(page);
        let left = weights.prose(&(0..page.blocks.len()));
        if left as f64 >= LEFT * total.saturating_sub(comments) as f64 {
            break;
        }
    }
    weights
}

/// Marks blocks that no element's name tells of, and sums what is left.
pub(super) fn mark(page: &mut Page, blocks: Range<usize>, marks: Marks) -> Weights {
    for block in &mut page.blocks[blocks] {
        block.marks = block.marks.with(marks);
    }
    sums(page)
}

/// Gives every block the marks of the elements around it; returns how much prose is comments.
fn hand_down(page: &mut Page, raw: &Weights, total: usize, most: f64, headline: usize) -> usize {
    let mut inherited: Vec<Marks> = Vec::with_capacity(page.nodes.len());
    for (index, node) in page.nodes.iter().enumerate() {
        let share = raw.prose(&node.blocks) as f64 / total.max(1) as f64;
        let mut own = own_marks(node, share, most);
        // Readers' comments stand behind an article: what holds its headline too is named after its layout.
        if node.blocks.contains(&headline) && share > NAMED {
            own = own.without(Marks::COMMENT);
        }
        if node.tag == Tag::Figure && share <= most && !is_set_apart(page, index) {
            own = own.with(Marks::CAPTION);
        }
        let above = inherited.get(node.parent).copied().unwrap_or(Marks::NONE);
        inherited.push(above.with(own).only(Marks::INHERITED));
    }
    let mut comments = 0;
    for block in &mut page.blocks {
        block.marks = inherited[block.node];
        if block.marks.has(Marks::COMMENT) && block.is_prose() {
            comments += block.length;
        }
    }
    comments
}

/// Whether a `<figure>` holds a table or a quotation instead of a picture.
fn is_set_apart(page: &Page, figure: usize) -> bool {
    page.nodes[figure..page.nodes[figure].end]
        .iter()
        .any(|node| matches!(node.tag, Tag::Table | Tag::Quote))
}

fn own_marks(node: &Node, share: f64, most: f64) -> Marks {
    let marks = node.marks;
    // A body that says so is no furniture, whatever else it is called.
    let is_named = marks.has(Marks::CONTAINER) && share > NAMED;
    if marks.has(Marks::NEVER) && share <= COMMENTED {
        marks
    } else if marks.has(Marks::BODY) || share > COMMENTED {
        marks.without(Marks::UNWANTED)
    } else if share > most || is_named {
        marks
            .without(Marks::UNWANTED)
            .with(marks.only(Marks::COMMENT))
    } else {
        marks
    }
}

fn sums(page: &Page) -> Weights {
    let mut weights = Weights {
        prose: vec![0],
        all: vec![0],
    };
    let (mut prose, mut all) = (0, 0);
    for block in &page.blocks {
        if !block.marks.has(Marks::UNWANTED) {
            all += block.length;
            if block.is_prose() {
                prose += block.length;
            }
        }
        weights.prose.push(prose);
        weights.all.push(all);
    }
    weights
}
