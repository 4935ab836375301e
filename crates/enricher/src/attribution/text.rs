//! What the text itself says: its dateline, its sign-off, its sentences.

use std::collections::BTreeSet;
use std::ops::Range;

use article::{AttributionClass, Place};

use super::Desk;
use super::confidence::{CITED_PERHAPS, CITED_SURELY, NAMED_ABOVE, SIGNED};
use super::line::{CREDIT_BYTES, first_sentence, is_prefixed, is_strict};
use super::paragraphs::{Paragraph, running_behind, sentences_end};
use crate::agencies::{
    Cited, List, Mention, Named, Reading, Rest, Spelled, cited, dateline, heads_list, is_item,
    is_picture, is_picture_right, is_related, read_credit, taken_over,
};
use crate::content::language;

/// Paragraphs at the beginning and at the end of a text in which credits stand.
const HEAD: usize = 6;
const TAIL: usize = 7;
/// An agency's own phrases and rights stand within so many of the last paragraphs.
const CLOSING: usize = 4;
/// A sentence goes over so many lines of a wrapped text, to each side.
const WRAPPED_LINES: usize = 4;
/// Places where other articles' names are given stand within so many of the last paragraphs.
const LAST: usize = 12;

/// Where a paragraph stands.
#[expect(
    clippy::struct_excessive_bools,
    reason = "places overlap in short texts"
)]
#[derive(Clone, Copy)]
struct Standing {
    head: bool,
    first: bool,
    tail: bool,
    last: bool,
    /// Nothing but rights, signs and names stands behind it, and little of it.
    closes: bool,
    /// Paragraphs of running text behind it.
    running: usize,
}

