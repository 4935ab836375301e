//! Quotations without marks: posts of social networks, transcripts and interviews, and what the page sets
//! apart.

use article::{BlockKind, Layout, Quotation, QuotationForm};

use super::reporting::{Reporting, Roles};
use super::speaker::{How, Named};
use crate::letters::plain;

/// A label before spoken words is no longer than this.
const LABEL_WORDS: usize = 5;
const LABEL_BYTES: usize = 48;
/// With what somebody is called by behind the name it is no longer than this.
const ROLE_WORDS: usize = 12;
const ROLE_BYTES: usize = 140;
/// How transcripts call whoever they cannot name.
const UNKNOWN: [&str; 2] = ["unidentified", "unknown"];
/// So many paragraphs with labels make a transcript: fewer are headings of a list.
const FEWEST_TURNS: usize = 4;
/// Words that a post has at most from its picture on: a date.
const MOST_BEHIND: usize = 6;
/// Fewer words are no quotation.
const FEWEST_WORDS: usize = 4;

/// A paragraph, or what of it is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unmarked {
    pub start: usize,
    pub end: usize,
    pub form: QuotationForm,
    pub speaker: Option<Named>,
}

impl Unmarked {
    /// Whether it shares words with a quotation.
    pub(crate) fn overlaps(&self, quotation: &Quotation) -> bool {
        (quotation.start as usize) < self.end && quotation.end as usize > self.start
    }
}

/// The quotations of a text that have no marks, in its order.
pub(crate) fn unmarked(text: &str, layout: Option<&Layout>, language: &str) -> Vec<Unmarked> {
    let mut found = Vec::new();
    posts(text, &mut found);
    turns(text, language, &mut found);
    if let Some(layout) = layout {
        blocks(text, layout, &mut found);
    }
    found.sort_by_key(|unmarked| (unmarked.start, std::cmp::Reverse(unmarked.end)));
    found.dedup_by(|next, before| next.start < before.end);
    found
}

pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |start, line| {
        let at = *start;
        *start += line.len();
        Some((at, line.trim_end()))
    })
}

pub(super) fn is_long_enough(words: &str) -> bool {
    words
        .split_whitespace()
        .filter(|word| word.contains(char::is_alphanumeric))
        .nth(FEWEST_WORDS - 1)
        .is_some()
}

/// `Words. pic.twitter.com/x — Name (@handle) May 3`
fn posts(text: &str, found: &mut Vec<Unmarked>) {
    if !text.contains('@') && !text.contains("pic.twitter") && !text.contains("pic.x.com") {
        return;
    }
    for (start, line) in paragraphs(text) {
        let handle = line
            .find("(@")
            .and_then(|at| Some((at, at + line[at..].find(')')?)));
        let signed = handle.and_then(|(at, _)| {
            let dash = line[..at].rfind(['—', '–', '―'])?;
            let name = line[dash..at].trim_matches(|c: char| !c.is_alphanumeric());
            let offset = name.as_ptr() as usize - line.as_ptr() as usize;
            (!name.is_empty() && name.len() < 80).then_some((dash, offset, offset + name.len()))
        });
        let picture = line
            .find("pic.twitter.com")
            .or_else(|| line.find("pic.x.com"));
        // Who goes on behind a picture tells of it.
        let picture = picture.filter(|&at| {
            signed.is_some() || line[at..].split_whitespace().nth(MOST_BEHIND).is_none()
        });
        let Some(end) = signed.map(|(dash, ..)| dash).or(picture) else {
            continue;
        };
        let end = picture.map_or(end, |picture| picture.min(end));
        let words = line[..end].trim();
        if is_long_enough(words) {
            found.push(Unmarked {
                start: start + (line.len() - line.trim_start().len()),
                end: start + line[..end].trim_end().len(),
                form: QuotationForm::Post,
                speaker: signed.map(|(_, from, to)| Named {
                    start: start + from,
                    end: start + to,
                    how: How::Stated,
                }),
            });
        }
    }
}

/// What stands before the colon of a turn: `ANN QUILL, MAYOR OF OSIER`, of which the name is who speaks.
#[derive(Clone, Copy)]
struct Label<'t> {
    whole: &'t str,
    name: &'t str,
}

