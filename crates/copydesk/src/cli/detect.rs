//! `copydesk detect`

use std::path::PathBuf;

use clap::{ArgGroup, Args};

/// `copydesk detect`
#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(false))]
pub struct Detect {
    /// The language: a line of id, code (und for a text in none) and confidence, between tabs
    #[arg(long, group = "what")]
    pub language: bool,
    /// The texts, lines {id, text} [default: standard input]
    #[arg(value_name = "JSONL")]
    pub file: Option<PathBuf>,
}
