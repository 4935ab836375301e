//! What the text itself says: its dateline, its sign-off, its sentences.

use std::collections::BTreeSet;
use std::ops::Range;

use article::{AttributionClass, Credit, Place};

use super::Desk;
use super::line::{CREDIT_BYTES, first_sentence, is_prefixed, is_strict};
use crate::agencies::{
    Cited, Mention, Named, Reading, Rest, Spelled, cited, dateline, is_picture, is_picture_right,
    is_related, read_credit, taken_over,
};

/// What is looked at of a long text: its beginning and its end, in bytes.
const MOST: usize = 96 << 10;
const END: usize = 4 << 10;
/// Paragraphs at the beginning and at the end of a text in which credits stand.
const HEAD: usize = 6;
const TAIL: usize = 7;
/// Places where other articles' names are given stand within so many of the last paragraphs.
const LAST: usize = 12;

/// A paragraph of the text with its mentions, whose offsets are those of the paragraph.
struct Paragraph<'a> {
    start: usize,
    text: &'a str,
    mentions: Vec<Mention>,
}

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
    /// Paragraphs of running text behind it.
    running: usize,
}

impl Paragraph<'_> {
    fn credit(&self, place: Place, range: Range<usize>) -> Credit {
        Credit {
            place,
            offset: Some((self.start + range.start) as u32),
            text: self.text[range].to_owned(),
        }
    }
}

/// How many paragraphs of running text stand behind each.
fn running_behind(paragraphs: &[Paragraph<'_>]) -> Vec<usize> {
    let mut behind = vec![0; paragraphs.len()];
    let mut count = 0;
    for (index, paragraph) in paragraphs.iter().enumerate().rev() {
        behind[index] = count;
        let text = paragraph.text;
        let ends = text.ends_with(['.', '!', '?', '"', '”', '»', '。', '।']);
        count += usize::from(text.len() >= 80 && ends);
    }
    behind
}

impl Desk<'_> {
    pub(super) fn text(&mut self) {
        let article = self.article;
        let text = article.text.as_str();
        let (paragraphs, doubtful) = self.paragraphs(text);
        let count = paragraphs.len();
        let running = running_behind(&paragraphs);
        let captions: BTreeSet<&str> = article.layout.captions.iter().map(String::as_str).collect();
        let mut dated = false;
        for (index, paragraph) in paragraphs.iter().enumerate() {
            let at = Standing {
                head: index < HEAD,
                first: index < 2,
                tail: index + TAIL >= count,
                last: index + 1 == count,
                running: running[index],
            };
            if captions.contains(paragraph.text) || is_related(paragraph.text) {
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
            {
                dated = true;
                let credit = paragraph.credit(Place::Dateline, range.clone());
                self.add_reading(reading, &paragraph.mentions[which], &credit, 0.95);
                taken.push(range);
            }
            if taken.is_empty() && self.credit_paragraph(paragraph, at) {
                continue;
            }
            taken.extend(self.sign_off(paragraph, at));
            self.citations(paragraph, &taken, &doubtful);
        }
    }

    /// The paragraphs of a text that are not empty, and the agencies whose short form it uses for
    /// something else.
    fn paragraphs<'t>(&self, text: &'t str) -> (Vec<Paragraph<'t>>, BTreeSet<usize>) {
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
            let mut mentions = mentions.into_iter().peekable();
            let mut start = part.start;
            for line in text[part.clone()].split('\n') {
                let end = start + line.len();
                let bare = line.trim();
                let from = start + (line.len() - line.trim_start().len());
                let mut here = Vec::new();
                while let Some(mention) =
                    mentions.next_if(|mention| mention.end + part.start <= end)
                {
                    let (first, last) = (mention.start + part.start, mention.end + part.start);
                    if mention.how == Spelled::Homonym {
                        doubtful.insert(mention.agency);
                    } else if first >= from && last <= from + bare.len() {
                        here.push(Mention {
                            start: first - from,
                            end: last - from,
                            ..mention
                        });
                    }
                }
                start = end + 1;
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

    /// A paragraph that is nothing but a credit.
    fn credit_paragraph(&mut self, paragraph: &Paragraph<'_>, at: Standing) -> bool {
        let text = paragraph.text;
        let signs = paragraph
            .mentions
            .iter()
            .filter(|mention| mention.how == Spelled::Sign);
        let signs: Vec<Mention> = signs.copied().collect();
        // "(Reporting by agencies; editing by ...)" is another's.
        if at.tail && !signs.is_empty() && signs.len() == paragraph.mentions.len() {
            let credit = paragraph.credit(Place::SignOff, 0..text.len());
            self.add_reading(Reading::Wire, &signs, &credit, 0.9);
            return true;
        }
        let right = text.starts_with(['©', '®'])
            || text.starts_with("Copyright")
            || text.starts_with("(c)");
        let line = if right { first_sentence(text) } else { text };
        // "© Reuters. FILE PHOTO: ...": the rights are those of the picture.
        let is_picture = right && (is_picture_right(text) || is_picture(text));
        if line.len() > CREDIT_BYTES || is_picture || right && !at.tail {
            return false;
        }
        let mentions: Vec<Mention> = paragraph
            .mentions
            .iter()
            .filter(|mention| mention.end <= line.len())
            .copied()
            .collect();
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
        self.add_reading(reading, &mentions, &credit, 0.9);
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
        let range = closing(text, at.tail)?;
        let mentions: Vec<Mention> = paragraph
            .mentions
            .iter()
            .filter(|mention| mention.start >= range.start && mention.end <= range.end)
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
        self.add_reading(reading, &mentions, &credit, 0.9);
        Some(range)
    }

    /// The sentence in which a mention stands, in bytes of its paragraph. Beyond what was read of the text it is
    /// the paragraph.
    fn sentence(&self, paragraph: &Paragraph<'_>, mention: &Mention) -> Range<usize> {
        let Paragraph { start, text, .. } = *paragraph;
        if start + mention.end > self.body.end {
            return 0..text.len();
        }
        let from = self.body.sentence_start(start + mention.start);
        let to = self.body.next_sentence(start + mention.end - 1);
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
            };
            let Some(how) = cited(paragraph.text, sentence.clone(), named) else {
                continue;
            };
            let confidence = if how == Cited::Surely { 0.7 } else { 0.6 };
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
