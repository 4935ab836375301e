//! The time of day in a date, and its zone.

use super::Precision;
use super::names::{is_afternoon, months};
use super::tokens::{Token, Tokens};
use super::zones::{self, Zone};

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    /// 24 is the end of the day.
    pub(super) hour: u64,
    pub(super) minute: u64,
    pub(super) second: u64,
    pub(super) nanosecond: u64,
    pub(super) precision: Precision,
    /// The place in the tokens that follows it.
    pub(super) end: usize,
}

impl Clock {
    pub(super) fn at(hour: u64, minute: Option<u64>, second: Option<u64>, end: usize) -> Self {
        Self {
            hour,
            minute: minute.unwrap_or_default(),
            second: second.unwrap_or_default(),
            nanosecond: 0,
            precision: match (minute, second) {
                (_, Some(_)) => Precision::Second,
                (Some(_), None) => Precision::Minute,
                (None, None) => Precision::Hour,
            },
            end,
        }
    }
}

/// Takes the time of day out of the tokens.
pub(super) fn take(tokens: &mut Tokens) -> Option<Clock> {
    let forms: [fn(&Tokens, usize) -> Option<Clock>; 6] =
        [colons, units, compact, bare_hour, four_digits, dotted];
    let find = |form: &fn(&Tokens, usize) -> Option<Clock>| {
        (0..tokens.list.len()).find_map(|at| Some((at, form(tokens, at)?)))
    };
    let (start, mut clock) = forms.iter().find_map(find)?;
    tokens.take(start..clock.end);
    noon(tokens, start, &mut clock);
    Some(clock)
}

/// `16:29`, `16:29:05`, `16:29:05.25`.
fn colons(tokens: &Tokens, at: usize) -> Option<Clock> {
    let hour = tokens.small(at)?;
    // "+01:00" is a zone.
    if !tokens.is_mark(at + 1, ':') || (at > 0 && tokens.is_mark(at - 1, '+')) {
        return None;
    }
    let minute_at = tokens.after_blank(at + 2);
    let minute = tokens.small(minute_at)?;
    if !tokens.is_mark(minute_at + 1, ':') {
        return Some(Clock::at(hour, Some(minute), None, minute_at + 1));
    }
    let second_at = tokens.after_blank(minute_at + 2);
    let Some(second) = tokens.small(second_at) else {
        return Some(Clock::at(hour, Some(minute), None, minute_at + 1));
    };
    let clock = Clock::at(hour, Some(minute), Some(second), second_at + 1);
    Some(with_fraction(tokens, clock))
}

fn with_fraction(tokens: &Tokens, mut clock: Clock) -> Clock {
    let is_parted = [',', '.', ':']
        .iter()
        .any(|mark| tokens.is_mark(clock.end, *mark));
    if let (true, Some((value, digits))) = (is_parted, tokens.number(clock.end + 1)) {
        let scale = 10f64.powi(9 - digits as i32);
        clock.nanosecond = ((value as f64 * scale) as u64).min(999_999_999);
        clock.precision = Precision::Subsecond;
        clock.end += 2;
    }
    clock
}

/// `16h29`, `16 Uhr 29`, `16時29分05秒`, `16시 29분`.
fn units(tokens: &Tokens, at: usize) -> Option<Clock> {
    const HOURS: [&str; 16] = [
        "h",
        "hs",
        "hrs",
        "uhr",
        "時",
        "时",
        "点",
        "點",
        "시",
        "gio",
        "ч",
        "час",
        "часов",
        "u",
        "uur",
        "ωρα",
    ];
    const MINUTES: [&str; 9] = [
        "分",
        "분",
        "min",
        "m",
        "mn",
        "phut",
        "мин",
        "минут",
        "minuten",
    ];
    const SECONDS: [&str; 7] = ["秒", "초", "s", "sec", "sek", "сек", "giay"];
    let unit = |at: usize, of: &[&str]| {
        let at = tokens.after_blank(at);
        let word = tokens.word(at)?;
        of.contains(&word).then_some(at + 1)
    };
    let hour = tokens.small(at)?;
    let mut end = unit(at + 1, &HOURS)?;
    let next = tokens.after_blank(end);
    let Some(minute) = tokens.small(next) else {
        return Some(Clock::at(hour, None, None, end));
    };
    // "8 h 49", and not "8 h, 6 Nov".
    let is_last = (next + 1..tokens.list.len()).all(|at| tokens.number(at).is_none());
    let is_close = next == end || is_last;
    match unit(next + 1, &MINUTES) {
        Some(after) => end = after,
        None if is_close => end = next + 1,
        None => return Some(Clock::at(hour, None, None, end)),
    }
    let next = tokens.after_blank(end);
    if let (Some(second), Some(end)) = (tokens.small(next), unit(next + 1, &SECONDS)) {
        return Some(Clock::at(hour, Some(minute), Some(second), end));
    }
    Some(Clock::at(hour, Some(minute), None, end))
}

