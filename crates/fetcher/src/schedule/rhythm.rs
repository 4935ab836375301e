//! When a feed's items appear: how many in an hour, and in which hours of the week.
//!
//! The hours of the week are a product, hour of the day times day of the week: 31 sums instead of 168, each
//! learned from seven times as many items. Sums age by a tenth a day. Whole numbers throughout, so that what
//! is learned is the same on every machine.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
/// How far back the dates of a first listing tell of a feed's rhythm.
const LOOK_BACK: i64 = 14 * DAY;
/// What an item adds to the sums of its hour and its day.
const UNIT: u16 = 16;
/// An item in the sum of all.
const ITEM: u32 = 1_000;
/// For how long a feed must be known before the hours of its day, and the days of its week, are believed.
const HOURS_SHOW: i64 = 2 * DAY;
const DAYS_SHOW: i64 = 14 * DAY;
/// By how many items an hour and a day must differ until that shows: a few are chance.
const DOUBT_OF_HOURS: f64 = 2.0;
const DOUBT_OF_DAYS: f64 = 8.0;
/// How many usual intervals all items that appear before the next poll may wait for it, together.
///
/// A poll's cost is the same whatever it finds, so the least waiting for a number of polls is where each
/// poll ends as much of it: the interval goes with the root of the rate. Over the recorded feeds of
/// `tests/fetcher/history.rs` 3 misses nothing; from 4 on an item is missed that was withdrawn after 20
/// minutes.
const WAITING: f64 = 3.0;

/// What is known of when a feed's items appear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rhythm {
    /// The first day that it tells of, counted from 1970; 0 for none.
    since: u32,
    /// The day as of which the sums are aged.
    aged: u32,
    /// Items that appeared, in thousandths.
    items: u32,
    /// The seconds in which they did.
    seconds: u32,
    /// Items by the hour of the day, in UTC; only their proportions count.
    hours: [u16; 24],
    /// Items by the day of the week, from Monday.
    days: [u16; 7],
}

impl Rhythm {
    /// Learns from the dates of a first listing, polled at `at`. Dates that are all of one moment are the
    /// document's, not the items'.
    pub(crate) fn begin(&mut self, at: Timestamp, dates: &[Timestamp]) {
        let now = at.as_second();
        let ages = || dates.iter().map(|date| now - date.as_second());
        let oldest = ages().max().unwrap_or_default().min(LOOK_BACK);
        let newest = ages().min().unwrap_or_default();
        if dates.len() < 3 || oldest - newest < HOUR {
            self.age(now);
            return;
        }
        self.age(now - oldest);
        let mut appeared: Vec<i64> = ages()
            .filter(|age| (0..=oldest).contains(age))
            .map(|age| now - age)
            .collect();
        appeared.sort_unstable();
        let mut from = now - oldest;
        for moment in appeared {
            self.observe(from, moment, std::iter::once(moment));
            from = moment;
        }
        self.observe(from, now, std::iter::empty());
    }

    /// Learns from a poll at `at`, the one before at `before`, that found items with these dates. A date
    /// that lies between the two tells when the item appeared; others did so half-way.
    pub(crate) fn learn(
        &mut self,
        before: Timestamp,
        at: Timestamp,
        found: impl Iterator<Item = Option<Timestamp>>,
    ) {
        let (before, at) = (before.as_second(), at.as_second());
        let half_way = before + (at - before) / 2;
        let within = |date: Option<Timestamp>| {
            let date = date.map(Timestamp::as_second);
            let date = date.filter(|date| (before..=at).contains(date));
            date.unwrap_or(half_way)
        };
        self.observe(before, at, found.map(within));
    }

