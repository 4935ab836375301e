//! The Retry-After header field, in all its forms.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// How long a server asks to be left alone, counted from `now`. `None` where the value is neither a
/// number of seconds nor one of the three date forms of RFC 9110, section 5.6.7. A date in the past
/// is no wait at all.
pub(crate) fn parse(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are a very long time.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let until = date(value)?;
    let wait = until.duration_since(now);
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO))
}

/// The forms of RFC 850 and asctime, which HTTP still reads.
const OBSOLETE: [&str; 2] = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];

fn date(value: &str) -> Option<Timestamp> {
    if let Ok(timestamp) = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value) {
        return Some(timestamp);
    }
    OBSOLETE.iter().find_map(|form| {
        let civil = DateTime::strptime(form, value).ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: Option<u64>) {
        let now: Timestamp = "1994-11-06T08:49:00Z".parse().expect("a time");
        assert_eq!(
            parse(value, now),
            expected.map(Duration::from_secs),
            "{value}"
        );
    }

    #[test]
    fn seconds() {
        check("120", Some(120));
        check(" 0 ", Some(0));
        check("316800", Some(316_800));
        check("99999999999999999999999", Some(u64::MAX));
    }

    #[test]
    fn dates_of_all_three_forms() {
        check("Sun, 06 Nov 1994 08:49:37 GMT", Some(37));
        check("Sunday, 06-Nov-94 08:49:37 GMT", Some(37));
        check("Sun Nov  6 08:49:37 1994", Some(37));
        check("Sun, 06 Nov 1994 08:00:00 GMT", Some(0));
    }

    #[test]
    fn nonsense_is_no_wait() {
        check("-5", None);
        check("soon", None);
        check("", None);
        check("1.5", None);
    }
}
