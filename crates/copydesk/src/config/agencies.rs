//! The table of agencies that the configuration names.

use std::path::Path;
use std::sync::Arc;

use enricher::Agencies;
use xxhash_rust::xxh3::xxh3_64;

/// The table of agencies in use: the one that is built in, unless a file was read.
#[derive(Clone, Debug, Default)]
pub struct AgencyTable(Option<FromFile>);

/// A table as it was read of a file.
#[derive(Clone, Debug)]
struct FromFile {
    agencies: Arc<Agencies>,
    /// Hash of the file's bytes: another table writes other records.
    hash: u64,
}

impl PartialEq for AgencyTable {
    fn eq(&self, other: &Self) -> bool {
        self.hash() == other.hash()
    }
}

impl AgencyTable {
    /// Reads a file; none where it has no name. The error says what is wrong, and in which line.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        if path.as_os_str().is_empty() {
            return Ok(Self(None));
        }
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        let agencies = Agencies::from_toml(&text).map_err(|error| {
            let reason = error.to_string();
            format!("{}: {}", path.display(), reason.trim().replace('\n', "; "))
        })?;
        Ok(Self(Some(FromFile {
            agencies: Arc::new(agencies),
            hash: xxh3_64(text.as_bytes()),
        })))
    }

    /// The table.
    pub fn agencies(&self) -> Arc<Agencies> {
        match &self.0 {
            Some(read) => Arc::clone(&read.agencies),
            None => Agencies::built_in(),
        }
    }

    /// What tells its content from another's; nothing for the one that is built in.
    pub(super) fn hash(&self) -> Option<u64> {
        self.0.as_ref().map(|read| read.hash)
    }
}