/// ISO 8601 without colons, `T1629` or `T162905`.
fn compact(tokens: &Tokens, at: usize) -> Option<Clock> {
    if tokens.word(at)? != "t" || at == 0 {
        return None;
    }
    tokens.number(at - 1)?;
    let (value, digits) = tokens.number(at + 1)?;
    let end = at + 2;
    match digits {
        2 => Some(Clock::at(value, None, None, end)),
        4 => Some(Clock::at(value / 100, Some(value % 100), None, end)),
        6 => {
            let (hour, minute, second) = (value / 10_000, value / 100 % 100, value % 100);
            let clock = Clock::at(hour, Some(minute), Some(second), end);
            Some(with_fraction(tokens, clock))
        }
        _ => None,
    }
}

/// `3pm`.
fn bare_hour(tokens: &Tokens, at: usize) -> Option<Clock> {
    let hour = tokens.small(at)?;
    let word = tokens.word(tokens.after_blank(at + 1))?;
    let is_first = at == 0;
    (matches!(word, "am" | "pm") && hour <= 12 && !is_first)
        .then(|| Clock::at(hour, None, None, at + 1))
}

/// `1629`, with a zone behind it and a date before.
fn four_digits(tokens: &Tokens, at: usize) -> Option<Clock> {
    let (value, digits) = tokens.number(at)?;
    let zone = tokens.word(tokens.after_blank(at + 1))?;
    let numbers = (0..at).filter(|at| tokens.number(*at).is_some()).count();
    (digits == 4 && numbers >= 2 && zones::abbreviated(zone).is_some())
        .then(|| Clock::at(value / 100, Some(value % 100), None, at + 1))
}

/// `16.29`, where enough other numbers are there for a date.
fn dotted(tokens: &Tokens, at: usize) -> Option<Clock> {
    let hour = tokens.small(at)?;
    let (minute, digits) = tokens.number(at + 2)?;
    let is_alone = tokens.is_mark(at + 1, '.')
        && !(at > 0 && tokens.is_mark(at - 1, '.'))
        && !(tokens.is_mark(at + 3, '.') && tokens.number(at + 4).is_some());
    if !is_alone || digits != 2 || hour > 24 || minute > 59 {
        return None;
    }
    let numbers = (0..tokens.list.len())
        .filter(|at| tokens.number(*at).is_some())
        .count();
    let has_month = (0..tokens.list.len())
        .any(|at| tokens.word(at).is_some_and(|word| !months(word).is_empty()));
    (numbers >= if has_month { 4 } else { 5 }).then(|| Clock::at(hour, Some(minute), None, at + 3))
}

/// Takes up whether it is before noon or after. With more than twelve hours the word says nothing.
fn noon(tokens: &mut Tokens, start: usize, clock: &mut Clock) {
    let after = tokens.after_blank(clock.end);
    let before = tokens.list[..start]
        .iter()
        .rposition(|token| *token != Token::Mark(' '));
    let mut is_pm = None;
    if let Some(said) = tokens.word(after).and_then(is_afternoon) {
        is_pm = Some(said);
        tokens.take(after..after + 1);
    } else if let Some(before) = before
        // "am" before the time is German, and "ch" Swiss.
        && let Some(word) = tokens.word(before).filter(|word| !word.is_ascii())
        && let Some(said) = is_afternoon(word)
    {
        is_pm = Some(said);
        tokens.take(before..before + 1);
    }
    match is_pm {
        Some(true) if clock.hour < 12 => clock.hour += 12,
        Some(false) if clock.hour == 12 => clock.hour = 0,
        _ => {}
    }
}

