//! Where the sentence of a quotation begins and ends.

use super::clause::is_sentence_end;

/// So far a sentence is read about a quotation, in bytes.
const REACH: usize = 400;

/// Where the sentence begins that goes on at `end`.
pub(super) fn sentence_start(text: &str, floor: usize, end: usize) -> usize {
    let mut start = end.saturating_sub(REACH).max(floor);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let mut found = start;
    let mut chars = text[start..end].char_indices().peekable();
    let mut word = start;
    while let Some((offset, c)) = chars.next() {
        let at = start + offset;
        if is_sentence_end(c) {
            let next = chars.peek().map(|&(_, next)| next);
            let wide = matches!(c, '。' | '！' | '？');
            let short = c == '.'
                && text[word..at].chars().count() <= 3
                && text[word..at]
                    .chars()
                    .next()
                    .is_some_and(char::is_uppercase);
            if wide || next.is_some_and(|next| !next.is_alphanumeric() && next != ',') && !short {
                // Without the quotation mark that may close there.
                found = at + c.len_utf8();
            }
        }
        if c.is_whitespace() {
            word = at + c.len_utf8();
        }
    }
    // A sentence that would be nothing is no sentence: the mark closed what stands before.
    if text[found..end].trim().is_empty() && found > start {
        found.min(end)
    } else {
        found
    }
}

/// Where the sentence ends that goes on behind a quotation, and whether it does go on.
pub(super) fn sentence_end(text: &str, start: usize, ceiling: usize) -> (usize, bool) {
    let rest = &text[start..ceiling];
    let first = rest.trim_start_matches([' ', '\u{a0}']);
    let goes_on = first.starts_with([',', '،', '，', '、', '–', '—', '-', ';'])
        || first
            .chars()
            .next()
            .is_some_and(|c| c.is_alphabetic() && !c.is_uppercase());
    if first.starts_with(is_sentence_end) {
        return (start, false);
    }
    let mut word = start;
    for (offset, c) in rest.char_indices() {
        let at = start + offset;
        if offset > REACH {
            return (at, goes_on);
        }
        if is_sentence_end(c) {
            let after = text[at + c.len_utf8()..ceiling].chars().next();
            let short = c == '.'
                && text[word..at].chars().count() <= 3
                && text[word..at]
                    .chars()
                    .next()
                    .is_some_and(char::is_uppercase);
            if after.is_none_or(|after| !after.is_alphanumeric()) && !short {
                return (at, goes_on);
            }
        }
        if c.is_whitespace() {
            word = at + c.len_utf8();
        }
    }
    (ceiling, goes_on)
}
