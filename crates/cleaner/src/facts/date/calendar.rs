//! Days as other calendars and digits write them.

use jiff::civil::Date;

/// The zeros of scripts whose ten digits stand in a row: Arabic, Persian, Devanagari, Bengali, Gurmukhi,
/// Gujarati, Odia, Tamil, Telugu, Kannada, Malayalam, Thai, Lao, Burmese, Khmer, full width.
const ZEROS: [u32; 16] = [
    0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0,
    0x1040, 0x17e0, 0xff10,
];

/// The value of a digit in the scripts that write dates with their own.
pub(super) fn digit(c: char) -> Option<i16> {
    if c.is_ascii_digit() {
        return Some(c as i16 - '0' as i16);
    }
    let code = c as u32;
    if code < ZEROS[0] {
        return None;
    }
    let zero = ZEROS
        .iter()
        .find(|zero| (**zero..**zero + 10).contains(&code))?;
    Some((code - zero) as i16)
}

/// The day of the Gregorian calendar. A year about 1400 is one of the Iranian calendar, whose months
/// are counted from March, one about 2560 of the Buddhist era.
pub(super) fn gregorian(year: i16, month: i8, day: i8) -> Option<Date> {
    match year {
        1370..1480 => iranian(year, month, day),
        2534..2643 => Date::new(year - 543, month, day).ok(),
        _ => Date::new(year, month, day).ok(),
    }
}

/// A day of the Iranian calendar by the rule of 33 years, which holds from 1799 to 2256.
fn iranian(year: i16, month: i8, day: i8) -> Option<Date> {
    let most = if month <= 6 { 31 } else { 30 };
    if !(1..=12).contains(&month) || !(1..=most).contains(&day) {
        return None;
    }
    // The first day of the year 1399 was 20 March 2020.
    let start = Date::new(2020, 3, 20).ok()?;
    let days = iranian_days(year, month, day) - iranian_days(1399, 1, 1);
    start
        .checked_add(jiff::Span::new().try_days(days).ok()?)
        .ok()
}

/// How many days lie before a day of the Iranian calendar.
fn iranian_days(year: i16, month: i8, day: i8) -> i64 {
    const LEAP_YEARS: [i64; 8] = [1, 5, 9, 13, 17, 22, 26, 30];
    let (years, months, day) = (i64::from(year) - 1, i64::from(month) - 1, i64::from(day));
    let leaps = LEAP_YEARS
        .iter()
        .filter(|leap| **leap <= years % 33)
        .count() as i64;
    let long_months = months.min(6);
    years * 365 + years / 33 * 8 + leaps + months * 30 + long_months + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(year: i16, month: i8, day: i8, expected: Option<&str>) {
        let found = gregorian(year, month, day).map(|date| date.to_string());
        assert_eq!(found.as_deref(), expected, "{year}-{month}-{day}");
    }

    #[test]
    fn years_tell_their_calendar() {
        check(2026, 5, 17, Some("2026-05-17"));
        check(2569, 5, 17, Some("2026-05-17"));
        check(1399, 1, 1, Some("2020-03-20"));
        check(1399, 12, 30, Some("2021-03-20"));
        check(1400, 1, 1, Some("2021-03-21"));
        check(1403, 7, 1, Some("2024-09-22"));
        check(1405, 2, 27, Some("2026-05-17"));
        check(1405, 7, 31, None);
        check(1405, 13, 1, None);
    }

    #[test]
    fn digits_of_every_script() {
        for text in ["٢٠٢٦", "۲۰۲۶", "२०२६", "২০২৬", "๒๐๒๖", "2026", "２０２６"]
        {
            let digits: Vec<i16> = text.chars().filter_map(digit).collect();
            assert_eq!(digits, [2, 0, 2, 6], "{text}");
        }
        assert_eq!(digit('a'), None);
    }
}
