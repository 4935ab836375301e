//! Log lines: pretty on a terminal, JSON otherwise.

use std::io::IsTerminal as _;
use std::sync::OnceLock;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, reload};

type Handle = reload::Handle<EnvFilter, Registry>;

/// The filter in use, for [`set_filter`].
static FILTER: OnceLock<Handle> = OnceLock::new();

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
    let (filter, handle) = reload::Layer::new(filter);
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = if pretty {
        lines.with_target(false).with_ansi(terminal).boxed()
    } else {
        lines.json().flatten_event(true).boxed()
    };
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init()?;
    let _ = FILTER.set(handle);
    Ok(())
}

/// Changes which log lines there are, in the form of `RUST_LOG`, until the process ends.
///
/// # Errors
/// A filter that cannot be read, which changes nothing; or a process that shows no log lines.
pub fn set_filter(filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| error.to_string())?;
    let handle = FILTER
        .get()
        .ok_or("this process shows no log lines of which a filter could choose")?;
    handle.reload(filter).map_err(|error| error.to_string())
}
