//! Moments as pages write them.

use std::collections::HashMap;
use std::sync::LazyLock;

use article::Precision;
use jiff::Timestamp;
use jiff::civil::{self, Date};
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::Offset;

use super::Moment;
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
    let tokens = tokens(fold::prefix(text, 400));
    for at in 0..tokens.len() {
        let found = numeric(&tokens[at..], order).or_else(|| worded(&tokens[at..]));
        let Some((year, month, day, used)) = found else {
            continue;
        };
        let Ok(date) = Date::new(year, month, day) else {
            continue;
        };
        let moment = match clock(&tokens[at + used..]) {
            Some(time) => Moment::local(date.to_datetime(time), Precision::Minute, None)?,
            None => Moment::on(date)?,
        };
        if moment.is_plausible() {
            return Some(moment);
        }
    }
    None
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
        let length = if c.is_ascii_digit() {
            let end = rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len());
            let number = rest[..end].parse().unwrap_or(0);
            found.push(Token::Number(number, end));
            end
        } else if c.is_alphabetic() && !matches!(c, '年' | '月' | '日') {
            let end = rest
                .find(|c: char| !c.is_alphabetic() || matches!(c, '年' | '月' | '日'))
                .unwrap_or(rest.len());
            let word = rest[..end].to_lowercase();
            let after_number = matches!(found.last(), Some(Token::Number(..)));
            found.push(match word.as_str() {
                // The T between day and time, the ordinal behind a day, the preposition before a
                // month: none of them parts a date.
                "st" | "nd" | "rd" | "th" | "t" if after_number => Token::Filler,
                "de" | "of" | "del" => Token::Filler,
                word => MONTHS
                    .get(word)
                    .map_or(Token::Word, |month| Token::Month(*month)),
            });
            end
        } else {
            // Commas and full stops beside space are punctuation, not part of a numeric date.
            let next_is_digit = rest[c.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
            if !c.is_whitespace() && c != ',' && (next_is_digit || c != '.') {
                found.push(Token::Sign(c));
            }
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    found
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
