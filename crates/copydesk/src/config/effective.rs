//! Every effective value and where it came from.

use std::path::PathBuf;

use figment::value::{Dict, Value};
use figment::{Figment, Metadata, Profile, Provider as _};

use super::layer::{DEFAULT, ENVIRONMENT, FILE, FLAG, Sources, variable};

/// Who set a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nobody.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// One effective value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its key, as it stands in the file with its tables before it.
    pub key: String,
    /// The value in TOML, secrets masked.
    pub value: String,
    /// Who set it.
    pub place: Place,
}

/// Every leaf of the merged configuration.
pub(super) fn settings(figment: &Figment, sources: &Sources) -> Vec<Setting> {
    let mut settings = Vec::new();
    walk(
        figment,
        sources,
        &mut Vec::new(),
        &merged(figment),
        &mut settings,
    );
    settings
}

fn walk(
    figment: &Figment,
    sources: &Sources,
    path: &mut Vec<String>,
    dict: &Dict,
    settings: &mut Vec<Setting>,
) {
    for (key, value) in dict {
        path.push(key.clone());
        match value {
            Value::Dict(_, inner) if !inner.is_empty() => {
                walk(figment, sources, path, inner, settings);
            }
            leaf => {
                let layer = figment.get_metadata(leaf.tag());
                settings.push(Setting {
                    key: key_text(path),
                    value: masked(path, shown(leaf)),
                    place: place_of(layer.map_or(DEFAULT, |meta| &meta.name), path, sources),
                });
            }
        }
        path.pop();
    }
}

/// The merged values of all layers.
fn merged(figment: &Figment) -> Dict {
    figment
        .data()
        .ok()
        .and_then(|mut profiles| profiles.remove(&Profile::Default))
        .unwrap_or_default()
}

/// The value at a path whose segments may hold dots, as topic names do.
fn find(figment: &Figment, path: &[String]) -> Option<Value> {
    let mut dict = merged(figment);
    let (last, parents) = path.split_last()?;
    for parent in parents {
        match dict.remove(parent)? {
            Value::Dict(_, inner) => dict = inner,
            _ => return None,
        }
    }
    dict.remove(last)
}

/// The value at a path as text, secrets masked, and who set it. Where no value stands, `layer` is
/// who would have.
pub(super) fn look_up(
    figment: &Figment,
    sources: &Sources,
    path: &[String],
    layer: Option<&Metadata>,
) -> (String, Place) {
    let found = find(figment, path);
    let layer = found
        .as_ref()
        .and_then(|value| figment.get_metadata(value.tag()))
        .or(layer);
    let text = found.map_or_else(|| "not set".to_owned(), |value| masked(path, shown(&value)));
    let layer = layer.map_or(DEFAULT, |meta| &meta.name);
    (text, place_of(layer, path, sources))
}

/// The layer that set a key, with what helps to find it there.
pub(super) fn place_of(layer: &str, path: &[String], sources: &Sources) -> Place {
    match layer {
        FILE => Place::File(sources.file.clone().unwrap_or_default()),
        ENVIRONMENT => Place::Environment(variable(path)),
        FLAG => Place::Flag(match path.last().map(String::as_str) {
            Some("data_dir") => "--data-dir",
            Some("bootstrap_servers") => "--bootstrap-servers",
            Some("format") => "--log-format",
            Some("filter") => "--verbose",
            _ => "--offline",
        }),
        _ => Place::Default,
    }
}

/// A key as TOML has it: segments that are no bare keys are quoted.
pub(super) fn key_text(path: &[String]) -> String {
    let bare = |segment: &str| {
        !segment.is_empty()
            && segment
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    };
    let segments = path.iter().map(|segment| {
        if bare(segment) {
            segment.clone()
        } else {
            format!("{segment:?}")
        }
    });
    segments.collect::<Vec<_>>().join(".")
}

/// A value in TOML's notation.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(_, text) => toml::Value::String(text.clone()).to_string(),
        Value::Char(_, c) => toml::Value::String(c.to_string()).to_string(),
        Value::Bool(_, yes) => yes.to_string(),
        Value::Num(_, number) => match number.to_f64() {
            Some(float) => toml::Value::Float(float).to_string(),
            None => number
                .to_i128()
                .map(|n| n.to_string())
                .or_else(|| number.to_u128().map(|n| n.to_string()))
                .unwrap_or_default(),
        },
        Value::Empty(..) => "not set".to_owned(),
        Value::Array(_, values) => {
            format!(
                "[{}]",
                values.iter().map(shown).collect::<Vec<_>>().join(", ")
            )
        }
        Value::Dict(_, dict) => {
            let pairs = dict.iter().map(|(key, value)| {
                format!("{} = {}", key_text(std::slice::from_ref(key)), shown(value))
            });
            match pairs.collect::<Vec<_>>().join(", ") {
                pairs if pairs.is_empty() => "{}".to_owned(),
                pairs => format!("{{ {pairs} }}"),
            }
        }
    }
}

/// The value, or stars where the key names a secret. Where a secret lies is none.
fn masked(path: &[String], value: String) -> String {
    let tells_where = |segment: &str| segment.ends_with("_file") || segment.ends_with("_endpoint");
    let secret = path.iter().any(|segment| {
        let segment = segment.to_ascii_lowercase();
        let names_one = SECRET.iter().any(|word| segment.contains(word));
        names_one && !tells_where(&segment)
    });
    if secret { "\"***\"".to_owned() } else { value }
}

/// Parts of keys whose values are nobody's business; the latter three are librdkafka's.
const SECRET: [&str; 6] = [
    "password",
    "secret",
    "token",
    "passphrase",
    "key.pem",
    "oauthbearer.config",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_masked(key: &str, is_secret: bool) {
        let path: Vec<String> = key.split('.').map(str::to_owned).collect();
        let value = masked(&path, "\"hunter2\"".to_owned());
        assert_eq!(value == "\"***\"", is_secret, "{key}: {value}");
    }

    #[test]
    fn secrets_among_librdkafka_settings_are_known_by_their_keys() {
        for (key, is_secret) in [
            ("ssl.key.password", true),
            ("ssl.key.pem", true),
            ("sasl.oauthbearer.client.secret", true),
            ("sasl.oauthbearer.config", true),
            ("ssl.key.location", false),
            ("linger.ms", false),
        ] {
            let path = ["kafka", "librdkafka", key].map(str::to_owned);
            let is_masked = masked(&path, "\"hunter2\"".to_owned()) == "\"***\"";
            assert_eq!(is_masked, is_secret, "{key}");
        }
    }

    #[test]
    fn secrets_are_known_by_their_keys() {
        check_masked("kafka.sasl_password", true);
        check_masked("kafka.Client_Secret", true);
        check_masked("fetcher.token", true);
        check_masked("secrets.a", true);
        check_masked("kafka.sasl_password_file", false);
        check_masked("kafka.oauth_token_endpoint", false);
        check_masked("data_dir", false);
    }
}