/// Takes the zone out of the tokens: the first that is said after the time of day, else after the first
/// number; else the one in parentheses.
pub(super) fn take_zone(tokens: &mut Tokens, clock: Option<&Clock>) -> Option<Zone> {
    let is_number = |at: &usize| tokens.number(*at).is_some();
    let start = match clock {
        Some(clock) => clock.end,
        None => (0..tokens.list.len()).find(is_number)? + 1,
    };
    zone_from(tokens, start, clock.is_some()).or_else(|| {
        let mut aside = Tokens::of_aside(&tokens.aside)?;
        zone_from(&mut aside, 0, true)
    })
}

/// `is_open`: right behind a time of day, where a short number after a sign can only be a zone.
fn zone_from(tokens: &mut Tokens, start: usize, is_open: bool) -> Option<Zone> {
    let mut at = start;
    let mut zone = None;
    let mut has_passed_number = !is_open;
    while at < tokens.list.len() {
        match &tokens.list[at] {
            Token::Mark(sign @ ('+' | '-')) => {
                let (is_west, is_open) = (*sign == '-', !has_passed_number);
                let is_free = zone.as_ref().is_none_or(is_utc);
                if let Some((seconds, end)) = distance(tokens, at, is_open).filter(|_| is_free) {
                    tokens.take(at..end);
                    zone = Some(zones::fixed(if is_west { -seconds } else { seconds }));
                }
            }
            Token::Number { .. } => has_passed_number = true,
            Token::Word(word) => {
                // One letter is a military zone, which RFC 5322 has read as UTC.
                let is_military = word.len() == 1 && at + 1 == tokens.list.len();
                let said = match zones::abbreviated(word) {
                    None if is_military => Some(zones::fixed(0)),
                    said => said,
                };
                if said.is_some() {
                    zone = zone.or(said);
                    tokens.take(at..at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    zone
}

fn is_utc(zone: &Zone) -> bool {
    matches!(zone, Zone::Offset(offset) if offset.is_zero())
}

/// The distance that follows a sign, in seconds, and where it ends. After another number, which may be
/// part of a date, and after a blank only what cannot be one is believed.
fn distance(tokens: &Tokens, sign: usize, is_open: bool) -> Option<(i32, usize)> {
    let at = tokens.after_blank(sign + 1);
    let (value, digits) = tokens.number(at)?;
    let is_close = at == sign + 1;
    if digits <= 2 && tokens.is_mark(at + 1, ':') {
        let (minutes, _) = tokens
            .number(at + 2)
            .filter(|(minutes, digits)| *digits <= 2 && *minutes < 60)?;
        let has_seconds = tokens.is_mark(at + 3, ':') && tokens.small(at + 4).is_some();
        let end = if has_seconds { at + 5 } else { at + 3 };
        return Some(((value * 3_600 + minutes * 60) as i32, end));
    }
    let is_offset = digits == 4 && value % 100 < 60 && !(1_600..2_400).contains(&value);
    if is_offset {
        return Some(((value / 100 * 3_600 + value % 100 * 60) as i32, at + 1));
    }
    // Nothing of a date may follow: "10:00-05" is a zone, "10:00 -05.12.2020" is none.
    let is_last = (at + 1..tokens.list.len()).all(|at| tokens.number(at).is_none());
    match digits {
        3 if is_open && is_close && is_last && value % 100 < 60 => {
            Some(((value / 100 * 3_600 + value % 100 * 60) as i32, at + 1))
        }
        1 | 2 if is_open && is_close && is_last && value <= 24 => {
            Some(((value * 3_600) as i32, at + 1))
        }
        _ => None,
    }
}
