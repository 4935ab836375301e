//! What says that a line is about a picture, and no credit of the text.

use super::Spelled;
use super::cues::cues;
use super::lists::is_of_agencies;
use super::mentions::Mention;
use crate::words::folded;

/// Whether a line is about a picture.
pub(crate) fn is_picture(line: &str) -> bool {
    let cues = cues();
    let words = line.split(|c: char| !c.is_alphanumeric());
    let mut words = words.filter(|word| !word.is_empty());
    cues.picture_unspaced.iter().any(|sign| line.contains(sign))
        || words.any(|word| {
            let folded = folded(word);
            cues.picture.has(&folded) && !is_quoted(line, word)
                || cues.picture_label.has(&folded) && is_label(line, word)
        })
}

/// What stands before and behind a part of a line.
fn beside<'l>(line: &'l str, word: &str) -> (&'l str, &'l str) {
    let at = word.as_ptr() as usize - line.as_ptr() as usize;
    (&line[..at], &line[at + word.len()..])
}

/// Whether a word stands between quotation marks: „Bild“ is a newspaper.
fn is_quoted(line: &str, word: &str) -> bool {
    let marks = ['"', '“', '”', '„', '«', '»', '‚', '‘', '\''];
    let (before, behind) = beside(line, word);
    before.ends_with(marks) && behind.starts_with(marks)
}

/// Whether a word is a label: "Credit: ...".
fn is_label(line: &str, word: &str) -> bool {
    let (_, behind) = beside(line, word);
    behind.trim_start().starts_with([':', '：', '/', '|'])
}

/// Whether `©` stands before a photographer and an agency: a picture's credit, where "© AFP" is that of a text.
pub(crate) fn is_picture_right(line: &str, mentions: &[Mention]) -> bool {
    let start = line.trim_start();
    let Some(rest) = start
        .strip_prefix(['©', '®'])
        .or_else(|| start.strip_prefix("(c)"))
    else {
        return false;
    };
    rest.contains('/') && !rest.contains("dpa-infocom")
        || names_photographer(line, line.len() - rest.len(), mentions)
}

/// Whether a person's name stands beside the agencies of a line, from a byte of it on.
fn names_photographer(line: &str, from: usize, mentions: &[Mention]) -> bool {
    let signs = [',', ';', '-', '–', '—', '|', '·', '(', ')', ':', '.'];
    let names = |part: &str| part.split(signs).any(|part| is_person(part.trim()));
    let mut begin = from;
    for mention in mentions.iter().filter(|mention| mention.start >= from) {
        // Mentions may lie within each other: "dpa-infocom".
        if line.get(begin..mention.start).is_some_and(names) {
            return true;
        }
        begin = mention.end.max(begin);
    }
    line.get(begin..).is_some_and(names)
}

/// Two to four words with capitals that are no agency and say nothing of rights: "LUDOVIC MARIN".
fn is_person(part: &str) -> bool {
    let mut words = part.split_whitespace();
    let is_name = |word: &str| {
        word.starts_with(char::is_uppercase)
            && !word.contains(|c: char| c.is_ascii_digit())
            && !cues().rights.has(&folded(word))
    };
    (2..=4).contains(&words.clone().count()) && words.all(is_name) && !is_of_agencies(part)
}

/// A word that says nothing of when it was beside a day has no more letters: "on", "am", "den".
const SMALL_LETTERS: usize = 3;

/// Whether a sentence ends as captions do, in the day after a comma: "…, à Osier, mardi", "…, Dec. 1, 2026".
pub(crate) fn is_dated_caption(sentence: &str) -> bool {
    let sentence = sentence.trim_end_matches(|c: char| !c.is_alphanumeric());
    let Some((_, end)) = sentence.rsplit_once(',') else {
        return false;
    };
    let words = || {
        let words = end.split(|c: char| !c.is_alphanumeric());
        words.filter(|word| !word.is_empty()).map(folded)
    };
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let is_day = |word: &str| cues().weekdays.has(word) || cues().dates.has(word);
    let small = |word: &String| word.chars().count() <= SMALL_LETTERS;
    words().any(|word| is_day(&word) || is_number(&word))
        && words().all(|word| is_day(&word) || is_number(&word) || small(&word))
}

/// Whether a line is a photographer in capitals beside the short form of whoever sells the picture: "ANN PERSON, AFP".
pub(crate) fn is_photographer(line: &str, mentions: &[Mention]) -> bool {
    let (Some(first), Some(last)) = (mentions.first(), mentions.last()) else {
        return false;
    };
    let short = |mention: &Mention| {
        let name = &line[mention.range()];
        matches!(mention.how, Spelled::Code | Spelled::Ambiguous)
            && !name.contains(char::is_lowercase)
            && name.contains(char::is_uppercase)
    };
    let is_shouted = |word: &str| {
        word.chars()
            .all(|c| c.is_uppercase() || c == '.' || c == '-')
    };
    let name = line[..first.start].trim();
    let Some(name) = name.strip_suffix([',', '/', '-', '–', '—', '|', '(']) else {
        return false;
    };
    let name = name.trim_end();
    mentions.iter().all(short)
        && is_person(name)
        && name.split_whitespace().all(is_shouted)
        && !line[last.end..].contains(char::is_alphanumeric)
}
