//! Which articles carry a key: the window's largest part, and the one that every article asks most.

use std::collections::VecDeque;

use crate::window::Serial;

/// Buckets that there are from the beginning on: with what a bucket's entries keep of a key, enough to
/// tell all keys apart.
const FIRST: usize = 1 << 16;
/// Entries a bucket has on average before another one is added.
const FULL: usize = 96;
/// Entries that are sorted by bucket at once while an index is built.
const BATCH: usize = 1 << 22;

/// An exact set of pairs of key and article.
///
/// A hash table with one bucket more now and then (linear hashing), so that no article waits for all
/// of it to be laid out anew. A bucket is one block of six bytes a pair in order of article: looked
/// through from its end it gives the newest carriers, from its beginning the oldest, and it holds the
/// same after an eviction as it would if it were built anew. What is evicted stands at its beginning, so that
/// nothing behind it moves, however many carry the key.
#[derive(Debug)]
pub(crate) struct Postings {
    buckets: Vec<VecDeque<Entry>>,
    len: usize,
}

/// An article that carries a key. The rest of the key is the bucket's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    key: u16,
    serial: [u16; 2],
}

impl Entry {
    fn new(hash: u32, serial: Serial) -> Self {
        Self {
            key: (hash >> 16) as u16,
            serial: [(serial >> 16) as u16, serial as u16],
        }
    }

    fn serial(self) -> Serial {
        Serial::from(self.serial[0]) << 16 | Serial::from(self.serial[1])
    }
}

/// Spreads keys that may be small numbers over all bits. Reversible, so two keys never meet.
fn spread(key: u32) -> u32 {
    let key = (key ^ key >> 16).wrapping_mul(0x9e37_79b1);
    key ^ key >> 15
}

impl Default for Postings {
    fn default() -> Self {
        Self {
            buckets: vec![VecDeque::new(); FIRST],
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
        let bucket = &mut self.buckets[place];
        let entry = Entry::new(hash, serial);
        let newest = bucket.back().is_none_or(|last| last.serial() < serial);
        let at = if newest {
            bucket.len()
        } else {
            let at = bucket.partition_point(|other| other.serial() < serial);
            let own = bucket.range(at..);
            let mut own = own.take_while(|other| other.serial() == serial);
            if own.any(|other| other.key == entry.key) {
                return;
            }
            at
        };
        if bucket.len() == bucket.capacity() {
            // Doubling would leave a quarter of all memory empty.
            bucket.reserve_exact(bucket.len() / 8 + 4);
        }
        bucket.insert(at, entry);
        self.len += 1;
        if self.len > self.buckets.len() * FULL {
            self.split();
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
        // What the key keeps begins at bit 16, as many as the first buckets' places have.
        let bit = round.trailing_zeros() - FIRST.trailing_zeros();
        if bit >= 16 {
            return;
        }
        let bucket = std::mem::take(&mut self.buckets[all - round]);
        let goes = |entry: &&Entry| entry.key >> bit & 1 == 1;
        let moved = bucket.iter().filter(goes).count();
        let mut stays = VecDeque::with_capacity(bucket.len() - moved);
        let mut new = VecDeque::with_capacity(moved);
        for entry in &bucket {
            if goes(&entry) {
                new.push_back(*entry);
            } else {
                stays.push_back(*entry);
            }
        }
        self.buckets[all - round] = stays;
        self.buckets.push(new);
    }

    /// Takes back what [`Postings::add`] did.
    pub(crate) fn remove(&mut self, keys: impl Iterator<Item = u32>, serial: Serial) {
        for key in keys {
            let hash = spread(key);
            let place = self.place(hash);
            let bucket = &mut self.buckets[place];
            let entry = Entry::new(hash, serial);
            let begin = bucket.partition_point(|other| other.serial() < serial);
            let own = bucket.range(begin..);
            let mut own = own.take_while(|other| other.serial() == serial);
            if let Some(at) = own.position(|other| *other == entry) {
                bucket.remove(begin + at);
                self.len -= 1;
                if bucket.len() < bucket.capacity() / 4 {
                    bucket.shrink_to(bucket.len() * 2);
                }
            }
        }
    }

    /// Puts into `found` at most `cap` articles that carry `key` and arrived before `before`: the
    /// newest, and of a key with more, the oldest as a half of them, so that the source of a text
    /// that everybody reprints stays within reach.
    pub(crate) fn carriers(&self, key: u32, before: Serial, cap: usize, found: &mut Vec<Serial>) {
        found.clear();
        let hash = spread(key);
        let kept = (hash >> 16) as u16;
        let bucket = &self.buckets[self.place(hash)];
        let end = match bucket.back() {
            Some(last) if last.serial() >= before => {
                bucket.partition_point(|entry| entry.serial() < before)
            }
            _ => bucket.len(),
        };
        let (older, newer) = bucket.as_slices();
        let older = &older[..end.min(older.len())];
        let newer = &newer[..end - older.len()];
        let carries = |entry: &&Entry| entry.key == kept;
        for block in newer.rchunks(16).chain(older.rchunks(16)) {
            // Counted without a branch first: for the block as a whole that takes a few instructions.
            if block.iter().filter(carries).count() > 0 {
                let rest = cap - found.len();
                let newest = block.iter().rev().filter(carries).take(rest);
                found.extend(newest.map(|entry| entry.serial()));
                if found.len() == cap {
                    break;
                }
            }
        }
        if found.len() == cap {
            found.truncate(cap - cap / 2);
            let oldest = older.iter().chain(newer).filter(carries).take(cap / 2);
            found.extend(oldest.map(|entry| entry.serial()));
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

    proptest! {
            #[test]
            fn carriers_are_those_of_a_plain_set(
                steps in prop::collection::vec((any::<bool>(), 0u32..12, 0u32..40), 0..200),
                before in 0u32..45,
            ) {
                let mut postings = Postings::default();
                let mut pairs = BTreeSet::new();
                for (adds, key, serial) in steps {
                    let keys = [key, key << 20 | 5];
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
        let keys = |serial: u32| (0..1000u32).map(move |n| (serial * 1000 + n).wrapping_mul(7919));
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
