//! The article's text: candidates, an arbiter, and trimming within the winner.
//!
//! Everything works on the page's flat arrays; no step looks at the tree again.

mod arbiter;
mod candidates;
mod closing;
mod comments;
mod cut;
mod live;
mod notices;
mod phrases;
mod sections;
mod standfirst;
mod trim;
mod weigh;
mod witness;

pub(crate) use candidates::{Candidate, Ground};
pub(crate) use cut::{Cut, Trimmed};
pub(crate) use trim::SENTENCE_ENDS;

use jiff::civil::Date;

use crate::facts::linked_data::LinkedData;
use crate::fold;
use crate::page::{Marks, Page, Tag};

/// How long a JSON-LD body must be to stand in for a page that has no text of its own.
const MIN_LINKED_BODY: usize = 200;

/// The article's text, and how it was found.
#[derive(Debug, Default)]
pub(crate) struct Body {
    /// Paragraphs parted by an empty line; empty where there is none.
    pub(crate) text: String,
    /// What it was put together from.
    pub(crate) from: TextSource,
    /// Every part of the page that could be the article, most trusted first.
    pub(crate) candidates: Vec<Candidate>,
    /// How well each agrees with the text in the page's JSON-LD; empty where that has none to go by.
    pub(crate) agreements: Vec<f64>,
    /// The winner's ground, where the page itself held the text.
    pub(crate) winner: Option<Ground>,
    /// The blocks that make the text, in order; empty where it is not from the page's own.
    pub(crate) paragraphs: Vec<usize>,
    /// The blocks of the standfirst, where it stands before the text.
    pub(crate) standfirst: Vec<usize>,
    /// What trimming left of the winner, and what it took.
    pub(crate) trimmed: Trimmed,
}

impl Body {
    /// Takes the text from the page's data: its JSON-LD, else what its scripts would show.
    fn take_data(&mut self, linked: &LinkedData, known: &Known) {
        let linked = linked_body(linked);
        let payload = known.payload.join("\n\n");
        (self.text, self.from) = if payload.len() > linked.len() {
            (payload, TextSource::Script)
        } else {
            (linked, TextSource::Linked)
        };
        self.winner = None;
    }

    /// Puts the text together from what trimming left, and the standfirst where that is part of it.
    fn compose(&mut self, page: &Page, known: &Known) {
        let first = self.trimmed.kept.first().copied();
        if let Some(first) = first {
            self.standfirst = standfirst::find(page, first, known);
        }
        let before = self.standfirst.iter().filter(|index| {
            let is_part = !known.sets_standfirst_apart()
                || first.is_some_and(|first| beside(page, **index, first));
            is_part && !first.is_some_and(|first| begins_with(page, first, **index))
        });
        self.paragraphs = before.chain(&self.trimmed.kept).copied().collect();
        self.text = join(page, &self.paragraphs);
    }
}

fn length(page: &Page, blocks: &[usize]) -> usize {
    blocks.iter().map(|index| page.blocks[*index].length).sum()
}

/// What a text was put together from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TextSource {
    /// The page's own blocks.
    #[default]
    Page,
    /// The page's JSON-LD.
    Linked,
    /// What the page's scripts would show.
    Script,
}

/// What is known of the article before its text is looked for.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) title: String,
    /// The block that says the title.
    pub(crate) headline: usize,
    /// What the page's data say that it is about.
    pub(crate) descriptions: Vec<String>,
    pub(crate) language: Option<String>,
    /// Paragraphs from the page's data, where the page itself shows hardly any.
    pub(crate) payload: Vec<String>,
    /// The day of publication.
    pub(crate) published: Option<Date>,
    /// Whether the page says that it is a live blog.
    pub(crate) is_live: bool,
}

impl Known {
    /// Whether the standfirst is set apart from the text, as in English: elsewhere the text goes on
    /// from it, and is not understood without.
    fn sets_standfirst_apart(&self) -> bool {
        let language = self.language.as_deref().unwrap_or_default();
        language == "en" || language.starts_with("en-")
    }
}

/// Finds the article's text.
pub(crate) fn body(page: &mut Page, linked: &LinkedData, known: &Known) -> Body {
    let mut weights = weigh::weigh(page, known.headline);
    if let Some(readers) = comments::find(page, known) {
        weights = weigh::mark(page, readers, Marks::COMMENT);
    }
    let witness = witness::Witness::of(linked.body.as_deref(), page);
    let mut body = Body {
        candidates: candidates::all(page, &weights, known.headline),
        ..Body::default()
    };
    if witness.testifies() {
        let candidates = body.candidates.iter();
        let agreements = candidates.map(|candidate| witness.agreement(page, candidate));
        body.agreements = agreements.collect();
    }
    let winner = arbiter::choose(page, &weights, &body.candidates, &body.agreements);
    let Some(winner) = winner else {
        body.take_data(linked, known);
        return body;
    };
    body.winner = Some(winner.ground);
    body.trimmed = trimmed_winner(page, &winner, known);
    if is_elsewhere(page, &body.trimmed, &witness, known) {
        body.take_data(linked, known);
    } else {
        body.compose(page, known);
        if notices::is_notice(&body.text) {
            body.paragraphs.clear();
            body.standfirst.clear();
            body.take_data(linked, known);
        }
    }
    body
}

/// What trimming leaves of the winner; nothing where that tells nothing.
fn trimmed_winner(page: &Page, winner: &Candidate, known: &Known) -> Trimmed {
    let mut trimmed = trim::trim(page, winner, &known.title);
    live::times(page, &mut trimmed);
    if known.is_live {
        live::without_entries(page, &mut trimmed);
    }
    if winner.mass == 0 && !tells(page, &trimmed.kept) {
        trimmed = Trimmed::default();
    }
    trimmed
}

/// Whether the page's data hold a text that the page itself hardly shows.
fn is_elsewhere(page: &Page, trimmed: &Trimmed, witness: &witness::Witness, known: &Known) -> bool {
    let kept = length(page, &trimmed.kept);
    let carried = known.payload.iter();
    let carried: usize = carried.map(|paragraph| paragraph.chars().count()).sum();
    witness.knows_more_than(page, &trimmed.kept) || carried > 2 * kept.max(MIN_LINKED_BODY)
}

/// Whether a paragraph begins with what a standfirst says already.
fn begins_with(page: &Page, paragraph: usize, standfirst: usize) -> bool {
    let key = |index: usize| fold::key(&page.blocks[index].text);
    key(paragraph).starts_with(&key(standfirst))
}

/// Whether two blocks are paragraphs side by side: a standfirst set apart has an element around it.
fn beside(page: &Page, one: usize, other: usize) -> bool {
    let parent = |index: usize| page.nodes[page.blocks[index].node].parent;
    let kind = |index: usize| page.blocks[index].kind;
    parent(one) == parent(other) && kind(one) == Tag::Paragraph && kind(other) == Tag::Paragraph
}

/// Whether lines that are all too short for paragraphs tell anything: menus and notes of a page that builds
/// itself in the browser have no sentence among them.
fn tells(page: &Page, blocks: &[usize]) -> bool {
    blocks.iter().any(|index| {
        let block = &page.blocks[*index];
        trim::is_sentence(&block.text) && block.link_density() < 0.5
    })
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

/// The blocks of a candidate that would make the text if it were the winner.
pub(crate) fn trimmed(page: &Page, candidate: &Candidate, title: &str) -> Vec<usize> {
    trim::trim(page, candidate, title).kept
}

pub(crate) fn join(page: &Page, blocks: &[usize]) -> String {
    let mut text = String::new();
    for index in blocks {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&page.blocks[*index].text);
    }
    text
}
