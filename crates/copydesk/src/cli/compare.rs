//! `copydesk compare`

use std::path::PathBuf;

use clap::Args;

/// `copydesk compare`
#[derive(Clone, Debug, Args)]
pub struct Compare {
    /// The earlier article, a file of JSON {text, title, source, date, url, lang} or of plain text, in
    /// UTF-8, or in UTF-16 with a byte order mark
    #[arg(
        value_name = "A",
        required_unless_present = "pairs",
        requires = "later"
    )]
    pub earlier: Option<PathBuf>,
    /// The later one
    #[arg(value_name = "B")]
    pub later: Option<PathBuf>,
    /// Print what was found as JSON instead of both texts with what they share marked
    #[arg(long, conflicts_with = "pairs")]
    pub json: bool,
    /// Score these pairs instead, lines {a, b}, each as its later document met the earlier one: prints lines
    /// {a, b, score, relation, story_score}
    #[arg(
        long,
        value_name = "JSONL",
        requires = "docs",
        conflicts_with = "earlier"
    )]
    pub pairs: Option<PathBuf>,
    /// Print with each pair what its scores are made of and what shows them
    #[arg(long, requires = "pairs")]
    pub evidence: bool,
    /// The documents in their order of arrival, lines {id, text, title, source, date, url, lang}, as
    /// for `enrich`; those that no pair names are context
    #[arg(long, value_name = "JSONL", requires = "pairs")]
    pub docs: Option<PathBuf>,
}
