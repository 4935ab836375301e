//! Who runs the log, and who writes next.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Whoever runs the log holds an exclusive lock on this file, and its content names them.
const LOCK: &str = "lock";
/// Whoever holds this file's lock takes SQLite's write lock next.
const TURN: &str = "turn";

/// A folder with a file for each group that was ever joined: whoever has a group's partitions holds an
/// exclusive lock on its file.
const GROUPS: &str = "groups";

/// The hold on a data folder. The system ends it with the process, however that ends.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: File,
}

/// Why the folder could not be locked.
#[derive(Debug)]
pub(super) enum NotLocked {
    /// The process with this id has it; 0 where the file does not tell.
    Held(u32),
    Io(io::Error),
}

/// Takes the folder's lock and writes into it who we are.
pub(super) fn take(dir: &Path) -> Result<FolderLock, NotLocked> {
    let mut file = file(&dir.join(LOCK)).map_err(NotLocked::Io)?;
    // A look by `holder` takes the lock for a moment, and a holder writes its id a moment after
    // locking: neither is an answer yet.
    let deadline = Instant::now() + Duration::from_millis(300);
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(error)) => return Err(NotLocked::Io(error)),
            Err(TryLockError::WouldBlock) => {
                if Instant::now() >= deadline {
                    return Err(NotLocked::Held(pid(&mut file).unwrap_or(0)));
                }
            }
        }
        sleep(Duration::from_millis(10));
    }
    let content = format!("{}\n{}\n", std::process::id(), Timestamp::now());
    let written = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(content.as_bytes()));
    match written {
        Ok(()) => Ok(FolderLock { _file: file }),
        Err(error) => Err(NotLocked::Io(error)),
    }
}

/// The id of the process that runs the log in `dir`, where one does.
pub(super) fn holder(dir: &Path) -> Option<u32> {
    let mut file = File::open(dir.join(LOCK)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(pid(&mut file).unwrap_or(0)),
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

/// A process's hold on the partitions of a group. The system ends it with the process, however that ends.
#[derive(Debug)]
pub(super) struct GroupLock {
    _file: File,
}

/// Takes a group for this process, where no other has it.
pub(super) fn group(dir: &Path, group: &str, topic: &str) -> io::Result<Option<GroupLock>> {
    let folder = dir.join(GROUPS);
    std::fs::create_dir_all(&folder)?;
    let name = format!("{}-{}", digest(group), digest(topic));
    let file = file(&folder.join(name))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(GroupLock { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether a process has any partition of a group.
pub(super) fn is_group_held(dir: &Path, group: &str) -> io::Result<bool> {
    let entries = match std::fs::read_dir(dir.join(GROUPS)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        entries => entries?,
    };
    let group = digest(group);
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.split('-').next() != Some(group.as_str()) {
            continue;
        }
        if let Err(TryLockError::WouldBlock) = File::open(&path)?.try_lock_shared() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A group or topic may be called anything, a file may not.
fn digest(name: &str) -> String {
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(name.as_bytes()))
}

fn pid(file: &mut File) -> Option<u32> {
    let mut content = String::new();
    file.rewind().ok()?;
    file.read_to_string(&mut content).ok()?;
    content.lines().next()?.trim().parse().ok()
}

fn file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

/// The queue for SQLite's write lock, which has none of its own: without it a process that commits
/// without a pause would never let another in.
#[derive(Debug)]
pub(super) struct Turn(File);

impl Turn {
    pub(super) fn new(dir: &Path) -> io::Result<Self> {
        file(&dir.join(TURN)).map(Self)
    }

    /// Runs `take_lock` as the next in the queue. Whoever waits longer than `patience` goes ahead:
    /// the queue is a courtesy, SQLite's lock is the safety.
    pub(super) fn next<T>(&self, patience: Duration, take_lock: impl FnOnce() -> T) -> T {
        let deadline = Instant::now() + patience;
        while let Err(TryLockError::WouldBlock) = self.0.try_lock() {
            if Instant::now() >= deadline {
                return take_lock();
            }
            sleep(Duration::from_millis(1));
        }
        let taken = take_lock();
        let _ = self.0.unlock();
        taken
    }
}
