//! The commands, a file each.

mod check;
mod dead;
mod feeds;
mod newsroom;
mod run;
mod status;
mod tail;

use anyhow::anyhow;
use pipeline::telemetry;

use crate::cli::{Cli, Command};
use crate::config::{Config, ConfigError, Loaded, Place, Sources, filter_allowed, load};
use crate::storage::OtherPartitions;

/// What commands that end soon log, unless the user asks for more.
const QUIET: &str = "warn";
const RUST_LOG: &str = "RUST_LOG";

/// Does what the command line says.
///
/// # Errors
/// What the user is told; a [`ConfigError`] among them is a wrong configuration.
pub fn dispatch(cli: Cli) -> anyhow::Result<()> {
    let mut sources = cli.global.sources();
    let is_long = match &cli.command {
        Command::Run(run) => {
            sources.offline = run.offline;
            true
        }
        Command::Newsroom(_) => true,
        _ => false,
    };
    let loaded = load(&sources)?;
    let config = &loaded.config;
    install_logs(config, &sources, is_long)?;
    let outcome = match cli.command {
        Command::Run(run) => run::run(config, &run),
        Command::Newsroom(newsroom) => newsroom::run(newsroom),
        Command::Check => check::run(&sources, &loaded.settings),
        Command::Tail(tail) => tail::run(config, &tail),
        Command::Status(status) => status::run(config, &status),
        Command::Dead(dead) => dead::run(config, &dead),
        Command::Feeds(feeds) => feeds::run(config, feeds),
    };
    outcome.map_err(|error| match error.downcast_ref() {
        Some(other) => other_partitions(&loaded, other).into(),
        None => error,
    })
}

/// Where the count stands that the log does not have.
fn other_partitions(loaded: &Loaded, other: &OtherPartitions) -> ConfigError {
    let OtherPartitions {
        topic,
        wanted,
        there,
    } = other;
    loaded.wrong(
        &["topics", topic, "partitions"],
        wanted.to_string(),
        format!(
            "it must be {there}, as the topic has them: another count would move records to other \
             partitions; keep it, or begin with another data folder"
        ),
    )
}

fn install_logs(config: &Config, sources: &Sources, is_long: bool) -> anyhow::Result<()> {
    // The configuration's own filter has been checked; this one wins over it.
    if let Ok(filter) = std::env::var(RUST_LOG)
        && let Err(reason) = telemetry::check_filter(&filter)
    {
        return Err(anyhow::Error::new(ConfigError::Wrong {
            key: RUST_LOG.to_owned(),
            value: format!("{filter:?}"),
            place: Place::Environment(RUST_LOG.to_owned()),
            allowed: format!("it must be {}", filter_allowed(&reason)),
        }));
    }
    let filter = &config.logging.filter;
    let filter = if is_long || sources.filter.is_some() {
        filter
    } else {
        QUIET
    };
    telemetry::install(config.logging.format, filter)
        .map_err(|error| anyhow!("log lines cannot be shown: {error}"))
}
