//! Many processes in one data folder: those of a service number themselves.
//!
//! `<data_dir>/services/<service>.<n>/` is the folder of the process that holds the lock of the file
//! `lock` in it, for as long as it lives. A process takes the first that is free, so that one that is
//! started again finds the folder, and with it the name in its consumer groups, that it had before.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::service::ADDRESS_FILE;

const SERVICES: &str = "services";
/// Whoever has the folder holds an exclusive lock on this file, and its content names the process.
const LOCK: &str = "lock";
/// How long a look at a lock, by whoever asks for the status, may take it.
const GLANCE: Duration = Duration::from_secs(1);

/// A process's folder among others. The system frees it with the process, however that ends.
#[derive(Debug)]
pub struct Slot {
    folder: PathBuf,
    name: String,
    number: u32,
    _lock: File,
}

/// Why there is no folder for a process.
#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be used: {cause}; data_dir names the folder that it lies in")]
pub struct SlotError {
    path: PathBuf,
    cause: io::Error,
}

impl Slot {
    /// Takes the first free slot of `service` in `data_dir`.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn take(data_dir: &Path, service: &str) -> Result<Self, SlotError> {
        let mut number = 0;
        loop {
            let name = format!("{service}.{number}");
            let folder = data_dir.join(SERVICES).join(&name);
            let lock = claim(&folder).map_err(|cause| SlotError {
                path: folder.clone(),
                cause,
            })?;
            if let Some(lock) = lock {
                return Ok(Self {
                    folder,
                    name,
                    number,
                    _lock: lock,
                });
            }
            number += 1;
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Service and number, as `fetcher.0`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many slots of the service come before.
    pub fn number(&self) -> u32 {
        self.number
    }
}

/// Locks a slot's folder; `None` where another process has it.
fn claim(folder: &Path) -> io::Result<Option<File>> {
    std::fs::create_dir_all(folder)?;
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(folder.join(LOCK))?;
    let deadline = Instant::now() + GLANCE;
    while let Err(error) = file.try_lock() {
        match error {
            TryLockError::Error(error) => return Err(error),
            TryLockError::WouldBlock if is_held(&file)? || Instant::now() >= deadline => {
                return Ok(None);
            }
            // Somebody only looks, and taking the next slot would change the process's name.
            TryLockError::WouldBlock => std::thread::sleep(Duration::from_millis(1)),
        }
    }
    // The address of a predecessor that was killed may be another's by now.
    match std::fs::remove_file(folder.join(ADDRESS_FILE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())?;
    Ok(Some(file))
}

/// Whether a process holds the lock, and not merely looks at it: those who look share.
fn is_held(file: &File) -> io::Result<bool> {
    match file.try_lock_shared() {
        Ok(()) => file.unlock().map(|()| false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// A process that has a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// Service and number, as `fetcher.0`.
    pub name: String,
    /// Its process id.
    pub pid: u32,
    /// Where it says that its admin port listens, once it does.
    pub admin: Option<SocketAddr>,
}

/// The processes that have slots in `data_dir`, by name.
///
/// # Errors
/// A folder that cannot be read.
pub fn running(data_dir: &Path) -> Result<Vec<Running>, SlotError> {
    let services = data_dir.join(SERVICES);
    let unread = |path: &Path| {
        let path = path.to_owned();
        move |cause| SlotError { path, cause }
    };
    let entries = match std::fs::read_dir(&services) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(unread(&services))?,
    };
    let mut all = Vec::new();
    for entry in entries {
        let folder = entry.map_err(unread(&services))?.path();
        let Some(pid) = holder(&folder).map_err(unread(&folder))? else {
            continue;
        };
        let name = folder.file_name().unwrap_or_default();
        all.push(Running {
            name: name.to_string_lossy().into_owned(),
            pid,
            admin: address(&folder),
        });
    }
    all.sort_by(|a, b| order(&a.name).cmp(&order(&b.name)));
    Ok(all)
}

/// By service, then by number: the tenth comes after the second.
fn order(name: &str) -> (&str, Option<u32>) {
    let (service, number) = name.rsplit_once('.').unwrap_or((name, ""));
    (service, number.parse().ok())
}

/// The process that has a slot's folder, where one has and has said who it is.
fn holder(folder: &Path) -> io::Result<Option<u32>> {
    let mut file = match File::open(folder.join(LOCK)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    if !is_held(&file)? {
        return Ok(None);
    }
    let mut content = String::new();
    file.read_to_string(&mut content)?;
    Ok(content.trim().parse().ok())
}

/// Where the process in `folder` says that its admin port listens. The file may be left of a process
/// that was killed.
pub(crate) fn address(folder: &Path) -> Option<SocketAddr> {
    let content = std::fs::read_to_string(folder.join(ADDRESS_FILE)).ok()?;
    content.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let running = running(dir).expect("the folder can be read");
        running.into_iter().map(|running| running.name).collect()
    }

    #[test]
    fn a_process_takes_the_first_free_slot() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let dir = dir.path();
        assert_eq!(names(dir), [""; 0]);
        let take = |service| Slot::take(dir, service).expect("a slot");
        let (first, second, cleaner) = (take("fetcher"), take("fetcher"), take("cleaner"));
        assert_eq!((first.number(), second.number()), (0, 1));
        assert_eq!(cleaner.name(), "cleaner.0");
        assert_eq!(names(dir), ["cleaner.0", "fetcher.0", "fetcher.1"]);
        drop(first);
        assert_eq!(names(dir), ["cleaner.0", "fetcher.1"]);
        assert_eq!(
            take("fetcher").name(),
            "fetcher.0",
            "a freed one is taken again"
        );
    }

    #[test]
    fn who_has_a_slot_and_where_it_answers_is_told() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let slot = Slot::take(dir.path(), "run").expect("a slot");
        let address = "127.0.0.1:4711";
        std::fs::write(slot.folder().join(ADDRESS_FILE), format!("{address}\n")).expect("written");
        let expected = Running {
            name: "run.0".to_owned(),
            pid: std::process::id(),
            admin: Some(address.parse().expect("an address")),
        };
        assert_eq!(running(dir.path()).expect("readable"), [expected]);
        // What a process that was killed leaves is not its successor's.
        drop(slot);
        let _again = Slot::take(dir.path(), "run").expect("a slot");
        assert_eq!(running(dir.path()).expect("readable")[0].admin, None);
    }

    #[test]
    fn looking_keeps_nobody_from_its_slot() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = Slot::take(dir.path(), "run")
            .expect("a slot")
            .folder()
            .to_owned();
        let looker = File::open(folder.join(LOCK)).expect("the lock's file");
        looker.lock_shared().expect("nobody holds it");
        let taking = std::thread::spawn({
            let dir = dir.path().to_owned();
            move || Slot::take(&dir, "run").expect("a slot").number()
        });
        std::thread::sleep(Duration::from_millis(50));
        drop(looker);
        assert_eq!(taking.join().expect("it takes one"), 0);
    }
}
