//! Segments: the append-only files that hold a partition's blocks.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::log::Offset;

/// The folder of all segments inside the data folder.
const SEGMENTS: &str = "segments";

/// The folder of a partition's segments.
pub(super) fn folder(dir: &Path, topic: &str, partition: u32) -> PathBuf {
    dir.join(SEGMENTS).join(topic).join(partition.to_string())
}

/// The file of the segment whose first record has the offset `first`.
pub(super) fn path(dir: &Path, topic: &str, partition: u32, first: Offset) -> PathBuf {
    folder(dir, topic, partition).join(format!("{first:020}.seg"))
}

/// Opens a segment for writing; makes it, durably, where it is missing.
///
/// A file that is there already is not cut: what lies behind its published length may be the
/// unpublished block of a commit that failed, which the next one overwrites.
pub(super) fn open(
    dir: &Path,
    topic: &str,
    partition: u32,
    first: Offset,
) -> io::Result<(File, PathBuf)> {
    let path = path(dir, topic, partition, first);
    match OpenOptions::new().read(true).write(true).open(&path) {
        Ok(file) => return Ok((file, path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let folder = folder(dir, topic, partition);
    let known = folder.is_dir();
    std::fs::create_dir_all(&folder)?;
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)?;
    // A file outlives a power cut only if the folders that name it do.
    sync_folder(&folder)?;
    if !known {
        for above in folder.ancestors().skip(1).take(3) {
            sync_folder(above)?;
        }
    }
    Ok((file, path))
}

/// Makes a folder's list of files durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Every segment file there is: topic, partition, first offset, path. What is not named like a segment
/// is left alone.
pub(super) fn all(dir: &Path) -> io::Result<Vec<(String, u32, Offset, PathBuf)>> {
    let mut found = Vec::new();
    for topic in entries(&dir.join(SEGMENTS))? {
        for partition in entries(&topic)? {
            for segment in entries(&partition)? {
                let number = name(&partition).and_then(|name| name.parse().ok());
                let first = name(&segment)
                    .and_then(|name| name.strip_suffix(".seg"))
                    .and_then(|name| name.parse().ok());
                if let (Some(topic), Some(number), Some(first)) = (name(&topic), number, first) {
                    found.push((topic.to_owned(), number, first, segment));
                }
            }
        }
    }
    Ok(found)
}

fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

/// What is in a folder; nothing where it is missing or is no folder.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry?.path());
    }
    Ok(paths)
}

/// Bytes that a process of this user may still write on the file system of `dir`.
pub(super) fn free_bytes(dir: &Path) -> io::Result<u64> {
    let about = rustix::fs::statvfs(dir)?;
    Ok(about.f_bavail.saturating_mul(about.f_frsize))
}
