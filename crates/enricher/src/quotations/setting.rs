//! A quotation with the words about it: its paragraph, its sentence, and the quotation before it.

use super::clause::{Token, is_sentence_end, tokens};
use super::reporting::Reporting;
use super::sentence::{sentence_end, sentence_start, signed_below};
use super::subject::Grammar;
use crate::normalise::{Normalised, Span};

/// A text with what is quoted in it.
pub(super) struct Read<'t> {
    pub(super) text: &'t str,
    pub(super) body: &'t Normalised,
    pub(super) spans: &'t [Span],
    pub(super) language: &'t str,
}

/// A quotation with the sentence around it.
pub(super) struct Setting<'t> {
    pub(super) text: &'t str,
    pub(super) body: &'t Normalised,
    pub(super) reporting: &'t Reporting,
    pub(super) language: &'t str,
    pub(super) grammar: Grammar<'t>,
    pub(super) span: Span,
    /// The paragraph.
    pub(super) paragraph: (usize, usize),
    /// The quotation before it in the paragraph.
    pub(super) before: Option<Span>,
    /// What stands before and behind it in its sentence.
    pub(super) lead: (usize, usize),
    pub(super) tail: (usize, usize),
    /// The sentence goes on behind it.
    pub(super) goes_on: bool,
    /// It stands in the sentence of the quotation before it.
    pub(super) shares_sentence: bool,
    /// The quotation before it stands in the paragraph before.
    pub(super) follows_paragraph: bool,
}

impl<'t> Setting<'t> {
    /// That of the quotation at `at`.
    pub(super) fn of(read: &Read<'t>, at: usize) -> Self {
        let &Read {
            text,
            body,
            spans,
            language,
        } = read;
        let span = spans[at];
        let (start, end) = (body.line(span.open).0, body.line(span.close).1);
        let before = at
            .checked_sub(1)
            .map(|at| spans[at])
            .filter(|before| before.close > start);
        let last = at.checked_sub(1).map(|at| spans[at]);
        let follows_paragraph = last.is_some_and(|last| {
            let between = text[last.close.min(start)..start].trim();
            !between.contains('\n')
        });
        let few = few_words(text, body, span.open).unwrap_or(start);
        let floor = before.map_or(start, |before| before.close).max(few);
        let ceiling = spans.get(at + 1).map_or(end, |next| next.open.min(end));
        let lead_start = sentence_start(text, body, floor, span.open);
        let (tail_end, goes_on) = match signed_below(text, span.close, end) {
            Some(end) => (end, true),
            None => sentence_end(text, body, span.close, ceiling),
        };
        Self {
            text,
            body,
            reporting: Reporting::of(language),
            language,
            grammar: Grammar { text, language },
            span,
            paragraph: (start, end),
            before,
            lead: (lead_start, span.open),
            tail: (span.close, tail_end),
            goes_on,
            follows_paragraph,
            shares_sentence: before.is_some() && lead_start == floor && {
                let between = text[floor..span.open].trim_start();
                !between.is_empty() && !between.contains(is_sentence_end)
            },
        }
    }

    /// The words before it in its sentence.
    pub(super) fn lead_tokens(&self) -> Vec<Token> {
        tokens(self.text, self.lead.0, self.lead.1, true, self.reporting)
    }
}

/// Where few words between marks end before `open`: “No,” said Quill, adding. These are no quotation, and no part of
/// the clause either.
fn few_words(text: &str, body: &Normalised, open: usize) -> Option<usize> {
    let before = body.spans.partition_point(|few| few.close <= open);
    let few = &body.spans[before.checked_sub(1)?];
    let words = &text[few.start..few.end];
    let said = words.starts_with(char::is_uppercase) && words.ends_with([',', '.', '!', '?']);
    said.then_some(few.close)
}
