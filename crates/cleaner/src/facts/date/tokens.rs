//! The parts of dates and clocks in running text.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::calendar;
use super::clock::{self, Half, Zone};
use crate::lists::entries;

static MONTHS: LazyLock<HashMap<&'static str, i8>> = LazyLock::new(|| {
    let mut months = HashMap::new();
    for line in include_str!("../../../data/months.txt").lines() {
        let mut words = line.split_whitespace();
        if let Some(Ok(number)) = words.next().map(str::parse) {
            months.extend(words.map(|word| (word, number)));
        }
    }
    months
});

/// A run of digits, a run of letters, or what stands between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Number(i16, usize),
    Month(i8),
    Filler,
    /// One character between two others.
    Sign(char),
    /// Which half of the day a clock of twelve hours shows.
    Half(Half),
    /// What stands behind hours: `9h30`, `21 Uhr`, `9時`.
    Hour,
    /// A zone by its name.
    Zone(Zone),
    Word,
}

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if calendar::digit(c).is_some() {
            let end = rest
                .find(|c: char| calendar::digit(c).is_none())
                .unwrap_or(rest.len());
            let digits = rest[..end].chars().filter_map(calendar::digit);
            let (number, count) = digits.fold((Some(0_i16), 0), |(number, count), digit| {
                let number = number.and_then(|n| n.checked_mul(10)?.checked_add(digit));
                (number, count + 1)
            });
            found.push(Token::Number(number.unwrap_or(0), count));
            end
        } else if is_letter(c) {
            // Thai shortens the names of its months to two letters with full stops.
            let is_thai = ('\u{e00}'..='\u{e7f}').contains(&c);
            let end = rest
                .find(|c| !(is_letter(c) || (is_thai && c == '.')))
                .unwrap_or(rest.len());
            let after_number = matches!(found.last(), Some(Token::Number(..)));
            if let Some((half, length)) = clock::half(rest, end) {
                found.push(Token::Half(half));
                length
            } else {
                let name = rest[..end].trim_end_matches('.');
                found.push(word(name, after_number));
                end
            }
        } else {
            // Commas and full stops beside space are punctuation, not part of a numeric date.
            let next_is_digit = rest[c.len_utf8()..].starts_with(|c| calendar::digit(c).is_some());
            if !c.is_whitespace() && c != ',' && (next_is_digit || c != '.') {
                found.push(Token::Sign(counter(c)));
            }
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    found
}

/// Whether a character is part of a word, as the vowel signs of Indic scripts are. The counters of Chinese,
/// Japanese and Korean dates stand for themselves.
fn is_letter(c: char) -> bool {
    let is_mark = matches!(c, '\u{900}'..='\u{dff}' | '\u{e00}'..='\u{e7f}' | '\u{200c}')
        && calendar::digit(c).is_none();
    (c.is_alphabetic() || is_mark) && counter(c) == c && !matches!(c, '年' | '月' | '日')
}

/// The Chinese counter that says the same.
fn counter(c: char) -> char {
    match c {
        '년' => '年',
        '월' => '月',
        '일' => '日',
        other => other,
    }
}

fn word(written: &str, after_number: bool) -> Token {
    if let Some(zone) = clock::zone(written) {
        return Token::Zone(zone);
    }
    match written.to_lowercase().as_str() {
        // The T between day and time, the ordinal behind a day, the preposition before a month: none of
        // them parts a date.
        "st" | "nd" | "rd" | "th" | "t" | "er" if after_number => Token::Filler,
        "de" | "of" | "del" | "tháng" | "năm" => Token::Filler,
        "h" | "uhr" | "시" | "時" | "时" | "点" | "點" if after_number => Token::Hour,
        word => month(word).map_or(Token::Word, Token::Month),
    }
}

/// Names of days and of their parts, in lower case.
static DAYS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| entries(include_str!("../../../data/days.txt")).collect());

/// Whether a word in lower case names a day or a part of it.
pub(super) fn is_day(word: &str) -> bool {
    DAYS.contains(word)
}

/// The number of a month by its name, which may have a preposition before it, as in Hebrew.
pub(super) fn month(word: &str) -> Option<i8> {
    let bare = || MONTHS.get(word.strip_prefix('ב')?);
    MONTHS.get(word).or_else(bare).copied()
}
