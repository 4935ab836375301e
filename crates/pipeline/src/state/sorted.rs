//! A map in order of key whose entries lie close to each other.

use std::collections::VecDeque;
use std::collections::vec_deque;
use std::ops::{Bound, RangeBounds};

/// Entries of a full block.
const FULL: usize = 64;

/// A map in order of key.
///
/// Keys that rise, as numbers of arrival do, fill its blocks to the end, where they leave the nodes of a
/// `BTreeMap` half empty: with a million entries that is tens of bytes each. What goes first, as the oldest
/// does, moves nothing.
#[derive(Debug)]
pub struct Sorted<K, V> {
    /// The first key of each block, side by side because every search begins here.
    firsts: VecDeque<K>,
    /// None is empty.
    blocks: VecDeque<Vec<(K, V)>>,
    len: usize,
}

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Self {
            firsts: VecDeque::new(),
            blocks: VecDeque::new(),
            len: 0,
        }
    }
}

fn place<K: Ord, V>(block: &[(K, V)], key: &K) -> Result<usize, usize> {
    block.binary_search_by(|(other, _)| other.cmp(key))
}

impl<K: Ord + Clone, V> Sorted<K, V> {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The block that has `key`, if any has.
    fn block_of(&self, key: &K) -> Option<usize> {
        let after = self.firsts.partition_point(|first| first <= key);
        after.checked_sub(1)
    }

    /// The value under `key`.
    pub fn get(&self, key: &K) -> Option<&V> {
        let block = self.blocks.get(self.block_of(key)?)?;
        let at = place(block, key).ok()?;
        Some(&block[at].1)
    }

    /// The value under `key`, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.block_of(key)?;
        let block = self.blocks.get_mut(at)?;
        let at = place(block, key).ok()?;
        Some(&mut block[at].1)
    }

    /// Sets the value under `key` and returns the one before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        // What lies below all others belongs to the first block.
        let number = self.block_of(&key).unwrap_or(0);
        let Some(block) = self.blocks.get_mut(number) else {
            self.put_block(0, vec![(key, value)]);
            self.len += 1;
            return None;
        };
        let at = match place(block, &key) {
            Ok(at) => return Some(std::mem::replace(&mut block[at].1, value)),
            Err(at) => at,
        };
        self.len += 1;
        if at == FULL {
            // Not split: the next keys are likely to be higher, too.
            self.put_block(number + 1, vec![(key, value)]);
            return None;
        }
        if at == 0 {
            self.firsts[number] = key.clone();
        }
        if block.len() < FULL {
            block.insert(at, (key, value));
        } else {
            let mut upper = block.split_off(FULL / 2);
            match at.checked_sub(FULL / 2) {
                Some(at) => upper.insert(at, (key, value)),
                None => block.insert(at, (key, value)),
            }
            self.put_block(number + 1, upper);
        }
        None
    }

    fn put_block(&mut self, number: usize, block: Vec<(K, V)>) {
        self.firsts.insert(number, block[0].0.clone());
        self.blocks.insert(number, block);
    }

    /// Removes the value under `key` and returns it.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let number = self.block_of(key)?;
        let block = &mut self.blocks[number];
        let at = place(block, key).ok()?;
        let (_, value) = block.remove(at);
        self.len -= 1;
        match block.first() {
            None => {
                self.firsts.remove(number);
                self.blocks.remove(number);
            }
            Some((first, _)) => {
                if at == 0 {
                    self.firsts[number] = first.clone();
                }
                if block.len() < block.capacity() / 4 {
                    block.shrink_to_fit();
                }
            }
        }
        Some(value)
    }

    /// Every entry in order of key.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        let entries = self.blocks.iter().flatten();
        entries.map(|(key, value)| (key, value))
    }

    /// The entries whose keys lie in `range`, in order.
    pub fn range(&self, range: impl RangeBounds<K>) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        // The block before the first that begins in the range may reach into it.
        let from = match range.start_bound() {
            Bound::Included(key) | Bound::Excluded(key) => self.block_of(key).unwrap_or(0),
            Bound::Unbounded => 0,
        };
        let to = match range.end_bound() {
            Bound::Included(key) | Bound::Excluded(key) => {
                self.firsts.partition_point(|first| first <= key)
            }
            Bound::Unbounded => self.firsts.len(),
        };
        let blocks = self.blocks.range(from..to.max(from));
        blocks.flat_map(move |block| {
            let from = match range.start_bound() {
                Bound::Included(key) => block.partition_point(|(other, _)| other < key),
                Bound::Excluded(key) => block.partition_point(|(other, _)| other <= key),
                Bound::Unbounded => 0,
            };
            let to = match range.end_bound() {
                Bound::Included(key) => block.partition_point(|(other, _)| other <= key),
                Bound::Excluded(key) => block.partition_point(|(other, _)| other < key),
                Bound::Unbounded => block.len(),
            };
            let entries = block.get(from..to).unwrap_or_default();
            entries.iter().map(|(key, value)| (key, value))
        })
    }
}

impl<K: Ord + Clone, V> FromIterator<(K, V)> for Sorted<K, V> {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(entries: T) -> Self {
        let mut sorted = Self::default();
        for (key, value) in entries {
            sorted.insert(key, value);
        }
        sorted
    }
}

impl<K, V> IntoIterator for Sorted<K, V> {
    type Item = (K, V);
    type IntoIter = std::iter::Flatten<vec_deque::IntoIter<Vec<(K, V)>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.blocks.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_a_map(
            steps in prop::collection::vec((any::<bool>(), 0..400u16), 0..1_500),
            rising in 0..300u16,
            (from, to) in (0..400u16, 0..400u16),
        ) {
            let mut sorted = Sorted::default();
            let mut plain = BTreeMap::new();
            let rising = (0..rising).map(|key| (true, key));
            for (at, (adds, key)) in rising.chain(steps).enumerate() {
                if adds {
                    prop_assert_eq!(sorted.insert(key, at), plain.insert(key, at));
                } else {
                    prop_assert_eq!(sorted.remove(&key), plain.remove(&key));
                }
                prop_assert_eq!(sorted.get(&key), plain.get(&key));
                prop_assert_eq!(sorted.get_mut(&key), plain.get_mut(&key));
            }
            prop_assert_eq!(sorted.len(), plain.len());
            prop_assert!(sorted.iter().eq(plain.iter()));
            prop_assert!(sorted.iter().rev().eq(plain.iter().rev()));
            let (from, to) = (from.min(to), from.max(to));
            prop_assert!(sorted.range(from..to).eq(plain.range(from..to)));
            prop_assert!(sorted.range(from..=to).rev().eq(plain.range(from..=to).rev()));
            prop_assert!(sorted.range(..to).eq(plain.range(..to)));
            prop_assert!(sorted.range(from..).eq(plain.range(from..)));
            prop_assert!(sorted.into_iter().eq(plain));
        }
    }

    #[test]
    fn keys_that_rise_fill_the_blocks() {
        let mut sorted = Sorted::default();
        for key in 0..100 * FULL {
            sorted.insert(key, ());
        }
        assert_eq!(sorted.blocks.len(), 100);
    }
}
