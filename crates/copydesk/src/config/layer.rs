//! The layers of the configuration and how they become one.

use std::path::{Path, PathBuf};

use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use pipeline::telemetry::{LogFormat, check_filter};
use pipeline::topics::names;

use super::effective::{Place, Setting, key_text, look_up, settings, shown};
use super::error::hint;
use super::{AgencyTable, Config, ConfigError};

pub(super) const DEFAULT: &str = "default";
pub(super) const FILE: &str = "file";
pub(super) const ENVIRONMENT: &str = "environment";
pub(super) const FLAG: &str = "flag";

const PREFIX: &str = "COPYDESK_";
/// Names the file; everything else with the prefix is a setting.
const CONFIG_VARIABLE: &str = "COPYDESK_CONFIG";
const CONFIG_FILE: &str = "copydesk.toml";
/// A TiB: whoever asks for more has mistaken the unit.
const MAX_FREE_MIB: u64 = 1 << 20;

/// Everything that has a say in the configuration.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The configuration file, where there is one.
    pub file: Option<PathBuf>,
    /// The environment: names and values.
    pub environment: Vec<(String, String)>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `--bootstrap-servers`.
    pub bootstrap_servers: Option<String>,
    /// `--log-format`.
    pub log_format: Option<LogFormat>,
    /// What `--verbose` makes of the filter.
    pub filter: Option<String>,
    /// `--offline`.
    pub offline: bool,
}

impl Sources {
    /// The process's own environment, and the file that it means: the one `named` on the command
    /// line, else in `COPYDESK_CONFIG`, else `copydesk.toml` in the working directory where there is
    /// one.
    pub fn of_process(named: Option<PathBuf>) -> Self {
        let environment: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        let in_environment = environment
            .iter()
            .find(|(name, _)| name == CONFIG_VARIABLE)
            .map(|(_, path)| PathBuf::from(path));
        let beside = Path::new(CONFIG_FILE);
        let file = named
            .or(in_environment)
            .or_else(|| beside.exists().then(|| beside.to_owned()));
        Self {
            file,
            environment,
            ..Self::default()
        }
    }
}

/// A configuration that holds, and where each value came from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Every effective value, by key.
    pub settings: Vec<Setting>,
}

impl Loaded {
    /// What is wrong with a value that holds by itself and does not fit what is there.
    pub(crate) fn wrong(&self, path: &[&str], value: String, allowed: String) -> ConfigError {
        let (key, setting) = self.setting(path);
        ConfigError::Wrong {
            value,
            place: setting.map_or(Place::Default, |setting| setting.place.clone()),
            key,
            allowed,
        }
    }

    /// What is wrong with a value as it is told, secrets masked.
    pub(crate) fn wrong_here(&self, path: &[&str], allowed: String) -> ConfigError {
        let value = match self.setting(path).1 {
            Some(setting) => setting.value.clone(),
            None => "not set".to_owned(),
        };
        self.wrong(path, value, allowed)
    }

    fn setting(&self, path: &[&str]) -> (String, Option<&Setting>) {
        let path: Vec<String> = path.iter().map(|segment| (*segment).to_owned()).collect();
        let key = key_text(&path);
        let setting = self.settings.iter().find(|setting| setting.key == key);
        (key, setting)
    }
}

