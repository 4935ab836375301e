//! Where a text names agencies: one pass of the automaton, then case and neighbours.

use std::borrow::Cow;
use std::ops::Range;

use super::namesakes::is_of_another;
use super::{Agencies, Spelled, Spelling};

/// A place of a text that names an agency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Index in the table; beyond it for "agencies".
    pub agency: usize,
    /// How it is spelled.
    pub how: Spelled,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
    /// It stands apart from other letters; else it is glued to them, as lines of a page may be.
    pub apart: bool,
}

impl Mention {
    pub(crate) fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

impl Agencies {
    /// Every mention in `text`, in order, none within another. Short forms for datelines are none.
    pub(crate) fn mentions(&self, text: &str) -> Vec<Mention> {
        let mut mentions = self.mentions_and_datelines(text);
        mentions.retain(|mention| mention.how != Spelled::Dateline);
        mentions
    }

    /// The same with the short forms that count in datelines alone.
    pub(crate) fn mentions_and_datelines(&self, text: &str) -> Vec<Mention> {
        let flat = flat(text);
        let found = self.automaton.find_iter(flat.as_ref());
        let mut as_words: Vec<bool> = Vec::new();
        let mentions: Vec<Mention> = found
            .filter_map(|found| {
                let (start, end) = (found.start(), found.end());
                let here = flat.get(start..end)?;
                let spellings = &self.patterns[found.pattern().as_usize()];
                let fits = spellings
                    .iter()
                    .find(|spelling| spelling.text == here)
                    .or_else(|| spellings.iter().find(|spelling| spelling.how.in_any_case()))?;
                // Of short forms and phrases two lines may each have a part.
                if fits.how != Spelled::Name && text[start..end].contains('\n') {
                    return None;
                }
                let apart = stands_apart(text, start, end);
                // Lines are glued at their ends: "JANE ROEAssociated Press", "Associated PressMay 3".
                let glued =
                    fits.how == Spelled::Name && here.len() >= 8 && is_glued(text, start, end);
                if !(apart || glued) {
                    return None;
                }
                let is_word = |spelling: &Spelling| spelling.text.contains(char::is_lowercase);
                as_words.push(spellings.iter().any(is_word));
                Some(Mention {
                    agency: fits.agency,
                    how: fits.how,
                    start,
                    end,
                    apart,
                })
            })
            .collect();
        // "Belga AFP": what follows an agency may be another one.
        let starts: Vec<usize> = mentions.iter().skip(1).map(|next| next.start).collect();
        let mut index = 0;
        mentions
            .into_iter()
            .filter(|mention| {
                let next = starts.get(index).copied();
                let as_word = as_words[index];
                index += 1;
                next == Some(mention.end + 1) || !is_of_another(text, mention, as_word)
            })
            .collect()
    }
}

/// The text with a space for each line end that parts no paragraphs, so that names are found which are wrapped.
/// Every byte stays where it is.
pub(super) fn flat(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') {
        return Cow::Borrowed(text);
    }
    let mut flat = String::with_capacity(text.len());
    let mut before = '\n';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let alone = c == '\n' && before != '\n' && chars.peek() != Some(&'\n');
        flat.push(if alone { ' ' } else { c });
        before = c;
    }
    Cow::Owned(flat)
}

/// Whether letters before or after belong to the same word. Scripts without spaces part words by
/// nothing; Arabic, Hebrew and Korean glue particles to names, Slavic, Baltic and Finnic languages endings.
fn stands_apart(text: &str, start: usize, end: usize) -> bool {
    let inner = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let first = text[start..].chars().next();
    let last = text[..end].chars().next_back();
    // A part of an address, or of a number: dpa.com, AB.204.
    let dotted = matches!(after, Some('.' | '@' | '_'))
        && text[end + 1..].starts_with(char::is_alphanumeric);
    let dotted = dotted
        || matches!(before, Some('@' | '#' | '_'))
        || before == Some('.') && last.is_some_and(|c| c.is_ascii_lowercase());
    if dotted && !text[..start].trim_end().is_empty() {
        return false;
    }
    let joined_before = inner(before) && inner(first) && same_script(before, first);
    let joined_after = inner(after) && inner(last) && same_script(last, after);
    if joined_before && !is_prefixed(text, start) {
        return false;
    }
    !joined_after || is_inflected(text, start, end)
}

fn same_script(a: Option<char>, b: Option<char>) -> bool {
    let (Some(a), Some(b)) = (a, b) else {
        return false;
    };
    let script = |c: char| match c {
        '\u{0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Some(0),
        '\u{370}'..='\u{3ff}' => Some(1),
        '\u{400}'..='\u{52f}' => Some(2),
        '\u{590}'..='\u{5ff}' => Some(3),
        '\u{600}'..='\u{77f}' => Some(4),
        '\u{900}'..='\u{dff}' => Some(5),
        // Thai to Korean: what stands beside a name is another word or a particle.
        _ => None,
    };
    script(a).is_some() && script(a) == script(b)
}

/// Arabic and Hebrew write "to", "and", "in" as a letter or two before the name.
fn is_prefixed(text: &str, start: usize) -> bool {
    let before: Vec<char> = text[..start]
        .chars()
        .rev()
        .take_while(|c| c.is_alphabetic())
        .take(4)
        .collect();
    before.len() <= 3 && before.iter().all(|c| "وفبلكالבלמהוש".contains(*c))
}

/// A name with an ending: Reutersa, Reutersille, Интерфаксу.
fn is_inflected(text: &str, start: usize, end: usize) -> bool {
    let ending = text[end..].chars().take_while(|c| c.is_alphanumeric());
    let mut length = 0;
    for c in ending {
        length += 1;
        if !c.is_lowercase() || length > 4 {
            return false;
        }
    }
    text[start..end].chars().count() >= 5 && length > 0
}

/// Whether a name is glued to letters only where their case shows two lines.
fn is_glued(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let starts =
        !before.is_some_and(char::is_alphanumeric) || text[start..].starts_with(char::is_uppercase);
    let ends = after.is_none_or(|c| !c.is_lowercase());
    starts && ends
}
