//! The words about a quotation in its sentence.

use super::clause::is_sentence_end;
use crate::normalise::Normalised;

/// So far a sentence is read about a quotation, in bytes.
const REACH: usize = 600;

/// Where the sentence begins that goes on at `end`, at `floor` at the earliest.
pub(super) fn sentence_start(text: &str, body: &Normalised, floor: usize, end: usize) -> usize {
    let reach = text.ceil_char_boundary(end.saturating_sub(REACH));
    body.sentence_start(end).max(reach).max(floor)
}

/// Where the sentence ends that goes on behind a quotation, and whether it does go on; else where the next one
/// ends, which may say who spoke. At `ceiling` at the latest.
pub(super) fn sentence_end(
    text: &str,
    body: &Normalised,
    start: usize,
    ceiling: usize,
) -> (usize, bool) {
    let rest = &text[start..ceiling];
    let first = rest.trim_start_matches([' ', '\u{a0}']);
    if first.starts_with(is_sentence_end) {
        return (start, false);
    }
    let letter = first.chars().next();
    let goes_on = first.starts_with([',', '،', '，', '、', '–', '—', '-', ';'])
        || letter.is_some_and(|c| c.is_alphabetic() && !c.is_uppercase());
    let mut end = body.next_sentence(start).min(ceiling);
    if end < ceiling && !text[start..end].contains(char::is_alphanumeric) {
        end = body.next_sentence(end).min(ceiling);
    }
    let end = end.min(text.floor_char_boundary(start + REACH)).max(start);
    let words =
        text[start..end].trim_end_matches(|c: char| c.is_whitespace() || is_sentence_end(c));
    (start + words.len(), goes_on)
}
