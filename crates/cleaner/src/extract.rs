//! The article's text: candidates, an arbiter, and trimming within the winner.
//!
//! Everything works on the page's flat arrays; no step looks at the tree again.

mod arbiter;
mod candidates;
mod phrases;
mod trim;
mod weigh;
mod witness;

pub(crate) use phrases::Phrases;

use crate::facts::linked_data::LinkedData;
use crate::fold;
use crate::page::Page;

/// How long a JSON-LD body must be to stand in for a page that has no text of its own.
const MIN_LINKED_BODY: usize = 200;

/// The article's running text, paragraphs parted by an empty line; empty where there is none.
pub(crate) fn text(page: &mut Page, linked: &LinkedData, title: &str) -> String {
    let weights = weigh::weigh(page);
    let witness = witness::Witness::of(linked.body.as_deref(), page);
    let candidates = candidates::all(page, &weights);
    let Some(winner) = arbiter::choose(page, &weights, &candidates, &witness) else {
        return linked_body(linked);
    };
    let blocks = trim::trim(page, &winner, title);
    let text = join(page, &blocks);
    if witness.knows_more_than(page, &blocks) {
        return linked_body(linked);
    }
    text
}

/// The JSON-LD's own text, where nothing on the page matches it.
fn linked_body(linked: &LinkedData) -> String {
    let body = linked.body.as_deref().unwrap_or_default();
    if body.len() < MIN_LINKED_BODY {
        return String::new();
    }
    let paragraphs: Vec<String> = body
        .lines()
        .map(fold::squeeze)
        .filter(|line| !line.is_empty())
        .collect();
    paragraphs.join("\n\n")
}

fn join(page: &Page, blocks: &[usize]) -> String {
    let mut text = String::new();
    for index in blocks {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&page.blocks[*index].text);
    }
    text
}