    fn observe(&mut self, from: i64, to: i64, appeared: impl Iterator<Item = i64>) {
        self.age(to);
        // A longer silence is the poller's own: it was off.
        let seconds = (to - from).clamp(0, LOOK_BACK) as u32;
        self.seconds = self.seconds.saturating_add(seconds);
        for moment in appeared {
            self.items = self.items.saturating_add(ITEM);
            let (hour, day) = (hour_of(moment), day_of(moment));
            if self.hours[hour] > u16::MAX - UNIT || self.days[day] > u16::MAX - UNIT {
                self.hours.iter_mut().for_each(|sum| *sum /= 2);
                self.days.iter_mut().for_each(|sum| *sum /= 2);
            }
            self.hours[hour] += UNIT;
            self.days[day] += UNIT;
        }
    }

    /// Takes a tenth from every sum for each day that has passed.
    fn age(&mut self, now: i64) {
        let today = u32::try_from(now.div_euclid(DAY))
            .unwrap_or_default()
            .max(1);
        if self.since == 0 {
            (self.since, self.aged) = (today, today);
        }
        // After so many days nothing is left.
        for _ in 0..today.saturating_sub(self.aged).min(200) {
            let tenth = |sum: &mut u16| *sum -= sum.div_ceil(10);
            self.hours.iter_mut().for_each(tenth);
            self.days.iter_mut().for_each(tenth);
            self.items -= self.items.div_ceil(10);
            self.seconds -= self.seconds.div_ceil(10);
        }
        self.aged = self.aged.max(today);
    }

    /// How long after `at` to poll again: until the items that are expected by then will have waited three
    /// times `usual`, all together, at least `usual` and at most `most`.
    pub(crate) fn wait(&self, usual: Duration, most: Duration, at: Timestamp) -> Duration {
        let (least, most) = (usual.as_secs() as i64, most.as_secs() as i64);
        // A little less, so that rounding makes no second more of it.
        let budget = WAITING * usual.as_secs_f64() * (1.0 - 1e-9);
        let step = (most / 512).clamp(60, DAY);
        let start = at.as_second();
        let (mut waited, mut expected) = (0, 0.0);
        let pace = Forecast::new(self, usual, start);
        while waited < most {
            let next = (waited + step).min(most);
            let more = pace.rate_at(start + waited) * (next - waited) as f64;
            if (expected + more) * next as f64 >= budget {
                waited = crossing(waited, next, expected, more, budget);
                break;
            }
            (waited, expected) = (next, expected + more);
        }
        Duration::from_secs(waited.clamp(least.min(most), most) as u64)
    }

    /// How many items should have appeared from `from` to `to`, by what has been learned alone.
    pub(crate) fn expected(&self, from: Timestamp, to: Timestamp) -> f64 {
        let (mut from, to) = (from.as_second(), to.as_second());
        let pace = Forecast::new(self, Duration::ZERO, to);
        from = from.max(to - LOOK_BACK);
        let mut expected = 0.0;
        while from < to {
            let next = (from + HOUR).min(to);
            expected += pace.rate_at(from) * (next - from) as f64;
            from = next;
        }
        expected
    }

    /// Items a day, as far as that has shown; `None` before.
    pub fn items_a_day(&self) -> Option<f64> {
        let seconds = f64::from(self.seconds);
        (seconds > 0.0).then(|| f64::from(self.items) / f64::from(ITEM) / seconds * DAY as f64)
    }
}

