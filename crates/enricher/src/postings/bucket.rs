//! The pairs of one bucket of the index, in four bytes each.

use crate::window::Serial;

/// Bits that an entry keeps of a key.
pub(super) const KEPT_BITS: u32 = 15;

/// An article's number, of which the low 16 bits are kept: the rest follows from the order of the entries, as
/// long as two that follow each other lie less than 65,536 articles apart. Where they do not, a leap says
/// how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry(u32);

const LEAP: u32 = 1 << 31;
/// From here on two entries that follow each other need a leap between them.
const FAR: u32 = 1 << 16;

impl Entry {
    fn new(key: u16, serial: Serial) -> Self {
        Self(u32::from(key) << 16 | serial & 0xffff)
    }

    fn is_leap(self) -> bool {
        self.0 & LEAP != 0
    }

    fn carries(self, key: u16) -> bool {
        self.0 >> 16 == u32::from(key)
    }

    /// How far it lies from the place to its left; of a leap, how far it leads.
    fn after(self, left: Serial) -> u32 {
        if self.is_leap() {
            self.0 & !LEAP
        } else {
            u32::from((self.0 as u16).wrapping_sub(left as u16))
        }
    }

    /// The same from the place to its right.
    fn before(self, right: Serial) -> u32 {
        if self.is_leap() {
            self.0 & !LEAP
        } else {
            u32::from((right as u16).wrapping_sub(self.0 as u16))
        }
    }
}

/// Pairs of key and article in order of article.
///
/// Both ends are known, so that neither the newest nor the oldest are counted out from the other end.
#[derive(Clone, Debug, Default)]
pub(super) struct Bucket {
    /// What was evicted and not cleared away yet stands before `begin`. The first and the last of what
    /// stays are no leaps.
    entries: Vec<Entry>,
    begin: u32,
    first: Serial,
    last: Serial,
}

impl Bucket {
    fn live(&self) -> &[Entry] {
        &self.entries[self.begin as usize..]
    }

    /// Adds a pair; false where it is there already.
    pub(super) fn insert(&mut self, key: u16, serial: Serial) -> bool {
        if self.entries.len() == self.entries.capacity() {
            self.clear_away();
        }
        if self.live().is_empty() {
            self.first = serial;
            self.last = serial;
        } else if serial < self.first {
            let at = self.begin as usize;
            self.reserve();
            self.entries.insert(at, Entry::new(key, serial));
            self.leap(at + 1, self.first - serial);
            self.first = serial;
            return true;
        } else if serial <= self.last {
            return self.insert_between(key, serial);
        } else {
            self.leap(self.entries.len(), serial - self.last);
            self.last = serial;
        }
        self.reserve();
        self.entries.push(Entry::new(key, serial));
        true
    }

    fn insert_between(&mut self, key: u16, serial: Serial) -> bool {
        let entry = Entry::new(key, serial);
        let mut at = self.entries.len();
        let mut right = self.last;
        // Back to the last entry that is not later.
        let left = loop {
            let other = self.entries[at - 1];
            let place = right - other.before(right);
            if !other.is_leap() && place <= serial {
                break place;
            }
            right = place;
            at -= 1;
        };
        if left == serial {
            let mut equal = self.entries[self.begin as usize..at].iter().rev();
            // Of one article no leap parts the entries.
            let low = serial as u16;
            if equal
                .by_ref()
                .take_while(|other| !other.is_leap() && other.0 as u16 == low)
                .any(|other| *other == entry)
            {
                return false;
            }
        }
        self.reserve();
        // A leap to the next one is parted in two.
        let gap = self.take_leaps(at);
        self.entries.insert(at, entry);
        if let Some(gap) = gap {
            self.leap(at + 1, gap - (serial - left));
            self.leap(at, serial - left);
        }
        true
    }

    /// Removes a pair; false where there is none.
    pub(super) fn remove(&mut self, key: u16, serial: Serial) -> bool {
        let Some(at) = self.position(key, serial) else {
            return false;
        };
        let begin = self.begin as usize;
        let leap = self.take_leaps(at + 1);
        let next = self.entries.get(at + 1).copied();
        let to_next = leap.or_else(|| Some(next?.after(serial)));
        if at == begin {
            // Those behind it stay where they are: a key that everybody carries has a hundred thousand.
            self.begin += 1;
            self.first = serial + to_next.unwrap_or(0);
            self.tidy();
            return true;
        }
        self.entries.remove(at);
        let mut begin_of_leaps = at;
        while self.entries[begin_of_leaps - 1].is_leap() {
            begin_of_leaps -= 1;
        }
        let leap = self.take_leaps(begin_of_leaps);
        let from_last = leap.unwrap_or_else(|| self.entries[at - 1].before(serial));
        match to_next {
            Some(to_next) => self.leap(begin_of_leaps, from_last + to_next),
            None => self.last = serial - from_last,
        }
        self.tidy();
        true
    }

    fn position(&self, key: u16, serial: Serial) -> Option<usize> {
        if self.live().is_empty() || !(self.first..=self.last).contains(&serial) {
            return None;
        }
        let entry = Entry::new(key, serial);
        let begin = self.begin as usize;
        if serial == self.first {
            let own = self.live().iter();
            let mut own = own.take_while(|other| !other.is_leap() && other.after(serial) == 0);
            return Some(begin + own.position(|other| *other == entry)?);
        }
        let mut right = self.last;
        for (at, other) in self.live().iter().enumerate().rev() {
            right -= other.before(right);
            if right < serial {
                break;
            }
            if right == serial && *other == entry {
                return Some(begin + at);
            }
        }
        None
    }

