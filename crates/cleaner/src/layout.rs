//! What the plain text leaves out: what each paragraph is, and what stands around them.

use std::collections::BTreeMap;

use article::{Block, BlockKind, Layout, TextQuality};

use crate::extract::{Body, Cut, TextSource};
use crate::facts::linked_data::LinkedData;
use crate::page::{Page, Tag};
use crate::zones;

/// How many captions are kept.
const MAX_CAPTIONS: usize = 60;

/// From which length on a text is taken to be whole, in characters without white space. Notices and
/// the beginnings that paywalls leave are shorter.
const WHOLE: usize = 400;

/// How the text stands on the page.
pub(crate) fn layout(page: &Page, linked: &LinkedData, body: &Body, headline: usize) -> Layout {
    let standfirst = join(page, &body.standfirst);
    let captions = body
        .trimmed
        .cuts
        .iter()
        .filter(|(_, cut)| *cut == Cut::Caption);
    let mut captions: Vec<usize> = captions.map(|(index, _)| *index).collect();
    captions.sort_unstable();
    Layout {
        blocks: blocks(page, &body.paragraphs),
        standfirst: Some(standfirst).filter(|text| !text.is_empty()),
        byline: zones::byline(page, headline),
        captions: captions
            .iter()
            .take(MAX_CAPTIONS)
            .map(|index| page.blocks[*index].text.clone())
            .collect(),
        zones: zones::zones(page, linked, body, headline),
        text_quality: quality(page, body),
        limits: Vec::new(),
    }
}

/// The feed's text stands in for the page's, of which the facts around it stay.
pub(crate) fn take_feeds(layout: &mut Layout, text: &str) {
    layout.blocks.clear();
    layout.zones.retain(|zone| zone.offset.is_none());
    zones::in_text(&mut layout.zones, text);
    layout.text_quality = Some(TextQuality::Feed);
}

fn join(page: &Page, blocks: &[usize]) -> String {
    let texts: Vec<&str> = blocks
        .iter()
        .map(|index| page.blocks[*index].text.as_str())
        .collect();
    texts.join("\n\n")
}

pub(crate) fn quality(page: &Page, body: &Body) -> Option<TextQuality> {
    let length: usize = body
        .paragraphs
        .iter()
        .map(|index| page.blocks[*index].length)
        .sum();
    match body.from {
        _ if body.text.is_empty() => None,
        TextSource::Linked | TextSource::Script => Some(TextQuality::Data),
        TextSource::Page if length < WHOLE || is_index(page, &body.paragraphs) => {
            Some(TextQuality::Thin)
        }
        TextSource::Page => Some(TextQuality::Good),
    }
}

/// How many paragraphs under a link of its own each make an index of other articles.
const TEASERS: usize = 4;

/// Whether nearly all paragraphs stand right under a line that is a link: they are the beginnings of other articles.
fn is_index(page: &Page, paragraphs: &[usize]) -> bool {
    let leads = |index: usize| {
        let above = index.checked_sub(1).map(|above| &page.blocks[above]);
        above.is_some_and(|above| above.link_density() > 0.8)
    };
    let teasers = paragraphs.iter().filter(|index| leads(**index)).count();
    teasers >= TEASERS && teasers * 10 >= paragraphs.len() * 8
}

/// What each paragraph is. Lists and tables are numbered in the order of the text.
fn blocks(page: &Page, paragraphs: &[usize]) -> Vec<Block> {
    let mut groups: BTreeMap<usize, u32> = BTreeMap::new();
    let mut rows: BTreeMap<usize, u32> = BTreeMap::new();
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    let mut alone: BTreeMap<usize, bool> = BTreeMap::new();
    let mut blocks = Vec::with_capacity(paragraphs.len());
    for index in paragraphs {
        let place = place(page, *index, &mut alone);
        let next = groups.len() as u32 + 1;
        let group = place
            .group
            .map_or(0, |node| *groups.entry(node).or_insert(next));
        let row = place.row.map_or(0, |node| {
            *rows.entry(node).or_insert_with(|| {
                let count = counts.entry(group).or_insert(0);
                *count += 1;
                *count
            })
        });
        let is_heading = place.kind == BlockKind::Heading;
        let level = if is_heading {
            page.nodes[page.blocks[*index].node].rank
        } else {
            0
        };
        blocks.push(Block {
            kind: place.kind,
            level,
            group,
            row,
        });
    }
    blocks
}

struct Place {
    kind: BlockKind,
    /// The list or table.
    group: Option<usize>,
    row: Option<usize>,
}

/// What the elements around a block make of it: the innermost list, table or quotation. `alone` says of rows whether
/// all stands alone in them: each is looked through once, for one may hold all cells of a page.
fn place(page: &Page, block: usize, alone: &mut BTreeMap<usize, bool>) -> Place {
    let block = &page.blocks[block];
    let mut place = Place {
        kind: BlockKind::Paragraph,
        group: None,
        row: None,
    };
    if matches!(block.kind, Tag::Heading | Tag::Headline) {
        place.kind = BlockKind::Heading;
        return place;
    }
    let mut index = block.node;
    loop {
        let node = &page.nodes[index];
        match node.tag {
            Tag::Item if place.kind == BlockKind::Paragraph => place.kind = BlockKind::Item,
            Tag::Cell if place.kind == BlockKind::Paragraph => place.kind = BlockKind::Cell,
            Tag::Row if place.kind == BlockKind::Cell && place.row.is_none() => {
                place.row = Some(index);
            }
            Tag::List if place.kind == BlockKind::Item => place.group = Some(index),
            Tag::Table if place.kind == BlockKind::Cell => place.group = Some(index),
            Tag::Quote if place.kind == BlockKind::Paragraph => {
                place.kind = BlockKind::Quote;
                return place;
            }
            _ => {}
        }
        if place.group.is_some() || node.parent == index {
            break;
        }
        index = node.parent;
    }
    // Whole pages are laid out in one table: what stands alone in its row is no cell of data.
    let mut is_alone = |row: usize| *alone.entry(row).or_insert_with(|| is_alone(page, row));
    if place.kind == BlockKind::Cell && place.row.is_none_or(&mut is_alone) {
        place = Place {
            kind: BlockKind::Paragraph,
            group: None,
            row: None,
        };
    }
    if place.kind == BlockKind::Item && place.group.is_none() {
        place.kind = BlockKind::Paragraph;
    }
    place
}

fn is_alone(page: &Page, row: usize) -> bool {
    let cells = page.nodes[row..page.nodes[row].end].iter();
    let filled = cells.filter(|node| node.tag == Tag::Cell && !node.blocks.is_empty());
    filled.count() < 2
}
