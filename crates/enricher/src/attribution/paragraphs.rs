//! The paragraphs of a text, with the agencies that each names.

use std::collections::BTreeSet;
use std::ops::Range;

use article::{Credit, Place};

use super::Desk;
use crate::agencies::{
    Mention, Spelled, explains, is_of_agencies, is_of_person, is_of_rights, is_spelled_out,
    is_wrapped,
};

/// What is looked at of a long text: its beginning and its end, in bytes.
const MOST: usize = 96 << 10;
const END: usize = 4 << 10;
/// A name whose initials are explained is not longer, in bytes.
const NAME_BYTES: usize = 80;
/// A line of initials is not longer, in bytes.
const INITIALS_BYTES: usize = 40;

/// A paragraph of the text with its mentions, whose offsets are those of the paragraph.
pub(super) struct Paragraph<'a> {
    pub start: usize,
    pub text: &'a str,
    pub mentions: Vec<Mention>,
    /// The same with short forms that count in datelines alone, where there are any.
    pub datelines: Option<Vec<Mention>>,
}

impl<'a> Paragraph<'a> {
    fn of(start: usize, text: &'a str, found: Vec<Mention>) -> Self {
        let counts = |mention: &Mention| mention.how != Spelled::Dateline;
        let mentions: Vec<Mention> = found.iter().copied().filter(counts).collect();
        Self {
            start,
            text,
            datelines: (mentions.len() < found.len()).then_some(found),
            mentions,
        }
    }

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

/// How many paragraphs there are without those at the end that are nothing but the initials of whoever wrote and
/// edited: "abc/ def/".
pub(super) fn without_initials(paragraphs: &[Paragraph<'_>]) -> usize {
    let is_initials = |paragraph: &Paragraph<'_>| {
        let mut words = paragraph.text.split(|c: char| !c.is_alphanumeric());
        paragraph.text.len() <= INITIALS_BYTES
            && paragraph.text.contains('/')
            && paragraph.mentions.is_empty()
            && words.all(|word| word.chars().count() <= 4 && word.chars().all(char::is_lowercase))
    };
    let kept = paragraphs
        .iter()
        .rposition(|paragraph| !is_initials(paragraph));
    kept.map_or(0, |kept| kept + 1)
}

impl Desk<'_> {
    /// The paragraphs of a text that are not empty, and the agencies that others of it are called like.
    pub(super) fn paragraphs<'t>(&self, text: &'t str) -> (Vec<Paragraph<'t>>, Namesakes) {
        let (first, second) = if text.len() > MOST + END {
            (
                text.floor_char_boundary(MOST),
                text.floor_char_boundary(text.len() - END),
            )
        } else {
            (text.len(), text.len())
        };
        let mut namesakes = Namesakes::default();
        let mut paragraphs = Vec::new();
        for part in [0..first, second..text.len()] {
            let mentions = self.agencies.mentions_and_datelines(&text[part.clone()]);
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
                        namesakes.things.insert(mention.agency);
                    } else if first >= from {
                        let mention = Mention {
                            start: first - from,
                            end: mention.end + part.start - from,
                            ..mention
                        };
                        let next = mentions.peek();
                        let named = next.is_some_and(|next| {
                            let near = next.start + part.start < end;
                            near && next.agency == mention.agency && next.how == Spelled::Name
                        });
                        if !namesakes.take(bare, &here, &mention, named) {
                            here.push(mention);
                        }
                    }
                }
                if !bare.is_empty() {
                    paragraphs.push(Paragraph::of(from, bare, here));
                }
            }
        }
        let title = self.agencies.mentions(&self.article.title);
        let title = title
            .iter()
            .filter(|mention| mention.how == Spelled::Homonym);
        namesakes.things.extend(title.map(|mention| mention.agency));
        (paragraphs, namesakes)
    }
}

/// The agencies that others in a text are called like.
#[derive(Debug, Default)]
pub(super) struct Namesakes {
    /// Something has their short form.
    pub things: BTreeSet<usize>,
    /// Somebody has their name.
    pub people: BTreeSet<usize>,
}

impl Namesakes {
    /// Takes note of a mention behind others of its paragraph that shows whose name it is; true where that is a person.
    /// `named`: the agency is named again right behind it, as in "PAP, the Polish Press Agency".
    fn take(&mut self, text: &str, before: &[Mention], mention: &Mention, named: bool) -> bool {
        if is_of_person(text, mention) {
            self.people.insert(mention.agency);
            return true;
        }
        let short = matches!(mention.how, Spelled::Code | Spelled::Ambiguous);
        let spelled = short && !named && is_spelled_out(text, mention);
        if mention.how != Spelled::Dateline && (spelled || is_explained(text, before, mention)) {
            self.things.insert(mention.agency);
        }
        false
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
