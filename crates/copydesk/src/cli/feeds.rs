//! `copydesk feeds`

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `copydesk feeds`
#[derive(Clone, Debug, Subcommand)]
pub enum Feeds {
    /// Add a feed, or change what is said of it.
    #[command(
        after_help = "Example: copydesk feeds add https://a.example/rss --publisher 'The A' --language en"
    )]
    Add(AddFeed),
    /// List the feeds, a line each.
    #[command(after_help = "Example: copydesk feeds list --json | jq -r .url")]
    List {
        /// As JSON, one feed a line
        #[arg(long)]
        json: bool,
    },
    /// Poll a feed no more.
    #[command(after_help = "Example: copydesk feeds remove https://a.example/rss")]
    Remove {
        /// Its address, as `list` prints it
        url: String,
    },
    /// Add the feeds of an OPML file; those already there with the same facts are left alone.
    #[command(after_help = "Example: copydesk feeds import config/feeds.opml")]
    Import {
        /// The file
        file: PathBuf,
    },
    /// Print all feeds as OPML.
    #[command(after_help = "Example: copydesk feeds export > feeds.opml")]
    Export,
}

/// `copydesk feeds add`
#[derive(Clone, Debug, Args)]
pub struct AddFeed {
    /// Its address: http or https
    pub url: String,
    /// A name for people
    #[arg(long)]
    pub title: Option<String>,
    /// The outlet's name
    #[arg(long)]
    pub publisher: Option<String>,
    /// The outlet's country: two letters, as in ISO 3166-1
    #[arg(long)]
    pub country: Option<String>,
    /// The language that is expected: a BCP 47 tag
    #[arg(long)]
    pub language: Option<String>,
    /// The kind of outlet: agency, newspaper, broadcaster, magazine, ...
    #[arg(long)]
    pub kind: Option<String>,
    /// Seconds between polls, where it shall differ from the configured interval
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub interval: Option<u64>,
}
