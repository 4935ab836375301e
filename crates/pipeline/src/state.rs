//! Keyed state: typed tables in memory, whose changes travel in the transaction that they belong to.
//!
//! A stage declares its tables in one struct and changes them in place. The runtime watches: it
//! undoes what a rejected record changed, collects what a batch changed for the changelog, and fills
//! the tables again from the [`crate::store`] and the changelog when a partition is opened. Code that
//! keeps something *derived* from the tables (an index) does so beside them and makes it anew in
//! [`State::rebuild`].

mod sorted;

use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;
pub use sorted::Sorted;

/// What a stage remembers. `()` for a stage that remembers nothing.
pub trait State: Default + Send + 'static {
    /// Every table, each under a name of its own that never changes within a generation.
    fn tables(&mut self) -> Vec<&mut dyn Journalled> {
        Vec::new()
    }

    /// Makes everything derived from the tables anew. Called after a restore, and after the changes
    /// of a rejected record were undone: rare enough for a full pass.
    fn rebuild(&mut self) {}
}

impl State for () {}

/// A change of one entry: table, key, and the new value or `None` where it was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The table's name.
    pub table: &'static str,
    /// The encoded key.
    pub key: Vec<u8>,
    /// The encoded value; `None` removes the entry.
    pub value: Option<Vec<u8>>,
}

/// What the runtime does with a table, whatever its types.
pub trait Journalled {
    /// The table's name in changelog and store.
    fn name(&self) -> &'static str;
    /// Puts back what changed since the last [`Journalled::keep`]. True where anything had.
    fn undo(&mut self) -> bool;
    /// Accepts the changes of the last record.
    fn keep(&mut self);
    /// Takes the changes accepted and not yet taken, in order of key, `most` at the most: what is left is
    /// taken by the next call.
    fn take_changes(&mut self, most: usize) -> Vec<Change>;
    /// Whether there is any change that was not taken.
    fn has_changes(&self) -> bool;
    /// Sets an entry as changelog or store have it, without journal.
    fn restore(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), CorruptState>;
    /// How many entries there are.
    fn entries(&self) -> usize;
    /// How many bytes keys and values take in the changelog, as of the last [`Journalled::take_changes`].
    fn bytes(&self) -> u64;
}

/// An entry of changelog or store that does not decode.
#[derive(Debug, thiserror::Error)]
#[error(
    "an entry of state table {table} does not decode: {cause}; delete the state folder, or replay into a new generation"
)]
pub struct CorruptState {
    table: &'static str,
    cause: String,
}

/// A table: keys in order, values in memory.
///
/// Keys and values are stored as MessagePack with field names, so fields may be added with a
/// default.
#[derive(Debug)]
pub struct Table<K, V> {
    name: &'static str,
    entries: Sorted<K, Slot<V>>,
    /// What each key touched by the current record held before it.
    undo: Vec<(K, Option<Slot<V>>)>,
    /// Keys changed by accepted records and not yet taken.
    changed: BTreeSet<K>,
    /// The sum of the entries' sizes.
    bytes: u64,
}

/// A value with what it takes in the changelog, its key included, in bytes: 0 while it is not there yet.
#[derive(Clone, Debug)]
struct Slot<V> {
    value: V,
    bytes: u32,
}

impl<V> Slot<V> {
    fn new(value: V) -> Self {
        Self { value, bytes: 0 }
    }
}

impl<K, V> Table<K, V>
where
    K: Ord + Clone + Serialize + DeserializeOwned,
    V: Clone + Serialize + DeserializeOwned,
{
    /// An empty table. The name never changes within a generation.
    pub fn named(name: &'static str) -> Self {
        Self {
            name,
            entries: Sorted::default(),
            undo: Vec::new(),
            changed: BTreeSet::new(),
            bytes: 0,
        }
    }

    /// The value under `key`.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key).map(|slot| &slot.value)
    }

    /// Whether there is a value under `key`.
    pub fn contains(&self, key: &K) -> bool {
        self.entries.get(key).is_some()
    }

    /// Sets the value under `key`.
    pub fn insert(&mut self, key: K, value: V) {
        let before = self.put(key.clone(), Slot::new(value));
        self.undo.push((key, before));
    }

    /// Changes the value under `key` in place; false where there is none.
    pub fn update(&mut self, key: &K, change: impl FnOnce(&mut V)) -> bool {
        let Some(slot) = self.entries.get_mut(key) else {
            return false;
        };
        self.undo.push((key.clone(), Some(slot.clone())));
        self.bytes -= u64::from(slot.bytes);
        slot.bytes = 0;
        change(&mut slot.value);
        true
    }

    /// Removes the value under `key` and returns it.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let before = self.take(key)?;
        self.undo.push((key.clone(), Some(before.clone())));
        Some(before.value)
    }

    /// Sets every entry of another table, as a change of this one.
    pub fn adopt(&mut self, other: Self) {
        for (key, slot) in other.entries {
            self.insert(key, slot.value);
        }
    }

    fn put(&mut self, key: K, slot: Slot<V>) -> Option<Slot<V>> {
        self.bytes += u64::from(slot.bytes);
        let before = self.entries.insert(key, slot);
        self.bytes -= before.as_ref().map_or(0, |slot| u64::from(slot.bytes));
        before
    }

    fn take(&mut self, key: &K) -> Option<Slot<V>> {
        let before = self.entries.remove(key)?;
        self.bytes -= u64::from(before.bytes);
        Some(before)
    }

    /// Every entry in order of key.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.entries.iter().map(|(key, slot)| (key, &slot.value))
    }

    /// The entries whose keys lie in `range`, in order.
    pub fn range(
        &self,
        range: impl std::ops::RangeBounds<K>,
    ) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        let entries = self.entries.range(range);
        entries.map(|(key, slot)| (key, &slot.value))
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn corrupt(&self, cause: &rmp_serde::decode::Error) -> CorruptState {
        CorruptState {
            table: self.name,
            cause: cause.to_string(),
        }
    }
}

