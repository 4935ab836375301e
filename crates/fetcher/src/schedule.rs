//! When to ask again. Pure: time and chance come from the arguments, chance as a hash.

mod backoff;
mod interval;
mod rhythm;
mod window;
mod wishes;

use std::time::Duration;

use article::Feed;
use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use crate::config::Config;

pub use backoff::BackOff;
pub(crate) use backoff::Failures;
pub(crate) use interval::Known;
pub use interval::{By, Interval};
pub use rhythm::Rhythm;
pub use window::Window;
pub(crate) use window::{Item as Listed, Listing as Slide};
pub use wishes::Wishes;
pub(crate) use wishes::fresh_for;

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How fast feeds are polled and failures repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Between polls, where nothing says otherwise.
    pub interval: Duration,
    /// Between polls at the least, where items would be missed.
    pub interval_min: Duration,
    /// Between polls at the most.
    pub interval_max: Duration,
    /// By how many per cent an interval is lengthened at the most.
    pub jitter_percent: u32,
    /// Before the first repetition of what failed.
    pub retry: Duration,
    /// Before any repetition, at the most.
    pub retry_max: Duration,
    /// How much of a Retry-After is obeyed.
    pub retry_after_max: Duration,
    /// How many older pages of a feed are read after a gap.
    pub older_pages: u32,
    /// How many are read of a feed that is new.
    pub older_pages_of_new: u32,
}

impl Pace {
    /// The pace that `config` sets.
    pub fn new(config: &Config) -> Self {
        Self {
            interval: Duration::from_secs(config.poll_interval_seconds),
            interval_min: Duration::from_secs(config.poll_interval_min_seconds),
            interval_max: Duration::from_secs(config.poll_interval_max_seconds),
            jitter_percent: config.poll_jitter_percent,
            retry: Duration::from_secs(config.retry_seconds),
            retry_max: Duration::from_secs(config.retry_max_seconds),
            retry_after_max: Duration::from_secs(config.retry_after_max_seconds),
            older_pages: config.older_pages,
            older_pages_of_new: config.older_pages_of_new,
        }
    }

    /// When to poll `feed` next after an answer at `at`, the `polls`th: after `interval`, and not in hours in
    /// which its publisher says that nobody need ask. A year later at the most, so that no record can
    /// name a time beyond the calendar.
    pub(crate) fn after_answer(
        &self,
        feed: &Feed,
        interval: Interval,
        wishes: &Wishes,
        (polls, at): (u64, Timestamp),
    ) -> Timestamp {
        let wait = Duration::from_secs(u64::from(interval.seconds)).min(YEAR);
        let jittered = self.jittered(wait, &feed.url, polls);
        let due = at + jittered;
        if interval.by == By::Feed {
            return due;
        }
        match wishes.awake_from(due) {
            // Many feeds sleep until the same hour.
            awake if awake > due => awake + jittered.saturating_sub(wait),
            due => due,
        }
    }

    /// When to ask for a page again after `attempts` failed.
    pub fn page_again(&self, url: &str, attempts: u32, at: Timestamp) -> Timestamp {
        let wait = grown(self.retry, 4, attempts).min(self.retry_max);
        at + self.jittered(wait, url, u64::from(attempts))
    }

    /// Until when to leave a host alone that has refused `times` in a row: for as long as it `asked`, else
    /// twice as long each time; who refuses and asks for no pause at all gets one. Never less, and more by a share, so that not everybody comes back at
    /// once.
    pub(crate) fn refused(
        &self,
        host: &str,
        times: u32,
        asked: Option<Duration>,
        at: Timestamp,
    ) -> Timestamp {
        let own = || grown(self.retry, 2, times).min(self.retry_max);
        let wait = asked.filter(|asked| !asked.is_zero()).unwrap_or_else(own);
        at + self.jittered(wait, host, u64::from(times))
    }

    /// `wait`, lengthened by a share that the name and the occasion decide: the same every time it is
    /// computed, different for each feed.
    fn jittered(&self, wait: Duration, name: &str, occasion: u64) -> Duration {
        let chance = xxh3_64(format!("{name}\n{occasion}").as_bytes()) % 1_000;
        let share = u128::from(self.jitter_percent) * u128::from(chance);
        let more = wait.as_millis() * share / (100 * 1_000);
        wait + Duration::from_millis(u64::try_from(more).unwrap_or(u64::MAX))
    }
}

