//! What signs a text: paragraphs and ends of them that are credits, and notes that it is an agency's as it came.

use std::ops::Range;

use article::Place;

use super::Desk;
use super::confidence::SIGNED;
use super::line::{CREDIT_BYTES, first_sentence, is_prefixed, is_strict};
use super::paragraphs::Paragraph;
use super::text::Position;
use crate::agencies::{
    Mention, Rest, Share, Spelled, is_dated_caption, is_photographer, is_picture, is_picture_right,
    is_staff, read_credit, syndicated,
};
use crate::words::folded;

/// A caption is not longer, in bytes.
const CAPTION_BYTES: usize = 200;

impl Desk<'_> {
    /// A note that the article is an agency's as it came.
    pub(super) fn note(&mut self, paragraph: &Paragraph<'_>) -> bool {
        let Some((reading, which)) = syndicated(paragraph.text, &paragraph.mentions) else {
            return false;
        };
        let credit = paragraph.credit(Place::SignOff, 0..paragraph.text.len());
        let mention = &paragraph.mentions[which..=which];
        self.add_credit(reading, mention, &credit, SIGNED);
        true
    }

    /// A paragraph that is nothing but a credit.
    pub(super) fn credit_paragraph(&mut self, paragraph: &Paragraph<'_>, at: Position) -> bool {
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
            self.add_credit(Share::Wire, &signs, &credit, SIGNED);
            return true;
        }
        let Some((line, mentions)) = credit_line(paragraph, at) else {
            return false;
        };
        let Some((reading, rest)) = read_credit(line, &mentions, self.outlet()) else {
            return false;
        };
        if !self.is_placed(line, &mentions, rest, at) || !is_strict(line, &mentions, reading, rest)
        {
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
        self.add_credit(reading, &mentions, &credit, SIGNED);
        true
    }

    /// Whether a credit of the text may stand where a line does.
    fn is_placed(&self, line: &str, mentions: &[Mention], rest: Rest, at: Position) -> bool {
        let bracketed =
            line.starts_with(['(', '[']) && line.trim_end_matches('.').ends_with([')', ']']);
        let prefixed = is_prefixed(line);
        // What an unknown word says of an agency amid the text is said of a picture, a map, a table.
        if at.running > 0 && !prefixed && is_labelled(line, mentions) {
            return false;
        }
        // A name alone amid the text is a picture's.
        let bare = rest == Rest::Nothing && !bracketed && !prefixed;
        let ends = at.tail && at.running <= usize::from(!bare);
        let opens = at.first && !(bare && self.signed);
        opens || ends || bracketed || prefixed
    }

    /// What closes a paragraph: `(dpa)`, `(c)AFP/Ann Person`, a sentence that says who contributed.
    pub(super) fn sign_off(
        &mut self,
        paragraph: &Paragraph<'_>,
        at: Position,
    ) -> Option<Range<usize>> {
        let text = paragraph.text;
        let may_close = at.tail && (at.last || !at.first);
        if let Some((which, range)) = signed_with_staff(text, &paragraph.mentions)
            && may_close
        {
            let credit = paragraph.credit(Place::SignOff, range.clone());
            self.add_credit(
                Share::Wire,
                &paragraph.mentions[which..=which],
                &credit,
                SIGNED,
            );
            return Some(range);
        }
        // A caption closes so too, and stands before the text more often than a sign-off.
        let is_caption = text.len() < CAPTION_BYTES && at.running > 1;
        let of_picture = text.len() < 250 && is_picture(text);
        if at.first && !at.last
            || is_caption
            || of_picture
            || is_photographer(text, &paragraph.mentions)
        {
            return None;
        }
        let range = closing(
            text,
            at.tail && !is_list_of_people(text, &paragraph.mentions),
        )?;
        if is_short_form(text, &range, &paragraph.mentions) {
            return None;
        }
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
        // "…, à Osier, mardi. AFP": the last picture's.
        let bare = rest == Rest::Nothing && !line.starts_with(['(', '[', '（', '©']);
        if bare && text.len() < CAPTION_BYTES && is_dated_caption(&text[..range.start]) {
            return None;
        }
        let credit = paragraph.credit(Place::SignOff, range.clone());
        self.add_credit(reading, &mentions, &credit, SIGNED);
        Some(range)
    }
}

