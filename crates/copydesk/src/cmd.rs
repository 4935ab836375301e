//! The commands, a file each.

mod check;
mod clean;
mod compare;
mod completions;
mod dead;
mod detect;
mod enrich;
mod export;
mod feeds;
mod health;
mod man;
mod newsroom;
mod parse;
mod replay;
mod run;
mod service;
mod status;
mod tail;
mod topics;
mod trace;

use anyhow::anyhow;
use pipeline::admin::TokenError;
use pipeline::log::kafka::ConnectError;
use pipeline::telemetry::{self, Exporting};

use crate::cli::{Cli, Command};
use crate::config::{Config, ConfigError, Loaded, Place, Sources, filter_allowed, load};
use crate::service::Service;
use crate::storage::OtherPartitions;

/// What commands that end soon log, unless the user asks for more. What librdkafka meets on the way is
/// part of a command's last words where it matters, and how long topics keep is the services' concern.
const QUIET: &str = "warn,pipeline::plan=error,librdkafka=off,rdkafka=off";
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
        Command::Fetcher(fetcher) => {
            sources.offline = fetcher.offline;
            true
        }
        Command::Clean(clean) => {
            sources.offline = clean.offline;
            false
        }
        Command::Cleaner | Command::Enricher | Command::Newsroom(_) => true,
        // What is printed of the command line itself, or of files and texts at hand, needs no settings, and
        // no right ones.
        Command::Completions(_) | Command::Man(_) | Command::Parse(_) => {
            sources = Sources::default();
            false
        }
        // Language and quotations are read without settings; agencies are those of the table that is set.
        Command::Detect(detect) if detect.language || detect.quotes => {
            sources = Sources::default();
            false
        }
        _ => false,
    };
    let loaded = load(&sources)?;
    let config = &loaded.config;
    install_logs(config, &sources, is_long)?;
    let is_traced = is_long || matches!(cli.command, Command::Replay(_));
    let _exporting = is_traced.then(|| export_spans(&loaded)).transpose()?;
    let outcome = match cli.command {
        Command::Run(run) => run::run(config, &run),
        Command::Fetcher(fetcher) => service::run(&loaded, Service::Fetcher, &fetcher.feeds),
        Command::Cleaner => service::run(&loaded, Service::Cleaner, &[]),
        Command::Enricher => service::run(&loaded, Service::Enricher, &[]),
        Command::Newsroom(newsroom) => newsroom::run(newsroom),
        Command::Clean(clean) => clean::run(config, &clean),
        Command::Check => check::run(&sources, &loaded.settings),
        Command::Tail(tail) => tail::run(config, &tail),
        Command::Export(export) => export::run(config, &export),
        Command::Detect(detect) => detect::run(config, &detect),
        Command::Compare(compare) => compare::run(config, &compare),
        Command::Enrich(enrich) => enrich::run(config, &enrich),
        Command::Status(status) => status::run(config, &status),
        Command::Health(health) => health::run(config, &health),
        Command::Dead(dead) => dead::run(config, &dead),
        Command::Feeds(feeds) => feeds::run(config, feeds),
        Command::Replay(replay) => replay::run(config, replay),
        Command::Topics(topics) => topics::run(config, &topics),
        Command::Trace(trace) => trace::run(config, &trace),
        Command::Completions(completions) => completions::run(completions),
        Command::Man(man) => man::run(&man),
        Command::Parse(parse) => parse::run(&parse),
    };
    outcome.map_err(|error| placed(&loaded, error))
}

/// The error, with the place of the setting that is wrong where it is one's.
fn placed(loaded: &Loaded, error: anyhow::Error) -> anyhow::Error {
    if let Some(other) = error.downcast_ref() {
        return other_partitions(loaded, other).into();
    }
    if let Some(unfit) = error.downcast_ref::<TokenError>() {
        let allowed = format!("it must be {}", unfit.allowed);
        return loaded.wrong_here(&["admin", "token_file"], allowed).into();
    }
    if let Some(ConnectError::Config(wrong)) = error.downcast_ref() {
        let path: Vec<&str> = std::iter::once("kafka")
            .chain(wrong.key.split('/'))
            .collect();
        return loaded
            .wrong_here(&path, format!("it must be {}", wrong.allowed))
            .into();
    }
    error
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

/// Spans are sent for as long as what comes of this lives.
fn export_spans(loaded: &Loaded) -> anyhow::Result<Exporting> {
    let config = &loaded.config;
    let system = if config.kafka.is_set() {
        "kafka"
    } else {
        "copydesk"
    };
    let exporting = telemetry::export(&config.tracing, system);
    exporting.map_err(|wrong| {
        let allowed = format!("it must be {}", wrong.allowed);
        loaded.wrong_here(&["tracing", wrong.key], allowed).into()
    })
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