/// Merges the layers and checks the outcome.
///
/// # Errors
/// [`ConfigError`] for the first thing that is wrong.
pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
    let defaults = defaults();
    let mut environment = environment(sources, &defaults);
    let mut file = file(sources)?;
    for layer in [&mut file, &mut environment] {
        write_out_librdkafka(layer);
    }
    let figment = Figment::from(Layer(DEFAULT, defaults))
        .merge(Layer(FILE, file))
        .merge(Layer(ENVIRONMENT, environment))
        .merge(Layer(FLAG, flags(sources)));
    let mut config: Config = figment
        .extract()
        .map_err(|error| ConfigError::of(error, &figment, sources))?;
    check_topics(&config, &figment, sources)?;
    if let Err((key, allowed)) = validate(&config) {
        let path: Vec<String> = key.split('/').map(str::to_owned).collect();
        let (value, place) = look_up(&figment, sources, &path, None);
        return Err(ConfigError::Wrong {
            value,
            place,
            key: key_text(&path),
            allowed: format!("it must be {allowed}"),
        });
    }
    config.agency_table = AgencyTable::read(&config.enricher.agencies_table).map_err(|reason| {
        let path = ["enricher".to_owned(), "agencies_table".to_owned()];
        let (value, place) = look_up(&figment, sources, &path, None);
        ConfigError::Wrong {
            value,
            place,
            key: key_text(&path),
            allowed: format!("it must be a table like config/agencies.toml ({reason})"),
        }
    })?;
    let settings = settings(&figment, sources);
    Ok(Loaded { config, settings })
}

fn check_topics(config: &Config, figment: &Figment, sources: &Sources) -> Result<(), ConfigError> {
    for name in config.topics.keys() {
        if !names().any(|known| known == name) {
            let parent = ["topics".to_owned()];
            let path = [parent[0].clone(), name.clone()];
            return Err(ConfigError::Unknown {
                hint: hint(&parent, name, names()),
                place: look_up(figment, sources, &path, None).1,
                key: key_text(&path),
            });
        }
    }
    Ok(())
}

/// What serde cannot check. The error is the key, its segments parted by slashes because topics have
/// dots, and what is allowed.
fn validate(config: &Config) -> Result<(), (String, String)> {
    if !(1..=1024).contains(&config.log.segment_mib) {
        return Err(("log/segment_mib".into(), "1 to 1024".into()));
    }
    if config.log.min_free_mib > MAX_FREE_MIB {
        let allowed = format!("0 to {MAX_FREE_MIB}");
        return Err(("log/min_free_mib".into(), allowed));
    }
    check_filter(&config.logging.filter)
        .map_err(|reason| ("logging/filter".into(), filter_allowed(&reason)))?;
    for (name, topic) in &config.topics {
        let valid = pipeline::topics::validate(name, topic);
        valid.map_err(|(key, allowed)| (format!("topics/{name}/{key}"), allowed.to_owned()))?;
    }
    let tracing = config.tracing.validate();
    tracing.map_err(|error| (format!("tracing/{}", error.key), error.allowed))?;
    let kafka = config.kafka.validate();
    kafka.map_err(|error| (format!("kafka/{}", error.key), error.allowed))?;
    let enricher = config.enricher.validate();
    enricher.map_err(|error| (format!("enricher/{}", error.key), error.allowed.to_owned()))?;
    let fetcher = config.fetcher.validate();
    // The name of a host that is overridden has dots of its own.
    fetcher.map_err(|error| {
        (
            format!("fetcher/{}", error.key.replacen('.', "/", 1)),
            error.allowed,
        )
    })
}

/// What a filter of log lines may be, after what is wrong with one.
pub(crate) fn filter_allowed(reason: &str) -> String {
    format!("a filter such as \"info\" or \"warn,fetcher=debug\" ({reason})")
}

/// One layer: its name and its values.
struct Layer(&'static str, Dict);

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.0)
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        Ok(Map::from([(Profile::Default, self.1.clone())]))
    }
}

fn defaults() -> Dict {
    // Serialising fails only for maps whose keys are no strings, which no section has.
    let value = Value::serialize(Config::default()).expect("the defaults serialise");
    value.into_dict().expect("a struct serialises to a table")
}

fn file(sources: &Sources) -> Result<Dict, ConfigError> {
    let Some(path) = &sources.file else {
        return Ok(Dict::new());
    };
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
        path: path.clone(),
        source,
    })?;
    let syntax = |reason: String| ConfigError::Syntax {
        path: path.clone(),
        reason: reason.trim().replace('\n', "; "),
    };
    let table: toml::Table = toml::from_str(&text).map_err(|error| syntax(error.to_string()))?;
    let value = Value::serialize(table).map_err(|error| syntax(error.to_string()))?;
    Ok(value.into_dict().unwrap_or_default())
}

