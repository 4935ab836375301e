//! The lines between headline and text that say what the article is about.

use super::Known;
use crate::fold;
use crate::page::{Marks, Page, Tag};

/// How far before the text a standfirst may stand, in blocks.
const REACH: usize = 30;

/// How far behind the headline a paragraph without a name still is one, in blocks.
const NEXT: usize = 4;

/// How long a heading is at least that is one, in characters without white space.
const DECK: usize = 60;

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
    let lone = lone(page, first, known);
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
        if block
            .marks
            .has(kept_out.with(Marks::FURNITURE).with(Marks::EMBED))
        {
            return false;
        }
        block.marks.has(Marks::STANDFIRST) || lone == Some(*index) || is_deck(page, *index, known)
    };
    (from.max(first.saturating_sub(REACH))..first)
        .filter(is_standfirst)
        .collect()
}

/// Whether it is a line that is set as a heading of its own right behind the headline, too long for a section's, and
/// not the headline again with what stands over it.
fn is_deck(page: &Page, index: usize, known: &Known) -> bool {
    let block = &page.blocks[index];
    let is_near = block.is_heading() && block.length >= DECK && index <= known.headline + 2;
    is_near && !fold::key(&block.text).contains(&fold::key(&known.title))
}

/// The first paragraph between headline and text, where the text goes on from it. One more may stand there, as
/// captions do; of several none is: they are a gallery, or a summary with notes on it.
fn lone(page: &Page, first: usize, known: &Known) -> Option<usize> {
    let is_part = known.language.is_some() && !known.sets_standfirst_apart();
    if !is_part || known.headline >= first {
        return None;
    }
    let mut paragraphs = (known.headline + 1..first).filter(|index| {
        let block = &page.blocks[*index];
        block.is_prose() && super::trim::is_sentence(&block.text)
    });
    let found = paragraphs
        .next()
        .filter(|index| *index <= known.headline + NEXT)?;
    (paragraphs.count() <= 1).then_some(found)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: &str, html: &str, expected: &[usize]) {
        let page = crate::page::read(&crate::tidy::tidy(html));
        let known = Known {
            language: Some(language.to_owned()),
            ..Known::default()
        };
        let first = page.blocks.len() - 1;
        assert_eq!(find(&page, first, &known), expected, "{language}: {html}");
    }

    #[test]
    fn a_paragraph_right_behind_the_headline_is_one_where_the_text_goes_on_from_it() {
        let lead = "<p>Die alte Bruecke ueber den Fluss ist von heute an gesperrt, wie die Stadt am \
                    Abend mitgeteilt hat.</p>";
        let html = format!("<h1>Bruecke gesperrt</h1>{lead}<div class=body><p>Text.</p></div>");
        check("de", &html, &[1]);
        check("en-gb", &html, &[]);
        let far = format!("<h1>Bruecke</h1>{}{lead}<p>Text.</p>", "<p>a</p>".repeat(9));
        check("de", &far, &[]);
        let caption = format!("<h1>Bruecke</h1>{lead}{lead}<p>Text.</p>");
        check("de", &caption, &[1]);
        let gallery = format!("<h1>Bruecke</h1>{}<p>Text.</p>", lead.repeat(3));
        check("de", &gallery, &[]);
    }
}
