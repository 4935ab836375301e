//! The day in a date: what is left once the time of day and the zone are taken.

use jiff::civil::{Date, ISOWeekDate, Weekday};

use super::Precision;
use super::clock::Clock;
use super::names;
use super::tokens::{Token, Tokens};

/// A day, month or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) date: Date,
    pub(super) precision: Precision,
    /// The time of day, where it was written in one number with the day.
    pub(super) clock: Option<Clock>,
}

/// A number and what stood before it.
#[derive(Clone, Copy, Debug)]
struct Part {
    value: u64,
    digits: usize,
    /// The mark between it and the number before; a blank where there is another or none.
    before: char,
}

#[derive(Debug, Default)]
struct Parts {
    free: Vec<Part>,
    year: Option<u64>,
    month: Option<u64>,
    day: Option<u64>,
    /// Words that can be a month, and what else they can be.
    named: Vec<(Vec<i8>, Vec<i8>)>,
    weekdays: Vec<i8>,
    is_thai: bool,
    /// What an era adds to its years.
    era: u64,
    is_week: bool,
}

/// Reads the day. Every token must make sense as part of it.
pub(super) fn read(tokens: &Tokens, clock: Option<&Clock>) -> Option<Day> {
    let mut parts = sort(tokens, clock)?;
    name_the_month(&mut parts)?;
    let (year, month, day) = if let (Some(year), true) = (parts.year, parts.free.is_empty()) {
        (year, parts.month, parts.day)
    } else if parts.month.is_some() {
        with_month(&parts)?
    } else if parts.year.is_some() || parts.day.is_some() {
        return None;
    } else {
        return in_numbers(&parts);
    };
    day_of(year + parts.era, month, day, &parts)
}

fn day_of(year: u64, month: Option<u64>, day: Option<u64>, parts: &Parts) -> Option<Day> {
    // The Buddha's era counts from 543 before ours.
    let year = if parts.is_thai && year > 2_400 {
        year - 543
    } else {
        year
    };
    let precision = match (month, day) {
        (_, Some(_)) => Precision::Day,
        (Some(_), None) => Precision::Month,
        (None, None) => Precision::Year,
    };
    Some(Day {
        date: date(year, month.unwrap_or(1), day.unwrap_or(1))?,
        precision,
        clock: None,
    })
}

