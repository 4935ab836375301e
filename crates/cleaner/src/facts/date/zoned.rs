//! Moments whose zone stands where the standards have none, as programs write them.

use super::{clock, tokens};

/// The forms of a moment that are read elsewhere: ISO 8601, or day, month, year, clock and zone; `None` where it is in
/// no form that is read here.
pub(super) fn mended(text: &str) -> Option<String> {
    parted(text).or_else(|| year_last(text))
}

/// `2026-05-17T08:00:00 -0500`, `2026/05/17 08:00:00 +09`, `2026-05-17T08:00:00+09:00 JST`: a date and a clock with
/// their distance from UTC apart, or with its name behind it.
fn parted(text: &str) -> Option<String> {
    let date = text.get(..10)?;
    let is_date = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => matches!(byte, b'-' | b'/'),
        _ => byte.is_ascii_digit(),
    });
    let rest = text.get(10..)?.trim_start_matches([' ', 'T', 't']);
    let length = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.')))?;
    let (clock, zone) = rest.split_at(length);
    let zone = zone.trim_start();
    let sign = zone
        .chars()
        .next()
        .filter(|sign| matches!(sign, '+' | '-' | '−'))?;
    let zone = &zone[sign.len_utf8()..];
    let length = zone
        .find(|c: char| !(c.is_ascii_digit() || c == ':'))
        .unwrap_or(zone.len());
    let (distance, behind) = zone.split_at(length);
    let (hours, minutes) = match (distance.split_once(':'), distance.len()) {
        (Some(parts), _) => parts,
        (None, 1 | 2) => (distance, "00"),
        (None, 3) => distance.split_at(1),
        (None, 4) => distance.split_at(2),
        _ => return None,
    };
    // `08:00-10:30 Uhr` is from one time to another.
    let behind = behind.trim_start();
    let is_note = behind.is_empty() || behind.starts_with(['(', '[']) || clock::is_zone(behind);
    let is_clock = clock.len() >= 5 && clock.as_bytes()[2] == b':';
    if !is_date || !is_clock || !is_note {
        return None;
    }
    let sign = if sign == '+' { '+' } else { '-' };
    Some(format!(
        "{}T{clock}{sign}{hours:0>2}:{minutes}",
        date.replace('/', "-")
    ))
}

/// `Sun May 17 08:00:00 EST 2026`, as programs in C and Java write it.
fn year_last(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let (month, day, clock, zone, year) = match words[..] {
        [_, month, day, clock, zone, year] => (month, day, clock, zone, year),
        [_, month, day, clock, year] => (month, day, clock, "", year),
        _ => return None,
    };
    let is_number = |text: &str, most: usize| {
        text.len() <= most && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_one = tokens::month(&month.to_lowercase()).is_some()
        && is_number(day, 2)
        && year.len() == 4
        && is_number(year, 4)
        && clock.contains(':');
    is_one.then(|| {
        format!("{day} {month} {year} {clock} {zone}")
            .trim_end()
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::super::written::{Order, moment};

    /// The instant of a moment and its distance from UTC in minutes, where it has one.
    #[track_caller]
    fn check(text: &str, instant: &str, minutes: Option<i32>) {
        let found = moment(text, Order::of(Some("en"))).expect(text);
        assert_eq!(found.instant.to_string(), instant, "{text}");
        let own = found.offset.map(|offset| offset.seconds() / 60);
        assert_eq!(own, minutes, "{text}");
    }

    #[test]
    fn a_zone_is_read_wherever_programs_write_it() {
        for text in [
            "2026-05-17T08:00:00 EST",
            "2026-05-17T08:00:00EST",
            "2026-05-17T08:00:00 -0500",
            "2026-05-17 08:00:00 -05:00",
            "2026/05/17 08:00:00 -05",
            "2026-05-17T08:00:00-5",
            "2026-05-17T08:00:00-500",
            "2026-05-17T08:00:00-05:00 (EST)",
            "2026-05-17T08:00:00-0500 EST",
            "Sun May 17 08:00:00 EST 2026",
            "Sun May 17 2026 08:00:00 GMT-0500 (Eastern Standard Time)",
            "Sun, 17 May 2026 08:00:00 EST",
        ] {
            check(text, "2026-05-17T13:00:00Z", Some(-300));
        }
        check(
            "2026-05-17T08:00:00.000 +05:30",
            "2026-05-17T02:30:00Z",
            Some(330),
        );
        check("Sun May 17 08:00:00 2026", "2026-05-17T08:00:00Z", None);
    }

    #[test]
    fn what_follows_a_clock_and_is_no_zone_is_none() {
        check("2026-05-17T08:00:00", "2026-05-17T08:00:00Z", None);
        check("2026-05-17 08:00 - 10:30 Uhr", "2026-05-17T08:00:00Z", None);
        check("2026-05-17 08:00-10:30 Uhr", "2026-05-17T08:00:00Z", None);
        check("2026-05-17 08:00 -2026-05-18", "2026-05-17T08:00:00Z", None);
        check("2026-05-17T08:00:00 Eastern", "2026-05-17T08:00:00Z", None);
    }
}