/// Whether a bracket holds the short form of the name that stands before it, and is a part of the sentence: "according
/// to Agence France-Presse (AFP)", "the Airports Authority (AA)".
fn is_short_form(text: &str, bracket: &Range<usize>, mentions: &[Mention]) -> bool {
    let inside = text[bracket.clone()].trim_matches(['(', ')', '[', ']', '（', '）', ' ']);
    if inside.len() + 2 > bracket.len() || !inside.chars().all(char::is_alphabetic) {
        return false;
    }
    let before = text[..bracket.start].trim_end();
    if mentions.iter().any(|mention| mention.end == before.len()) {
        return true;
    }
    let words = before.rsplit([' ', '-', '\u{a0}']);
    let initials =
        words.filter_map(|word| word.chars().next().filter(|first| first.is_uppercase()));
    let letters: Vec<char> = inside.chars().rev().flat_map(char::to_uppercase).collect();
    before.ends_with(char::is_alphabetic)
        && letters.len() > 1
        && initials.take(letters.len()).eq(letters.iter().copied())
}

/// An agency with its people in a bracket behind it, at the end of a text: "AGERPRES/(AS - autor: Ann Person, editor: Bob
/// Other)". Which mention it is, and where it all stands.
fn signed_with_staff(text: &str, mentions: &[Mention]) -> Option<(usize, Range<usize>)> {
    let trimmed = text.trim_end_matches(['.', ' ', '\u{a0}']);
    let inside = trimmed.strip_suffix(')')?;
    let open = inside.rfind('(')?;
    let inside = &inside[open + 1..];
    let labels = inside.split(':').rev().skip(1);
    let staff = labels.filter_map(|label| label.split(|c: char| !c.is_alphanumeric()).next_back());
    let mut staff = staff.map(folded);
    let which = mentions.iter().rposition(|mention| mention.end <= open)?;
    let mention = &mentions[which];
    let joint = text[mention.end..open].trim();
    let before = text[..mention.start].trim_end();
    let ends = before.is_empty() || before.ends_with(['.', '!', '?', '"', '”', '“', '»', '…', '/']);
    let signs = ends && matches!(joint, "" | "/") && staff.any(|word| is_staff(&word));
    let named = !matches!(
        mention.how,
        Spelled::Homonym | Spelled::Sign | Spelled::Unnamed
    );
    (signs && named).then_some((which, mention.start..trimmed.len()))
}

/// What of a paragraph may be a credit, with the agencies that it names.
fn credit_line<'t>(paragraph: &Paragraph<'t>, at: Position) -> Option<(&'t str, Vec<Mention>)> {
    let text = paragraph.text;
    let right =
        text.starts_with(['©', '®']) || text.starts_with("Copyright") || text.starts_with("(c)");
    let line = if right { first_sentence(text) } else { text };
    // "© Reuters. FILE PHOTO: ...": the rights are those of the picture.
    let is_picture = right && (is_picture_right(text, &paragraph.mentions) || is_picture(text));
    // At the top or amid the text the rights are a picture's.
    if line.len() > CREDIT_BYTES || is_picture || right && !at.closes {
        return None;
    }
    // What is the agency's own phrase and does not end the text is spoken of.
    let mentions: Vec<Mention> = paragraph
        .mentions
        .iter()
        .filter(|mention| mention.end <= line.len() && mention.how != Spelled::Sign)
        .copied()
        .collect();
    let of_people = is_list_of_people(text, &mentions);
    (!of_people && !is_photographer(line, &mentions)).then_some((line, mentions))
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
