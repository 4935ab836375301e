//! Opening a data folder, and what a crash left in it.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, TransactionBehavior};

use super::catalog::Catalog;
use super::handle::{Handle, Shared};
use super::lock::{self, NotLocked, Turn};
use super::writer::Writer;
use super::{LocalConfig, index, segment};
use crate::log::Offset;

/// Why a data folder cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process runs the log.
    #[error("the log in {dir} is run by process {pid}: stop it first, or use another folder")]
    Held {
        /// The data folder.
        dir: PathBuf,
        /// The process that has it; 0 where it cannot be told.
        pid: u32,
    },
    /// There is no log in the folder.
    #[error("there is no log in {dir}: run the pipeline on it once, or name another folder")]
    Missing {
        /// The data folder.
        dir: PathBuf,
    },
    /// The folder is of another version.
    #[error(
        "{path} has the format {found}, which this version cannot read: run the version that wrote it, or \
         name another folder"
    )]
    Format {
        /// The index.
        path: PathBuf,
        /// The format it names.
        found: String,
    },
    /// Published bytes are missing.
    #[error(
        "segment {path} has {found} of its {published} bytes: someone cut it, or the disk lost them; \
         restore the folder from a backup"
    )]
    Damaged {
        /// The segment.
        path: PathBuf,
        /// How long it should be at least.
        published: u64,
        /// How long it is.
        found: u64,
    },
    /// The index cannot be used.
    #[error("{path} cannot be used: {cause}")]
    Index {
        /// The index.
        path: PathBuf,
        /// What SQLite says.
        cause: String,
    },
    /// A file cannot be used.
    #[error("{path} cannot be used: {cause}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

pub(super) fn open(config: LocalConfig) -> Result<Handle, OpenError> {
    let dir = config.dir.clone();
    let io_error = |cause| OpenError::Io {
        path: dir.clone(),
        cause,
    };
    std::fs::create_dir_all(&dir).map_err(io_error)?;
    let folder_lock = lock::take(&dir).map_err(|trouble| match trouble {
        NotLocked::Held(pid) => OpenError::Held {
            dir: dir.clone(),
            pid,
        },
        NotLocked::Io(cause) => io_error(cause),
    })?;
    refuse_segments_without_index(&dir)?;
    let mut connection = index::connect(&dir, true)?;
    sync_names(&dir).map_err(io_error)?;
    clean_up(&dir, &mut connection)?;
    start(config, connection, Some(folder_lock))
}

/// A new index over old segments would take their bytes for nobody's and write over them.
fn refuse_segments_without_index(dir: &Path) -> Result<(), OpenError> {
    let path = dir.join(index::DATABASE);
    let segments = dir.join(segment::FOLDER);
    if path.exists() || !segments.exists() {
        return Ok(());
    }
    Err(OpenError::Index {
        path,
        cause: format!(
            "it is missing, and {} are there without it; restore it from a backup, or name another folder",
            segments.display()
        ),
    })
}

/// Makes the names of the log's folder and of the folders around it durable, at every open: whoever made
/// them may have been killed before.
fn sync_names(dir: &Path) -> io::Result<()> {
    segment::sync_folder(dir)?;
    // The data folder, and what holds it. A folder that may not be read was not made by us.
    for folder in dir.canonicalize()?.ancestors().skip(1).take(2) {
        match segment::sync_folder(folder) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => break,
            synced => synced?,
        }
    }
    Ok(())
}

pub(super) fn beside(config: LocalConfig) -> Result<Handle, OpenError> {
    let connection = index::connect(&config.dir, false)?;
    start(config, connection, None)
}

fn start(
    config: LocalConfig,
    connection: Connection,
    folder_lock: Option<lock::FolderLock>,
) -> Result<Handle, OpenError> {
    let dir = config.dir.clone();
    let index_error = |error: rusqlite::Error| OpenError::Index {
        path: dir.join(index::DATABASE),
        cause: error.to_string(),
    };
    let io_error = |cause| OpenError::Io {
        path: dir.clone(),
        cause,
    };
    let identity = index::meta(&connection, "identity")
        .map_err(index_error)?
        .unwrap_or_default();
    let reading = index::connect(&dir, false)?;
    let runs = folder_lock.is_some();
    let catalog = Catalog::default();
    let turn = Turn::new(&dir).map_err(io_error)?;
    let shared = Arc::new(Shared::new(config, identity, runs, catalog, reading));
    // First the count of foreign commits, then what they wrote: a commit between the two is seen twice.
    let writer = Writer::new(shared.clone(), connection, turn).map_err(index_error)?;
    shared
        .catalog
        .refresh(&writer.connection, 0)
        .map_err(index_error)?;
    Handle::start(shared, writer, folder_lock).map_err(io_error)
}

/// Removes what crashed commits and retentions left: files that the index does not know, and what lies
/// behind the published length of those it knows.
///
/// Under the write lock, so that the unpublished bytes are nobody's, not those of a process beside.
fn clean_up(dir: &Path, connection: &mut Connection) -> Result<(), OpenError> {
    let index_error = |error: rusqlite::Error| OpenError::Index {
        path: dir.join(index::DATABASE),
        cause: error.to_string(),
    };
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(index_error)?;
    let mut published = published(&transaction).map_err(index_error)?;
    let files = segment::all(dir).map_err(|cause| OpenError::Io {
        path: dir.to_owned(),
        cause,
    })?;
    for (topic, number, first, path) in files {
        let io_error = |cause| OpenError::Io {
            path: path.clone(),
            cause,
        };
        let Some(bytes) = published.remove(&(topic, number, first)) else {
            segment::remove_stray(&path).map_err(io_error)?;
            continue;
        };
        let found = path.metadata().map_err(io_error)?.len();
        if found < bytes {
            return Err(OpenError::Damaged {
                path,
                published: bytes,
                found,
            });
        }
        if found > bytes {
            let file = std::fs::File::options().write(true).open(&path);
            file.and_then(|file| file.set_len(bytes))
                .map_err(io_error)?;
        }
    }
    for ((topic, number, first), bytes) in published {
        if bytes > 0 {
            return Err(OpenError::Damaged {
                path: segment::path(dir, &topic, number, first),
                published: bytes,
                found: 0,
            });
        }
    }
    transaction.commit().map_err(index_error)
}

/// The published length of every segment.
fn published(index: &Connection) -> rusqlite::Result<HashMap<(String, u32, Offset), u64>> {
    index
        .prepare(
            "SELECT t.name, p.number, s.first, s.bytes FROM segments s
             JOIN partitions p ON p.id = s.partition JOIN topics t ON t.id = p.topic",
        )?
        .query_map([], |row| {
            let segment = (row.get(0)?, row.get(1)?, index::number(row, 2)?);
            Ok((segment, index::number(row, 3)?))
        })?
        .collect()
}
