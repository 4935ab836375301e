//! Stores in memory, for simulations: they outlive their tasks as files do, are saved when the
//! simulation's chance says so, and can be made to forget.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Entry;
use crate::log::Offset;

/// The stores of one simulated machine. Clones share them.
#[derive(Clone, Debug)]
pub struct MemoryStores(Arc<Mutex<Machine>>);

#[derive(Debug)]
struct Machine {
    kept: BTreeMap<(String, u32), Saved>,
    chance: u64,
    save_percent: u64,
}

/// What a store holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Saved {
    entries: BTreeMap<Vec<u8>, Vec<u8>>,
    position: Offset,
}

/// The store of one task.
#[derive(Debug)]
pub(crate) struct MemoryStore {
    machine: MemoryStores,
    place: (String, u32),
    position: Offset,
}

impl MemoryStores {
    /// No stores yet. Of a hundred commits about `save_percent` are followed by a save, which ones is
    /// the seed's choice.
    pub fn new(seed: u64, save_percent: u64) -> Self {
        Self(Arc::new(Mutex::new(Machine {
            kept: BTreeMap::new(),
            chance: seed | 1,
            save_percent,
        })))
    }

    /// Loses everything, as a disk that is replaced does.
    pub fn forget(&self) {
        self.lock().kept.clear();
    }

    /// Writes entries into a group's store, whose position stays: what a runtime that does not wait for
    /// the commit would do.
    pub fn write(&self, group: &str, partition: u32, entries: &[Entry]) {
        let mut machine = self.lock();
        let place = (group.to_owned(), partition);
        let saved = machine.kept.entry(place).or_default();
        saved.apply(entries, saved.position);
    }

    pub(super) fn open(&self, group: &str, partition: u32, end: Offset) -> MemoryStore {
        let place = (group.to_owned(), partition);
        let mut machine = self.lock();
        let saved = machine.kept.entry(place.clone()).or_default();
        if saved.position > end {
            *saved = Saved::default();
        }
        let position = saved.position;
        drop(machine);
        MemoryStore {
            machine: self.clone(),
            place,
            position,
        }
    }

    pub(super) fn fresh(&self, group: &str, partition: u32) -> MemoryStore {
        let place = (group.to_owned(), partition);
        self.lock().kept.insert(place.clone(), Saved::default());
        MemoryStore {
            machine: self.clone(),
            place,
            position: 0,
        }
    }

    pub(super) fn is_due(&self) -> bool {
        let mut machine = self.lock();
        machine.chance ^= machine.chance << 13;
        machine.chance ^= machine.chance >> 7;
        machine.chance ^= machine.chance << 17;
        (machine.chance >> 11) % 100 < machine.save_percent
    }

    /// A panic elsewhere leaves plain values whole.
    fn lock(&self) -> MutexGuard<'_, Machine> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Saved {
    fn apply(&mut self, entries: &[Entry], position: Offset) {
        for (key, value) in entries {
            match value {
                Some(value) => _ = self.entries.insert(key.clone(), value.clone()),
                None => _ = self.entries.remove(key),
            }
        }
        self.position = position;
    }
}

impl MemoryStore {
    pub(super) fn position(&self) -> Offset {
        self.position
    }

    pub(super) fn load<E>(
        &self,
        mut show: impl FnMut(&[u8], &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let saved = self.machine.lock().kept.get(&self.place).cloned();
        for (key, value) in saved.unwrap_or_default().entries {
            show(&key, &value)?;
        }
        Ok(())
    }

    pub(super) fn save(&mut self, changed: &[Entry], position: Offset) {
        let mut machine = self.machine.lock();
        let saved = machine.kept.entry(self.place.clone()).or_default();
        saved.apply(changed, position);
        self.position = position;
    }

    pub(super) fn discard(self) {
        self.machine.lock().kept.remove(&self.place);
    }
}
