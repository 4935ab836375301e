//! Logs: pretty on a terminal, JSON otherwise.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Pretty where standard error is a terminal, JSON otherwise.
    #[default]
    Auto,
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// Whether `filter` can be read, in the form of `RUST_LOG`.
///
/// # Errors
/// What is wrong with it.
pub fn check_filter(filter: &str) -> Result<(), String> {
    let parsed = EnvFilter::try_new(filter);
    parsed.map(drop).map_err(|error| error.to_string())
}

/// Sends this process's log lines to standard error. `filter` is in the form of `RUST_LOG`, which wins
/// where it is set.
///
/// # Errors
/// A filter that cannot be read, or a subscriber that is installed already.
pub fn install(
    format: LogFormat,
    filter: &str,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(filter) => EnvFilter::try_new(filter)?,
        Err(_) => EnvFilter::try_new(filter)?,
    };
    let terminal = std::io::stderr().is_terminal();
    let pretty = match format {
        LogFormat::Auto => terminal,
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if pretty {
        builder.with_target(false).with_ansi(terminal).try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    }
}
