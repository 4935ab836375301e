//! `copydesk detect`

use std::path::PathBuf;

use clap::{ArgGroup, Args};

/// `copydesk detect`
#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("what").multiple(false))]
pub struct Detect {
    /// The language: a line of id, code (und for a text in none) and confidence, between tabs
    #[arg(long, group = "what")]
    pub language: bool,
    /// Quotations with their speakers: a line {id, quotes: [{text, speaker, start, end}]}, offsets in bytes
    #[arg(long, group = "what")]
    pub quotes: bool,
    /// Whose words and facts articles are: a line {id, labels: {agency: class}, evidence}. Evidence has an
    /// offset where it stands in the text: in bytes of text, or of text_head, text_cues and text_tail where they
    /// have something, joined in this order by an empty line each. The agencies are those of
    /// enricher.agencies_table, where it is set
    #[arg(long, group = "what")]
    pub agencies: bool,
    /// The texts, lines {id, text, lang?}; for agencies also with url, title, meta, jsonld, bylines,
    /// text_head, text_cues, text_tail; without an option one plain text, in which everything that is
    /// found is marked. What enricher's switches turn off in the pipeline is found here all the same
    /// [default: standard input]
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}