impl Desk<'_> {
    pub(super) fn text(&mut self) {
        let article = self.article;
        let text = article.text.as_str();
        let (paragraphs, doubtful) = self.paragraphs(text);
        let count = paragraphs.len();
        let running = running_behind(&paragraphs);
        let sentences = sentences_end(&paragraphs);
        // A list of links or references was begun, and no running text since.
        let mut list: Option<List> = None;
        let captions: BTreeSet<&str> = article.layout.captions.iter().map(String::as_str).collect();
        let mut dated = false;
        for (index, paragraph) in paragraphs.iter().enumerate() {
            let at = Standing {
                head: index < HEAD,
                first: index < 2,
                tail: index + TAIL >= count,
                last: index + 1 == count,
                closes: index >= sentences && index + CLOSING >= count && (index > 0 || count == 1),
                running: running[index],
            };
            let headed = heads_list(paragraph.text);
            let goes_on = list.filter(|list| list.has(paragraph.text));
            list = headed.or(goes_on);
            if list.is_some()
                || is_item(paragraph.text)
                || captions.contains(paragraph.text)
                || is_related(paragraph.text)
            {
                continue;
            }
            if (at.head || index + LAST >= count)
                && let Some(name) = taken_over(paragraph.text)
            {
                let credit = paragraph.credit(Place::SignOff, 0..paragraph.text.len());
                self.take_over(&paragraph.text[name], &credit);
                continue;
            }
            if paragraph.mentions.is_empty() {
                continue;
            }
            let mut taken: Vec<Range<usize>> = Vec::new();
            if at.head
                && !dated
                && let Some((reading, which, range)) = dateline(
                    paragraph.text,
                    &paragraph.mentions,
                    at.first && at.running > 0,
                )
                && self.is_meant(paragraph, which.clone(), &paragraphs)
            {
                dated = true;
                let credit = paragraph.credit(Place::Dateline, range.clone());
                self.add_reading(reading, &paragraph.mentions[which], &credit, NAMED_ABOVE);
                taken.push(range);
            }
            if taken.is_empty() && self.credit_paragraph(paragraph, at) {
                continue;
            }
            taken.extend(self.sign_off(paragraph, at));
            self.citations(paragraph, &taken, &doubtful);
        }
    }

    /// Whether the short forms of a dateline are the agencies': parties and firms are called so too, and their news
    /// is from their own town.
    fn is_meant(
        &self,
        paragraph: &Paragraph<'_>,
        which: Range<usize>,
        paragraphs: &[Paragraph<'_>],
    ) -> bool {
        let agencies = self.agencies;
        let language = language(self.article);
        let named = |mention: &Mention| {
            let mut all = paragraphs.iter().flat_map(|paragraph| &paragraph.mentions);
            all.any(|other| other.agency == mention.agency && other.how == Spelled::Name)
        };
        let mentions = &paragraph.mentions[which];
        mentions.iter().any(|mention| {
            let place = &paragraph.text[..mention.start];
            agencies.is_from(mention, place)
                || agencies.is_of_language(mention, language) == Some(true)
                || named(mention)
        })
    }

    /// A paragraph that is nothing but a credit.
    fn credit_paragraph(&mut self, paragraph: &Paragraph<'_>, at: Standing) -> bool {
        let text = paragraph.text;
        let signs = paragraph
            .mentions
            .iter()
            .filter(|mention| mention.how == Spelled::Sign);
        let signs: Vec<Mention> = signs.copied().collect();
        // "(Reporting by agencies; editing by ...)" is another's.
        let signed = signs.iter().any(|sign| is_signed(&text[..sign.start]));
        if at.closes && signed && signs.len() == paragraph.mentions.len() {
            let credit = paragraph.credit(Place::SignOff, 0..text.len());
            self.add_reading(Reading::Wire, &signs, &credit, SIGNED);
            return true;
        }
        let right = text.starts_with(['©', '®'])
            || text.starts_with("Copyright")
            || text.starts_with("(c)");
        let line = if right { first_sentence(text) } else { text };
        // "© Reuters. FILE PHOTO: ...": the rights are those of the picture.
        let is_picture = right && (is_picture_right(text) || is_picture(text));
        // At the top or amid the text the rights are a picture's.
        if line.len() > CREDIT_BYTES || is_picture || right && !at.closes {
            return false;
        }
        // What is the agency's own phrase and does not end the text is spoken of.
        let mentions: Vec<Mention> = paragraph
            .mentions
            .iter()
            .filter(|mention| mention.end <= line.len() && mention.how != Spelled::Sign)
            .copied()
            .collect();
        if is_list_of_people(text, &mentions) {
            return false;
        }
        let Some((reading, rest)) = read_credit(line, &mentions, self.outlet()) else {
            return false;
        };
        let bracketed =
            line.starts_with(['(', '[']) && line.trim_end_matches('.').ends_with([')', ']']);
        let prefixed = is_prefixed(line);
        // A name alone amid the text is a picture's.
        let bare = rest == Rest::Nothing && !bracketed && !prefixed;
        let ends = at.tail && at.running <= usize::from(!bare);
        let opens = at.first && !(bare && self.signed);
        let placed = opens || ends || bracketed || prefixed;
        // What an unknown word says of an agency amid the text is said of a picture, a map, a table.
        if at.running > 0 && !prefixed && is_labelled(line, &mentions) {
            return false;
        }
        if !placed || !is_strict(line, &mentions, reading, rest) {
            return false;
        }
        let place = if at.tail && !at.first {
            Place::SignOff
        } else if at.head {
            Place::Byline
        } else {
            Place::CreditLine
        };
        let credit = paragraph.credit(place, 0..text.len());
        self.add_reading(reading, &mentions, &credit, SIGNED);
        true
    }

    /// What closes a paragraph: `(dpa)`, `(c)AFP/Ann Person`, a sentence that says who contributed.
    fn sign_off(&mut self, paragraph: &Paragraph<'_>, at: Standing) -> Option<Range<usize>> {
        let text = paragraph.text;
        // A caption closes so too, and stands before the text more often than a sign-off.
        let is_caption = text.len() < 200 && at.running > 1;
        if at.first && !at.last || is_caption || text.len() < 250 && is_picture(text) {
            return None;
        }
        let range = closing(
            text,
            at.tail && !is_list_of_people(text, &paragraph.mentions),
        )?;
        let mentions: Vec<Mention> = paragraph
            .mentions
            .iter()
            .filter(|mention| mention.start >= range.start && mention.end <= range.end)
            .filter(|mention| at.closes || mention.how != Spelled::Sign)
            .map(|mention| Mention {
                start: mention.start - range.start,
                end: mention.end - range.start,
                ..*mention
            })
            .collect();
        let line = &text[range.clone()];
        let (reading, rest) = read_credit(line, &mentions, self.outlet())?;
        if !is_strict(line, &mentions, reading, rest) {
            return None;
        }
        let credit = paragraph.credit(Place::SignOff, range.clone());
        self.add_reading(reading, &mentions, &credit, SIGNED);
        Some(range)
    }

    /// The sentence in which a mention stands, in bytes of its paragraph. Beyond what was read of the text it is
    /// the paragraph.
    fn sentence(&self, paragraph: &Paragraph<'_>, mention: &Mention) -> Range<usize> {
        let Paragraph { start, text, .. } = *paragraph;
        if start + mention.end > self.body.end {
            return 0..text.len();
        }
        let mut from = self.body.sentence_start(start + mention.start);
        let mut to = self.body.next_sentence(start + mention.end - 1);
        // The lines of a paragraph that has several are wrapped; a line's end ends no sentence of it.
        let wrapped = |at: usize| {
            let inside = at.checked_sub(start).filter(|&at| at <= text.len());
            let before = inside.and_then(|at| text.get(..at));
            before.is_some_and(|before| before.trim_end_matches(' ').ends_with('\n'))
        };
        for _ in 0..WRAPPED_LINES {
            if from > start && wrapped(from) {
                from = self.body.sentence_start(from - 1);
            }
            if wrapped(to) {
                to = self.body.next_sentence(to);
            }
        }
        let to = if to == self.body.end { usize::MAX } else { to };
        from.saturating_sub(start)..(to - start).min(text.len())
    }

    fn citations(
        &mut self,
        paragraph: &Paragraph<'_>,
        taken: &[Range<usize>],
        doubtful: &BTreeSet<usize>,
    ) {
        let agencies = self.agencies;
        for mention in &paragraph.mentions {
            let in_credit = taken.iter().any(|range| range.contains(&mention.start));
            if in_credit || agencies.is_outlet(mention) {
                continue;
            }
            let sentence = self.sentence(paragraph, mention);
            let named = Named {
                mention,
                doubtful: doubtful.contains(&mention.agency),
                capitals: self.capitals,
                in_language: agencies.is_of_language(mention, language(self.article)),
            };
            let Some(how) = cited(paragraph.text, sentence.clone(), named) else {
                continue;
            };
            let confidence = match how {
                Cited::Surely => CITED_SURELY,
                Cited::Perhaps => CITED_PERHAPS,
            };
            let credit = paragraph.credit(Place::Body, shown(paragraph.text, sentence, mention));
            self.add(
                agencies.slug(mention),
                AttributionClass::Cites,
                confidence,
                credit,
            );
        }
    }
}

