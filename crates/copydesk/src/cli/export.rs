//! `copydesk export`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::offered::Offered;
use super::wanted::Wanted;
use crate::scan::Start;

/// `copydesk export`
#[derive(Clone, Debug, Args)]
pub struct Export {
    /// The topic
    #[arg(value_parser = Offered::topics(), hide_possible_values = true)]
    pub topic: String,
    /// Where to begin: beginning, end, an offset, so long ago (@10m, @2h, @3d) or a moment (2026-03-01T00:00:00Z)
    #[arg(long, value_name = "WHERE", default_value = "beginning")]
    pub from: Start,
    /// What to end before, in the same words; the end is that of the moment when the export begins
    #[arg(long, value_name = "WHERE", default_value = "end")]
    pub to: Start,
    /// In what form
    #[arg(long, default_value = "jsonl")]
    pub format: Form,
    /// The file to write; it has the name only when it is whole [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Whole records with place, time, key and headers, as `tail --json` prints them, not their values alone
    #[arg(long)]
    pub envelope: bool,
    /// Which records
    #[command(flatten)]
    pub wanted: Wanted,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// A JSON value a line, byte for byte as it was written
    Jsonl,
    /// Apache Parquet, columns typed
    Parquet,
}
