//! The JSON-LD's text as a witness: too often cut short or flattened to be the answer, good enough
//! to tell which part of the page is the article.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::candidates::Candidate;
use crate::fold;
use crate::page::{Marks, Page};

/// How many words in a row make a match.
const WINDOW: usize = 4;

/// How long a text must be to testify, in bytes.
const MIN_BODY: usize = 400;

/// What the JSON-LD says the text is.
#[derive(Debug, Default)]
pub(super) struct Witness {
    /// For each block, how much of its length stands in the JSON-LD.
    seen: Vec<usize>,
    /// The whole length seen on the page.
    total: usize,
    /// The length of the JSON-LD's text; 0 where there is none.
    length: usize,
}

impl Witness {
    pub(super) fn of(body: Option<&str>, page: &Page) -> Self {
        let Some(body) = body.filter(|body| body.len() >= MIN_BODY) else {
            return Self::default();
        };
        let known: HashSet<u64> = windows(body).collect();
        let seen: Vec<usize> = page
            .blocks
            .iter()
            .map(|block| {
                let (mut hits, mut all) = (0, 0);
                for window in windows(&block.text) {
                    all += 1;
                    hits += usize::from(known.contains(&window));
                }
                block.length * hits / all.max(1)
            })
            .collect();
        Self {
            total: seen.iter().sum(),
            seen,
            length: body.chars().count(),
        }
    }

    /// Whether the page shows enough of the JSON-LD's text to judge by it.
    pub(super) fn testifies(&self) -> bool {
        self.length > 0 && self.total * 2 > self.length
    }

    /// How well a candidate agrees, 0 to 1.
    pub(super) fn agreement(&self, page: &Page, candidate: &Candidate) -> f64 {
        let (mut seen, mut all) = (0usize, 0usize);
        for range in &candidate.ranges {
            for index in range.clone() {
                if page.blocks[index].marks.has(Marks::UNWANTED) {
                    continue;
                }
                seen += self.seen[index];
                all += page.blocks[index].length;
            }
        }
        2.0 * seen as f64 / (all + self.total).max(1) as f64
    }

    /// Whether the JSON-LD holds a text that the chosen blocks hardly have: the page builds its body
    /// by script.
    pub(super) fn knows_more_than(&self, page: &Page, blocks: &[usize]) -> bool {
        let chosen: usize = blocks.iter().map(|index| page.blocks[*index].length).sum();
        let seen: usize = blocks
            .iter()
            .filter_map(|index| self.seen.get(*index))
            .sum();
        self.length > 0 && seen * 4 < self.length && chosen * 2 < self.length
    }
}

fn windows(text: &str) -> impl Iterator<Item = u64> {
    let words: Vec<u64> = words(text).collect();
    let size = WINDOW.min(words.len()).max(1);
    let hashes: Vec<u64> = words.windows(size).map(|window| hash(&window)).collect();
    hashes.into_iter()
}

/// Runs of letters and digits; each character alone in scripts without spaces.
fn words(text: &str) -> impl Iterator<Item = u64> {
    let dense = |c: char| fold::is_dense(c) || fold::is_unspaced(c);
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .flat_map(move |word| {
            let single = word.starts_with(dense);
            let parts: Vec<&str> = if single {
                word.split_inclusive(|_: char| true).collect()
            } else {
                vec![word]
            };
            parts.into_iter()
        })
        .map(|word| hash(&word))
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