impl<K, V> Journalled for Table<K, V>
where
    K: Ord + Clone + Serialize + DeserializeOwned,
    V: Clone + Serialize + DeserializeOwned,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn undo(&mut self) -> bool {
        let any = !self.undo.is_empty();
        // Backwards, so that a key touched twice ends with what it held first.
        while let Some((key, before)) = self.undo.pop() {
            match before {
                Some(slot) => self.put(key, slot),
                None => self.take(&key),
            };
        }
        any
    }

    fn keep(&mut self) {
        self.changed.extend(self.undo.drain(..).map(|(key, _)| key));
    }

    fn take_changes(&mut self, most: usize) -> Vec<Change> {
        let mut changes = Vec::new();
        while changes.len() < most
            && let Some(key) = self.changed.pop_first()
        {
            let encoded = encode(&key);
            let value = self.entries.get_mut(&key).map(|slot| {
                let value = encode(&slot.value);
                self.bytes -= u64::from(slot.bytes);
                slot.bytes = size(&encoded, &value);
                self.bytes += u64::from(slot.bytes);
                value
            });
            changes.push(Change {
                table: self.name,
                key: encoded,
                value,
            });
        }
        changes
    }

    fn has_changes(&self) -> bool {
        !self.changed.is_empty() || !self.undo.is_empty()
    }

    fn restore(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), CorruptState> {
        let decoded: K = rmp_serde::from_slice(key).map_err(|error| self.corrupt(&error))?;
        match value {
            Some(value) => {
                let bytes = size(key, value);
                let value = rmp_serde::from_slice(value).map_err(|error| self.corrupt(&error))?;
                self.put(decoded, Slot { value, bytes });
            }
            None => _ = self.take(&decoded),
        }
        Ok(())
    }

    fn entries(&self) -> usize {
        self.entries.len()
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// What an entry takes in the changelog. Records are bounded far below what the number can tell.
fn size(key: &[u8], value: &[u8]) -> u32 {
    u32::try_from(key.len() + value.len()).unwrap_or(u32::MAX)
}

fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    // MessagePack can write every serde type but sequences of unknown length, which no table holds.
    rmp_serde::to_vec_named(value).expect("state entries serialise to MessagePack")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        Insert(u8, u16),
        Update(u8, u16),
        Remove(u8),
        Keep,
        Undo,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..6u8, any::<u16>()).prop_map(|(k, v)| Step::Insert(k, v)),
            (0..6u8, any::<u16>()).prop_map(|(k, v)| Step::Update(k, v)),
            (0..6u8).prop_map(Step::Remove),
            Just(Step::Keep),
            Just(Step::Undo),
        ]
    }

    proptest! {
        /// Undo brings back the last kept state, and the changes rebuild it elsewhere.
        #[test]
        fn journal_and_changes_agree_with_a_plain_map(steps in prop::collection::vec(step(), 0..60)) {
            let mut table: Table<u8, u16> = Table::named("t");
            let mut kept: BTreeMap<u8, u16> = BTreeMap::new();
            let mut now = kept.clone();
            let mut copy: Table<u8, u16> = Table::named("t");
            for step in steps {
                match step {
                    Step::Insert(k, v) => { table.insert(k, v); now.insert(k, v); }
                    Step::Update(k, v) => {
                        let there = table.update(&k, |value| *value = v);
                        prop_assert_eq!(there, now.contains_key(&k));
                        if there { now.insert(k, v); }
                    }
                    Step::Remove(k) => { prop_assert_eq!(table.remove(&k), now.remove(&k)); }
                    Step::Keep => { table.keep(); kept = now.clone(); }
                    Step::Undo => { table.undo(); now = kept.clone(); }
                }
            }
            table.undo();
            let mut bytes = 0;
            let mut changes = table.take_changes(2);
            changes.extend(table.take_changes(usize::MAX));
            for change in changes {
                bytes += change.value.as_ref().map_or(0, |value| change.key.len() + value.len());
                copy.restore(&change.key, change.value.as_deref()).expect("our own entry reads");
            }
            let held = |table: &Table<u8, u16>| -> BTreeMap<u8, u16> {
                table.iter().map(|(key, value)| (*key, *value)).collect()
            };
            prop_assert_eq!(&held(&table), &kept);
            prop_assert_eq!(&held(&copy), &kept);
            prop_assert_eq!((table.bytes(), copy.bytes()), (bytes as u64, bytes as u64));
            prop_assert!(table.take_changes(usize::MAX).is_empty());
        }
    }

    #[test]
    fn a_torn_entry_is_named() {
        let mut table: Table<u8, u16> = Table::named("feeds");
        let error = table
            .restore(&[0xc1], Some(&[0xc1]))
            .expect_err("0xc1 is never used");
        assert!(error.to_string().contains("state table feeds"), "{error}");
    }
}