    /// Takes away the leaps from `at` on, and says how far they lead; `None` where there are none.
    fn take_leaps(&mut self, at: usize) -> Option<u32> {
        let leaps = self.entries.get(at..).unwrap_or_default().iter();
        let leaps = leaps.take_while(|entry| entry.is_leap()).count();
        let gone = self.entries.drain(at..at + leaps);
        gone.map(|leap| leap.after(0)).reduce(|a, b| a + b)
    }

    /// Puts what it takes to lead over `gap` before the entry at `at`.
    fn leap(&mut self, at: usize, gap: u32) {
        if gap < FAR {
            return;
        }
        // Two lead over all numbers there are.
        let half = gap / 2;
        let parts = if gap < LEAP {
            [gap, 0]
        } else {
            [half, gap - half]
        };
        for part in parts.into_iter().filter(|&part| part > 0) {
            self.reserve();
            self.entries.insert(at, Entry(LEAP | part));
        }
    }

    fn reserve(&mut self) {
        if self.entries.len() == self.entries.capacity() {
            // Doubling would leave a quarter of all memory empty.
            self.entries.reserve_exact(self.entries.len() / 16 + 4);
        }
    }

    /// Gives back what evictions left.
    fn tidy(&mut self) {
        if self.begin as usize * 2 > self.entries.len() {
            self.clear_away();
        }
        if self.entries.len() < self.entries.capacity() / 4 {
            self.entries.shrink_to(self.entries.len() * 2);
        }
    }

    fn clear_away(&mut self) {
        self.entries.drain(..self.begin as usize);
        self.begin = 0;
    }

    /// Those whose keys have a 0 at `bit`, and those that have a 1.
    pub(super) fn parted(&self, bit: u32) -> (Self, Self) {
        let goes = |entry: &&Entry| !entry.is_leap() && entry.0 >> (16 + bit) & 1 == 1;
        let moved = self.live().iter().filter(goes).count();
        let of = |many: usize| Self {
            // Room for the next ones: they would be moved again at once.
            entries: Vec::with_capacity(many + many / 16 + 4),
            ..Self::default()
        };
        let (mut stays, mut new) = (of(self.live().len() - moved), of(moved));
        let mut serial = self.first;
        for entry in self.live() {
            serial += entry.after(serial);
            if !entry.is_leap() {
                let to = if goes(&entry) { &mut new } else { &mut stays };
                to.insert((entry.0 >> 16) as u16, serial);
            }
        }
        (stays, new)
    }

    /// Adds to `found` the newest articles before `before` that carry `key`, the newest first, until it
    /// holds `cap`.
    pub(super) fn newest(&self, key: u16, before: Serial, cap: usize, found: &mut Vec<Serial>) {
        let live = self.live();
        let (mut start, mut known, mut right) = (live.len(), live.len(), self.last);
        for block in live.rchunks(BLOCK) {
            start -= block.len();
            if !is_met(block, key) {
                continue;
            }
            while known > start {
                known -= 1;
                right -= live[known].before(right);
                if live[known].carries(key) && right < before {
                    found.push(right);
                    if found.len() == cap {
                        return;
                    }
                }
            }
        }
    }

    /// Adds to `found` the oldest articles that carry `key`, `count` of them at most.
    pub(super) fn oldest(&self, key: u16, count: usize, found: &mut Vec<Serial>) {
        let live = self.live();
        let cap = found.len().saturating_add(count);
        let (mut end, mut known, mut left) = (0, 0, self.first);
        for block in live.chunks(BLOCK) {
            end += block.len();
            if !is_met(block, key) {
                continue;
            }
            for entry in &live[known..end] {
                left += entry.after(left);
                if entry.carries(key) {
                    if found.len() == cap {
                        return;
                    }
                    found.push(left);
                }
            }
            known = end;
        }
    }
}

/// Entries that are asked at once. Only where one of them is met is it counted out whose they are.
const BLOCK: usize = 16;

/// Counted without a branch: for the block as a whole that takes a few instructions.
fn is_met(block: &[Entry], key: u16) -> bool {
    block.iter().filter(|entry| entry.carries(key)).count() > 0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Some next to each other, others farther apart than an entry keeps of them.
    fn serial(number: u32) -> Serial {
        [0, 70_000, 200_000, 4_200_000_000][number as usize % 4] + number / 4 * 3
    }

    proptest! {
        #[test]
        fn a_bucket_holds_what_was_put_into_it(
            steps in prop::collection::vec((prop::bool::weighted(0.6), 0u16..4, 0u32..40), 0..200),
            before in 0u32..45,
        ) {
            let mut bucket = Bucket::default();
            let mut pairs: BTreeSet<(Serial, u16)> = BTreeSet::new();
            for (adds, key, number) in steps {
                let pair = (serial(number), key);
                if adds {
                    prop_assert_eq!(bucket.insert(key, pair.0), pairs.insert(pair));
                } else {
                    prop_assert_eq!(bucket.remove(key, pair.0), pairs.remove(&pair));
                }
            }
            let before = serial(before);
            let (even, odd) = bucket.parted(0);
            for key in 0..4 {
                let of_key = pairs.iter().filter(|pair| pair.1 == key).map(|pair| pair.0);
                let all: Vec<Serial> = of_key.collect();
                let part = if key % 2 == 0 { &even } else { &odd };
                for bucket in [&bucket, part] {
                    let mut found = Vec::new();
                    bucket.oldest(key, usize::MAX, &mut found);
                    prop_assert_eq!(&found, &all);
                    found.clear();
                    bucket.newest(key, before, 7, &mut found);
                    let earlier = all.iter().rev().filter(|&&serial| serial < before);
                    prop_assert!(found.iter().eq(earlier.take(7)));
                }
            }
            for (serial, key) in pairs.into_iter().rev() {
                prop_assert!(bucket.remove(key, serial));
            }
            prop_assert!(bucket.live().is_empty());
        }
    }
}
