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
    /// Whose words and facts articles are: a line {id, labels: {agency: class}, evidence}
    #[arg(long, group = "what")]
    pub agencies: bool,
    /// The texts, lines {id, text}; for agencies also with url, title, meta, jsonld, bylines, text_head,
    /// text_cues, text_tail [default: standard input]
    #[arg(value_name = "JSONL")]
    pub file: Option<PathBuf>,
}
