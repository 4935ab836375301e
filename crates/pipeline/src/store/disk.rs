//! A store on disk: a redb file.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

use super::{Entry, StoreError};
use crate::log::Offset;

/// Changelog key to value: the table's name, a zero byte, the entry's key.
const ENTRIES: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("entries");
const META: TableDefinition<'_, &str, &str> = TableDefinition::new("meta");

/// The state is in memory whole: the file is read once and written in passing.
const CACHE_BYTES: usize = 4 << 20;

/// A store that was last saved longer ago may have missed tombstones, which the changelog keeps for a
/// day.
const OLDEST: Duration = Duration::from_secs(20 * 60 * 60);

/// One task's store: a redb file.
#[derive(Debug)]
pub(crate) struct DiskStore {
    path: PathBuf,
    database: Database,
    /// The changelog offset up to which the entries are applied.
    position: Offset,
}

impl DiskStore {
    /// Opens the store at `path`. One that is damaged, made from another log, ahead of the changelog
    /// or too old to have seen every tombstone starts empty.
    pub(super) fn open(path: &Path, log: &str, end: Offset) -> Result<Self, StoreError> {
        if let Ok(store) = Self::existing(path, log)
            && store.position <= end
        {
            return Ok(store);
        }
        Self::fresh(path, log)
    }

    /// An empty store at `path`, whatever was there.
    pub(super) fn fresh(path: &Path, log: &str) -> Result<Self, StoreError> {
        let failed = |what| move |cause: String| error(path, what, cause);
        if path.exists() {
            std::fs::remove_file(path).map_err(|e| failed("removed")(e.to_string()))?;
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| failed("created")(e.to_string()))?;
        }
        let database = builder()
            .create(path)
            .map_err(|e| failed("created")(e.to_string()))?;
        let mut store = Self {
            path: path.to_owned(),
            database,
            position: 0,
        };
        store.save(log, &[], 0)?;
        Ok(store)
    }

    fn existing(path: &Path, log: &str) -> Result<Self, StoreError> {
        let failed = |cause: String| error(path, "opened", cause);
        let database = builder().open(path).map_err(|e| failed(e.to_string()))?;
        let read = database.begin_read().map_err(|e| failed(e.to_string()))?;
        let meta = read.open_table(META).map_err(|e| failed(e.to_string()))?;
        let get = |key: &str| -> Option<String> { Some(meta.get(key).ok()??.value().to_owned()) };
        let position = get("position").and_then(|text| text.parse().ok());
        let saved = get("saved").and_then(|text| text.parse().ok());
        let fresh_enough =
            saved.is_some_and(|saved: u64| now().saturating_sub(saved) < OLDEST.as_secs());
        match position {
            Some(position) if get("log").as_deref() == Some(log) && fresh_enough => {
                drop(meta);
                drop(read);
                Ok(Self {
                    path: path.to_owned(),
                    database,
                    position,
                })
            }
            _ => Err(failed("it belongs to another log or is too old".into())),
        }
    }

    /// The changelog offset up to which the entries are applied.
    pub(super) fn position(&self) -> Offset {
        self.position
    }

    /// Shows every entry.
    pub(super) fn load<E>(
        &self,
        mut show: impl FnMut(&[u8], &[u8]) -> Result<(), E>,
    ) -> Result<Result<(), E>, StoreError> {
        let failed = |cause: String| error(&self.path, "read", cause);
        let read = self
            .database
            .begin_read()
            .map_err(|e| failed(e.to_string()))?;
        let entries = read
            .open_table(ENTRIES)
            .map_err(|e| failed(e.to_string()))?;
        for entry in entries.iter().map_err(|e| failed(e.to_string()))? {
            let (key, value) = entry.map_err(|e| failed(e.to_string()))?;
            if let Err(stop) = show(key.value(), value.value()) {
                return Ok(Err(stop));
            }
        }
        Ok(Ok(()))
    }

    /// Applies entries durably and remembers that the changelog is applied up to `position`.
    pub(super) fn save(
        &mut self,
        log: &str,
        changed: &[Entry],
        position: Offset,
    ) -> Result<(), StoreError> {
        let failed = |cause: String| error(&self.path, "written", cause);
        let write = self
            .database
            .begin_write()
            .map_err(|e| failed(e.to_string()))?;
        {
            let mut entries = write
                .open_table(ENTRIES)
                .map_err(|e| failed(e.to_string()))?;
            for (key, value) in changed {
                match value {
                    Some(value) => entries.insert(key.as_slice(), value.as_slice()).map(drop),
                    None => entries.remove(key.as_slice()).map(drop),
                }
                .map_err(|e| failed(e.to_string()))?;
            }
            let mut meta = write.open_table(META).map_err(|e| failed(e.to_string()))?;
            let facts = [
                ("log", log.to_owned()),
                ("position", position.to_string()),
                ("saved", now().to_string()),
            ];
            for (key, value) in facts {
                meta.insert(key, value.as_str())
                    .map_err(|e| failed(e.to_string()))?;
            }
        }
        write.commit().map_err(|e| failed(e.to_string()))?;
        self.position = position;
        Ok(())
    }

    /// Ends the store and takes its file away.
    pub(super) fn discard(self) {
        let Self { path, database, .. } = self;
        drop(database);
        let _ = std::fs::remove_file(path);
    }
}

fn builder() -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

fn error(path: &Path, what: &'static str, cause: String) -> StoreError {
    StoreError {
        path: path.to_owned(),
        what,
        cause,
    }
}

/// Seconds since 1970. Decides only whether a file is worth opening, never what a record becomes.
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(store: &DiskStore) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut all = Vec::new();
        store
            .load(|key, value| {
                all.push((key.to_vec(), value.to_vec()));
                Ok::<(), ()>(())
            })
            .expect("the store reads")
            .expect("nothing stops the reading");
        all
    }

    #[test]
    fn a_store_keeps_what_was_saved_and_starts_anew_where_it_cannot_be_trusted() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("poll/0.redb");
        let mut store = DiskStore::open(&path, "log-a", 0).expect("a new store");
        let entries = [
            (b"t\0k".to_vec(), Some(b"v".to_vec())),
            (b"t\0x".to_vec(), None),
        ];
        store.save("log-a", &entries, 9).expect("saved");
        drop(store);

        let store = DiskStore::open(&path, "log-a", 9).expect("the same store");
        assert_eq!(store.position(), 9);
        assert_eq!(contents(&store), [(b"t\0k".to_vec(), b"v".to_vec())]);
        drop(store);

        let ahead = DiskStore::open(&path, "log-a", 8).expect("an empty store");
        assert_eq!(
            (ahead.position(), contents(&ahead).len()),
            (0, 0),
            "ahead of its changelog"
        );
        drop(ahead);
        let other = DiskStore::open(&path, "log-b", 9).expect("an empty store");
        assert_eq!(other.position(), 0, "made from another log");
        drop(other);
        std::fs::write(&path, b"no database at all").expect("written");
        let damaged = DiskStore::open(&path, "log-b", 9).expect("an empty store");
        assert_eq!(damaged.position(), 0);
    }
}
