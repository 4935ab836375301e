//! The name of an installation in Kafka's consumer groups.
//!
//! A process that comes back under its old name within the session timeout keeps its partitions. So the
//! name is made once for a data folder and kept there; two folders never share one, because of two
//! processes under one name the first is fenced.

use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::path::{Path, PathBuf};

use crate::Config;

/// The file in the data folder.
const FILE: &str = "instance";

/// Why there is no name.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// The file that keeps it cannot be used.
    #[error("{path}, which keeps this installation's name, cannot be used: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file holds something else.
    #[error(
        "{path} holds {text:?} where this installation's name should stand: delete it while nothing runs, and another name is made"
    )]
    NoName {
        /// The file.
        path: PathBuf,
        /// What it holds.
        text: String,
    },
}

/// The configured name, else the one that the data folder keeps, which is made where there is none yet.
///
/// # Errors
/// A file that cannot be read or made.
pub fn base(config: &Config) -> Result<String, InstanceError> {
    let configured = &config.kafka.instance;
    if !configured.is_empty() {
        return Ok(configured.clone());
    }
    let path = config.data_dir.join(FILE);
    let text = kept(&config.data_dir, &path).map_err(|cause| InstanceError::Io {
        path: path.clone(),
        cause,
    })?;
    let name = text.trim();
    let is_name = !name.is_empty() && name.len() <= 100;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if is_name && name.chars().all(fits) {
        return Ok(name.to_owned());
    }
    Err(InstanceError::NoName { path, text })
}

/// What the file holds. Of several processes that start in an empty folder one names it for all: the
/// file appears whole, under a link that only the first can make.
fn kept(dir: &Path, path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return read,
    }
    fs::create_dir_all(dir)?;
    // The standard library's only source of randomness is the seed of its hash maps.
    let name = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
    let fresh = dir.join(format!("{FILE}.{name}"));
    fs::write(&fresh, format!("{name}\n"))?;
    let linked = fs::hard_link(&fresh, path);
    fs::remove_file(&fresh)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => fs::read_to_string(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(dir: &Path) -> Config {
        Config {
            data_dir: dir.to_owned(),
            ..Config::default()
        }
    }

    #[test]
    fn a_folder_keeps_the_name_that_it_was_given_first() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let config = config(&dir.path().join("data"));
        let starting: Vec<_> = (0..8)
            .map(|_| {
                let config = config.clone();
                std::thread::spawn(move || base(&config).expect("a name"))
            })
            .collect();
        let names: Vec<String> = starting
            .into_iter()
            .map(|thread| thread.join().expect("it has a name"))
            .collect();
        let first = base(&config).expect("a name");
        assert!(names.iter().all(|name| *name == first), "{names:?}");
        assert_eq!(first.len(), 16, "{first}");
        let left = fs::read_dir(&config.data_dir).expect("the folder").count();
        assert_eq!(left, 1, "the file alone stays");
    }

    #[test]
    fn folders_have_different_names_unless_the_configuration_has_one() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut one = config(&dir.path().join("one"));
        let other = config(&dir.path().join("other"));
        assert_ne!(base(&one).expect("a name"), base(&other).expect("a name"));
        one.kafka.instance = "desk-7".to_owned();
        assert_eq!(base(&one).expect("a name"), "desk-7");
    }

    #[test]
    fn what_is_no_name_is_told_with_the_file() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::write(dir.path().join(FILE), "two words\n").expect("written");
        let error = base(&config(dir.path())).expect_err("no name");
        let text = error.to_string();
        assert!(text.contains("/instance holds \"two words\\n\""), "{text}");
    }
}
