//! Parts of the page that may be the article.

use std::collections::BTreeMap;
use std::ops::Range;

use super::weigh::Weights;
use crate::page::{Marks, Page, Tag};

/// Why a part may be the article, most trusted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ground {
    /// `itemprop=articleBody`.
    Markup,
    /// Its class or id is one that bodies have.
    Name,
    /// An `<article>`.
    Article,
    /// Where paragraphs stand densest.
    Density,
    /// All prose of the page.
    Everything,
}

/// A part of the page, as ranges of blocks in order.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) ground: Ground,
    pub(super) ranges: Vec<Range<usize>>,
    /// The length of wanted prose in it.
    pub(super) mass: usize,
}

impl Candidate {
    fn of(ground: Ground, ranges: Vec<Range<usize>>, weights: &Weights) -> Self {
        let mass = ranges.iter().map(|range| weights.prose(range)).sum();
        Self {
            ground,
            ranges,
            mass,
        }
    }

    fn span(&self) -> usize {
        self.ranges.iter().map(ExactSizeIterator::len).sum()
    }
}

/// Every candidate that holds any prose.
pub(super) fn all(page: &Page, weights: &Weights) -> Vec<Candidate> {
    let everything = 0..page.blocks.len();
    let found = [
        named(page, weights, Marks::BODY, Ground::Markup),
        named(page, weights, Marks::CONTAINER, Ground::Name),
        article(page, weights),
        density(page, weights),
        Some(Candidate::of(Ground::Everything, vec![everything], weights)),
    ];
    found
        .into_iter()
        .flatten()
        .filter(|candidate| candidate.mass > 0)
        .collect()
}

/// All elements of one tag and class within one `<article>` together: bodies are cut by
/// advertisements into several. Of nearly equal ones the tightest.
fn named(page: &Page, weights: &Weights, mark: Marks, ground: Ground) -> Option<Candidate> {
    let articles = nearest_articles(page);
    let mut groups: BTreeMap<(usize, u64), Vec<Range<usize>>> = BTreeMap::new();
    for (index, node) in page.nodes.iter().enumerate() {
        if !node.marks.has(mark) {
            continue;
        }
        let ranges = groups.entry((articles[index], node.signature)).or_default();
        // Nested ones of the same kind are within the range already.
        if ranges
            .last()
            .is_none_or(|last| last.end <= node.blocks.start)
        {
            ranges.push(node.blocks.clone());
        }
    }
    let candidates = groups
        .into_values()
        .map(|ranges| Candidate::of(ground, ranges, weights))
        .collect();
    tightest(candidates)
}

/// For each node the `<article>` that it is in, or the root.
fn nearest_articles(page: &Page) -> Vec<usize> {
    let mut nearest: Vec<usize> = Vec::with_capacity(page.nodes.len());
    for (index, node) in page.nodes.iter().enumerate() {
        let above = nearest.get(node.parent).copied().unwrap_or(0);
        nearest.push(if node.tag == Tag::Article {
            index
        } else {
            above
        });
    }
    nearest
}

fn article(page: &Page, weights: &Weights) -> Option<Candidate> {
    let candidates = page
        .nodes
        .iter()
        .filter(|node| node.tag == Tag::Article)
        .map(|node| Candidate::of(Ground::Article, vec![node.blocks.clone()], weights))
        .collect();
    tightest(candidates)
}

/// The candidate with the most prose, or one of fewer blocks with nearly as much.
fn tightest(candidates: Vec<Candidate>) -> Option<Candidate> {
    let most = candidates.iter().map(|candidate| candidate.mass).max()?;
    candidates
        .into_iter()
        .filter(|candidate| candidate.mass * 10 >= most * 9)
        .min_by_key(|candidate| (candidate.span(), candidate.ranges[0].start))
}

/// How far up a paragraph's weight is felt: by its container, and less by those around it.
const SHARES: [f64; 4] = [1.0, 0.6, 0.3, 0.15];

/// The share of prose that what surrounds a container must have to be taken in.
const PROSE_SHARE: f64 = 0.6;

/// The element about which paragraphs stand densest, widened while what surrounds it is prose too.
fn density(page: &Page, weights: &Weights) -> Option<Candidate> {
    let mut scores = vec![0.0f64; page.nodes.len()];
    for block in &page.blocks {
        if block.marks.has(Marks::UNWANTED) || !block.is_prose() {
            continue;
        }
        let worth = 1.0 + (block.length as f64 / 100.0).min(4.0);
        let mut node = container_of(page, block.node);
        for share in SHARES {
            scores[node] += worth * share;
            let parent = page.nodes[node].parent;
            if parent == node {
                break;
            }
            node = parent;
        }
    }
    let mut best: Option<usize> = None;
    for (node, score) in scores.iter().enumerate() {
        if *score > 0.0 && best.is_none_or(|best| *score > scores[best]) {
            best = Some(node);
        }
    }
    let node = widen(page, weights, best?);
    let range = page.nodes[node].blocks.clone();
    Some(Candidate::of(Ground::Density, vec![range], weights))
}

/// A paragraph's own element holds nothing else.
fn container_of(page: &Page, mut node: usize) -> usize {
    while matches!(
        page.nodes[node].tag,
        Tag::Paragraph | Tag::Item | Tag::Other
    ) && page.nodes[node].parent != node
    {
        node = page.nodes[node].parent;
    }
    node
}

fn widen(page: &Page, weights: &Weights, mut node: usize) -> usize {
    let mut widest = node;
    let (mut mass, mut all) = measures(page, weights, node);
    while page.nodes[node].parent != node {
        node = page.nodes[node].parent;
        let (more, around) = measures(page, weights, node);
        let grown = more - mass;
        let prose_share = grown as f64 / (around - all).max(1) as f64;
        if grown * 5 < mass {
            continue;
        }
        if prose_share < PROSE_SHARE {
            break;
        }
        (widest, mass, all) = (node, more, around);
    }
    widest
}

fn measures(page: &Page, weights: &Weights, node: usize) -> (usize, usize) {
    let blocks = &page.nodes[node].blocks;
    (weights.prose(blocks), weights.all(blocks))
}
