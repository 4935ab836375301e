//! How long to wait for the next poll of a feed that answers, and why so long.

use std::time::Duration;

use article::Feed;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Pace, Rhythm, Window, Wishes, YEAR};

/// An interval, and what decided it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Interval {
    /// Its seconds, without the share that keeps feeds apart.
    pub seconds: u32,
    /// What decided it.
    pub by: By,
}

/// What decides an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// `poll_interval_seconds`: nothing else has been learned, or items come that fast.
    #[default]
    Usual,
    /// The feed's own setting.
    Feed,
    /// How often its items appear.
    Rhythm,
    /// What the publisher asks for.
    Publisher,
    /// How fast items slide out of its listing.
    Window,
}

impl By {
    /// Its stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Feed => "feed",
            Self::Rhythm => "rhythm",
            Self::Publisher => "publisher",
            Self::Window => "window",
        }
    }
}

/// What is known of a feed that decides its interval.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'k> {
    pub(crate) feed: &'k Feed,
    pub(crate) rhythm: &'k Rhythm,
    pub(crate) window: &'k Window,
    pub(crate) wishes: &'k Wishes,
    /// For how long the last answer holds by HTTP.
    pub(crate) fresh_for: Duration,
}

impl Pace {
    /// How long after `at` a feed that answered is polled again: as its rhythm has it or as its publisher
    /// asks, whichever is longer; less where items would be missed. What the user sets for a feed is
    /// exact.
    pub(crate) fn interval(&self, known: Known<'_>, at: Timestamp) -> Interval {
        if let Some(seconds) = known.feed.interval_seconds {
            return interval(Duration::from_secs(seconds).min(YEAR), By::Feed);
        }
        let most = self.interval_max.max(self.interval);
        let rhythm = known.rhythm.wait(self.interval, most, at);
        let asked = Duration::from_secs(u64::from(known.wishes.every))
            .max(known.fresh_for)
            .min(most);
        let (wait, by) = if asked > rhythm {
            (asked, By::Publisher)
        } else if rhythm > self.interval {
            (rhythm, By::Rhythm)
        } else {
            (rhythm, By::Usual)
        };
        // A publisher's `ttl` is often its software's default, so items weigh more. While an answer is fresh
        // by HTTP there are no others to be had: caches on the way would send the same again.
        let least = self
            .interval_min
            .min(self.interval)
            .max(known.fresh_for.min(most));
        match known.window.wait(at) {
            Some(slides) if slides.max(least) < wait => interval(slides.max(least), By::Window),
            _ => interval(wait, by),
        }
    }
}

fn interval(wait: Duration, by: By) -> Interval {
    let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
    Interval { seconds, by }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::schedule::window::{Item, Listing};

    const NOW: i64 = 1_760_313_600;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    fn hours(n: u64) -> Duration {
        Duration::from_secs(n * 3_600)
    }

    /// A listing of `listed` items of which a third slid out within 15 minutes.
    fn sliding(listed: u64) -> Window {
        let mut window = Window::default();
        for poll in 0..2 {
            let items: Vec<Item> = (0..listed)
                .map(|n| {
                    let n = n + poll * listed / 3;
                    let is_known = poll == 1 && n < listed;
                    Item {
                        key: [0, n + 1],
                        key_before: is_known.then_some([0, n + 1]),
                        date: None,
                    }
                })
                .collect();
            window.slide(&Listing {
                items: &items,
                at: at(NOW + 900 * poll as i64),
                before: (poll > 0).then(|| at(NOW)),
            });
        }
        window
    }

    #[track_caller]
    fn check(
        every: u32,
        fresh_for: Duration,
        window: Window,
        own: Option<u64>,
        expected: (u32, By),
    ) {
        let feed = Feed {
            interval_seconds: own,
            ..Feed::at("https://a.example/feed")
        };
        let wishes = Wishes {
            every,
            ..Wishes::default()
        };
        let known = Known {
            feed: &feed,
            rhythm: &Rhythm::default(),
            window: &window,
            wishes: &wishes,
            fresh_for,
        };
        let interval = Pace::new(&Config::default()).interval(known, at(NOW + 900));
        assert_eq!((interval.seconds, interval.by), expected);
    }

    #[test]
    fn what_a_publisher_asks_for_lengthens_an_interval_in_bounds() {
        let still = Window::default;
        let no = Duration::ZERO;
        check(0, no, still(), None, (900, By::Usual));
        check(600, no, still(), None, (900, By::Usual));
        check(3_600, no, still(), None, (3_600, By::Publisher));
        check(3_600, hours(2), still(), None, (7_200, By::Publisher));
        check(u32::MAX, no, still(), None, (21_600, By::Publisher));
        check(
            0,
            Duration::from_secs(31_536_000),
            still(),
            None,
            (21_600, By::Publisher),
        );
        check(0, Duration::MAX, still(), None, (21_600, By::Publisher));
    }

    #[test]
    fn items_that_would_be_missed_shorten_it() {
        let no = Duration::ZERO;
        // Half of it in 22 minutes.
        check(3_600, no, sliding(30), None, (1_350, By::Window));
        check(
            3_600,
            Duration::from_secs(1_800),
            sliding(30),
            None,
            (1_800, By::Window),
        );
        check(3_600, hours(1), sliding(30), None, (3_600, By::Publisher));
    }

    #[test]
    fn what_the_user_sets_is_exact() {
        check(3_600, hours(2), sliding(30), Some(120), (120, By::Feed));
        check(
            0,
            Duration::ZERO,
            sliding(30),
            Some(86_400),
            (86_400, By::Feed),
        );
        let year = YEAR.as_secs() as u32;
        check(
            0,
            Duration::ZERO,
            Window::default(),
            Some(u64::MAX),
            (year, By::Feed),
        );
    }
}
