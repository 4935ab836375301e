//! The clock behind a date: its half of the day, its zone.

use std::collections::HashMap;
use std::sync::LazyLock;

use article::Precision;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::tokens::Token;
use super::written::Order;

/// Which half of the day a clock of twelve hours shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Morning,
    Afternoon,
}

/// A zone as its name tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// A distance from UTC, in seconds.
    Fixed(i32),
    /// `ET` and its like: an hour more in summer.
    American(i32),
    /// One name of several zones.
    Ist,
}

/// What a clock shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) time: Time,
    pub(super) precision: Precision,
    /// Its distance from UTC, where its zone is named.
    pub(super) offset: Option<Offset>,
}

/// The zones of `data/zones.txt`.
static ZONES: LazyLock<HashMap<&'static str, Zone>> = LazyLock::new(|| {
    let entry = |line: &'static str| {
        let (name, rest) = line.split_once(' ')?;
        let zone = match rest.split_once(' ') {
            Some((base, "american")) => Zone::American(seconds(base)?),
            _ => Zone::Fixed(seconds(rest)?),
        };
        Some((name, zone))
    };
    let lines = include_str!("../../../data/zones.txt").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(entry)
        .chain([("IST", Zone::Ist)])
        .collect()
});

/// `-03:30` in seconds.
fn seconds(distance: &str) -> Option<i32> {
    let (hours, minutes) = distance.split_once(':')?;
    let sign = if hours.starts_with('-') { -1 } else { 1 };
    let hours: i32 = hours.trim_start_matches(['-', '+']).parse().ok()?;
    let minutes: i32 = minutes.parse().ok()?;
    Some(sign * (hours * 3600 + minutes * 60))
}

/// The zone of that name. In capitals only: `est` and `art` are words.
pub(super) fn zone(name: &str) -> Option<Zone> {
    ZONES.get(name).copied()
}

/// Whether it is the name of a zone, in brackets or not.
pub(super) fn is_zone(word: &str) -> bool {
    zone(word.trim_matches(['(', ')'])).is_some()
}

/// The half of the day that `text` begins with, whose first `end` bytes are letters, and its length.
pub(super) fn half(text: &str, end: usize) -> Option<(Half, usize)> {
    match text.get(..end)? {
        "午前" | "上午" | "오전" | "凌晨" => return Some((Half::Morning, end)),
        "午後" | "下午" | "오후" | "晚上" => return Some((Half::Afternoon, end)),
        _ => {}
    }
    let half = match text.as_bytes().first()?.to_ascii_lowercase() {
        b'a' => Half::Morning,
        b'p' => Half::Afternoon,
        _ => return None,
    };
    // `pm`, `p.m.`, `p. m.`
    let behind = &text[1..];
    let rest = behind.trim_start_matches(['.', ' ', '\u{a0}']);
    let is_parted = behind.len() > rest.len();
    let rest = rest.strip_prefix(['m', 'M'])?;
    let is_whole = !rest.starts_with(char::is_alphanumeric);
    if !is_whole || (is_parted && !behind.starts_with('.')) {
        return None;
    }
    let length = text.len() - rest.len() + usize::from(is_parted && rest.starts_with('.'));
    Some((half, length))
}

/// How many tokens behind a date its clock may begin.
const BEHIND: usize = 4;

/// The clock within the next few tokens.
pub(super) fn clock(tokens: &[Token], date: Date, order: Order) -> Option<Clock> {
    (0..tokens.len().min(BEHIND)).find_map(|at| at_start(&tokens[at..], date, order))
}

