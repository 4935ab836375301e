//! Segments: the append-only files that hold a partition's blocks.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::log::Offset;

/// The folder of all segments inside the data folder.
pub(super) const FOLDER: &str = "segments";

/// The file of the segment whose first record has the offset `first`.
pub(super) fn path(dir: &Path, topic: &str, partition: u32, first: Offset) -> PathBuf {
    let folder = dir.join(FOLDER).join(topic).join(partition.to_string());
    folder.join(format!("{first:020}.seg"))
}

/// Opens a segment that has published bytes, for writing.
///
/// It is not cut: what lies behind its published length may be the unpublished block of a commit that
/// failed, which the next one overwrites.
pub(super) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}

/// Opens a segment without published bytes, for writing; makes it where it is missing. Its name is
/// durable afterwards, also where the file was there: whoever made it may have been killed before.
pub(super) fn make(dir: &Path, path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    // A file outlives a power cut only if every folder on the way to it does.
    for folder in path.ancestors().skip(1) {
        sync_folder(folder)?;
        if folder == dir {
            break;
        }
    }
    Ok(file)
}

/// Makes a folder's list of files durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Removes the folder of a topic with all its segments; none is there where nothing was ever written.
pub(super) fn remove_topic(dir: &Path, topic: &str) -> io::Result<()> {
    match std::fs::remove_dir_all(dir.join(FOLDER).join(topic)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes a file that no segment refers to, and the folders of its partition and topic where they held
/// nothing else.
pub(super) fn remove_stray(path: &Path) -> io::Result<()> {
    std::fs::remove_file(path)?;
    for folder in path.ancestors().skip(1).take(2) {
        // Refused for one that is not empty.
        let _ = std::fs::remove_dir(folder);
    }
    Ok(())
}

/// Every segment file there is: topic, partition, first offset, path. What is not named like a segment
/// is left alone.
pub(super) fn all(dir: &Path) -> io::Result<Vec<(String, u32, Offset, PathBuf)>> {
    let mut found = Vec::new();
    for topic in entries(&dir.join(FOLDER))? {
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
