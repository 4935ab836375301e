//! What is wrong with a configuration, told with the key, the value and what is allowed.

use std::path::PathBuf;

use figment::error::Kind;

use super::effective::{Place, key_text, look_up, place_of};
use crate::hint::nearest;

/// Why a configuration cannot be used. The process exits with 78.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("configuration file {} cannot be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no TOML.
    #[error("configuration file {} is not TOML: {reason}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, column and what is wrong there.
        reason: String,
    },
    /// There is no such setting.
    #[error("{key} ({place}) is not a setting; {hint}")]
    Unknown {
        /// Its key.
        key: String,
        /// Who set it.
        place: Place,
        /// What was meant, or what there is.
        hint: String,
    },
    /// A setting has a value that it cannot have.
    #[error("{key} is {value} ({place}); {allowed}")]
    Wrong {
        /// Its key.
        key: String,
        /// The value as text, secrets masked.
        value: String,
        /// Who set it.
        place: Place,
        /// What it may be.
        allowed: String,
    },
}

impl ConfigError {
    /// What figment found wrong, in our words.
    pub(super) fn of(
        error: figment::Error,
        figment: &figment::Figment,
        sources: &super::Sources,
    ) -> Self {
        let error = error
            .into_iter()
            .next()
            .expect("an error holds at least itself");
        let mut path = error.path.clone();
        if let Kind::UnknownField(name, known) = &error.kind {
            if path.last() != Some(name) {
                path.push(name.clone());
            }
            let parent = &path[..path.len() - 1];
            return Self::Unknown {
                hint: hint(parent, name, known.iter().copied()),
                place: place_of(
                    error.metadata.as_ref().map_or("", |meta| &meta.name),
                    &path,
                    sources,
                ),
                key: key_text(&path),
            };
        }
        let (value, place) = look_up(figment, sources, &path, error.metadata.as_ref());
        Self::Wrong {
            value,
            place,
            key: key_text(&path),
            allowed: allowed(&error.kind),
        }
    }
}

/// "did you mean" where something is near, else the whole choice.
pub(super) fn hint<'a>(
    parent: &[String],
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> String {
    let known: Vec<&str> = known.collect();
    if let Some(near) = nearest(name, known.iter().copied()) {
        let mut path = parent.to_vec();
        path.push(near.to_owned());
        return format!("did you mean {}?", key_text(&path));
    }
    let place = if parent.is_empty() {
        "at the top".to_owned()
    } else {
        format!("in {}", key_text(parent))
    };
    format!("{place} there is {}", known.join(", "))
}

fn allowed(kind: &Kind) -> String {
    match kind {
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
            format!("it must be {}", in_words(expected))
        }
        Kind::InvalidLength(_, expected) => format!("it must have {expected}"),
        Kind::UnknownVariant(_, known) => {
            let choice: Vec<String> = known.iter().map(|name| format!("{name:?}")).collect();
            format!("it must be one of {}", choice.join(", "))
        }
        Kind::Message(message) => message.clone(),
        other => other.to_string(),
    }
}

/// Names of Rust types as a person says them.
fn in_words(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "path string" => "a path, as a string",
        "a boolean" => "true or false",
        other => other,
    }
}
