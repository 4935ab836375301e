//! What says that a line is about a picture, and no credit of the text.

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
