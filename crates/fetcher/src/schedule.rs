//! When to ask again. Pure: time and chance come from the arguments, chance as a hash.

use std::time::Duration;

use article::Feed;
use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use crate::config::Config;

/// How long a feed that is gone is left alone. It is asked now and then: some come back.
const GONE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How fast feeds are polled and failures repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Between polls, where a feed names no interval.
    pub interval: Duration,
    /// By how many per cent an interval is lengthened at the most.
    pub jitter_percent: u32,
    /// Before the first repetition of what failed.
    pub retry: Duration,
    /// Before any repetition, at the most.
    pub retry_max: Duration,
    /// How much of a Retry-After is obeyed.
    pub retry_after_max: Duration,
}

impl Pace {
    /// The pace that `config` sets.
    pub fn new(config: &Config) -> Self {
        Self {
            interval: Duration::from_secs(config.poll_interval_seconds),
            jitter_percent: config.poll_jitter_percent,
            retry: Duration::from_secs(config.retry_seconds),
            retry_max: Duration::from_secs(config.retry_max_seconds),
            retry_after_max: Duration::from_secs(config.retry_after_max_seconds),
        }
    }

    /// How long to wait between two polls of `feed`: a year at the most, so that no record can name a
    /// time beyond the calendar.
    pub fn interval_of(&self, feed: &Feed) -> Duration {
        feed.interval_seconds
            .map_or(self.interval, Duration::from_secs)
            .min(YEAR)
    }

    /// When to poll `feed` next after an answer at `at`, the `polls`th.
    pub fn after_answer(&self, feed: &Feed, polls: u64, at: Timestamp) -> Timestamp {
        at + self.jittered(self.interval_of(feed), &feed.url, polls)
    }

    /// When to poll `feed` next after `failures` in a row: its interval, or the time before a
    /// repetition where that is longer, doubled with each failure after the first.
    pub fn after_failure(&self, feed: &Feed, failures: u32, at: Timestamp) -> Timestamp {
        let interval = self.interval_of(feed);
        let base = interval.max(self.retry);
        let wait = grown(base, 2, failures).min(self.retry_max.max(interval));
        at + self.jittered(wait, &feed.url, u64::from(failures))
    }

    /// When to poll a feed again that its server calls gone.
    pub fn after_gone(&self, feed: &Feed, polls: u64, at: Timestamp) -> Timestamp {
        let wait = self.interval_of(feed).max(GONE);
        at + self.jittered(wait, &feed.url, polls)
    }

    /// When to ask for a page again after `attempts` failed.
    pub fn page_again(&self, url: &str, attempts: u32, at: Timestamp) -> Timestamp {
        let wait = grown(self.retry, 4, attempts).min(self.retry_max);
        at + self.jittered(wait, url, u64::from(attempts))
    }

    /// Until when to leave a host alone that says "too many" without saying how long.
    pub fn throttled(&self, host: &str, times: u32, at: Timestamp) -> Timestamp {
        let wait = grown(self.retry, 2, times).min(self.retry_max);
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
    use proptest::prelude::*;

    fn pace() -> Pace {
        Pace::new(&Config::default())
    }

    fn seconds(from: Timestamp, to: Timestamp) -> i64 {
        to.duration_since(from).as_secs()
    }

    proptest! {
        #[test]
        fn no_feed_is_polled_before_its_interval(name in "[a-z]{1,12}", polls in 0..1_000u64, interval in 0..100_000u64) {
            let feed = Feed { interval_seconds: Some(interval), ..Feed::at(format!("https://{name}.example/feed")) };
            let at = Timestamp::UNIX_EPOCH;
            let waited = seconds(at, pace().after_answer(&feed, polls, at)) as u64;
            prop_assert!(waited >= interval && waited <= interval + interval / 10, "{waited} for {interval}");
        }

        #[test]
        fn failures_never_shorten_the_wait(failures in 1..60u32) {
            let feed = Feed::at("https://a.example/feed");
            let at = Timestamp::UNIX_EPOCH;
            let waited = seconds(at, pace().after_failure(&feed, failures, at));
            prop_assert!(waited >= 900);
            prop_assert!(waited <= 6 * 3_600 * 11 / 10);
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
        for due in [
            pace().after_answer(&feed, 1, at),
            pace().after_failure(&feed, u32::MAX, at),
            pace().after_gone(&feed, 1, at),
        ] {
            let waited = seconds(at, due);
            assert!(waited >= year && waited <= year * 11 / 10, "{waited}");
        }
    }

    #[test]
    fn feeds_added_together_do_not_stay_together() {
        let at = Timestamp::UNIX_EPOCH;
        let due: std::collections::BTreeSet<Timestamp> = (0..100)
            .map(|n| pace().after_answer(&Feed::at(format!("https://a.example/{n}")), 1, at))
            .collect();
        assert!(due.len() > 50, "{} different moments", due.len());
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
        let feed = Feed::at("https://a.example/feed");
        let waits: Vec<i64> = (1..=4)
            .map(|failures| seconds(at, exact.after_failure(&feed, failures, at)))
            .collect();
        assert_eq!(waits, [900, 1_800, 3_600, 7_200]);
    }
}
