//! Moments as pages write them.

use std::collections::HashMap;
use std::sync::LazyLock;

use article::Precision;
use jiff::Timestamp;
use jiff::civil::{self, Date};
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::Offset;

use super::{Moment, calendar};
use crate::fold;

/// How a language orders the numbers of `3/4/2026`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

impl Order {
    /// Month first in English that is not said to be British or the like.
    pub(super) fn of(language: Option<&str>) -> Self {
        match language {
            Some("en" | "en-us" | "en-ca") => Self::MonthFirst,
            _ => Self::DayFirst,
        }
    }
}

/// Reads a moment in one of the forms that pages use.
pub(super) fn moment(text: &str, order: Order) -> Option<Moment> {
    let text = text.trim();
    let found = standard(text)
        .or_else(|| digits(text))
        .or_else(|| scan(text, order))?;
    found.is_plausible().then_some(found)
}

/// ISO 8601, with or without time and zone, and RFC 2822.
fn standard(text: &str) -> Option<Moment> {
    if let Ok(pieces) = Pieces::parse(text) {
        let date = pieces.date();
        let Some(time) = pieces.time() else {
            return Moment::on(date);
        };
        let offset = match pieces.offset() {
            Some(PiecesOffset::Numeric(offset)) => Some(offset.offset()),
            Some(_) => Some(Offset::UTC),
            None => None,
        };
        return Moment::local(date.to_datetime(time), precision(text), offset);
    }
    let zoned = jiff::fmt::rfc2822::parse(text).ok()?;
    let offset = Some(zoned.offset());
    Moment::local(zoned.datetime(), Precision::Second, offset)
}

/// A clock that shows two colons shows seconds.
fn precision(text: &str) -> Precision {
    let clock = text
        .split_once(['T', ' ', 't'])
        .map_or("", |(_, clock)| clock);
    let clock = clock.split(['+', '-', 'Z', 'z']).next().unwrap_or_default();
    let is_compact = clock.len() >= 6 && !clock.contains(':');
    if clock.matches(':').count() >= 2 || is_compact {
        Precision::Second
    } else {
        Precision::Minute
    }
}

/// Seconds or milliseconds since 1970, `20260517`, `20260517093000`.
fn digits(text: &str) -> Option<Moment> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    match text.len() {
        10 => Timestamp::from_second(text.parse().ok()?)
            .ok()
            .map(Moment::of),
        13 => Timestamp::from_millisecond(text.parse().ok()?)
            .ok()
            .map(Moment::of),
        8 | 14 => {
            let date = Date::new(part(0, 4)?, part(4, 6)? as i8, part(6, 8)? as i8).ok()?;
            Moment::on(date)
        }
        _ => None,
    }
}

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
#[derive(Debug)]
enum Token {
    Number(i16, usize),
    Month(i8),
    Filler,
    /// One character between two others.
    Sign(char),
    Word,
}

/// Finds the first date in running text; a clock time behind it counts, without zone.
pub(super) fn scan(text: &str, order: Order) -> Option<Moment> {
    find(&tokens(fold::prefix(text, SCANNED)), order).next()
}

/// The days of all dates in running text.
pub(super) fn days(text: &str, order: Order) -> Vec<Date> {
    let tokens = tokens(fold::prefix(text, SCANNED));
    find(&tokens, order).map(|moment| moment.day).collect()
}

/// How far into a text dates are looked for, in bytes.
const SCANNED: usize = 400;

fn find(tokens: &[Token], order: Order) -> impl Iterator<Item = Moment> {
    (0..tokens.len()).filter_map(move |at| {
        let rest = &tokens[at..];
        let (year, month, day, used) = numeric(rest, order).or_else(|| worded(rest))?;
        let date = calendar::gregorian(year, month, day)?;
        let moment = match clock(&tokens[at + used..]) {
            Some(time) => Moment::local(date.to_datetime(time), Precision::Minute, None)?,
            None => Moment::on(date)?,
        };
        moment.is_plausible().then_some(moment)
    })
}

/// Year, month, day, and how many tokens they take.
type Found = (i16, i8, i8, usize);

/// `2026-05-17`, `17.05.2026`, `5/17/2026`, `17.05.26`.
fn numeric(tokens: &[Token], order: Order) -> Option<Found> {
    use Token::{Number, Sign};
    let [
        Number(first, long),
        Sign(sign),
        Number(second, middle @ 1..=2),
        Sign(again),
        Number(third, last),
        ..,
    ] = tokens
    else {
        return None;
    };
    let (first, second, third) = (*first, *second, *third);
    let short = *middle == 2 && !matches!(tokens.get(5), Some(Sign('.')));
    match (long, last) {
        (4, 1..=2)
            if matches!(
                (sign, again),
                ('-', '-') | ('/', '/') | ('.', '.') | ('年', '月')
            ) =>
        {
            Some((first, second as i8, third as i8, 5))
        }
        (1..=2, 4) if sign == again && matches!(sign, '.' | '/' | '-') => {
            let month_first =
                (*sign == '/' && order == Order::MonthFirst && first <= 12) || second > 12;
            let (month, day) = if month_first {
                (first, second)
            } else {
                (second, first)
            };
            Some((third, month as i8, day as i8, 5))
        }
        // With two digits throughout: `1.2.20` is a version of something.
        (2, 2) if (*sign, *again) == ('.', '.') && short => {
            let century = if third < 70 { 2000 } else { 1900 };
            Some((century + third, second as i8, first as i8, 5))
        }
        _ => None,
    }
}

