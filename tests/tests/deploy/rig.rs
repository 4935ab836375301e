//! The real binary, asked what it makes of a command line and of settings.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use tests::binary;

/// The longest that a process takes from SIGTERM to its end: its tasks drain, then it closes.
pub(crate) const STOP_SECONDS: u64 = pipeline::worker::DRAIN.as_secs() + 10;

/// The version that images and labels carry.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Environment variables.
pub(crate) type Environment = BTreeMap<String, String>;

/// Effective settings: a key, as it stands in the file, and its value in TOML.
pub(crate) type Settings = BTreeMap<String, String>;

/// What `copydesk check` makes of these variables and, where there is one, this file: the effective
/// settings, or what is wrong. COPYDESK_CONFIG among the variables says where the file would lie.
pub(crate) fn settings(environment: &Environment, file: Option<&str>) -> Result<Settings, String> {
    type Known = BTreeMap<(Environment, Option<String>), Result<Settings, String>>;
    static KNOWN: Mutex<Known> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let asked = (environment.clone(), file.map(str::to_owned));
    let told = known.entry(asked);
    told.or_insert_with(|| checked(environment, file)).clone()
}

fn checked(environment: &Environment, file: Option<&str>) -> Result<Settings, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut ours = environment.clone();
    ours.retain(|name, _| name.starts_with("COPYDESK_"));
    if ours.remove("COPYDESK_CONFIG").is_some() != file.is_some() {
        return Err("COPYDESK_CONFIG names no configuration file that is there".to_owned());
    }
    if let Some(text) = file {
        let path = folder.path().join("copydesk.toml");
        std::fs::write(&path, text).expect("written");
        ours.insert("COPYDESK_CONFIG".to_owned(), path.display().to_string());
    }
    let (code, out, err) = run(&["check".to_owned()], &ours, folder.path());
    if code != 0 {
        return Err(err);
    }
    let lines = out.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.rsplit_once("  # ")?.0.trim_end().split_once(" = "));
    Ok(pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect())
}

/// What is wrong with `arguments` as a command line of the binary. Nothing is begun: a setting that
/// does not exist stops every command that could be read.
pub(crate) fn command_line(arguments: &[String]) -> Result<(), String> {
    static KNOWN: Mutex<BTreeMap<Vec<String>, Result<(), String>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let tried = known.entry(arguments.to_vec()).or_insert_with(|| {
        let stop = Environment::from([("COPYDESK_NO_SETTING".to_owned(), "1".to_owned())]);
        match run(arguments, &stop, &std::env::temp_dir()) {
            (0 | 78, _, _) => Ok(()),
            (_, _, err) => Err(format!("copydesk {arguments:?}: {}", first_line(&err))),
        }
    });
    tried.clone()
}

fn run(
    arguments: &[String],
    environment: &Environment,
    folder: &std::path::Path,
) -> (i32, String, String) {
    let output = Command::new(binary())
        .args(arguments)
        .env_clear()
        .envs(environment)
        .current_dir(folder)
        .output()
        .expect("copydesk runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("copydesk prints UTF-8");
    let code = output.status.code().unwrap_or(-1);
    (code, text(output.stdout), text(output.stderr))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// The port of the admin port's address.
pub(crate) fn admin_port(settings: &Settings) -> u64 {
    let listen = settings
        .get("admin.listen")
        .map(|text| text.trim_matches('"'));
    let port = listen.and_then(|listen| listen.rsplit_once(':')?.1.parse().ok());
    port.unwrap_or_default()
}

/// Whether others than the own machine reach the admin port.
pub(crate) fn is_reached(settings: &Settings) -> bool {
    let listen = settings.get("admin.listen");
    listen.is_some_and(|listen| listen.contains("0.0.0.0:") || listen.contains("[::]:"))
}

/// The value of a setting that is a text.
pub(crate) fn setting<'a>(settings: &'a Settings, key: &str) -> &'a str {
    settings
        .get(key)
        .map_or("", |value| value.trim_matches('"'))
}

/// The seconds of a duration such as `40s`, `1m` or `40`.
pub(crate) fn seconds(text: &str) -> u64 {
    let (number, unit) = match text.strip_suffix('m') {
        Some(minutes) => (minutes, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    number.parse().map_or(0, |number: u64| number * unit)
}

/// Whether an image has a tag that stays what it is.
pub(crate) fn is_pinned(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or_default();
    let tag = name.split_once(':').map_or("", |(_, tag)| tag);
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    tag.starts_with(|c: char| c.is_ascii_digit()) && tag.contains('.')
}

/// The paths that the admin port answers to GET.
pub(crate) fn paths_told() -> Vec<String> {
    let source = crate::tree::Tree::default().read("crates/pipeline/src/admin.rs");
    let routes = source.split(".route(").skip(1).map(|rest| {
        let path = rest.split('"').nth(1).unwrap_or_default();
        let handler = rest.split(',').nth(1).unwrap_or_default();
        (path.to_owned(), handler.trim().starts_with("get"))
    });
    routes
        .filter(|(_, gets)| *gets)
        .map(|(path, _)| path)
        .collect()
}
