//! What a publisher asks of those who poll: for how long an answer holds, and when nobody need ask.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::outcome::Answer;
use crate::parse::Channel;
use crate::retry_after::date;

const HOUR: i64 = 60 * 60;
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// What the document itself asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// Seconds between two polls: the longer of RSS's `ttl` and the syndication module's period; 0 where
    /// there is neither.
    pub every: u32,
    /// The hours of the day, in UTC, in which nobody need ask: bit 0 is the first.
    pub skip_hours: u32,
    /// The days on which nobody need ask: bit 0 is Monday.
    pub skip_days: u8,
}

impl Wishes {
    /// What a feed says of itself.
    pub(crate) fn of(channel: &Channel) -> Self {
        let ttl = channel.ttl.map_or(0, |minutes| u64::from(minutes) * 60);
        let every = ttl.max(channel.update_period.unwrap_or(0));
        let hours = channel.skip_hours.iter().filter(|hour| **hour < 24);
        let day = |name: &String| DAYS.iter().position(|day| day == name);
        Self {
            every: u32::try_from(every).unwrap_or(u32::MAX),
            skip_hours: hours.fold(0, |hours, hour| hours | 1 << hour),
            skip_days: channel
                .skip_days
                .iter()
                .filter_map(day)
                .fold(0, |days, day| days | 1 << day),
        }
    }

    /// The first moment from `due` on at which the publisher has nothing against a poll. Where it has
    /// something against all of them, it cannot be meant.
    pub(crate) fn awake_from(&self, due: Timestamp) -> Timestamp {
        if self.skip_hours == 0 && self.skip_days == 0 {
            return due;
        }
        let second = due.as_second();
        let hour = second.div_euclid(HOUR);
        let is_awake = |hour: &i64| {
            let day = (hour.div_euclid(24) + 3).rem_euclid(7);
            self.skip_hours & 1 << hour.rem_euclid(24) == 0 && self.skip_days & 1 << day == 0
        };
        match (hour..hour + 7 * 24).find(is_awake) {
            Some(awake) if awake > hour => Timestamp::from_second(awake * HOUR).unwrap_or(due),
            _ => due,
        }
    }
}

/// For how long an answer holds by HTTP (RFC 9111, section 4.2): `max-age`, else `Expires`, less what it
/// has been in caches for. Zero where it does not say, or says something that cannot be read.
///
/// `s-maxage` is for caches that serve many, and no heuristic is made from `Last-Modified`: the rhythm of the
/// feed says more.
pub(crate) fn fresh_for(answer: &Answer, at: Timestamp) -> Duration {
    let number = |value: &str| {
        let digits = value.trim().trim_matches('"');
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        // More digits than fit are a very long time.
        is_number.then(|| digits.parse().unwrap_or(u64::MAX))
    };
    let age = answer.header("age").and_then(number).unwrap_or(0);
    let directives = || {
        let fields = answer
            .headers
            .iter()
            .filter(|(name, _)| name == "cache-control");
        fields
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
    };
    let named = |name: &str| directives().any(|directive| directive.eq_ignore_ascii_case(name));
    if named("no-store") || named("no-cache") {
        return Duration::ZERO;
    }
    let max_age = directives().find_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("max-age")
            .then(|| number(value))?
    });
    let lifetime = max_age.or_else(|| {
        let expires = date(answer.header("expires")?.trim())?;
        // By the server's own clock, where it shows it.
        let sent = answer.header("date").and_then(|sent| date(sent.trim()));
        let holds = expires.duration_since(sent.unwrap_or(at)).as_secs();
        Some(u64::try_from(holds).unwrap_or(0))
    });
    Duration::from_secs(lifetime.unwrap_or(0).saturating_sub(age))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        time.parse().expect("a time")
    }

    #[track_caller]
    fn check(headers: &[(&str, &str)], expected: u64) {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let answer = Answer {
            headers: headers.iter().map(own).collect(),
            ..Answer::default()
        };
        let fresh = fresh_for(&answer, at("1994-11-06T08:49:37Z"));
        assert_eq!(fresh.as_secs(), expected, "{headers:?}");
    }

    #[test]
    fn an_answer_holds_for_as_long_as_http_says() {
        check(&[], 0);
        check(&[("cache-control", "max-age=600")], 600);
        check(
            &[("cache-control", "public, Max-Age=\"600\", must-revalidate")],
            600,
        );
        check(&[("cache-control", "max-age=600"), ("age", "590")], 10);
        check(&[("cache-control", "max-age=600"), ("age", "700")], 0);
        check(&[("cache-control", "no-cache, max-age=600")], 0);
        check(
            &[
                ("cache-control", "private"),
                ("cache-control", "max-age=60"),
            ],
            60,
        );
        check(&[("cache-control", "s-maxage=600")], 0);
        check(&[("cache-control", "max-age=-1")], 0);
        check(&[("cache-control", "max-age=31536000")], 31_536_000);
        check(
            &[("cache-control", "max-age=99999999999999999999")],
            u64::MAX,
        );
        check(&[("expires", "Sun, 06 Nov 1994 08:59:37 GMT")], 600);
        check(&[("expires", "Sunday, 06-Nov-94 08:59:37 GMT")], 600);
        let by_the_servers_clock = [
            ("expires", "Sun, 06 Nov 1994 08:59:37 GMT"),
            ("date", "Sun, 06 Nov 1994 08:58:37 GMT"),
        ];
        check(&by_the_servers_clock, 60);
        check(&[("expires", "0")], 0);
        check(&[("expires", "-1")], 0);
        check(&[("expires", "Sun, 06 Nov 1984 08:59:37 GMT")], 0);
        check(
            &[
                ("cache-control", "max-age=60"),
                ("expires", "Sun, 06 Nov 1995 08:59:37 GMT"),
            ],
            60,
        );
    }

    #[track_caller]
    fn check_awake(hours: &[u8], days: &[&str], due: &str, expected: &str) {
        let channel = Channel {
            skip_hours: hours.to_vec(),
            skip_days: days.iter().map(|day| (*day).to_owned()).collect(),
            ..Channel::default()
        };
        let awake = Wishes::of(&channel).awake_from(at(due));
        assert_eq!(awake, at(expected), "{hours:?} {days:?} from {due}");
    }

    #[test]
    fn nobody_asks_while_the_publisher_sleeps() {
        // A Friday.
        let due = "2026-10-09T02:10:00Z";
        check_awake(&[], &[], due, due);
        check_awake(&[3, 4], &["thursday", "saturday"], due, due);
        check_awake(&[1, 2, 3], &[], due, "2026-10-09T04:00:00Z");
        check_awake(
            &[0, 1, 2, 23],
            &["saturday", "sunday"],
            "2026-10-09T23:59:59Z",
            "2026-10-12T03:00:00Z",
        );
        check_awake(&[], &["friday"], due, "2026-10-10T00:00:00Z");
        let all: Vec<u8> = (0..24).collect();
        check_awake(&all, &[], due, due);
        check_awake(&[], &DAYS, due, due);
        check_awake(&[2], &["someday"], due, "2026-10-09T03:00:00Z");
    }

    #[test]
    fn the_longer_of_two_periods_is_the_wish() {
        let every = |ttl, update_period| {
            Wishes::of(&Channel {
                ttl,
                update_period,
                ..Channel::default()
            })
            .every
        };
        assert_eq!(every(None, None), 0);
        assert_eq!(every(Some(60), None), 3_600);
        assert_eq!(every(Some(10), Some(3_600)), 3_600);
        assert_eq!(every(Some(u32::MAX), Some(1)), u32::MAX);
    }
}
