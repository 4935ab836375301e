//! The repository's files, with one of them changed where a check is to be seen failing.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize as _;
use serde_json::Value;

/// The repository as a check sees it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    changed: BTreeMap<String, String>,
}

/// The repository's folder.
pub(crate) fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("tests is a folder of it").to_owned()
}

impl Tree {
    /// The repository with `from` in `path` replaced by `to`, once.
    #[track_caller]
    pub(crate) fn broken(path: &str, from: &str, to: &str) -> Self {
        let sound = Self::default().read(path);
        assert!(sound.contains(from), "{path} has no {from:?} to break");
        let changed = sound.replacen(from, to, 1);
        Self {
            changed: BTreeMap::from([(path.to_owned(), changed)]),
        }
    }

    /// The text of a file.
    #[track_caller]
    pub(crate) fn read(&self, path: &str) -> String {
        if let Some(text) = self.changed.get(path) {
            return text.clone();
        }
        let read = std::fs::read_to_string(root().join(path));
        read.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Whether there is such a file or folder.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.changed.contains_key(path) || root().join(path).exists()
    }

    /// The names in a folder, sorted.
    #[track_caller]
    pub(crate) fn list(folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(root().join(folder));
        let entries = entries.unwrap_or_else(|error| panic!("{folder}: {error}"));
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into()).collect();
        names.sort();
        names
    }

    /// The documents of a YAML file, merge keys applied; or what is wrong with it.
    pub(crate) fn yaml(&self, path: &str) -> Result<Vec<Value>, String> {
        let text = self.read(path);
        let mut documents = Vec::new();
        for document in serde_norway::Deserializer::from_str(&text) {
            let told = |error: &dyn std::fmt::Display| format!("{path}: {error}");
            let mut value =
                serde_norway::Value::deserialize(document).map_err(|error| told(&error))?;
            value.apply_merge().map_err(|error| told(&error))?;
            let value = serde_json::to_value(value).map_err(|error| told(&error))?;
            documents.push(value);
        }
        Ok(documents)
    }
}

/// `path` as seen from `folder`, both within the repository.
pub(crate) fn beside(folder: &str, path: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in Path::new(folder).join(path).components() {
        match part {
            Component::ParentDir => _ = parts.pop(),
            Component::Normal(name) => parts.push(name.to_string_lossy().into()),
            _ => {}
        }
    }
    parts.join("/")
}

/// The text at a JSON pointer, empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

/// The list at a JSON pointer, empty where there is none.
pub(crate) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    let found = value.pointer(pointer).and_then(Value::as_array);
    found.map_or(&[], Vec::as_slice)
}

/// The texts of the list at a JSON pointer.
pub(crate) fn texts(value: &Value, pointer: &str) -> Vec<String> {
    let found = list(value, pointer).iter().filter_map(Value::as_str);
    found.map(str::to_owned).collect()
}

/// The names and values of the table at a JSON pointer.
pub(crate) fn entries<'a>(value: &'a Value, pointer: &str) -> Vec<(&'a str, &'a Value)> {
    let found = value.pointer(pointer).and_then(Value::as_object);
    let pairs = found.into_iter().flatten();
    pairs.map(|(name, value)| (name.as_str(), value)).collect()
}
