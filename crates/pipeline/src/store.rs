//! A task's state beside the log: it makes opening a partition fast, and nothing rests on it.
//!
//! The changelog is the truth; the store follows the commit and never leads it. `rm -rf state/` is
//! always safe: the next open reads the changelog from its beginning.

mod disk;
mod memory;

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use disk::DiskStore;
use memory::MemoryStore;
pub use memory::MemoryStores;

use crate::log::Offset;

/// How often a store on disk is saved. What is not saved is read from the changelog again.
const SAVE_EVERY: Duration = Duration::from_secs(5);

/// Where the stores of a process are.
#[derive(Clone, Debug)]
pub enum Stores {
    /// In files under this folder, which may be deleted whenever nothing runs.
    Disk(PathBuf),
    /// In memory, for simulations: what is saved when is theirs to say.
    Memory(MemoryStores),
}

/// The store of one task.
#[derive(Debug)]
pub(crate) enum Store {
    Disk(DiskStore),
    Memory(MemoryStore),
}

/// One changed entry by its changelog key; `None` removes it.
pub(crate) type Entry = (Vec<u8>, Option<Vec<u8>>);

/// The store cannot be used. Never a reason to stop: the changelog has everything.
#[derive(Debug, thiserror::Error)]
#[error("state store {path} cannot be {what}: {cause}")]
pub(crate) struct StoreError {
    path: PathBuf,
    what: &'static str,
    cause: String,
}

impl Stores {
    /// The store of a group's partition. One that is damaged, made from another log, ahead of the
    /// changelog's `end` or too old to have seen every tombstone starts empty; `None` where there can
    /// be none.
    pub(crate) fn open(
        &self,
        group: &str,
        partition: u32,
        log: &str,
        end: Offset,
    ) -> Option<Store> {
        match self {
            Self::Disk(_) => usable(|| {
                let path = self.path(group, partition);
                DiskStore::open(&path, log, end).map(Store::Disk)
            }),
            Self::Memory(stores) => Some(Store::Memory(stores.open(group, partition, end))),
        }
    }

    /// An empty store, whatever was there; `None` where there can be none.
    pub(crate) fn fresh(&self, group: &str, partition: u32, log: &str) -> Option<Store> {
        match self {
            Self::Disk(_) => usable(|| {
                let path = self.path(group, partition);
                DiskStore::fresh(&path, log).map(Store::Disk)
            }),
            Self::Memory(stores) => Some(Store::Memory(stores.fresh(group, partition))),
        }
    }

    /// Whether a store that was last saved then is to be saved now.
    pub(crate) fn is_due(&self, saved_at: Instant) -> bool {
        match self {
            Self::Disk(_) => saved_at.elapsed() > SAVE_EVERY,
            Self::Memory(stores) => stores.is_due(),
        }
    }

    fn path(&self, group: &str, partition: u32) -> PathBuf {
        let file = format!("{partition}.redb");
        match self {
            Self::Disk(folder) => folder.join(group).join(file),
            Self::Memory(_) => PathBuf::from(file),
        }
    }
}

impl Store {
    /// The changelog offset up to which the entries are applied.
    pub(crate) fn position(&self) -> Offset {
        match self {
            Self::Disk(store) => store.position(),
            Self::Memory(store) => store.position(),
        }
    }

    /// Shows every entry.
    pub(crate) fn load<E>(
        &self,
        show: impl FnMut(&[u8], &[u8]) -> Result<(), E>,
    ) -> Result<Result<(), E>, StoreError> {
        match self {
            Self::Disk(store) => store.load(show),
            Self::Memory(store) => Ok(store.load(show)),
        }
    }

    /// Applies entries durably and remembers that the changelog is applied up to `position`.
    pub(crate) fn save(
        &mut self,
        log: &str,
        changed: &[Entry],
        position: Offset,
    ) -> Result<(), StoreError> {
        match self {
            Self::Disk(store) => store.save(log, changed, position),
            Self::Memory(store) => {
                store.save(changed, position);
                Ok(())
            }
        }
    }

    /// Ends the store and takes away what it kept.
    pub(crate) fn discard(self) {
        match self {
            Self::Disk(store) => store.discard(),
            Self::Memory(store) => store.discard(),
        }
    }
}

/// The store, unless it fails or its library panics on what it finds in the file.
fn usable(open: impl FnOnce() -> Result<Store, StoreError>) -> Option<Store> {
    match std::panic::catch_unwind(AssertUnwindSafe(open)) {
        Ok(Ok(store)) => Some(store),
        Ok(Err(error)) => {
            tracing::warn!("{error}; the state is kept in the changelog alone");
            None
        }
        Err(_) => None,
    }
}
