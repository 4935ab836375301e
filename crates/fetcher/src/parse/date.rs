//! The dates of feeds, in whatever form publishers write them.
//!
//! One reader for all forms: the text is cut into numbers, words and marks; the time of day is taken out,
//! then the zone, and what is left is the day. Whatever makes no sense makes the whole text no date,
//! because a wrong date is worse than none.

mod calendar;
mod clock;
mod names;
mod tokens;
mod zones;

use calendar::Day;
use clock::Clock;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use tokens::Tokens;
use zones::Zone;

/// A date as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Its beginning: of the year, where only that is said.
    pub instant: Timestamp,
    /// How exactly it is said.
    pub precision: Precision,
    /// How far the zone that was said is from UTC. `None` where none was, or one that is nowhere on
    /// Earth: then UTC was assumed, or the zone of the language where that has only one.
    pub offset: Option<Offset>,
}

/// How exactly a date is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// The year.
    Year,
    /// The month.
    Month,
    /// The day.
    Day,
    /// The hour.
    Hour,
    /// The minute.
    Minute,
    /// The second.
    Second,
    /// A part of a second.
    Subsecond,
}

/// Reads a date: RFC 822, 850, 2822 and 5322, asctime, ISO 8601 and its profiles, seconds since 1970,
/// and what the world's newsrooms write. `None` where the text is no date, or one that no calendar
/// has.
///
/// Where the order of day and month is open, the day of the week decides, else the mark between them:
/// with `/` the month is first. Two-digit years are read as RFC 5322 reads them.
pub fn read(text: &str) -> Option<Moment> {
    if let Some(instant) = since_epoch(text.trim()) {
        return Some(instant);
    }
    let mut tokens = Tokens::of(text)?;
    let clock = clock::take(&mut tokens);
    let zone = clock::take_zone(&mut tokens, clock.as_ref());
    let day = calendar::read(&tokens, clock.as_ref())?;
    let clock = match (clock, day.clock) {
        (Some(_), Some(_)) => return None,
        (clock, other) => clock.or(other),
    };
    // Only a day has a time.
    if clock.is_some() && day.precision < Precision::Day {
        return None;
    }
    moment(
        day,
        clock,
        zone.or(tokens.region),
        Offset::constant(tokens.home),
    )
}

fn moment(day: Day, clock: Option<Clock>, zone: Option<Zone>, assumed: Offset) -> Option<Moment> {
    let precision = clock.map_or(day.precision, |clock| clock.precision);
    let local = match clock {
        Some(clock) => time(day.date, clock)?,
        None => day.date.at(0, 0, 0, 0),
    };
    let (instant, offset) = match zone {
        None => (assumed.to_timestamp(local), None),
        Some(Zone::Impossible) => (Offset::UTC.to_timestamp(local), None),
        Some(Zone::Offset(offset)) => (offset.to_timestamp(local), Some(offset)),
        Some(Zone::Region(region)) => {
            let zoned = region.to_zoned(local).ok()?;
            (Ok(zoned.timestamp()), Some(zoned.offset()))
        }
    };
    // No calendar has a year 0, and what is printed of a moment must be a date again.
    let instant = instant
        .ok()
        .filter(|instant| Offset::UTC.to_datetime(*instant).year() > 0)?;
    Some(Moment {
        instant,
        precision,
        offset,
    })
}

/// A time on a day. 24:00 is the next day's beginning, and a leap second is the one before it.
fn time(day: Date, clock: Clock) -> Option<jiff::civil::DateTime> {
    if clock.hour == 24 && (clock.minute, clock.second, clock.nanosecond) == (0, 0, 0) {
        return Some(day.tomorrow().ok()?.at(0, 0, 0, 0));
    }
    if clock.hour > 23 || clock.minute > 59 || clock.second > 60 {
        return None;
    }
    let (hour, minute, second) = (
        clock.hour as i8,
        clock.minute as i8,
        clock.second.min(59) as i8,
    );
    Some(day.at(hour, minute, second, clock.nanosecond as i32))
}

/// A count of seconds since 1970, or of thousandths, millionths or billionths of them, which are told
/// apart by their digits. Ten digits that read as a day of the years from 2030 with its hour are that.
fn since_epoch(text: &str) -> Option<Moment> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let value: i64 = whole.parse().ok()?;
    let (scale, precision) = match whole.len() {
        9 | 10 if value < 1_900_000_000 => (1_000_000_000, Precision::Second),
        13 => (1_000_000, Precision::Subsecond),
        16 => (1_000, Precision::Subsecond),
        19 => (1, Precision::Subsecond),
        _ => return None,
    };
    let nanoseconds = i128::from(value) * scale;
    Some(Moment {
        instant: Timestamp::from_nanosecond(nanoseconds).ok()?,
        precision,
        offset: Some(Offset::UTC),
    })
}

#[cfg(test)]
mod tests;
