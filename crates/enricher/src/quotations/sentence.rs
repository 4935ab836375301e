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

/// A line that signs a quotation is no longer than this, in bytes.
const LONGEST_SIGNATURE: usize = 80;

/// The end of the line below a quotation that ends its own, where a dash begins it: "“…”\n— Ada Quill, poet".
pub(super) fn signed_below(text: &str, close: usize, line_end: usize) -> Option<usize> {
    let below = text.get(line_end + 1..)?;
    let limit = below.floor_char_boundary(LONGEST_SIGNATURE);
    let length = match below[..limit].find('\n') {
        Some(length) => length,
        None if limit == below.len() => limit,
        None => return None,
    };
    let signature = below[..length].trim_end();
    let signed = text[close..line_end].trim().is_empty()
        && signature.starts_with(['-', '–', '—', '―'])
        && !signature.ends_with(is_sentence_end);
    signed.then_some(line_end + 1 + signature.len())
}