/// At which second between two the waiting reaches its budget: at constant rates it grows as a square.
fn crossing(from: i64, to: i64, before: f64, more: f64, budget: f64) -> i64 {
    let (mut low, mut high) = (from, to);
    let span = (to - from) as f64;
    while low < high {
        let middle = low + (high - low) / 2;
        let share = (middle - from) as f64 / span;
        if (before + more * share) * middle as f64 >= budget {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// How many items are to be expected in a second, by the hour of the week.
struct Forecast {
    level: f64,
    hours: [f64; 24],
    days: [f64; 7],
}

impl Forecast {
    /// By what `rhythm` knows at `now`. Where that is little, a feed is one that is polled at the `usual`
    /// interval; where that is zero, nothing is assumed.
    fn new(rhythm: &Rhythm, usual: Duration, now: i64) -> Self {
        let assumed = f64::from(u8::from(!usual.is_zero()));
        let seconds = f64::from(rhythm.seconds) + usual.as_secs_f64() / WAITING;
        let items = f64::from(rhythm.items) / f64::from(ITEM) + assumed;
        let known_for = now - i64::from(rhythm.since) * DAY;
        let seen = Seen::of(rhythm, now);
        let hours_show = known_for >= HOURS_SHOW;
        let days_show = known_for >= DAYS_SHOW;
        Self {
            level: if seconds > 0.0 { items / seconds } else { 0.0 },
            hours: shape(&rhythm.hours, &seen.hours, DOUBT_OF_HOURS, hours_show),
            days: shape(&rhythm.days, &seen.days, DOUBT_OF_DAYS, days_show),
        }
    }

    fn rate_at(&self, moment: i64) -> f64 {
        self.level * self.hours[hour_of(moment)] * self.days[day_of(moment)]
    }
}

/// How much of each hour of the day and each day of the week the sums tell of, aged as they are: the day that
/// was a week ago counts for less than yesterday.
struct Seen {
    hours: [f64; 24],
    days: [f64; 7],
}

impl Seen {
    fn of(rhythm: &Rhythm, now: i64) -> Self {
        let today = i64::from(rhythm.aged);
        let passed = ((now - today * DAY) as f64 / DAY as f64).clamp(0.0, 1.0);
        let mut seen = Self {
            hours: [0.0; 24],
            days: [0.0; 7],
        };
        for (hour, share) in seen.hours.iter_mut().enumerate() {
            *share = (passed * 24.0 - hour as f64).clamp(0.0, 1.0);
        }
        seen.days[day_of(today * DAY)] = passed;
        let days = today - i64::from(rhythm.since);
        let mut weight = 1.0;
        for day in 1..=days.min(60) {
            weight *= 0.9;
            seen.hours.iter_mut().for_each(|share| *share += weight);
            seen.days[day_of((today - day) * DAY)] += weight;
        }
        seen
    }
}

/// How many times as many as if all were alike each sum has, for the time that it tells of, where that `shows`.
fn shape<const N: usize>(sums: &[u16; N], seen: &[f64; N], doubt: f64, shows: bool) -> [f64; N] {
    let items = sums.map(|sum| f64::from(sum) / f64::from(UNIT));
    let (all, time) = (items.iter().sum::<f64>(), seen.iter().sum::<f64>());
    if !shows || time <= 0.0 {
        return [1.0; N];
    }
    std::array::from_fn(|n| (items[n] + doubt) / (all * seen[n] / time + doubt))
}

fn hour_of(second: i64) -> usize {
    (second.rem_euclid(DAY) / HOUR) as usize
}

/// From Monday. The first day of 1970 was a Thursday.
fn day_of(second: i64) -> usize {
    (second.div_euclid(DAY) + 3).rem_euclid(7) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const USUAL: Duration = Duration::from_secs(900);
    const MOST: Duration = Duration::from_secs(6 * 3_600);

    /// A Monday, 0 o'clock.
    const MONDAY: i64 = 1_760_313_600;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    /// A feed polled every half hour for `weeks`, with `items` in the hours (day, hour).
    fn learned(weeks: i64, items: impl Fn(usize, usize) -> usize) -> Rhythm {
        let mut rhythm = Rhythm::default();
        rhythm.begin(at(MONDAY), &[]);
        for half in 1..=weeks * 7 * 48 {
            let now = MONDAY + half * 1_800;
            let found = items(day_of(now - 1), hour_of(now - 1));
            let found = if half % 2 == 0 { found } else { 0 };
            rhythm.learn(at(now - 1_800), at(now), (0..found).map(|_| None));
        }
        rhythm
    }

    fn minutes(rhythm: &Rhythm, at: Timestamp) -> u64 {
        rhythm.wait(USUAL, MOST, at).as_secs() / 60
    }

    #[test]
    fn a_feed_of_which_nothing_is_known_is_polled_at_the_usual_interval() {
        assert_eq!(minutes(&Rhythm::default(), at(MONDAY)), 15);
        assert_eq!(
            Rhythm::default().wait(Duration::ZERO, MOST, at(MONDAY)),
            Duration::ZERO
        );
    }

    #[test]
    fn the_interval_goes_with_the_root_of_the_rate() {
        let steady = |items: usize| minutes(&learned(4, |_, _| items), at(MONDAY + 28 * DAY));
        let waits = [16, 4, 1].map(steady);
        assert!(
            waits[0] == 15 && (25..=28).contains(&waits[1]) && (50..=56).contains(&waits[2]),
            "{waits:?}"
        );
        let silent = minutes(&learned(4, |_, _| 0), at(MONDAY + 28 * DAY));
        assert_eq!(silent, 360);
    }

    #[test]
    fn hours_and_days_in_which_much_appears_are_polled_more_often() {
        // Office hours, and nothing at the weekend.
        let office = |day, hour| {
            if day < 5 && (8..18).contains(&hour) {
                6
            } else {
                0
            }
        };
        let rhythm = learned(6, office);
        let monday = MONDAY + 42 * DAY;
        let (busy, night) = (
            minutes(&rhythm, at(monday + 10 * HOUR)),
            minutes(&rhythm, at(monday + 19 * HOUR)),
        );
        let weekend = minutes(&rhythm, at(monday + 5 * DAY + 10 * HOUR));
        assert!(busy <= 32, "{busy} min at the busiest");
        assert!(night >= 60, "{night} min in the evening");
        assert!(weekend >= 2 * busy, "{weekend} min on Saturday");
        // Just before the day begins it is not slept through.
        let before = minutes(&rhythm, at(monday + 7 * HOUR));
        assert!(
            before < night && before <= 90,
            "{before} min before the day begins"
        );
    }

    #[test]
    fn the_dates_of_a_first_listing_tell_the_rate() {
        let dates: Vec<Timestamp> = (0..30).map(|n| at(MONDAY - n * 7 * HOUR)).collect();
        let mut rhythm = Rhythm::default();
        rhythm.begin(at(MONDAY), &dates);
        let a_day = rhythm.items_a_day().expect("it is known");
        assert!((3.0..4.0).contains(&a_day), "{a_day} items a day");
        let minutes = minutes(&rhythm, at(MONDAY));
        assert!((100..=180).contains(&minutes), "{minutes} min");
        // Of one moment: the document's date.
        let mut rhythm = Rhythm::default();
        rhythm.begin(at(MONDAY), &[at(MONDAY - 9 * DAY); 30]);
        assert_eq!(rhythm.items_a_day(), None);
    }

    #[test]
    fn silence_is_noticed() {
        let rhythm = learned(2, |_, _| 1);
        let now = at(MONDAY + 14 * DAY);
        let expected = rhythm.expected(now, at(MONDAY + 14 * DAY + 10 * HOUR));
        assert!((6.5..12.0).contains(&expected), "{expected}");
        let unknown = Rhythm::default().expected(at(MONDAY), at(MONDAY + DAY));
        assert!(unknown.abs() < f64::EPSILON);
    }

    proptest! {
        /// Whatever was seen: within its bounds, and the same however often it is computed.
        #[test]
        fn no_wait_is_out_of_bounds(polls in prop::collection::vec((1..200_000i64, 0..60usize), 0..80)) {
            let mut rhythm = Rhythm::default();
            let mut now = MONDAY;
            rhythm.begin(at(now), &[]);
            for (gap, found) in polls {
                let before = now;
                now += gap;
                rhythm.learn(at(before), at(now), (0..found).map(|_| None));
                let wait = rhythm.wait(USUAL, MOST, at(now));
                prop_assert!((USUAL..=MOST).contains(&wait), "{wait:?}");
            }
        }
    }
}
