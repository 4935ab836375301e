//! Where an export goes.

use std::fs::{File, TryLockError};
use std::io::{self, BufWriter, Stdout, Write};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// Standard output, or a file that gets its name when it is whole.
#[derive(Debug)]
pub enum Destination {
    /// Standard output.
    Stdout(BufWriter<Stdout>),
    /// A file.
    File(Partial),
}

/// A file under another name beside its own. The name is always the same and the file is locked, so
/// that what a killed export left is used again, and nobody writes over another who is at it.
#[derive(Debug)]
pub struct Partial {
    file: BufWriter<File>,
    path: PathBuf,
    /// The name that it gets.
    whole: PathBuf,
    is_kept: bool,
}

impl Destination {
    /// Standard output.
    pub fn stdout() -> Self {
        Self::Stdout(BufWriter::new(io::stdout()))
    }

    /// A file; what stands under the name now stays until the new one is whole.
    ///
    /// # Errors
    /// A name that cannot be written to, or that another export is about to write.
    pub fn file(name: &Path) -> anyhow::Result<Self> {
        // A link stays, and what it leads to is written.
        let whole = name.canonicalize().unwrap_or_else(|_| name.to_owned());
        if whole.metadata().is_ok_and(|there| !there.is_file()) {
            bail!(
                "{} is no regular file; without --output the export goes to standard output",
                name.display()
            );
        }
        let Some(last) = whole.file_name() else {
            bail!("{} names no file", name.display());
        };
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(last);
        hidden.push(".partial");
        let path = whole.with_file_name(hidden);
        let file = claim(&path).with_context(|| format!("{} cannot be written", name.display()))?;
        Ok(Self::File(Partial {
            file: BufWriter::new(file),
            path,
            whole,
            is_kept: false,
        }))
    }

    /// Ends a whole export: the file has its name from now on, whatever happens to the machine.
    ///
    /// # Errors
    /// An output that takes no more.
    pub fn keep(self) -> anyhow::Result<()> {
        match self {
            Self::Stdout(mut out) => Ok(out.flush()?),
            Self::File(mut partial) => {
                partial.file.flush()?;
                partial.file.get_ref().sync_all()?;
                std::fs::rename(&partial.path, &partial.whole)?;
                partial.is_kept = true;
                let folder = match partial.whole.parent() {
                    Some(folder) if !folder.as_os_str().is_empty() => folder,
                    _ => Path::new("."),
                };
                Ok(File::open(folder)?.sync_all()?)
            }
        }
    }
}

/// Opens the file empty, for this process alone.
fn claim(path: &Path) -> anyhow::Result<File> {
    loop {
        let file = File::options()
            .create(true)
            .write(true)
            .truncate(false)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!("another export is writing it"),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        // Between the two calls another export may have finished, and given this file its name.
        let is_still_there = path
            .metadata()
            .is_ok_and(|there| file.metadata().is_ok_and(|ours| there.ino() == ours.ino()));
        if is_still_there {
            file.set_len(0)?;
            return Ok(file);
        }
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::File(partial) => partial.file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::File(partial) => partial.file.flush(),
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
