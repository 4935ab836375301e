//! `copydesk enrich`

use std::path::PathBuf;

use clap::Args;

/// `copydesk enrich`
#[derive(Clone, Debug, Args)]
pub struct Enrich {
    /// Print at the end, for each document, its last story, family and origin, instead of a line as it
    /// comes
    #[arg(long = "final")]
    pub final_: bool,
    /// The documents in their order of arrival, lines {id, text, title, source, date, url, lang};
    /// without a source the outlet is the host of the url; a date is a day or a time, and where it is
    /// missing that of the line before, or the first there is within 1,000 lines; the same id again is a
    /// new version of the document; exported articles can be read as they are [default: standard input]
    #[arg(value_name = "JSONL")]
    pub file: Option<PathBuf>,
}
