//! Whether items slide out of a feed's listing before anybody has seen them.
//!
//! A listing overlaps with the one before where one of the newest items of then is still in it. The newest,
//! because a pinned item stays for ever; and a few of them, because one may be withdrawn.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ingest::IdentityKey;

/// How many of the newest items are remembered.
const EDGE: usize = 4;
/// The shortest listing that slides: from one of two items nothing can be told.
const SLIDES: u32 = 3;
/// After how many seconds a peak counts for half.
const HALF: u64 = 6 * 60 * 60;
/// The shortest time between two polls from which a rate is concluded: what comes at once says little.
const LEAST_ELAPSED: f64 = 600.0;

/// What is known of how a feed's listing slides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Window {
    /// The items that a whole listing has.
    pub listed: u32,
    /// How many of them were new in the last one.
    pub fresh: u32,
    /// How often a listing did not overlap with the one before: items may have been missed.
    pub gaps: u32,
    /// When that was the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap_at: Option<Timestamp>,
    /// The marks of the items that appeared last; 0 for none.
    edge: [u32; EDGE],
    /// The most items, in thousandths, that appeared in an hour lately.
    peak: u32,
    peak_at: Option<Timestamp>,
}

/// What a whole listing has.
pub(crate) struct Listing<'l> {
    /// Its items in order, new or known before.
    pub(crate) items: &'l [Item],
    /// When it was polled.
    pub(crate) at: Timestamp,
    /// When the one before was.
    pub(crate) before: Option<Timestamp>,
}

/// An item of a listing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    /// By which it is known, and by which it was where it has another name now.
    pub(crate) key: IdentityKey,
    pub(crate) key_before: Option<IdentityKey>,
    /// When it was published, as the publisher says.
    pub(crate) date: Option<Timestamp>,
}

impl Item {
    fn is_new(&self) -> bool {
        self.key_before.is_none()
    }
}

impl Window {
    /// Takes up a listing; whether it does not overlap with the one before.
    pub(crate) fn slide(&mut self, listing: &Listing<'_>) -> bool {
        let Listing { items, at, before } = *listing;
        let fresh = items.iter().filter(|item| item.is_new()).count() as u32;
        let listed = items.len() as u32;
        let has_gap = before.is_some() && fresh > 0 && listed >= SLIDES && !self.overlaps(items);
        let found = before.map(|before| {
            let items = if has_gap { 2 * listed } else { fresh };
            let elapsed = at.duration_since(before).as_secs_f64();
            f64::from(items) / elapsed.max(LEAST_ELAPSED)
        });
        let rate = found
            .into_iter()
            .chain(dated_rate(items, at))
            .fold(0.0, f64::max);
        let rate = (rate * 3_600.0 * 1_000.0).min(f64::from(u32::MAX)) as u32;
        (self.peak, self.peak_at) = (self.peak_now(at).max(rate), Some(at));
        if has_gap {
            self.gaps = self.gaps.saturating_add(1);
            self.gap_at = Some(at);
        }
        (self.listed, self.fresh) = (listed, fresh);
        self.remember(items, true);
        has_gap
    }

    /// Takes up what has come since the last listing: the next one overlaps with that as well.
    pub(crate) fn add(&mut self, items: &[Item]) {
        self.remember(items, false);
    }

    /// Whether an item that was among the newest is still listed.
    fn overlaps(&self, items: &[Item]) -> bool {
        if self.edge == [0; EDGE] {
            return items.iter().any(|item| !item.is_new());
        }
        let marks = items
            .iter()
            .flat_map(|item| [Some(item.key), item.key_before]);
        marks.flatten().any(|key| self.edge.contains(&mark(key)))
    }

    /// Remembers the newest items: those that have just appeared, and of those before what is still there. A
    /// part says nothing of what it lacks.
    fn remember(&mut self, items: &[Item], is_whole: bool) {
        let mut fresh: Vec<(std::cmp::Reverse<Option<Timestamp>>, usize)> = items
            .iter()
            .enumerate()
            .filter(|(_, item)| item.is_new())
            .map(|(place, item)| (std::cmp::Reverse(item.date), place))
            .collect();
        // Without dates nobody knows which end of a first listing is the newer one.
        if self.edge == [0; EDGE] && fresh.len() == items.len() {
            fresh.retain(|(date, _)| date.0.is_some());
        }
        fresh.sort_unstable();
        let still = |edge: u32| {
            let find = |item: &&Item| {
                mark(item.key) == edge || item.key_before.is_some_and(|key| mark(key) == edge)
            };
            items.iter().find(find).map(|item| mark(item.key))
        };
        let kept: Vec<u32> = self
            .edge
            .iter()
            .filter(|edge| **edge != 0)
            .filter_map(|edge| still(*edge).or_else(|| (!is_whole).then_some(*edge)))
            .collect();
        let fresh = fresh.into_iter().map(|(_, place)| mark(items[place].key));
        let mut edge = fresh.chain(kept);
        self.edge = [(); EDGE].map(|()| edge.next().unwrap_or(0));
    }

    fn peak_now(&self, at: Timestamp) -> u32 {
        let Some(since) = self.peak_at else { return 0 };
        let elapsed = u64::try_from(at.duration_since(since).as_secs()).unwrap_or(0);
        let halvings = (elapsed / HALF).min(31);
        let halved = u64::from(self.peak) >> halvings;
        // Straight between two halvings.
        (halved - halved * (elapsed % HALF) / HALF / 2) as u32
    }