/// `base` times `factor` for each of `times` after the first.
fn grown(base: Duration, factor: u32, times: u32) -> Duration {
    let growth = factor.saturating_pow(times.saturating_sub(1));
    base.checked_mul(growth).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Kind;
    use proptest::prelude::*;

    fn pace() -> Pace {
        Pace::new(&Config::default())
    }

    fn seconds(from: Timestamp, to: Timestamp) -> i64 {
        to.duration_since(from).as_secs()
    }

    fn plain(pace: &Pace, feed: &Feed, polls: u64) -> Timestamp {
        let known = Known {
            feed,
            rhythm: &Rhythm::default(),
            window: &Window::default(),
            wishes: &Wishes::default(),
            fresh_for: Duration::ZERO,
        };
        let at = Timestamp::UNIX_EPOCH;
        let interval = pace.interval(known, at);
        pace.after_answer(feed, interval, known.wishes, (polls, at))
    }

    proptest! {
        #[test]
        fn no_feed_is_polled_before_its_interval(name in "[a-z]{1,12}", polls in 0..1_000u64, interval in 0..100_000u64) {
            let feed = Feed { interval_seconds: Some(interval), ..Feed::at(format!("https://{name}.example/feed")) };
            let due = plain(&pace(), &feed, polls);
            let waited = seconds(Timestamp::UNIX_EPOCH, due) as u64;
            prop_assert!(waited >= interval && waited <= interval + interval / 10, "{waited} for {interval}");
        }
    }

    #[test]
    fn an_interval_beyond_all_times_is_a_year() {
        let feed = Feed {
            interval_seconds: Some(u64::MAX),
            ..Feed::at("https://a.example/feed")
        };
        let at = Timestamp::UNIX_EPOCH;
        let year = 365 * 24 * 60 * 60;
        let failures = |kind| Failures {
            count: u32::MAX,
            kind,
            since: at,
            at,
        };
        for due in [
            plain(&pace(), &feed, 1),
            pace().after_failures(&feed, failures(Kind::Timeout)),
            pace().after_failures(&feed, failures(Kind::Gone)),
        ] {
            let waited = seconds(at, due);
            assert!(waited >= year && waited <= year * 11 / 10, "{waited}");
        }
    }

    #[test]
    fn feeds_added_together_do_not_stay_together() {
        let due: std::collections::BTreeSet<Timestamp> = (0..100)
            .map(|n| plain(&pace(), &Feed::at(format!("https://a.example/{n}")), 1))
            .collect();
        assert!(due.len() > 50, "{} different moments", due.len());
    }

    #[test]
    fn feeds_that_sleep_until_the_same_hour_are_kept_apart() {
        let wishes = Wishes {
            skip_hours: 0b1111,
            ..Wishes::default()
        };
        let interval = Interval {
            seconds: 900,
            by: By::Usual,
        };
        let at = Timestamp::UNIX_EPOCH;
        let due = |n| {
            let feed = Feed::at(format!("https://a.example/{n}"));
            pace().after_answer(&feed, interval, &wishes, (1, at))
        };
        let due: std::collections::BTreeSet<Timestamp> = (0..100).map(due).collect();
        assert!(due.len() > 50, "{} different moments", due.len());
        assert!(due.iter().all(|due| seconds(at, *due) >= 4 * 3_600));
        // Who sets an interval asks when it is over.
        let own = Interval {
            by: By::Feed,
            ..interval
        };
        let due = pace().after_answer(&Feed::at(""), own, &wishes, (1, at));
        assert!(seconds(at, due) < 1_000);
    }

    #[test]
    fn repetitions_back_off() {
        let at = Timestamp::UNIX_EPOCH;
        let exact = Pace {
            jitter_percent: 0,
            ..pace()
        };
        let waits: Vec<i64> = (1..=5)
            .map(|attempts| seconds(at, exact.page_again("https://a.example/1", attempts, at)))
            .collect();
        assert_eq!(waits, [30, 120, 480, 1_920, 7_680]);
    }
}
