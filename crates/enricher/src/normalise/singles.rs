//! Quotations between single marks, which are apostrophes as well.

use super::Mark;
use super::signs::{Shape, is_gap, is_stop, opens_behind};
use super::spans::{Span, trimmed};
use crate::lexicon::Small;

/// A single quotation mark is looked for so many bytes behind the one that opened.
const LONGEST_SINGLE: usize = 2_000;

/// The single marks of a paragraph: those that may open, and where each may end.
///
/// What may end is gathered once: looked for anew behind each that opens, a line of a million opening marks would be
/// read a million times.
pub(super) struct Singles<'t> {
    text: &'t str,
    opening: Vec<Opening>,
    /// What ends each kind of opening mark.
    closing: [Vec<Closing>; KINDS],
}

#[derive(Clone, Copy)]
struct Opening {
    at: usize,
    sign: char,
}

#[derive(Clone, Copy)]
struct Closing {
    at: usize,
    /// Behind the mark.
    behind: usize,
    /// It may be a plural's genitive: the Smiths' house.
    genitive: bool,
    /// A word in small letters follows.
    goes_on: bool,
    /// A mark of punctuation stands beside it, or the line ends: an apostrophe has a word on both sides as a rule.
    at_stop: bool,
}

/// A word that is written with an apostrophe at its beginning is not longer, in bytes.
const LONGEST_ELIDED: usize = 12;

/// Spaces that may stand between a mark and the word behind it.
const SPACES: usize = 8;

fn goes_on(rest: &str) -> bool {
    let mut behind = rest.chars().take(SPACES).skip_while(|&c| c == ' ');
    behind.next().is_some_and(char::is_lowercase)
}

/// So many kinds there are of what closes.
const KINDS: usize = 5;

/// The kind of what closes, by what opens.
fn kind(open: char) -> usize {
    match open {
        '‹' => 0,
        '‚' => 1,
        '’' => 2,
        '›' => 3,
        _ => 4,
    }
}

/// Whether a word begins with an apostrophe because letters were left out, or may: ’t, ’s, ’ndrangheta. Behind a mark
/// of the same look it may be the first of a quotation: ’Det är bra’.
fn is_elided(rest: &str) -> bool {
    let end = rest.find(|c: char| !c.is_alphanumeric());
    let word = &rest[..end.unwrap_or(rest.len())];
    word.len() <= LONGEST_ELIDED && Small::Elided.has(&word.to_lowercase())
}

fn single(open: Opening, close: Closing) -> Span {
    Span {
        open: open.at,
        start: open.at + open.sign.len_utf8(),
        end: close.at,
        close: close.behind,
        shape: Shape::Single,
        left_open: false,
    }
}

impl<'t> Singles<'t> {
    pub(super) fn of(text: &'t str, (start, end): (usize, usize), signs: &[Mark]) -> Self {
        let mut singles = Self {
            text,
            opening: Vec::new(),
            closing: [const { Vec::new() }; KINDS],
        };
        for &Mark { at, sign, .. } in signs {
            if !matches!(sign, '\'' | '‘' | '’' | '‚' | '‹' | '›') || at as usize >= end {
                continue;
            }
            let at = at as usize;
            let behind = at + sign.len_utf8();
            let before = text[start..at].chars().next_back();
            let after = text[behind..end].chars().next();
            let opens = matches!(sign, '\'' | '‘' | '’' | '‚' | '‹' | '›')
                && before.is_none_or(|c| is_gap(c) && !matches!(c, '\'' | '’'))
                && after.is_some_and(|c| c.is_alphanumeric() || opens_behind(c) || c == '…')
                && !(matches!(sign, '\'' | '’') && after.is_some_and(char::is_numeric))
                && !(sign == '’' && is_elided(&text[behind..end]));
            if opens {
                singles.opening.push(Opening { at, sign });
            }
            let closes = before.is_some_and(|c| !c.is_whitespace())
                && !after.is_some_and(char::is_alphanumeric);
            if closes {
                let genitive = matches!(before, Some('s' | 'S'));
                let closing = Closing {
                    at,
                    behind,
                    genitive,
                    goes_on: goes_on(&text[behind..]),
                    at_stop: before.is_some_and(is_stop) || after.is_none_or(is_stop),
                };
                singles.closes(sign, closing);
            }
        }
        singles
    }

    fn closes(&mut self, sign: char, closing: Closing) {
        if sign == '›' {
            let closing = Closing {
                genitive: false,
                ..closing
            };
            self.closing[kind('‹')].push(closing);
        }
        if matches!(sign, '‘' | '’' | '\'') {
            self.closing[kind('‚')].push(closing);
        }
        if matches!(sign, '’' | '\'') {
            self.closing[kind('‘')].push(closing);
        }
        if sign == '’' && closing.at_stop {
            self.closing[kind('’')].push(closing);
        }
        if sign == '‹' {
            let closing = Closing {
                genitive: false,
                ..closing
            };
            self.closing[kind('›')].push(closing);
        }
    }

    /// Quotations between single marks, where no double ones are: British habit. An apostrophe is the same
    /// character, so one ends only what it can, and the first that is no plural's genitive.
    pub(super) fn between(&self, start: usize, end: usize, spans: &mut Vec<Span>) {
        let mut reached = start;
        let first = self.opening.partition_point(|open| open.at < start);
        for open in &self.opening[first..] {
            if open.at >= end {
                break;
            }
            if open.at < reached {
                continue;
            }
            let words = open.at + open.sign.len_utf8();
            let Some(close) = self.end(open.sign, words, end) else {
                continue;
            };
            spans.push(trimmed(self.text, single(*open, close)));
            reached = close.behind;
        }
    }

    /// The quotation between single marks that opens before a double one and ends behind it, with punctuation:
    /// ‘He said “no” and left,’ she said.
    pub(super) fn around(&self, start: usize, inner: &Span, end: usize) -> Option<Span> {
        let first = self.opening.partition_point(|open| open.at < start);
        let before = &self.opening[first..];
        let count = before.partition_point(|open| open.at < inner.open);
        // Only the last that opens is looked at: each is then looked at once.
        let open = before[..count].last()?;
        let words = open.at + open.sign.len_utf8();
        if self.end(open.sign, words, inner.open).is_some() {
            return None;
        }
        let closing = &self.closing[kind(open.sign)];
        let first = closing.partition_point(|close| close.at < inner.close);
        let limit = end.min(words + LONGEST_SINGLE);
        let close = closing[first..]
            .iter()
            .take_while(|close| close.at < limit)
            .find(|close| self.text[..close.at].ends_with([',', '.', '!', '?', '…']))?;
        Some(trimmed(self.text, single(*open, *close)))
    }

    fn end(&self, open: char, start: usize, end: usize) -> Option<Closing> {
        let closing = &self.closing[kind(open)];
        let first = closing.partition_point(|close| close.at <= start);
        let limit = end.min(start + LONGEST_SINGLE);
        let within = closing[first..].iter().take_while(|close| close.at < limit);
        let mut genitive = None;
        for close in within {
            if !close.genitive {
                return Some(*close);
            }
            // An apostrophe that a word goes on behind is one, where one opened: 'Tis the students' house.
            let sure = !matches!(open, '\'' | '’') || !close.goes_on;
            genitive = genitive.or_else(|| sure.then_some(*close));
        }
        genitive
    }
}
