//! Which articles carry a key: the window's largest part, and the one that every article asks most.

mod bucket;

use crate::window::Serial;
use bucket::{Bucket, KEPT_BITS};

/// Bits of a key. Of a million articles with 80 fingerprints each one in seven is met by another's of the same
/// bits: a candidate takes two of them.
pub(crate) const KEY_BITS: u32 = 29;
/// Buckets that there are from the beginning on: with what a bucket's entries keep of a key, enough to
/// tell all keys apart.
const FIRST: usize = 1 << (KEY_BITS - KEPT_BITS);
/// Entries a bucket has on average before another one is added.
const FULL: usize = 128;
/// Entries that are sorted by bucket at once while an index is built.
const BATCH: usize = 1 << 22;

/// An exact set of pairs of key and article.
///
/// A hash table with one bucket more now and then (linear hashing), so that no article waits for all
/// of it to be laid out anew. A bucket is one block of four bytes a pair in order of article: looked
/// through from its end it gives the newest carriers, from its beginning the oldest, and it holds the
/// same after an eviction as it would if it were built anew. What is evicted stands at its beginning, so that
/// nothing behind it moves, however many carry the key.
#[derive(Debug)]
pub(crate) struct Postings {
    buckets: Vec<Bucket>,
    len: usize,
}

/// Spreads keys that may be small numbers over all their bits. Reversible, so two keys never meet.
fn spread(key: u32) -> u32 {
    let all = (1 << KEY_BITS) - 1;
    let key = key & all;
    let key = (key ^ key >> 15).wrapping_mul(0x9e37_79b1) & all;
    key ^ key >> 14
}

/// What a bucket's entries keep of a key: the rest is the bucket's place.
fn kept(hash: u32) -> u16 {
    (hash >> (KEY_BITS - KEPT_BITS)) as u16
}

impl Default for Postings {
    fn default() -> Self {
        Self {
            buckets: vec![Bucket::default(); FIRST],
            len: 0,
        }
    }
}

impl Postings {
    /// The place of a key's bucket: the low bits of its hash, one bit more where the bucket has been
    /// split already.
    fn place(&self, hash: u32) -> usize {
        let all = self.buckets.len();
        let round = all.next_power_of_two();
        let place = hash as usize & (round - 1);
        if place < all {
            place
        } else {
            place - round / 2
        }
    }

    /// Makes `serial` a carrier of each of `keys`. The newest article costs least.
    pub(crate) fn add(&mut self, keys: impl Iterator<Item = u32>, serial: Serial) {
        for key in keys {
            self.put(spread(key), serial);
        }
    }

    fn put(&mut self, hash: u32, serial: Serial) {
        let place = self.place(hash);
        if self.buckets[place].insert(kept(hash), serial) {
            self.len += 1;
            if self.len > self.buckets.len() * FULL {
                self.split();
            }
        }
    }

    /// Parts the next bucket in two.
    fn split(&mut self) {
        let all = self.buckets.len();
        // A power of two begins a new round.
        let round = if all.is_power_of_two() {
            all
        } else {
            all.next_power_of_two() / 2
        };
        // What is kept of a key begins behind the bits of the first buckets' places.
        let bit = round.trailing_zeros() - FIRST.trailing_zeros();
        if bit >= KEPT_BITS {
            return;
        }
        let bucket = std::mem::take(&mut self.buckets[all - round]);
        let (stays, goes) = bucket.parted(bit);
        self.buckets[all - round] = stays;
        self.buckets.push(goes);
    }

    /// Takes back what [`Postings::add`] did.
    pub(crate) fn remove(&mut self, keys: impl Iterator<Item = u32>, serial: Serial) {
        for key in keys {
            let hash = spread(key);
            let place = self.place(hash);
            if self.buckets[place].remove(kept(hash), serial) {
                self.len -= 1;
            }
        }
    }

    /// Puts into `found` at most `cap` articles that carry `key` and arrived before `before`: the
    /// newest, and of a key with more, the oldest as a half of them, so that the source of a text
    /// that everybody reprints stays within reach.
    pub(crate) fn carriers(&self, key: u32, before: Serial, cap: usize, found: &mut Vec<Serial>) {
        found.clear();
        let hash = spread(key);
        let kept = kept(hash);
        let bucket = &self.buckets[self.place(hash)];
        bucket.newest(kept, before, cap, found);
        if found.len() == cap {
            found.truncate(cap - cap / 2);
            bucket.oldest(kept, cap / 2, found);
            found.sort_unstable();
            found.dedup();
        }
    }
}