impl Label<'_> {
    /// What tells speakers apart: whoever was introduced in full goes on under the surname.
    fn surname(&self) -> &str {
        let words = self.name.rsplit(char::is_whitespace);
        words.into_iter().next().unwrap_or_default()
    }

    /// "UNIDENTIFIED MALE": somebody whom the transcript cannot name.
    fn is_anybody(&self) -> bool {
        let first = self.name.split(char::is_whitespace).next();
        first.is_some_and(|word| UNKNOWN.contains(&plain(word).as_str()))
    }

    /// "Q" and "A" are nobody, nor is "Question".
    fn is_nobody(&self, language: &str) -> bool {
        let is_label = |word: &str| Reporting::of(language).role(&plain(word)).is(Roles::LABEL);
        self.name.chars().count() <= 2 || is_label(self.name) || self.is_anybody()
    }
}

/// `TAPPER: Words.`, in turns.
fn turns(text: &str, language: &str, found: &mut Vec<Unmarked>) {
    let labelled: Vec<(usize, &str, Label<'_>)> = paragraphs(text)
        .filter_map(|(start, line)| {
            let label = label(line)?;
            Some((start, line, label))
        })
        .collect();
    if labelled.len() < FEWEST_TURNS {
        return;
    }
    let mut labels: Vec<&str> = labelled
        .iter()
        .filter(|(_, _, label)| !label.is_anybody())
        .map(|(_, _, label)| label.surname())
        .collect();
    labels.sort_unstable();
    labels.dedup();
    // In a conversation the same few take turns; headings differ.
    if labels.len() < 2 || labels.len() * 2 > labelled.len() {
        return;
    }
    for (start, line, label) in labelled {
        let words = line[label.whole.len()..]
            .trim_start_matches([':', '：'])
            .trim_start();
        if is_long_enough(words) {
            let named = Named {
                start,
                end: start + label.name.len(),
                how: How::Stated,
            };
            found.push(Unmarked {
                start: start + line.len() - words.len(),
                end: start + line.len(),
                form: QuotationForm::Transcript,
                speaker: (!label.is_nobody(language)).then_some(named),
            });
        }
    }
}

/// The label before a colon that a line begins with.
fn label(line: &str) -> Option<Label<'_>> {
    let limit = line.floor_char_boundary(ROLE_BYTES);
    let colon = line[..limit].find([':', '：'])?;
    let (whole, rest) = line.split_at(colon);
    let end = whole.find([',', '(']).unwrap_or(colon);
    let name = whole[..end].trim_end();
    let named = name.split_whitespace().all(|word| {
        let first = word.chars().next();
        first.is_some_and(|c| c.is_uppercase() || !c.is_lowercase() && c.is_alphabetic())
            || word.len() <= 3
    });
    let starts = name
        .chars()
        .next()
        .is_some_and(|c| c.is_alphabetic() && !c.is_lowercase());
    let words = name.split_whitespace().count();
    let fits = named
        && starts
        && (1..=LABEL_WORDS).contains(&words)
        && name.len() <= LABEL_BYTES
        && is_role(&whole[end..])
        && !rest.starts_with("://");
    fits.then_some(Label { whole, name })
}

/// Whether nothing, or what somebody is called by in capitals, stands behind a name: `, CNN ANCHOR`, ` (D-OSIER)`. What a
/// bracket says of how it was said may be in any case: ` (voice-over)`.
fn is_role(role: &str) -> bool {
    let mut inside = false;
    let lower = |c: char| {
        inside = if inside { c != ')' } else { c == '(' };
        c.is_lowercase() && !inside
    };
    !role.chars().any(lower) && role.split_whitespace().count() <= ROLE_WORDS
}

/// Paragraphs that the page sets apart as somebody's words.
fn blocks(text: &str, layout: &Layout, found: &mut Vec<Unmarked>) {
    if !layout
        .blocks
        .iter()
        .any(|block| block.kind == BlockKind::Quote)
    {
        return;
    }
    let mut start = 0;
    for (at, paragraph) in text.split("\n\n").enumerate() {
        let quote = layout
            .blocks
            .get(at)
            .is_some_and(|block| block.kind == BlockKind::Quote);
        let words = paragraph.trim();
        if quote && is_long_enough(words) {
            let begin = start + paragraph.len() - paragraph.trim_start().len();
            found.push(Unmarked {
                start: begin,
                end: begin + words.len(),
                form: QuotationForm::Block,
                speaker: None,
            });
        }
        start += paragraph.len() + 2;
    }
}
