//! What says that a line is about a picture, and no credit of the text.

use super::cues::cues;
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

/// Whether `©` stands before a name and an agency: a picture's credit, but at a text's end.
pub(crate) fn is_picture_right(line: &str) -> bool {
    let line = line.trim_start();
    let Some(rest) = line
        .strip_prefix(['©', '®'])
        .or_else(|| line.strip_prefix("(c)"))
    else {
        return false;
    };
    rest.contains('/') && !rest.contains("dpa-infocom")
}
