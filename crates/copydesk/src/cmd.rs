//! The commands, a file each.

mod check;
mod dead;
mod feeds;
mod newsroom;
mod run;
mod status;
mod tail;

use pipeline::telemetry;

use crate::cli::{Cli, Command};
use crate::config::{Config, ConfigError, Place, Sources, load};

/// What commands that end soon log, unless the user asks for more.
const QUIET: &str = "warn";

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
    let config = loaded.config;
    install_logs(&config, &sources, is_long)?;
    match cli.command {
        Command::Run(run) => run::run(&config, &run),
        Command::Newsroom(newsroom) => newsroom::run(newsroom),
        Command::Check => check::run(&sources, &loaded.settings),
        Command::Tail(tail) => tail::run(&config, &tail),
        Command::Status(status) => status::run(&config, &status),
        Command::Dead(dead) => dead::run(&config, &dead),
        Command::Feeds(feeds) => feeds::run(&config, feeds),
    }
}

fn install_logs(config: &Config, sources: &Sources, is_long: bool) -> Result<(), ConfigError> {
    let filter = &config.logging.filter;
    let filter = if is_long || sources.filter.is_some() {
        filter
    } else {
        QUIET
    };
    telemetry::install(config.logging.format, filter).map_err(|error| ConfigError::Wrong {
        key: "logging.filter".to_owned(),
        value: format!("{filter:?}"),
        place: Place::Environment("RUST_LOG, file or default".to_owned()),
        allowed: format!("log lines cannot be shown: {error}"),
    })
}