fn environment(sources: &Sources, defaults: &Dict) -> Dict {
    let mut dict = Dict::new();
    for (name, text) in &sources.environment {
        let Some(key) = name.strip_prefix(PREFIX) else {
            continue;
        };
        if name == CONFIG_VARIABLE {
            continue;
        }
        let path = path_of(key);
        // A name made of digits is still a name where the setting is text.
        let value = match lookup(defaults, &path) {
            Some(Value::String(..)) => Value::from(text.as_str()),
            _ => text.parse().unwrap_or_else(|never| match never {}),
        };
        insert(&mut dict, &path, value);
    }
    dict
}

/// `TOPICS__ARTICLES_FETCHED__PARTITIONS` is `topics`, `articles.fetched`, `partitions`, and
/// `KAFKA__LIBRDKAFKA__LINGER_MS` is `kafka`, `librdkafka`, `linger.ms`: a shell's variables have no
/// dots.
fn path_of(key: &str) -> Vec<String> {
    let mut path: Vec<String> = key
        .to_ascii_lowercase()
        .split("__")
        .map(str::to_owned)
        .collect();
    if path[0] == "topics"
        && let Some(topic) = path.get_mut(1)
        && let Some(known) = names().find(|name| name.replace('.', "_") == *topic)
    {
        known.clone_into(topic);
    }
    if let [section, table, setting] = path.as_mut_slice()
        && section == "kafka"
        && table == "librdkafka"
    {
        // Its settings have dots where ours have underscores, and never the latter.
        *setting = setting.replace('_', ".");
    }
    path
}

/// librdkafka takes every value as text, and whoever knows its settings writes numbers and true or false
/// as such.
fn write_out_librdkafka(layer: &mut Dict) {
    let Some(Value::Dict(_, kafka)) = layer.get_mut("kafka") else {
        return;
    };
    let Some(Value::Dict(_, settings)) = kafka.get_mut("librdkafka") else {
        return;
    };
    for value in settings.values_mut() {
        let text = match value {
            Value::Bool(..) | Value::Num(..) => shown(value),
            _ => continue,
        };
        *value = Value::from(text);
    }
}

/// The variable that sets a key.
pub(super) fn variable(path: &[String]) -> String {
    format!(
        "{PREFIX}{}",
        path.join("__").replace('.', "_").to_ascii_uppercase()
    )
}

fn flags(sources: &Sources) -> Dict {
    let mut dict = Dict::new();
    let mut set = |key: &str, value: Value| {
        let path: Vec<String> = key.split('.').map(str::to_owned).collect();
        insert(&mut dict, &path, value);
    };
    if let Some(dir) = &sources.data_dir {
        set("data_dir", Value::from(dir.to_string_lossy().into_owned()));
    }
    if let Some(servers) = &sources.bootstrap_servers {
        set("kafka.bootstrap_servers", Value::from(servers.as_str()));
    }
    if let Some(format) = sources.log_format {
        let value = Value::serialize(format).expect("a name serialises");
        set("logging.format", value);
    }
    if let Some(filter) = &sources.filter {
        set("logging.filter", Value::from(filter.as_str()));
    }
    if sources.offline {
        set("fetcher.offline", Value::from(true));
    }
    dict
}

fn lookup<'a>(dict: &'a Dict, path: &[String]) -> Option<&'a Value> {
    let (last, parents) = path.split_last()?;
    let mut dict = dict;
    for parent in parents {
        dict = dict.get(parent)?.as_dict()?;
    }
    dict.get(last)
}

fn insert(dict: &mut Dict, path: &[String], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        dict.insert(first.clone(), value);
        return;
    }
    let inner = dict
        .entry(first.clone())
        .or_insert_with(|| Value::from(Dict::new()));
    if !matches!(inner, Value::Dict(..)) {
        *inner = Value::from(Dict::new());
    }
    if let Value::Dict(_, inner) = inner {
        insert(inner, rest, value);
    }
}
