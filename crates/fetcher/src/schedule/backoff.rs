//! How long to leave a feed alone that could not be polled: by what went wrong.

use std::time::Duration;

use article::Feed;
use jiff::Timestamp;

use super::{Pace, YEAR, grown};
use crate::outcome::Kind;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a feed is left alone after each answer that it is gone. The first may be a mistake, and the last
/// stands for all that follow: some feeds come back after months.
const GONE: [Duration; 3] = [
    DAY,
    Duration::from_secs(7 * 86_400),
    Duration::from_secs(30 * 86_400),
];
/// After how long without an answer a feed is taken for dead, and asked once a week.
const DEAD_AFTER: Duration = Duration::from_secs(30 * 86_400);
const DEAD: Duration = Duration::from_secs(7 * 86_400);

/// How a failure is backed off from: a class for each [`Kind`] of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BackOff {
    /// Nothing failed.
    None,
    /// What passes by itself, mostly soon: no connection, no answer in time, an answer that breaks, the
    /// server's own trouble, too many requests. Again after the usual interval even where the feed's is
    /// longer, doubled each time, up to `retry_max_seconds`.
    Brief,
    /// What somebody has to put right: a name that does not resolve, a certificate, an address where
    /// nothing is, something that is no feed. Doubled each time, up to four times `retry_max_seconds`.
    Steady,
    /// What is meant: a server that shuts us out, an address that is not to be dialled. Fourfold each
    /// time, up to a week.
    Long,
    /// The server says that the feed is gone for good: after a day, a week, and from then on a month.
    Gone,
}

impl Kind {
    /// How it is backed off from.
    pub fn back_off(self) -> BackOff {
        match self {
            Self::Never | Self::Read | Self::Unchanged | Self::NotModified => BackOff::None,
            Self::Connect
            | Self::Timeout
            | Self::Broken
            | Self::Http5xx
            | Self::Throttled
            | Self::Offline
            | Self::Crowded
            | Self::Access => BackOff::Brief,
            Self::Dns
            | Self::Tls
            | Self::Http4xx
            | Self::NotAFeed
            | Self::Parse
            | Self::TooBig
            | Self::Redirect => BackOff::Steady,
            Self::Blocked
            | Self::Address
            | Self::Refused
            | Self::Disallowed
            | Self::RobotsUnreachable => BackOff::Long,
            Self::Gone => BackOff::Gone,
        }
    }
}

/// Failures of a feed in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failures {
    /// How many, the last included.
    pub(crate) count: u32,
    /// What the last one was.
    pub(crate) kind: Kind,
    /// When the first one was.
    pub(crate) since: Timestamp,
    /// When the last one was.
    pub(crate) at: Timestamp,
}

impl Pace {
    /// When to poll `feed` again after failures.
    pub(crate) fn after_failures(&self, feed: &Feed, failures: Failures) -> Timestamp {
        let wait = self.back_off(feed, failures);
        failures.at + self.jittered(wait, &feed.url, u64::from(failures.count))
    }

    fn back_off(&self, feed: &Feed, failures: Failures) -> Duration {
        let Failures { count, kind, .. } = failures;
        let interval = feed
            .interval_seconds
            .map_or(self.interval, Duration::from_secs)
            .min(YEAR);
        let base = interval.max(self.retry);
        let most = |times: u32| (self.retry_max * times).max(interval);
        let wait = match kind.back_off() {
            BackOff::None => return base,
            BackOff::Brief => grown(base, 2, count).min(most(1)),
            BackOff::Steady => grown(base, 2, count).min(most(4)),
            BackOff::Long => grown(base, 4, count).min(DEAD.max(interval)),
            BackOff::Gone => {
                let times = (count.max(1) as usize).min(GONE.len());
                return GONE[times - 1].max(interval);
            }
        };
        let failing_for = failures.at.duration_since(failures.since).unsigned_abs();
        if failing_for >= DEAD_AFTER {
            return wait.max(DEAD);
        }
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(day * 86_400).expect("a moment")
    }

    /// The waits, in minutes, after each of these failures in a row.
    #[track_caller]
    fn check(kind: Kind, expected: &[u64]) {
        let pace = Pace {
            jitter_percent: 0,
            ..Pace::new(&Config::default())
        };
        let feed = Feed::at("https://a.example/feed");
        let waits: Vec<u64> = (1..=expected.len() as u32)
            .map(|count| {
                let failures = Failures {
                    count,
                    kind,
                    since: at(0),
                    at: at(1),
                };
                pace.back_off(&feed, failures).as_secs() / 60
            })
            .collect();
        assert_eq!(waits, expected, "{kind:?}");
    }

    #[test]
    fn each_class_backs_off_in_its_own_way() {
        for kind in [Kind::Timeout, Kind::Connect, Kind::Http5xx, Kind::Throttled] {
            check(kind, &[15, 30, 60, 120, 240, 360, 360]);
        }
        for kind in [
            Kind::Dns,
            Kind::Tls,
            Kind::Http4xx,
            Kind::NotAFeed,
            Kind::Parse,
        ] {
            check(kind, &[15, 30, 60, 120, 240, 480, 960, 1_440, 1_440]);
        }
        for kind in [Kind::Blocked, Kind::Refused] {
            check(kind, &[15, 60, 240, 960, 3_840, 10_080, 10_080]);
        }
        check(Kind::Gone, &[1_440, 10_080, 43_200, 43_200]);
    }

    #[test]
    fn a_feed_that_is_dead_is_asked_once_a_week() {
        let pace = Pace::new(&Config::default());
        let feed = Feed::at("https://a.example/feed");
        let failures = Failures {
            count: 200,
            kind: Kind::Dns,
            since: at(0),
            at: at(31),
        };
        let due = pace.after_failures(&feed, failures);
        let waited = due.duration_since(at(31)).unsigned_abs();
        assert!(waited >= DEAD && waited <= DEAD * 11 / 10, "{waited:?}");
    }
}