/// Builds [`Postings`] of many articles at once: pairs are sorted by bucket in large batches, so that
/// they are written where memory is at hand.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    postings: Postings,
    batch: Vec<(u32, Serial)>,
    sorted: Vec<(u32, Serial)>,
}

/// Groups that a batch is sorted into.
const GROUPS: usize = 1 << 10;

impl Builder {
    /// Adds an article, later than all before it.
    pub(crate) fn add(&mut self, keys: impl Iterator<Item = u32>, serial: Serial) {
        self.batch.extend(keys.map(|key| (spread(key), serial)));
        if self.batch.len() >= BATCH {
            self.write();
        }
    }

    fn write(&mut self) {
        // The low bits are those of the buckets' places, whatever their number is.
        let group = |hash: u32| hash as usize & (GROUPS - 1);
        let mut ends = vec![0usize; GROUPS + 1];
        for &(hash, _) in &self.batch {
            ends[group(hash) + 1] += 1;
        }
        for at in 1..=GROUPS {
            ends[at] += ends[at - 1];
        }
        self.sorted.clear();
        self.sorted.resize(self.batch.len(), (0, 0));
        for &(hash, serial) in &self.batch {
            let end = &mut ends[group(hash)];
            self.sorted[*end] = (hash, serial);
            *end += 1;
        }
        for &(hash, serial) in &self.sorted {
            self.postings.put(hash, serial);
        }
        self.batch.clear();
    }

    pub(crate) fn finish(mut self) -> Postings {
        self.write();
        self.postings
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// The same by plain sets.
    fn expected(pairs: &BTreeSet<(u32, Serial)>, key: u32, before: Serial, cap: usize) -> Vec<u32> {
        let all: Vec<u32> = pairs
            .range((key, 0)..(key, before))
            .map(|&(_, serial)| serial)
            .collect();
        if all.len() < cap {
            return all.into_iter().rev().collect();
        }
        let oldest = &all[..cap / 2];
        let newest = &all[all.len() - (cap - cap / 2)..];
        let both: BTreeSet<u32> = oldest.iter().chain(newest).copied().collect();
        both.into_iter().collect()
    }

    /// Some next to each other, others too far apart for what an entry keeps of them.
    fn serial(number: u32) -> Serial {
        [0, 70_000, 90_000, 3_000_000_000][number as usize % 4] + number / 4
    }

    proptest! {
        #[test]
        fn carriers_are_those_of_a_plain_set(
            steps in prop::collection::vec((any::<bool>(), 0u32..12, 0u32..40), 0..200),
            before in 0u32..45,
        ) {
            let before = serial(before);
            let mut postings = Postings::default();
            let mut pairs = BTreeSet::new();
            for (adds, key, number) in steps {
                let keys = [key, key << 20 | 5];
                let serial = serial(number);
                if adds {
                    postings.add(keys.into_iter(), serial);
                    pairs.extend(keys.map(|key| (key, serial)));
                } else {
                    postings.remove(keys.into_iter(), serial);
                    for key in keys {
                        pairs.remove(&(key, serial));
                    }
                }
            }
            prop_assert_eq!(postings.len, pairs.len());
            let mut builder = Builder::default();
            let by_article: BTreeSet<(Serial, u32)> =
                pairs.iter().map(|&(key, serial)| (serial, key)).collect();
            for (serial, key) in by_article {
                builder.add(std::iter::once(key), serial);
            }
            let built = builder.finish();
            let mut found = Vec::new();
            for key in (0..12).chain((0..12).map(|key| key << 20 | 5)) {
                for cap in [1, 4, 7] {
                    let expected = expected(&pairs, key, before, cap);
                    postings.carriers(key, before, cap, &mut found);
                    prop_assert_eq!(&found, &expected);
                    built.carriers(key, before, cap, &mut found);
                    prop_assert_eq!(&found, &expected);
                }
            }
        }
    }

    #[test]
    fn growing_moves_nothing_out_of_reach() {
        let mut postings = Postings::default();
        let articles = (FIRST * FULL * 3 / 2 / 1000) as u32;
        let all = (1 << KEY_BITS) - 1;
        let keys =
            |serial: u32| (0..1000u32).map(move |n| (serial * 1000 + n).wrapping_mul(7919) & all);
        for serial in 0..articles {
            postings.add(keys(serial), serial);
        }
        assert!(postings.buckets.len() > FIRST);
        let mut found = Vec::new();
        for serial in (0..articles).step_by(97) {
            for key in keys(serial).step_by(31) {
                postings.carriers(key, Serial::MAX, 64, &mut found);
                assert_eq!(found, [serial], "{key}");
            }
        }
        for serial in 0..articles {
            postings.remove(keys(serial), serial);
        }
        assert_eq!(postings.len, 0);
    }
}