    /// Within which time half of the listing is new at the most, as fast as items came lately. `None` where
    /// nothing slides.
    pub(crate) fn wait(&self, at: Timestamp) -> Option<Duration> {
        let peak = f64::from(self.peak_now(at)) / 1_000.0;
        if self.listed < SLIDES || peak <= 0.0 {
            return None;
        }
        let hours = f64::from(self.listed) / 2.0 / peak;
        // Beyond a month nobody cares.
        Some(Duration::from_secs_f64(hours.min(30.0 * 24.0) * 3_600.0))
    }
}

/// How many items a second a listing was published at, by its dates. `None` where they are of too few moments:
/// of the document, or of a batch.
fn dated_rate(items: &[Item], at: Timestamp) -> Option<f64> {
    let dates: BTreeSet<Timestamp> = items.iter().filter_map(|item| item.date).collect();
    let is_dated = items.iter().all(|item| item.date.is_some());
    if !is_dated || items.len() < SLIDES as usize || dates.len() * 2 < items.len() {
        return None;
    }
    let (oldest, newest) = (dates.first()?, dates.last()?);
    let elapsed = at.duration_since(*oldest).as_secs_f64();
    (*newest <= at).then(|| items.len() as f64 / elapsed.max(LEAST_ELAPSED))
}

/// A short name of an item, never 0.
fn mark(key: IdentityKey) -> u32 {
    (key[1] as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_760_000_000 + minute * 60).expect("a moment")
    }

    /// A feed polled at these minutes with these items, each dated by its number, in minutes.
    struct Feed {
        window: Window,
        known: Vec<u64>,
        polled: Option<i64>,
        dated: bool,
    }

    impl Feed {
        fn new(dated: bool) -> Self {
            Self {
                window: Window::default(),
                known: Vec::new(),
                polled: None,
                dated,
            }
        }

        fn poll(&mut self, minute: i64, items: &[u64]) -> bool {
            let item = |n: &u64| Item {
                key: [0, *n],
                key_before: self.known.contains(n).then_some([0, *n]),
                date: self.dated.then(|| at(*n as i64)),
            };
            let items_now: Vec<Item> = items.iter().map(item).collect();
            let has_gap = self.window.slide(&Listing {
                items: &items_now,
                at: at(minute),
                before: self.polled.map(at),
            });
            self.known.extend(items);
            self.polled = Some(minute);
            has_gap
        }
    }

    #[test]
    fn a_listing_that_slid_past_what_nobody_saw_is_told() {
        for dated in [true, false] {
            let mut feed = Feed::new(dated);
            assert!(!feed.poll(0, &[5, 4, 3, 2, 1]), "the first");
            assert!(!feed.poll(15, &[7, 6, 5, 4, 3]));
            assert!(!feed.poll(30, &[9, 8, 7, 6, 5]));
            assert!(feed.poll(45, &[15, 14, 13, 12, 11]));
            assert!(!feed.poll(60, &[15, 14, 13, 12, 11]), "nothing new");
            assert_eq!((feed.window.gaps, feed.window.gap_at), (1, Some(at(45))));
        }
    }

    #[test]
    fn a_pinned_item_hides_no_gap_and_a_withdrawn_one_makes_none() {
        let mut feed = Feed::new(true);
        feed.poll(0, &[1, 5, 4, 3, 2]);
        assert!(!feed.poll(15, &[1, 7, 6, 4, 3]), "5 is withdrawn");
        assert!(feed.poll(30, &[1, 15, 14, 13, 12]));
    }

    #[test]
    fn an_old_end_that_comes_first_makes_no_gap() {
        let mut feed = Feed::new(false);
        feed.poll(0, &[1, 2, 3, 4, 5]);
        assert!(!feed.poll(15, &[4, 5, 6, 7, 8]));
        assert!(!feed.poll(30, &[6, 7, 8, 9, 10]));
    }

    #[test]
    fn from_one_item_nothing_is_told() {
        let mut feed = Feed::new(true);
        feed.poll(0, &[1]);
        assert!(!feed.poll(15, &[2]));
        assert_eq!(feed.window.wait(at(15)), None);
    }

    #[test]
    fn the_dates_of_a_first_listing_tell_how_fast_it_slides() {
        let mut feed = Feed::new(true);
        feed.poll(40, &[38, 35, 31, 26, 22, 17, 13, 10]);
        // Eight items in 30 minutes.
        assert_eq!(feed.window.wait(at(40)), Some(Duration::from_secs(900)));
        let mut feed = Feed::new(true);
        feed.poll(40, &[38, 38, 38, 38, 38, 38, 10, 10]);
        assert_eq!(feed.window.wait(at(40)), None, "a batch");
    }

    #[test]
    fn half_of_the_listing_may_be_new() {
        let mut feed = Feed::new(false);
        feed.poll(0, &[6, 5, 4, 3, 2, 1]);
        assert_eq!(feed.window.wait(at(0)), None, "nothing has moved yet");
        feed.poll(60, &[9, 8, 7, 6, 5, 4]);
        assert_eq!(feed.window.wait(at(60)), Some(Duration::from_secs(3_600)));
        // Six hours later at half the peak.
        assert_eq!(feed.window.wait(at(420)), Some(Duration::from_secs(7_200)));
        feed.poll(120, &[29, 28, 27, 26, 25, 24]);
        let wait = feed.window.wait(at(120)).expect("it slides");
        assert_eq!(wait, Duration::from_secs(900), "after a gap");
    }
}
