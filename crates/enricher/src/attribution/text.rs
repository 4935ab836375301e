//! What the text itself says: its dateline, its sign-off, its sentences.

use std::collections::BTreeSet;
use std::ops::Range;

use article::{AttributionClass, Place};

use super::Desk;
use super::confidence::{CITED_PERHAPS, CITED_SURELY, NAMED_ABOVE};
use super::paragraphs::{Namesakes, Paragraph, running_behind, sentences_end, without_initials};
use crate::agencies::{
    Cited, InText, List, Mention, Spelled, cited, dateline, heads_list, is_item, is_one_word,
    is_related, taken_over,
};
use crate::content::language;

/// Paragraphs at the beginning and at the end of a text in which credits stand.
const HEAD: usize = 6;
const TAIL: usize = 7;
/// An agency's own phrases and rights stand within so many of the last paragraphs.
const CLOSING: usize = 4;
/// A sentence goes over so many lines of a wrapped text, to each side.
const WRAPPED_LINES: usize = 4;
/// Places where other articles' names are given stand within so many of the last paragraphs.
const LAST: usize = 12;

/// Where a paragraph stands.
#[expect(
    clippy::struct_excessive_bools,
    reason = "places overlap in short texts"
)]
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub head: bool,
    pub first: bool,
    pub tail: bool,
    pub last: bool,
    /// Nothing but rights, signs and names stands behind it, and little of it.
    pub closes: bool,
    /// Paragraphs of running text behind it.
    pub running: usize,
}

