//! Quotations between single marks, which are apostrophes as well.

use super::marks::{Span, trimmed};
use super::signs::{Shape, is_gap, is_opening};

/// A single quotation mark is looked for so many bytes behind the one that opened.
const LONGEST_SINGLE: usize = 2_000;

/// Quotations between single marks, where no double ones are: British habit. An apostrophe is the same
/// character, so one ends only what it can, and the first that is no plural's genitive.
pub(super) fn singles(text: &str, start: usize, end: usize, spans: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < end {
        if !matches!(bytes[at], b'\'' | 0xe2) {
            at += 1;
            continue;
        }
        let Some(c) = text[at..end].chars().next() else {
            return;
        };
        let next = at + c.len_utf8();
        let before = text[start..at].chars().next_back();
        let after = text[next..end].chars().next();
        let opens = matches!(c, '\'' | '‘' | '‚' | '‹')
            && before.is_none_or(|c| is_gap(c) && !matches!(c, '\'' | '’'))
            && after.is_some_and(|c| c.is_alphanumeric() || is_opening(c) || c == '…')
            && !(c == '\'' && after.is_some_and(char::is_numeric));
        let closed = if opens {
            single_end(text, c, next, end)
        } else {
            None
        };
        at = next;
        if let Some((close, length)) = closed {
            let span = Span {
                open: next - c.len_utf8(),
                start: next,
                end: close,
                close: close + length,
                shape: Shape::Single,
                left_open: false,
            };
            spans.push(trimmed(text, span));
            at = close + length;
        }
    }
}

fn single_end(text: &str, open: char, start: usize, end: usize) -> Option<(usize, usize)> {
    let mut limit = end.min(start + LONGEST_SINGLE);
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let mut before = ' ';
    let mut genitive = None;
    let mut chars = text[start..limit].char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        let ends = match open {
            '‹' => c == '›',
            '‚' => matches!(c, '‘' | '’' | '\''),
            _ => matches!(c, '’' | '\''),
        };
        let after = chars.peek().map(|&(_, c)| c);
        if ends && !before.is_whitespace() && !after.is_some_and(char::is_alphanumeric) {
            let found = (start + offset, c.len_utf8());
            if !matches!(before, 's' | 'S') || open == '‹' {
                return Some(found);
            }
            genitive = genitive.or(Some(found));
        }
        before = c;
    }
    genitive
}