/// Whether a line is one word, a colon, and agencies: "Chart: AP".
fn is_labelled(line: &str, mentions: &[Mention]) -> bool {
    let first = mentions
        .first()
        .map_or("", |mention| &line[..mention.start]);
    let label = first.trim_end().strip_suffix([':', '：', '／']);
    let last = mentions.last().map_or(0, |mention| mention.end);
    label.is_some_and(|label| {
        !label.trim().is_empty() && !label.trim().contains(char::is_whitespace)
    }) && !line[last..].contains(char::is_alphanumeric)
}

/// Whether a line names people, each with the agency that he works for: "Ann Person (AP), Bob Other (Reuters)",
/// "Winner: Ann Person (AP)".
fn is_list_of_people(text: &str, mentions: &[Mention]) -> bool {
    let bracketed = |mention: &&Mention| {
        text[..mention.start].ends_with('(') && text[mention.end..].starts_with(')')
    };
    let mut bracketed = mentions.iter().filter(bracketed);
    let Some(first) = bracketed.next() else {
        return false;
    };
    let before = text[..first.start].rsplit_once(':');
    let headed = before.is_some_and(|(_, names)| {
        let mut words = names.split_whitespace();
        words.all(|word| !word.starts_with(char::is_lowercase))
    });
    bracketed.next().is_some() || headed && !is_prefixed(text)
}

/// Whether an agency's own phrase ends the text behind this, and is not spoken of in a sentence: "Our Standards:
/// The ...", "(Reporting by ...; editing by ...".
fn is_signed(before: &str) -> bool {
    let part = before.rsplit(['(', '[']).next().unwrap_or(before);
    let part = part.trim();
    let part = part.strip_suffix("The").unwrap_or(part).trim_end();
    part.is_empty() || part.ends_with(':') || is_prefixed(part)
}

/// What stands at a paragraph's end behind its last sentence; in the text's last paragraphs also that
/// sentence itself, where it is short.
fn closing(text: &str, tail: bool) -> Option<Range<usize>> {
    let trimmed = text.trim_end_matches(['.', ' ', '\u{a0}']);
    if let Some(inner) = trimmed.strip_suffix([')', ']', '）']) {
        let open = inner.rfind(['(', '[', '（'])?;
        let before = text[..open].trim_end();
        let ends = before.ends_with(['.', '!', '?', '"', '”', '“', '»', '«', '。', '…', '\'', '’']);
        let short = trimmed.len() - open <= 200;
        return (short && (ends || tail) && !before.is_empty()).then_some(open..trimmed.len());
    }
    if !tail {
        return None;
    }
    let body = text.trim_end_matches(['.', ' ']);
    let end = body
        .char_indices()
        .rev()
        .find(|&(at, c)| match c {
            '。' | '！' | '？' => true,
            '.' | '!' | '?' | '"' | '”' | '»' => {
                let behind = &body[at + c.len_utf8()..];
                behind.starts_with([' ', '©', '(', '—', '–', '\u{a0}', '-'])
            }
            _ => false,
        })
        .map(|(at, c)| at + c.len_utf8())?;
    let from = end + (text[end..].len() - text[end..].trim_start().len());
    (text.len() - from <= CREDIT_BYTES && from < text.len()).then_some(from..text.len())
}

/// So much of a sentence as a reader needs.
fn shown(text: &str, sentence: Range<usize>, mention: &Mention) -> Range<usize> {
    let from = text.floor_char_boundary(mention.start.saturating_sub(100));
    let to = text.floor_char_boundary(mention.end + 100);
    let (start, end) = (sentence.start.max(from), sentence.end.min(to));
    start..start + text[start..end].trim_end().len()
}