impl Desk<'_> {
    pub(super) fn text(&mut self) {
        let article = self.article;
        let text = article.text.as_str();
        let (paragraphs, namesakes) = self.paragraphs(text);
        let count = without_initials(&paragraphs);
        let running = running_behind(&paragraphs);
        let sentences = sentences_end(&paragraphs);
        // A list of links or references was begun, and no running text since.
        let mut list: Option<List> = None;
        let captions: BTreeSet<&str> = article.layout.captions.iter().map(String::as_str).collect();
        let mut dated = false;
        for (index, paragraph) in paragraphs.iter().enumerate() {
            let at = Position {
                head: index < HEAD,
                first: index < 2,
                tail: index + TAIL >= count,
                last: index + 1 == count,
                closes: index >= sentences && index + CLOSING >= count && (index > 0 || count == 1),
                running: running[index],
            };
            let headed = heads_list(paragraph.text);
            let goes_on = list.filter(|list| list.has(paragraph.text));
            list = headed.or(goes_on);
            if list.is_some()
                || is_item(paragraph.text)
                || captions.contains(paragraph.text)
                || is_related(paragraph.text)
            {
                continue;
            }
            if (at.head || index + LAST >= count)
                && let Some(name) = taken_over(paragraph.text)
            {
                let credit = paragraph.credit(Place::SignOff, 0..paragraph.text.len());
                self.take_over(&paragraph.text[name], &credit);
                continue;
            }
            if paragraph.mentions.is_empty() && paragraph.datelines.is_none() {
                continue;
            }
            if (at.head || index + LAST >= count) && self.note(paragraph) {
                continue;
            }
            let mut taken: Vec<Range<usize>> = Vec::new();
            if at.head
                && !dated
                && let Some(range) = self.dateline(paragraph, at, &paragraphs)
            {
                dated = true;
                taken.push(range);
            }
            if taken.is_empty() && self.credit_paragraph(paragraph, at) {
                continue;
            }
            taken.extend(self.sign_off(paragraph, at));
            self.citations(paragraph, &taken, &namesakes);
        }
    }

    /// The dateline of a paragraph.
    fn dateline(
        &mut self,
        paragraph: &Paragraph<'_>,
        at: Position,
        paragraphs: &[Paragraph<'_>],
    ) -> Option<Range<usize>> {
        let all = paragraph.datelines.as_ref().unwrap_or(&paragraph.mentions);
        let leads = at.first && at.running > 0;
        let (reading, which, range) = dateline(paragraph.text, all, leads)?;
        let agencies = self.agencies;
        let of_place = |mention: &Mention| {
            let spelled = &paragraph.text[mention.range()];
            agencies.of_place(mention, spelled, &paragraph.text[..mention.start])
        };
        let mentions: Vec<Mention> = all[which].iter().map(of_place).collect();
        if !self.is_meant(paragraph, &mentions, paragraphs) {
            return None;
        }
        let credit = paragraph.credit(Place::Dateline, range.clone());
        self.add_credit(reading, &mentions, &credit, NAMED_ABOVE);
        Some(range)
    }

    /// Whether the short forms of a dateline are the agencies': parties and firms are called so too, and their news
    /// is from their own town.
    fn is_meant(
        &self,
        paragraph: &Paragraph<'_>,
        mentions: &[Mention],
        paragraphs: &[Paragraph<'_>],
    ) -> bool {
        let agencies = self.agencies;
        let language = language(self.article);
        let named = |mention: &Mention| {
            let mut all = paragraphs.iter().flat_map(|paragraph| &paragraph.mentions);
            all.any(|other| other.agency == mention.agency && other.how == Spelled::Name)
        };
        mentions.iter().any(|mention| {
            let place = &paragraph.text[..mention.start];
            agencies.is_from(mention, place)
                || agencies.is_of_language(mention, language) == Some(true)
                || named(mention)
        })
    }

    /// The sentence in which a mention stands, in bytes of its paragraph. Beyond what was read of the text it is
    /// the paragraph.
    fn sentence(&self, paragraph: &Paragraph<'_>, mention: &Mention) -> Range<usize> {
        let Paragraph { start, text, .. } = *paragraph;
        if start + mention.end > self.body.end {
            return 0..text.len();
        }
        let mut from = self.body.sentence_start(start + mention.start);
        let mut to = self.body.next_sentence(start + mention.end - 1);
        // The lines of a paragraph that has several are wrapped; a line's end ends no sentence of it.
        let wrapped = |at: usize| {
            let inside = at.checked_sub(start).filter(|&at| at <= text.len());
            let before = inside.and_then(|at| text.get(..at));
            before.is_some_and(|before| before.trim_end_matches(' ').ends_with('\n'))
        };
        for _ in 0..WRAPPED_LINES {
            if from > start && wrapped(from) {
                from = self.body.sentence_start(from - 1);
            }
            if wrapped(to) {
                to = self.body.next_sentence(to);
            }
        }
        let to = if to == self.body.end { usize::MAX } else { to };
        from.saturating_sub(start)..(to - start).min(text.len())
    }

    fn citations(
        &mut self,
        paragraph: &Paragraph<'_>,
        taken: &[Range<usize>],
        namesakes: &Namesakes,
    ) {
        let agencies = self.agencies;
        for mention in &paragraph.mentions {
            let in_credit = taken.iter().any(|range| range.contains(&mention.start));
            if in_credit || agencies.is_outlet(mention) {
                continue;
            }
            let sentence = self.sentence(paragraph, mention);
            let in_text = InText {
                mention,
                doubtful: namesakes.things.contains(&mention.agency),
                person: namesakes.people.contains(&mention.agency)
                    && is_one_word(paragraph.text, mention),
                nouns: self.nouns,
                in_language: agencies.is_of_language(mention, language(self.article)),
            };
            let Some(how) = cited(paragraph.text, sentence.clone(), in_text) else {
                continue;
            };
            let confidence = match how {
                Cited::Surely => CITED_SURELY,
                Cited::Perhaps => CITED_PERHAPS,
            };
            let credit = paragraph.credit(Place::Body, shown(paragraph.text, sentence, mention));
            self.add(
                agencies.slug(mention),
                AttributionClass::Cites,
                confidence,
                credit,
            );
        }
    }
}

/// So much of a sentence as a reader needs.
fn shown(text: &str, sentence: Range<usize>, mention: &Mention) -> Range<usize> {
    let from = text.floor_char_boundary(mention.start.saturating_sub(100));
    let to = text.floor_char_boundary(mention.end + 100);
    let (start, end) = (sentence.start.max(from), sentence.end.min(to));
    start..start + text[start..end].trim_end().len()
}
