//! Lines that name agencies and credit nothing: links to other articles, partners, references.

use super::cites::{folded_words, prefix, without_articles};
use super::cues::cues;
use super::pictures::is_picture;
use crate::normalise::goes_on;

/// A link to another article is not longer, in bytes, and what says so stands within its beginning.
const LINK_BYTES: usize = 300;
const LINK_SAYS: usize = 60;

/// Whether a paragraph links to another article, whose source is not this one's: "Related: ...".
pub(crate) fn is_related(paragraph: &str) -> bool {
    if paragraph.len() > LINK_BYTES {
        return false;
    }
    let colon = paragraph.find([':', '：', '|', '»', '>', '→']);
    let cues = cues();
    if let Some(colon) = colon.filter(|&colon| colon <= LINK_SAYS) {
        let head = folded_words(&paragraph[..colon]);
        return cues.related.has(&head) || cues.lists.has(&head);
    }
    // "Read more on Reuters". A sentence may begin with a word of these, but ends.
    let opening = &paragraph[..prefix(paragraph, LINK_SAYS)];
    let opening = folded_words(opening);
    let mut phrases = cues.related.beginning(&opening);
    paragraph.len() <= LINK_SAYS * 2
        && !paragraph.ends_with(['.', '!', '?', '。'])
        && phrases.any(|phrase| phrase.contains(' '))
}

/// What a list is of, by the line at its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    /// Links or partners, a line each.
    Links,
    /// Sources, each with its number: a line without one is a credit.
    References,
}

impl List {
    /// Whether a line goes on with the list.
    pub(crate) fn has(self, line: &str) -> bool {
        let short = line.chars().nth(LINK_SAYS * 2).is_none()
            && !line.ends_with(['.', '!', '?', '。'])
            && !is_signed_off(line);
        let dash = line.strip_prefix(['-', '–', '—']);
        let dashed = dash.is_some_and(|rest| rest.starts_with(' '));
        is_item(line) || dashed || self == Self::Links && short
    }
}

/// Whether a line ends in a bracket that signs a sentence off, or is one: "It rained. (dpa)". A teaser has its
/// agency behind a headline: "Crane topples in Emden (dpa)".
fn is_signed_off(line: &str) -> bool {
    let Some(inner) = line.strip_suffix([')', ']', '）']) else {
        return false;
    };
    let before = inner
        .rfind(['(', '[', '（'])
        .map_or("", |open| &inner[..open]);
    let before = before.trim_end();
    before.is_empty() || before.ends_with(['.', '!', '?', '。', '"', '”', '“', '»', '…'])
}

/// The list that a paragraph is the head of.
pub(crate) fn heads_list(paragraph: &str) -> Option<List> {
    if paragraph.len() > LINK_SAYS {
        return None;
    }
    let cues = cues();
    let head = folded_words(paragraph);
    if cues.related.has(&head) || cues.lists.has(&head) {
        return Some(List::Links);
    }
    cues.references.has(&head).then_some(List::References)
}

/// Whether a line is an item of a list: "1. Reuters: ...", "[2] AFP", "• dpa".
pub(crate) fn is_item(line: &str) -> bool {
    let bullet = line.strip_prefix(['•', '*', '◦', '▪', '·', '‣']);
    if bullet.is_some_and(|rest| rest.starts_with(char::is_whitespace)) {
        return true;
    }
    let inner = line.strip_prefix(['[', '(']).unwrap_or(line);
    let rest = inner.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = inner.len() - rest.len();
    let Some(behind) = rest.strip_prefix(['.', ')', ']', '/']) else {
        return false;
    };
    // "3. März (dpa)" is a day.
    let next = folded_words(&behind[..prefix(behind, LINK_SAYS)]);
    let next = next.split(' ').next().unwrap_or_default();
    (1..=2).contains(&digits) && behind.starts_with(char::is_whitespace) && !cues().dates.has(next)
}

/// Whether a paragraph speaks of rights.
pub(crate) fn is_of_rights(paragraph: &str) -> bool {
    let words = folded_words(&paragraph[..prefix(paragraph, LINK_BYTES)]);
    let mut of_rights = words.split(' ').filter(|word| cues().rights.has(word));
    // One word of them may be about human rights.
    paragraph.contains(['©', '®']) || of_rights.nth(1).is_some()
}

/// Whether a name is that of an agency by its words: "Azerbaijan Press Agency".
pub(crate) fn is_of_agencies(name: &str) -> bool {
    let cues = cues();
    let words = folded_words(name);
    let mut words = words.split(' ');
    words.any(|word| cues.newsroom.has(word) || cues.agency_nouns.has(word))
}

/// So much of a line's end says whether its sentence goes on, in bytes.
const LINE_END: usize = 120;

/// A line that is wrapped has at least so many bytes: shorter ones are headings and names.
const WRAPPED: usize = 20;

/// Whether a line ends in what a picture's credit begins with: "Photo:".
fn is_picture_label(end: &str) -> bool {
    let word = end.strip_suffix([':', '：']).map(str::trim_end);
    let word = word.and_then(|end| end.split(char::is_whitespace).next_back());
    word.is_some_and(is_picture)
}

/// Whether a sentence goes on from one line to the next. `agency`: the next begins with one; the line may be a
/// credit then, unless the first ends in what is said of agencies: "told".
pub(crate) fn is_wrapped(line: &str, next: &str, agency: bool) -> bool {
    let end = &line[line.ceil_char_boundary(line.len().saturating_sub(LINE_END))..];
    // Only so much is looked at: a line may have grown by thousands of others.
    let open = end.rfind(['(', '（']).map(|at| &end[at..]);
    let opened = open.is_some_and(|bracket| !bracket.contains([')', '）']));
    let closes = next[..prefix(next, LINE_END)].find([')', '）', '(', '（']);
    if opened && closes.is_some_and(|at| next[at..].starts_with([')', '）'])) {
        return true;
    }
    if agency && is_picture_label(end) {
        return true;
    }
    let closed = line.ends_with(['.', '!', '?', ':', '。', '"', '”', '»', ')', ']']);
    if closed || line.len() < WRAPPED {
        return false;
    }
    if !agency {
        let word = next.split(char::is_whitespace).next().unwrap_or_default();
        return goes_on(line, next) && !word.contains(['/', '@']);
    }
    let end = folded_words(end);
    let lead = without_articles(&end);
    let cues = cues();
    cues.cited_before.ending(lead).next().is_some()
        || cues.agency_nouns.ending(lead).next().is_some()
        || lead.len() < end.len()
}