fn date(year: u64, month: u64, day: u64) -> Option<Date> {
    let year = i16::try_from(year).ok().filter(|year| *year > 0)?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Sorts tokens by what they can be; `None` where one can be nothing.
fn sort(tokens: &Tokens, clock: Option<&Clock>) -> Option<Parts> {
    let mut parts = Parts::default();
    let mut before = ' ';
    let mut at = 0;
    while at < tokens.list.len() {
        match &tokens.list[at] {
            Token::Number { value, digits } => {
                let part = Part {
                    value: *value,
                    digits: *digits,
                    before,
                };
                if !labelled(tokens, at, part, &mut parts) {
                    parts.free.push(part);
                }
                before = ' ';
            }
            Token::Word(word) => at += name(tokens, at, word, clock, &mut parts)?,
            Token::Mark('+' | ':') => return None,
            Token::Mark(mark @ ('-' | '/' | '.' | '\'')) => before = *mark,
            Token::Mark(_) | Token::Gone => {}
        }
        at += 1;
    }
    Some(parts)
}

/// Whether a word beside a number says what it counts.
fn labelled(tokens: &Tokens, at: usize, part: Part, parts: &mut Parts) -> bool {
    let after = tokens.word(tokens.after_blank(at + 1)).unwrap_or_default();
    let mut back = at;
    while back > 0 && tokens.is_mark(back - 1, ' ') {
        back -= 1;
    }
    let before = back
        .checked_sub(1)
        .and_then(|at| tokens.word(at))
        .unwrap_or_default();
    let place = match (after, before) {
        ("年" | "년", _) | (_, "nam") => &mut parts.year,
        ("月" | "월", _) | (_, "thang" | "thg") => &mut parts.month,
        ("日" | "일" | "号" | "號", _) | (_, "ngay") => &mut parts.day,
        _ => return false,
    };
    if place.is_some() {
        return false;
    }
    let is_short_year = part.digits <= 2 && after == "年" && parts.era == 0;
    *place = Some(if is_short_year {
        part.value + 2_000
    } else {
        part.value
    });
    true
}

/// Takes up a word; how many more tokens it spans.
fn name(
    tokens: &Tokens,
    at: usize,
    word: &str,
    clock: Option<&Clock>,
    parts: &mut Parts,
) -> Option<usize> {
    for (first, second, era) in [
        ("令", "和", 2_018),
        ("平", "成", 1_988),
        ("昭", "和", 1_925),
    ] {
        if word == first && tokens.word(at + 1) == Some(second) {
            parts.era = era;
        }
    }
    if word == "民" && matches!(tokens.word(at + 1), Some("國" | "国")) {
        parts.era = 1_911;
    }
    if word == "w" && tokens.number(at + 1).is_some() {
        parts.is_week = true;
        return Some(0);
    }
    parts.is_thai |= word.chars().any(|c| matches!(c, '\u{e00}'..='\u{e7f}'));
    if let Some(second) = tokens
        .word(at + 2)
        .filter(|_| tokens.is_mark(at + 1, ' ') || tokens.is_mark(at + 1, '-'))
    {
        let pair = format!("{word}_{second}");
        let (months, weekdays) = (names::months(&pair), names::weekdays(&pair));
        if !months.is_empty() || !weekdays.is_empty() {
            take_up(months, weekdays, parts);
            return Some(2);
        }
    }
    let (months, weekdays) = (names::months(word), names::weekdays(word));
    if !months.is_empty() || !weekdays.is_empty() {
        take_up(months, weekdays, parts);
        return Some(0);
    }
    // In the place of a weekday or a zone any word may stand.
    let is_first = tokens.list[..at]
        .iter()
        .all(|token| matches!(token, Token::Mark(_)));
    let is_weekday = is_first && tokens.is_mark(tokens.after_blank(at + 1), ',');
    let is_zone = clock.is_some_and(|clock| at >= clock.end) && word.len() <= 5 && word.is_ascii();
    (names::is_silent(word) || is_weekday || is_zone).then_some(0)
}

fn take_up(months: Vec<i8>, weekdays: Vec<i8>, parts: &mut Parts) {
    if months.is_empty() {
        parts.weekdays.extend(weekdays);
    } else {
        parts.named.push((months, weekdays));
    }
}

/// Decides which of the words is the month. `None` where two are.
fn name_the_month(parts: &mut Parts) -> Option<()> {
    // Numbers that make a day alone leave no room for a month.
    let is_whole = parts.free.len() >= 3 || parts.month.is_some();
    let sure = parts
        .named
        .iter()
        .filter(|(_, weekdays)| weekdays.is_empty())
        .count();
    let named = std::mem::take(&mut parts.named);
    let last = named.len().saturating_sub(1);
    let mut month = None;
    for (at, (months, weekdays)) in named.into_iter().enumerate() {
        let can_be_weekday = !weekdays.is_empty();
        if can_be_weekday && (is_whole || sure > 0 || at < last) {
            parts.weekdays.extend(weekdays);
        } else if month.replace(months).is_some() {
            return None;
        }
    }
    let Some(months) = month else { return Some(()) };
    if is_whole {
        return None;
    }
    // Where a word means two, the day of the week decides.
    let fits = |month: &&i8| {
        let mut probe = Parts {
            month: Some(**month as u64),
            free: parts.free.clone(),
            ..Parts::default()
        };
        probe.year = parts.year;
        let day = with_month(&probe).and_then(|(year, month, day)| date(year, month?, day?));
        day.is_some_and(|day| is_on(day, &parts.weekdays))
    };
    let month = months.iter().find(fits).or_else(|| months.first())?;
    parts.month = Some(*month as u64);
    Some(())
}

fn is_on(date: Date, weekdays: &[i8]) -> bool {
    let day = date.weekday().to_monday_one_offset();
    weekdays.contains(&day)
}

type Numbers = (u64, Option<u64>, Option<u64>);

/// Year and day beside a month that is known.
fn with_month(parts: &Parts) -> Option<Numbers> {
    let month = parts.month;
    match (parts.free.as_slice(), parts.year, parts.day) {
        ([day], Some(year), None) => Some((year, month, Some(day.value))),
        ([year], None, Some(day)) => Some((full(*year), month, Some(day))),
        ([year], None, None) if year.digits == 4 || year.before == '\'' => {
            Some((full(*year), month, None))
        }
        ([a, b], None, None) => {
            let a_is_year = a.digits > 2 || a.value > 31 || a.before == '\'';
            let (year, day) = if a_is_year { (a, b) } else { (b, a) };
            Some((full(*year), month, Some(day.value)))
        }
        _ => None,
    }
}

/// The year that is meant by fewer than four digits, as RFC 5322 reads them.
fn full(year: Part) -> u64 {
    match (year.digits, year.value) {
        (1 | 2, value @ 0..50) => value + 2_000,
        (1..=3, value) => value + 1_900,
        (_, value) => value,
    }
}

/// A day in numbers alone.
fn in_numbers(parts: &Parts) -> Option<Day> {
    let day = |year, month, day| day_of(year, month, day, parts);
    match parts.free.as_slice() {
        [week, number, weekday] if parts.is_week && week.digits == 4 => {
            iso_week(week.value, number.value, weekday.value)
        }
        [year, number] if parts.is_week && year.digits == 4 => match number.digits {
            3 => iso_week(year.value, number.value / 10, number.value % 10),
            _ => iso_week(year.value, number.value, 1),
        },
        _ if parts.is_week => None,
        [a, b, c] => {
            let (year, month, number) = triple(*a, *b, *c, &parts.weekdays)?;
            day(year, Some(month), Some(number))
        }
        // ISO 8601:1988 with the century left out: "-03-12".
        [a, b] if a.before == '-' && a.digits == 2 && b.before == '-' && b.digits == 2 => {
            day(full(*a), Some(b.value), None)
        }
        [year, number] if year.digits == 4 && number.digits == 3 => {
            ordinal(year.value, number.value)
        }
        [year, number] if year.digits == 2 && number.digits == 3 && number.before == '-' => {
            ordinal(full(*year), number.value)
        }
        [year, month] | [month, year] if year.digits == 4 && month.digits <= 2 => {
            day(year.value, Some(month.value), None)
        }
        // "20031231 101455".
        [whole, time] if whole.digits == 8 && time.digits == 6 => one_number(Part {
            value: whole.value * 1_000_000 + time.value,
            digits: 14,
            before: ' ',
        }),
        [whole] => one_number(*whole),
        _ => None,
    }
}

fn iso_week(year: u64, week: u64, weekday: u64) -> Option<Day> {
    let weekday = Weekday::from_monday_one_offset(i8::try_from(weekday).ok()?).ok()?;
    let week =
        ISOWeekDate::new(i16::try_from(year).ok()?, i8::try_from(week).ok()?, weekday).ok()?;
    plain(week.date(), Precision::Day, None)
}

fn ordinal(year: u64, number: u64) -> Option<Day> {
    let first = date(year, 1, 1)?;
    let number = i64::try_from(number).ok()?;
    let is_in_year = (1..=i64::from(first.days_in_year())).contains(&number);
    let days = jiff::Span::new().days(number - 1);
    plain(
        first.checked_add(days).ok().filter(|_| is_in_year)?,
        Precision::Day,
        None,
    )
}

#[allow(clippy::unnecessary_wraps)]
fn plain(date: Date, precision: Precision, clock: Option<Clock>) -> Option<Day> {
    Some(Day {
        date,
        precision,
        clock,
    })
}

/// A date in one number: by the count of its digits.
fn one_number(part: Part) -> Option<Day> {
    let Part {
        value,
        digits,
        before,
    } = part;
    let two = |value: u64| {
        full(Part {
            value,
            digits: 2,
            before: ' ',
        })
    };
    let split = |value: u64| (value / 10_000, value / 100 % 100, value % 100);
    match digits {
        2 if before == '-' => plain(date(two(value), 1, 1)?, Precision::Year, None),
        4 if before == '-' => plain(
            date(two(value / 100), value % 100, 1)?,
            Precision::Month,
            None,
        ),
        4 if (1_900..2_100).contains(&value) => plain(date(value, 1, 1)?, Precision::Year, None),
        5 => ordinal(two(value / 1_000), value % 1_000),
        6 => {
            let (year, month, day) = split(value);
            plain(date(two(year), month, day)?, Precision::Day, None)
        }
        7 => ordinal(value / 1_000, value % 1_000),
        8 => {
            let (year, month, day) = split(value);
            plain(date(year, month, day)?, Precision::Day, None)
        }
        10 => {
            let (year, month, day) = split(value / 100);
            let clock = Clock::at(value % 100, None, None, 0);
            plain(date(year, month, day)?, Precision::Hour, Some(clock))
        }
        12 => {
            let (year, month, day) = split(value / 10_000);
            let clock = Clock::at(value / 100 % 100, Some(value % 100), None, 0);
            plain(date(year, month, day)?, Precision::Minute, Some(clock))
        }
        14 => {
            let (year, month, day) = split(value / 1_000_000);
            let (hour, minute, second) = split(value % 1_000_000);
            let clock = Clock::at(hour, Some(minute), Some(second), 0);
            plain(date(year, month, day)?, Precision::Second, Some(clock))
        }
        _ => None,
    }
}

/// Year, month and day of three numbers: by their size, else by the day of the week, else by habit,
/// which shows in the mark between them.
fn triple(a: Part, b: Part, c: Part, weekdays: &[i8]) -> Option<(u64, u64, u64)> {
    let year_first = (full(a), b.value, c.value);
    let year_day_first = (full(a), c.value, b.value);
    let day_first = (full(c), b.value, a.value);
    let month_first = (full(c), a.value, b.value);
    let orders = if a.digits > 2 || a.value > 31 || a.before == '\'' {
        vec![year_first, year_day_first]
    } else {
        match (b.before, c.digits > 2 || c.value > 31) {
            ('/', true) => vec![month_first, day_first],
            ('/', false) => vec![month_first, day_first, year_first],
            (_, true) => vec![day_first, month_first],
            ('-', false) => vec![year_first, day_first, month_first],
            (_, false) => vec![day_first, year_first, month_first],
        }
    };
    // "1.2.3" is a version.
    if a.digits < 2 && c.digits < 2 {
        return None;
    }
    let mut possible = orders
        .into_iter()
        .filter_map(|(y, m, d)| Some(((y, m, d), date(y, m, d)?)));
    let first = possible.clone().next()?.0;
    let fitting = possible.find(|(_, date)| is_on(*date, weekdays));
    Some(fitting.map_or(first, |(numbers, _)| numbers))
}
