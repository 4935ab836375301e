//! Where the sentence of a quotation begins and ends.

use super::clause::is_sentence_end;

/// So far a sentence is read about a quotation, in bytes.
const REACH: usize = 600;

/// Words of more than three letters that are short for something, and go on before a name.
const SHORT: &[&str] = &[
    "Prof", "Corp", "Sens", "Reps", "Sept", "Supt", "Pres", "Asst", "Dist", "Atty", "Mass",
    "Calif", "Conn", "Penn", "Wash", "Insp", "Univ", "Abg", "Dipl", "Inc", "Messrs", "Mmes",
    "Sres", "Sras", "Drs", "Gral",
];

/// Where the sentence begins that goes on at `end`.
pub(super) fn sentence_start(text: &str, floor: usize, end: usize) -> usize {
    let mut start = end.saturating_sub(REACH).max(floor);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let mut found = start;
    let mut word = start;
    for (offset, c) in text[start..end].char_indices() {
        let at = start + offset;
        let next = text[at + c.len_utf8()..end].chars().next();
        if is_sentence_end(c) && next.is_some() && ends(&text[word..at], c, next) {
            found = at + c.len_utf8();
        }
        if c.is_whitespace() {
            word = at + c.len_utf8();
        }
    }
    found
}

/// Where the sentence ends that goes on behind a quotation, and whether it does go on.
pub(super) fn sentence_end(text: &str, start: usize, ceiling: usize) -> (usize, bool) {
    let rest = &text[start..ceiling];
    let first = rest.trim_start_matches([' ', '\u{a0}']);
    let letter = first.chars().next();
    let goes_on = first.starts_with([',', '،', '，', '、', '–', '—', '-', ';'])
        || letter.is_some_and(|c| c.is_alphabetic() && !c.is_uppercase());
    if first.starts_with(is_sentence_end) {
        return (start, false);
    }
    let mut word = start;
    for (offset, c) in rest.char_indices() {
        let at = start + offset;
        if offset > REACH {
            return (at, goes_on);
        }
        let next = text[at + c.len_utf8()..ceiling].chars().next();
        if is_sentence_end(c) && ends(&text[word..at], c, next) {
            return (at, goes_on);
        }
        if c.is_whitespace() {
            word = at + c.len_utf8();
        }
    }
    (ceiling, goes_on)
}

/// Whether the sign `c` behind `word` and before `next` ends a sentence.
fn ends(word: &str, c: char, next: Option<char>) -> bool {
    if !c.is_ascii() && c != '…' {
        return true;
    }
    let part = next.is_some_and(|next| next.is_alphanumeric() || matches!(next, ',' | ')' | '-'));
    if part || c != '.' {
        return !part;
    }
    let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let first = bare.chars().next();
    let capital = first.is_some_and(char::is_uppercase);
    let ordinal = bare.len() <= 2 && first.is_some_and(char::is_numeric) && next.is_some();
    !(capital && (bare.chars().count() <= 3 || SHORT.contains(&bare)) || ordinal)
}
