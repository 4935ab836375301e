//! Parts of the page that may be the article.

use std::collections::BTreeMap;
use std::ops::Range;

use super::weigh::Weights;
use crate::page::{Marks, Node, Page, Tag};

/// Why a part may be the article, most trusted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ground {
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

impl Ground {
    /// Its name in explanations.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Markup => "markup",
            Self::Name => "name",
            Self::Article => "article",
            Self::Density => "density",
            Self::Everything => "everything",
        }
    }
}

/// A part of the page, as ranges of blocks in order.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) ground: Ground,
    pub(crate) ranges: Vec<Range<usize>>,
    /// The length of wanted prose in it.
    pub(crate) mass: usize,
    /// Whether it is in the `<article>` that has the page's headline.
    pub(crate) is_home: bool,
}

impl Candidate {
    fn of(ground: Ground, ranges: Vec<Range<usize>>, weights: &Weights) -> Self {
        let mass = ranges.iter().map(|range| weights.prose(range)).sum();
        Self {
            ground,
            ranges,
            mass,
            is_home: false,
        }
    }

    /// How many blocks it has.
    pub(crate) fn span(&self) -> usize {
        self.ranges.iter().map(ExactSizeIterator::len).sum()
    }
}

/// Every candidate that holds any prose.
pub(super) fn all(page: &Page, weights: &Weights, headline: usize) -> Vec<Candidate> {
    let home = home(page, headline);
    let everything = 0..page.blocks.len();
    let found = [
        named(page, weights, home, Marks::BODY, Ground::Markup),
        named(page, weights, home, Marks::CONTAINER, Ground::Name),
        article(page, weights, home),
        density(page, weights, headline),
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
fn named(
    page: &Page,
    weights: &Weights,
    home: Option<usize>,
    mark: Marks,
    ground: Ground,
) -> Option<Candidate> {
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
        .into_iter()
        .map(|((article, _), ranges)| Candidate {
            is_home: home.is_some_and(|home| home <= article && article < page.nodes[home].end),
            ..Candidate::of(ground, ranges, weights)
        })
        .collect();
    tightest(at_home(candidates))
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

fn article(page: &Page, weights: &Weights, home: Option<usize>) -> Option<Candidate> {
    let articles = page.nodes.iter().enumerate();
    let candidates = articles
        .filter(|(_, node)| node.tag == Tag::Article)
        .map(|(index, node)| Candidate {
            is_home: home == Some(index),
            ..Candidate::of(Ground::Article, vec![node.blocks.clone()], weights)
        })
        .collect();
    tightest(at_home(candidates))
}

/// The `<article>` that has the headline, where it is one of several that are no parts of each other: a
/// page may go on with other articles, longer than its own.
fn home(page: &Page, headline: usize) -> Option<usize> {
    let is_article = |(_, node): &(usize, &Node)| node.tag == Tag::Article;
    let articles = page.nodes.iter().enumerate().filter(is_article);
    let (index, _) = articles
        .clone()
        .find(|(_, node)| node.blocks.contains(&headline))?;
    let own = page.nodes[index].blocks.clone();
    let has_others = articles
        .clone()
        .any(|(_, node)| node.blocks.start >= own.end);
    has_others.then_some(index)
}

/// The least prose that the headline's own article must hold to be believed against longer ones.
const HOME: usize = 400;

/// Those in the headline's own article, where they hold enough.
fn at_home(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let is_enough = |candidate: &Candidate| candidate.is_home && candidate.mass >= HOME;
    if candidates.iter().any(is_enough) {
        candidates.into_iter().filter(is_enough).collect()
    } else {
        candidates
    }
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

/// What surrounds a container is looked at where it adds at least one part in so many of its prose: less is a
/// box beside the article, however well it reads.
const GROWN: usize = 3;

/// The share of prose that what surrounds a container must have to be taken in: the other half of an article
/// that a box cuts in two has lists and headings in it.
const PROSE_SHARE: f64 = 0.5;

/// The element about which paragraphs stand densest, widened while what surrounds it is prose too.
fn density(page: &Page, weights: &Weights, headline: usize) -> Option<Candidate> {
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
    let range = lead_in(page, node, headline)..page.nodes[node].blocks.end;
    Some(Candidate::of(Ground::Density, vec![range], weights))
}

/// Where the densest element begins, with the paragraphs that stand beside it right before it: what leads in to a list.
fn lead_in(page: &Page, node: usize, headline: usize) -> usize {
    let own = page.nodes[node].blocks.start;
    let parent = page.nodes[node].parent;
    let leads = |index: &usize| {
        let block = &page.blocks[*index];
        let is_beside = page.nodes[block.node].parent == parent && block.kind == Tag::Paragraph;
        is_beside && block.is_prose() && block.linked == 0 && !block.marks.has(Marks::UNWANTED)
    };
    let before = (headline + 1..own).rev().take_while(leads).count();
    own - before
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
        if grown * GROWN < mass {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::weigh;

    /// How many blocks the densest part has on a page of two neighbours.
    #[track_caller]
    fn check(beside: &str, expected: usize) {
        let prose = "<p>The old bridge over the river is shut from today on, says the town in the evening.</p>";
        let html = format!(
            "<nav>Menu</nav><div><div>{}</div><div>{}</div></div>",
            prose.repeat(8),
            beside.replace('P', prose)
        );
        let mut page = crate::page::read(&crate::tidy::tidy(&html));
        let weights = weigh::weigh(&mut page, 0);
        let found = density(&page, &weights, 0).map(|found| found.span());
        assert_eq!(found, Some(expected), "{beside}");
    }

    #[test]
    fn the_other_part_of_an_article_is_taken_in_and_a_box_beside_it_is_not() {
        check("PPPP", 12);
        check("PP", 8);
        let items = "<p>twenty grams of butter</p>".repeat(8);
        check(&format!("PPPP{items}"), 20);
        check(&format!("PPPP{}", items.repeat(4)), 8);
    }
}
