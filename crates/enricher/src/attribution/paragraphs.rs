//! The paragraphs of a text, with the agencies that each names.

use std::collections::BTreeSet;
use std::ops::Range;

use article::{Credit, Place};

use super::Desk;
use crate::agencies::{Mention, Spelled, explains, is_of_agencies, is_of_rights, is_wrapped};

/// What is looked at of a long text: its beginning and its end, in bytes.
const MOST: usize = 96 << 10;
const END: usize = 4 << 10;
/// A name whose initials are explained is not longer, in bytes.
const NAME_BYTES: usize = 80;

/// A paragraph of the text with its mentions, whose offsets are those of the paragraph.
pub(super) struct Paragraph<'a> {
    pub start: usize,
    pub text: &'a str,
    pub mentions: Vec<Mention>,
}

impl Paragraph<'_> {
    pub(super) fn credit(&self, place: Place, range: Range<usize>) -> Credit {
        Credit {
            place,
            offset: Some((self.start + range.start) as u32),
            text: self.text[range].to_owned(),
        }
    }
}

/// How many paragraphs of running text stand behind each.
pub(super) fn running_behind(paragraphs: &[Paragraph<'_>]) -> Vec<usize> {
    let mut behind = vec![0; paragraphs.len()];
    let mut count = 0;
    for (index, paragraph) in paragraphs.iter().enumerate().rev() {
        behind[index] = count;
        let text = paragraph.text;
        let ends = text.ends_with(['.', '!', '?', '"', '”', '»', '。', '।']);
        count += usize::from(text.len() >= 80 && ends && !is_of_rights(text));
    }
    behind
}

/// Behind how many of the paragraphs stands another sentence of the article.
pub(super) fn sentences_end(paragraphs: &[Paragraph<'_>]) -> usize {
    let is_sentence = |paragraph: &Paragraph<'_>| {
        let text = paragraph.text;
        let ends = text.ends_with(['.', '!', '?', '"', '”', '»', '。', '।']);
        let mut mentions = paragraph.mentions.iter();
        let signed = mentions.any(|mention| mention.how == Spelled::Sign);
        let opens = text.starts_with(['(', '[', '—', '–', '-', '©', '™']);
        let words = text.split_whitespace().count();
        ends && !signed && !opens && (words > 1 || !text.is_ascii()) && !is_of_rights(text)
    };
    paragraphs.iter().rposition(is_sentence).unwrap_or(0)
}

impl Desk<'_> {
    /// The paragraphs of a text that are not empty, and the agencies whose short form it uses for
    /// something else.
    pub(super) fn paragraphs<'t>(&self, text: &'t str) -> (Vec<Paragraph<'t>>, BTreeSet<usize>) {
        let (first, second) = if text.len() > MOST + END {
            (
                text.floor_char_boundary(MOST),
                text.floor_char_boundary(text.len() - END),
            )
        } else {
            (text.len(), text.len())
        };
        let mut doubtful = BTreeSet::new();
        let mut paragraphs = Vec::new();
        for part in [0..first, second..text.len()] {
            let mentions = self.agencies.mentions(&text[part.clone()]);
            let starts: BTreeSet<usize> = mentions.iter().map(|m| m.start + part.start).collect();
            let within = mentions.iter().filter_map(|m| {
                let from = m.start + part.start;
                let wrap = text[from..m.end + part.start].find('\n')?;
                Some(from + wrap + 1)
            });
            let within: BTreeSet<usize> = within.collect();
            let mut mentions = mentions.into_iter().peekable();
            for Range { start: from, end } in unwrapped(text, part.clone(), &starts, &within) {
                let bare = &text[from..end];
                let mut here: Vec<Mention> = Vec::new();
                while let Some(mention) =
                    mentions.next_if(|mention| mention.end + part.start <= end)
                {
                    let first = mention.start + part.start;
                    if mention.how == Spelled::Homonym {
                        doubtful.insert(mention.agency);
                    } else if first >= from {
                        let mention = Mention {
                            start: first - from,
                            end: mention.end + part.start - from,
                            ..mention
                        };
                        if is_explained(bare, &here, &mention) {
                            doubtful.insert(mention.agency);
                        }
                        here.push(mention);
                    }
                }
                if !bare.is_empty() {
                    paragraphs.push(Paragraph {
                        start: from,
                        text: bare,
                        mentions: here,
                    });
                }
            }
        }
        let title = self.agencies.mentions(&self.article.title);
        let title = title
            .iter()
            .filter(|mention| mention.how == Spelled::Homonym);
        doubtful.extend(title.map(|mention| mention.agency));
        (paragraphs, doubtful)
    }
}

/// The lines of a part of a text, without spaces around them. Lines that are wrapped amid a sentence are one.
/// `agencies` begin there; those that hold a line end go on `within`.
fn unwrapped(
    text: &str,
    part: Range<usize>,
    agencies: &BTreeSet<usize>,
    within: &BTreeSet<usize>,
) -> Vec<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut start = part.start;
    let mut adjacent = false;
    for line in text[part].split('\n') {
        let from = start + (line.len() - line.trim_start().len());
        let end = from + line.trim().len();
        start += line.len() + 1;
        if from == end {
            adjacent = false;
            continue;
        }
        match lines.last_mut() {
            Some(last)
                if adjacent
                    && (within.contains(&from)
                        || is_wrapped(
                            &text[last.clone()],
                            &text[from..end],
                            agencies.contains(&from),
                        )) =>
            {
                last.end = end;
            }
            _ => lines.push(from..end),
        }
        adjacent = true;
    }
    lines
}

/// Whether a bracket explains the initials of a name that is no agency's: "Bank of Nova Scotia (BNS)".
fn is_explained(text: &str, before: &[Mention], mention: &Mention) -> bool {
    let Some(name) = text[..mention.start].strip_suffix('(') else {
        return false;
    };
    let name = name.trim_end();
    // Its own name stands right before the bracket.
    let named = before.last();
    let named =
        named.is_some_and(|other| other.agency == mention.agency && other.how == Spelled::Name);
    let behind = text[mention.end..].starts_with(')');
    let near = &name[name.ceil_char_boundary(name.len().saturating_sub(NAME_BYTES))..];
    behind && !named && explains(near, &text[mention.range()]) && !is_of_agencies(near)
}
