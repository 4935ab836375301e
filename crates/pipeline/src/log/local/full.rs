//! Failures of disk and index, by what the caller does about them.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;

use super::index::DATABASE;
use super::{LocalConfig, segment};
use crate::log::Failure;

/// With less than this free, a failure of the index that names no cause is put down to the full disk.
const LITTLE: u64 = 1 << 20;

/// Refuses before anything is written where the disk would have less than the reserve left. The
/// reserve is what the index, retention and a person's shell need to get out of it again.
pub(super) fn check(config: &LocalConfig, bytes: u64) -> Result<(), Failure> {
    let free =
        segment::free_bytes(&config.dir).map_err(|error| of_file(config, &config.dir, &error))?;
    if free >= config.min_free_bytes.saturating_add(bytes) {
        return Ok(());
    }
    Err(full(config))
}

/// A failed call on a file.
pub(super) fn of_file(config: &LocalConfig, path: &Path, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => full(config),
        io::ErrorKind::Interrupted => Failure::Retry(format!("{}: {error}", path.display())),
        _ => Failure::Fatal(format!("{} cannot be used: {error}", path.display())),
    }
}

/// A failed statement on the index.
pub(super) fn of_index(config: &LocalConfig, error: &rusqlite::Error) -> Failure {
    let path = config.dir.join(DATABASE);
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => full(config),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Failure::Retry(format!(
            "another process keeps {} locked: {error}",
            path.display()
        )),
        // Growing the shared-memory file fails with a plain I/O error on a full disk.
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen)
            if segment::free_bytes(&config.dir).is_ok_and(|free| free < LITTLE) =>
        {
            full(config)
        }
        _ => Failure::Fatal(format!("{} cannot be used: {error}", path.display())),
    }
}

fn full(config: &LocalConfig) -> Failure {
    let free = segment::free_bytes(&config.dir).unwrap_or(0);
    Failure::Retry(format!(
        "the disk of {} is full: {} MiB are free, {} MiB are kept in reserve; free space, the \
         pipeline goes on by itself",
        config.dir.display(),
        free >> 20,
        config.min_free_bytes >> 20
    ))
}
