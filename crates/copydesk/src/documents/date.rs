//! The dates of documents.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// The first year that no instant has to its end. What comes after has more digits.
const LAST_YEAR: u32 = 9999;

/// A day, which stands for its midnight in UTC, or a time, in UTC where it names no zone.
///
/// # Errors
/// What is wrong with it, to stand behind "its date is ...".
pub(super) fn moment(date: &str) -> Result<Timestamp, &'static str> {
    read(date.trim()).ok_or_else(|| {
        if is_late(date.trim()) {
            "it must be before the last days of the year 9999"
        } else {
            "it must be a day or a time"
        }
    })
}

fn read(date: &str) -> Option<Timestamp> {
    let utc = |local: DateTime| Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp());
    if let Ok(time) = date.parse() {
        return Some(time);
    }
    if let Ok(local) = date.parse::<DateTime>() {
        return utc(local);
    }
    if let Ok(day) = date.parse::<Date>() {
        return utc(day.to_datetime(jiff::civil::Time::midnight()));
    }
    // As feeds write dates, which is in every way there is.
    fetcher::parse::date::read(date).map(|moment| moment.instant)
}

/// Whether it begins as a day does, of a year that is out of range: "never" is written so in many a table.
fn is_late(date: &str) -> bool {
    let Some((year, rest)) = date.split_once('-') else {
        return false;
    };
    let year = year.strip_prefix('+').unwrap_or(year);
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    (4..=6).contains(&year.len())
        && is_number(year)
        && year.parse::<u32>().is_ok_and(|year| year >= LAST_YEAR)
        && rest.get(..2).is_some_and(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(date: &str, expected: Result<&str, &str>) {
        let expected = expected.map(|time| time.parse().expect("a time"));
        assert_eq!(moment(date), expected, "{date}");
    }

    #[test]
    fn days_and_times_are_read() {
        check("2026-03-01", Ok("2026-03-01T00:00:00Z"));
        check("2026-03-01T06:30", Ok("2026-03-01T06:30:00Z"));
        check("2026-03-01 06:30:05", Ok("2026-03-01T06:30:05Z"));
        check("2026-03-01T06:30:00+02:00", Ok("2026-03-01T04:30:00Z"));
        check(
            "Sun, 01 Mar 2026 06:30:00 +0000",
            Ok("2026-03-01T06:30:00Z"),
        );
        check("9998-12-31", Ok("9998-12-31T00:00:00Z"));
        check("9999-01-01", Ok("9999-01-01T00:00:00Z"));
    }

    #[test]
    fn what_is_no_date_and_what_is_out_of_range_are_told_apart() {
        let no_date = "it must be a day or a time";
        let late = "it must be before the last days of the year 9999";
        check("2026-02-30", Err(no_date));
        check("yesterday", Err(no_date));
        check("99999", Err(no_date));
        check("123456-street", Err(no_date));
        check("9999-12-31", Err(late));
        check("9999-12-31T23:59:59Z", Err(late));
        check(" 9999-12-31 23:59:59", Err(late));
        check("10000-01-01", Err(late));
        check("+020260-01-01", Err(late));
    }
}
