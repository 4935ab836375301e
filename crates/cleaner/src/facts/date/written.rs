//! Moments as pages write them.

use article::Precision;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::Offset;

use super::clock::{self, Clock, clock};
use super::tokens::{Token, tokens};
use super::{Moment, calendar, zoned};
use crate::fold;

/// What a page's language tells of how its dates are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// Whether `3/4/2026` is a day in March.
    is_month_first: bool,
    /// What `IST` stands for there, in seconds from UTC.
    pub(super) ist: Option<i32>,
}

impl Order {
    /// Month first in English that is not said to be British or the like.
    pub(super) fn of(language: Option<&str>) -> Self {
        let language = language.unwrap_or_default();
        let (code, country) = language.split_once('-').unwrap_or((language, ""));
        // India's, Israel's and Ireland's time have one name.
        let ist = match (code, country) {
            ("he" | "iw", _) => Some(2 * 3600),
            (_, "in")
            | ("hi" | "bn" | "mr" | "ta" | "te" | "gu" | "kn" | "ml" | "pa" | "or", _) => {
                Some(5 * 3600 + 1800)
            }
            _ => None,
        };
        Self {
            is_month_first: matches!(language, "en" | "en-us" | "en-ca"),
            ist,
        }
    }
}

/// Reads a moment in one of the forms that pages use.
pub(super) fn moment(text: &str, order: Order) -> Option<Moment> {
    let mended = zoned::mended(text.trim());
    let text = mended.as_deref().unwrap_or_else(|| text.trim());
    // Mail takes a zone that it does not know for UTC.
    let is_zoned = text.rsplit(' ').next().is_some_and(clock::is_zone);
    let zoned = || scan(text, order).filter(|_| is_zoned);
    let found = zoned()
        .or_else(|| standard(text))
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

/// A clock with two colons shows seconds, and so does one of six digits without any.
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
        length @ (8 | 12 | 14) => {
            let date = Date::new(part(0, 4)?, part(4, 6)? as i8, part(6, 8)? as i8).ok()?;
            if length == 8 {
                return Moment::on(date);
            }
            let (hour, minute) = (part(8, 10)?, part(10, 12)?);
            let second = part(12, 14).unwrap_or(0);
            let time = Time::new(hour as i8, minute as i8, second as i8, 0).ok()?;
            let precision = if length == 12 {
                Precision::Minute
            } else {
                Precision::Second
            };
            Moment::local(date.to_datetime(time), precision, None)
        }
        _ => None,
    }
}

/// Finds the first date in running text; a clock time behind it counts, with its zone where one is named.
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
        let moment = match clock(&tokens[at + used..], date, order) {
            Some(Clock {
                time,
                precision,
                offset,
            }) => Moment::local(date.to_datetime(time), precision, offset)?,
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
            let month_first = (*sign == '/' && order.is_month_first && first <= 12) || second > 12;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, instant: &str, day: &str) {
        let found = moment(text, Order::of(None)).unwrap_or_else(|| panic!("no date in {text}"));
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
        check("20260517213000", "2026-05-17T21:30:00Z", "2026-05-17");
        check("202605172130", "2026-05-17T21:30:00Z", "2026-05-17");
    }

    #[test]
    fn clocks_show_half_days_and_zones() {
        for (text, instant) in [
            ("May 17, 2026 9:30 PM", "2026-05-17T21:30:00Z"),
            ("May 17, 2026 9:30 p.m.", "2026-05-17T21:30:00Z"),
            ("May 17, 2026 at 9pm", "2026-05-17T21:00:00Z"),
            ("May 17, 2026 12:05 AM", "2026-05-17T00:05:00Z"),
            ("May 17, 2026 12:05 pm", "2026-05-17T12:05:00Z"),
            ("17 de mayo de 2026, 9:30 p. m.", "2026-05-17T21:30:00Z"),
            ("May 17, 2026 9:30 PM EDT", "2026-05-18T01:30:00Z"),
            ("May 17, 2026 9:30 PM ET", "2026-05-18T01:30:00Z"),
            ("Jan. 17, 2026 9:30 PM ET", "2026-01-18T02:30:00Z"),
            ("17 May 2026, 09:30 BST", "2026-05-17T08:30:00Z"),
            ("17 May 2026 09:30:15 CEST", "2026-05-17T07:30:15Z"),
            ("17.05.2026, 9:30 Uhr MESZ", "2026-05-17T07:30:00Z"),
            ("17.05.2026, 9.30 Uhr", "2026-05-17T09:30:00Z"),
            ("17 mai 2026 à 9h30", "2026-05-17T09:30:00Z"),
            ("17 May 2026 09:30 MSK", "2026-05-17T06:30:00Z"),
            ("17 May 2026 09:30 JST", "2026-05-17T00:30:00Z"),
            ("17 May 2026 09:30 GMT+3", "2026-05-17T06:30:00Z"),
            ("17 May 2026 09:30 (UTC+05:30)", "2026-05-17T04:00:00Z"),
            ("17 May 2026 09:30 IST", "2026-05-17T09:30:00Z"),
            ("2026.05.17. 오후 9:30", "2026-05-17T21:30:00Z"),
            ("2026년 5월 17일 오전 9시 30분", "2026-05-17T09:30:00Z"),
            ("2026年5月17日 午後9時30分", "2026-05-17T21:30:00Z"),
            ("2026年5月17日 午前0時5分", "2026-05-17T00:05:00Z"),
            ("2026年5月17日 下午9:30", "2026-05-17T21:30:00Z"),
        ] {
            let day = if text.starts_with("Jan") {
                "2026-01-17"
            } else {
                "2026-05-17"
            };
            check(text, instant, day);
        }
        let indian = moment("17 May 2026 09:30 IST", Order::of(Some("en-in")));
        let instant = indian.map(|moment| moment.instant.to_string());
        assert_eq!(instant.as_deref(), Some("2026-05-17T04:00:00Z"));
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
            assert_eq!(moment(text, Order::of(None)), None, "{text}");
        }
    }
}