/// `May 17th, 2026`, `17. Mai 2026`, `17 de mayo de 2026`.
fn worded(tokens: &[Token]) -> Option<Found> {
    use Token::{Filler, Month, Number, Sign};
    // `17 tháng 5 năm 2026`, `17 de 5 de 2026`.
    if let [
        Number(day, 1..=2),
        Filler,
        Number(month, 1..=2),
        Filler,
        Number(year, 4),
        ..,
    ] = tokens
    {
        return Some((*year, *month as i8, *day as i8, 5));
    }
    let (year, month, day, used) = match tokens {
        [Month(m), Number(d, 1..=2), Number(y, 4), ..]
        | [Number(d, 1..=2), Month(m), Number(y, 4), ..] => (y, m, d, 3),
        [Month(m), Number(d, 1..=2), Filler, Number(y, 4), ..]
        | [Number(d, 1..=2), Filler, Month(m), Number(y, 4), ..]
        | [Number(d, 1..=2), Month(m), Filler, Number(y, 4), ..] => (y, m, d, 4),
        // The month by both of its names, as Arabic does.
        [
            Number(d, 1..=2),
            Month(_),
            Sign('/'),
            Month(m),
            Number(y, 4),
            ..,
        ]
        | [Number(d, 1..=2), Filler, Month(m), Filler, Number(y, 4), ..] => (y, m, d, 5),
        _ => return None,
    };
    Some((*year, *month, *day as i8, used))
}

/// `09:30` within the next few tokens.
fn clock(tokens: &[Token]) -> Option<civil::Time> {
    use Token::{Number, Sign};
    for window in tokens.windows(3).take(4) {
        if let [Number(hour, 1..=2), Sign(':'), Number(minute, 2)] = window {
            return civil::Time::new(*hour as i8, *minute as i8, 0, 0).ok();
        }
    }
    None
}

fn tokens(text: &str) -> Vec<Token> {
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
            let name = rest[..end].trim_end_matches('.').to_lowercase();
            found.push(word(&name, after_number));
            end
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

fn word(word: &str, after_number: bool) -> Token {
    match word {
        // The T between day and time, the ordinal behind a day, the preposition before a month: none of
        // them parts a date.
        "st" | "nd" | "rd" | "th" | "t" | "er" if after_number => Token::Filler,
        "de" | "of" | "del" | "tháng" | "năm" => Token::Filler,
        word => month(word).map_or(Token::Word, Token::Month),
    }
}

/// The number of a month by its name, which may have a preposition before it, as in Hebrew.
fn month(word: &str) -> Option<i8> {
    let bare = || MONTHS.get(word.strip_prefix('ב')?);
    MONTHS.get(word).or_else(bare).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, instant: &str, day: &str) {
        let found = moment(text, Order::DayFirst).unwrap_or_else(|| panic!("no date in {text}"));
        assert_eq!(
            (
                found.instant.to_string().as_str(),
                found.day.to_string().as_str()
            ),
            (instant, day),
            "{text}"
        );
    }

    #[test]
    fn the_forms_that_pages_use() {
        check(
            "2026-05-17T00:30:00+02:00",
            "2026-05-16T22:30:00Z",
            "2026-05-17",
        );
        check("2026-05-17T08:00:00Z", "2026-05-17T08:00:00Z", "2026-05-17");
        check("2026-05-17 08:00:00", "2026-05-17T08:00:00Z", "2026-05-17");
        check("2026-05-17", "2026-05-17T00:00:00Z", "2026-05-17");
        check(
            "Sun, 17 May 2026 08:00:00 +0000",
            "2026-05-17T08:00:00Z",
            "2026-05-17",
        );
        check("1779004800", "2026-05-17T08:00:00Z", "2026-05-17");
        check("20260517", "2026-05-17T00:00:00Z", "2026-05-17");
        check("2026/5/7 9:05", "2026-05-07T09:05:00Z", "2026-05-07");
        check(
            "17.05.2026, 08:15 Uhr",
            "2026-05-17T08:15:00Z",
            "2026-05-17",
        );
        check(
            "Sonntag, 17. Mai 2026",
            "2026-05-17T00:00:00Z",
            "2026-05-17",
        );
        check("May 17th, 2026", "2026-05-17T00:00:00Z", "2026-05-17");
        check("17 de mayo de 2026", "2026-05-17T00:00:00Z", "2026-05-17");
        check("2026年5月17日", "2026-05-17T00:00:00Z", "2026-05-17");
        check("5/17/2026", "2026-05-17T00:00:00Z", "2026-05-17");
        check("Von: X | 17.05.26", "2026-05-17T00:00:00Z", "2026-05-17");
        check("17 مايو 2026", "2026-05-17T00:00:00Z", "2026-05-17");
        check("17 أيار / مايو 2026", "2026-05-17T00:00:00Z", "2026-05-17");
        check("2026년 5월 17일", "2026-05-17T00:00:00Z", "2026-05-17");
        check("17 במאי 2026", "2026-05-17T00:00:00Z", "2026-05-17");
        check("१७ मई २०२६", "2026-05-17T00:00:00Z", "2026-05-17");
        check("১৭ মে ২০২৬", "2026-05-17T00:00:00Z", "2026-05-17");
        check("17 พ.ค. 2569", "2026-05-17T00:00:00Z", "2026-05-17");
        check("17 พฤษภาคม 2569", "2026-05-17T00:00:00Z", "2026-05-17");
        check(
            "یکشنبه ۲۷ اردیبهشت ۱۴۰۵",
            "2026-05-17T00:00:00Z",
            "2026-05-17",
        );
        check("17 tháng 5 năm 2026", "2026-05-17T00:00:00Z", "2026-05-17");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "yesterday",
            "0000-00-00",
            "1.2.3",
            "1.2.26",
            "10.12.20.1",
            "99999999",
            "2026-13-45",
            "¼½年",
        ] {
            assert_eq!(moment(text, Order::DayFirst), None, "{text}");
        }
    }
}