/// The clock that the tokens begin with.
fn at_start(tokens: &[Token], date: Date, order: Order) -> Option<Clock> {
    use Token::{Half as InHalf, Hour, Number, Sign};
    let (before, tokens) = match tokens {
        [InHalf(half), rest @ ..] => (Some(*half), rest),
        _ => (None, tokens),
    };
    let (hour, minute, second, rest) = match tokens {
        [
            Number(hour, 1..=2),
            Sign(':'),
            Number(minute, 2),
            Sign(':'),
            Number(second, 2),
            rest @ ..,
        ] => (*hour, *minute, Some(*second), rest),
        [Number(hour, 1..=2), Sign(':'), Number(minute, 2), rest @ ..]
        | [Number(hour, 1..=2), Hour, Number(minute, 1..=2), rest @ ..] => {
            (*hour, *minute, None, rest)
        }
        // A full stop parts the numbers of dates too: only what stands behind them makes a clock of them.
        [Number(hour, 1..=2), Sign('.'), Number(minute, 2), rest @ ..] if says_clock(rest) => {
            (*hour, *minute, None, rest)
        }
        [Number(hour, 1..=2), rest @ ..] if says_clock(rest) => (*hour, 0, None, rest),
        _ => return None,
    };
    let rest = if let [Hour | Token::Word, behind @ ..] = rest {
        behind
    } else {
        rest
    };
    let (half, rest) = match rest {
        [InHalf(half), rest @ ..] => (Some(*half), rest),
        rest => (before, rest),
    };
    let hour = match (half, hour) {
        (Some(Half::Morning), 12) => 0,
        (Some(Half::Afternoon), 1..=11) => hour + 12,
        (_, hour) => hour,
    };
    Some(Clock {
        time: Time::new(hour as i8, minute as i8, second.unwrap_or(0) as i8, 0).ok()?,
        precision: if second.is_some() {
            Precision::Second
        } else {
            Precision::Minute
        },
        offset: offset(rest, date, order),
    })
}

/// Whether the tokens begin with what stands behind the numbers of a clock only.
fn says_clock(tokens: &[Token]) -> bool {
    matches!(tokens, [Token::Hour | Token::Half(_), ..])
}

/// The distance from UTC that the tokens begin with.
fn offset(tokens: &[Token], date: Date, order: Order) -> Option<Offset> {
    use Token::{Number, Sign};
    let tokens = match tokens {
        [Sign('('), rest @ ..] => rest,
        tokens => tokens,
    };
    let (zone, rest) = match tokens {
        [Token::Zone(zone), rest @ ..] => (*zone, rest),
        _ => return None,
    };
    let base = match zone {
        Zone::Fixed(seconds) => seconds,
        Zone::American(seconds) => seconds + if is_american_summer(date) { 3600 } else { 0 },
        Zone::Ist => order.ist?,
    };
    let more = match rest {
        [
            Sign(sign @ ('+' | '-' | '−')),
            Number(hours, 1..=2),
            Sign(':'),
            Number(minutes, 2),
            ..,
        ] => Some((sign, i32::from(*hours) * 3600 + i32::from(*minutes) * 60)),
        [Sign(sign @ ('+' | '-' | '−')), Number(hours, 1..=2), ..] => {
            Some((sign, i32::from(*hours) * 3600))
        }
        [Sign(sign @ ('+' | '-' | '−')), Number(both, 4), ..] => {
            let (hours, minutes) = (both / 100, both % 100);
            Some((sign, i32::from(hours) * 3600 + i32::from(minutes) * 60))
        }
        _ => None,
    };
    // `GMT+3`; behind other zones the same would be a note on them.
    let more = more.filter(|_| base == 0);
    let more = more.map_or(
        0,
        |(sign, seconds)| if *sign == '+' { seconds } else { -seconds },
    );
    Offset::from_seconds(base + more).ok()
}

/// Whether clocks are set to summer time in the United States on that day: from the second Sunday of March
/// to the first of November, by the rule of 2007.
fn is_american_summer(date: Date) -> bool {
    let sunday = |month: i8, nth: i8| {
        let first = Date::new(date.year(), month, 1).ok()?;
        first
            .nth_weekday_of_month(nth, jiff::civil::Weekday::Sunday)
            .ok()
    };
    let (begin, end) = (sunday(3, 2), sunday(11, 1));
    begin.is_some_and(|begin| date >= begin) && end.is_some_and(|end| date < end)
}
