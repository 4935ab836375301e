//! `copydesk run`, and the services of which it is made.

use std::path::PathBuf;

use clap::Args;

/// `copydesk run`
#[derive(Clone, Debug, Default, Args)]
pub struct Run {
    /// Serve the bundled newsroom in this process too, and poll it
    #[arg(long)]
    pub newsroom: bool,
    /// Import these feeds first, where they are not there yet
    #[arg(long, value_name = "OPML")]
    pub feeds: Vec<PathBuf>,
    /// Dial nothing but loopback
    #[arg(long)]
    pub offline: bool,
    /// Print no line for each article
    #[arg(long, short)]
    pub quiet: bool,
}

/// `copydesk fetcher`
#[derive(Clone, Debug, Default, Args)]
pub struct Fetcher {
    /// Import these feeds first, where they are not there yet
    #[arg(long, value_name = "OPML")]
    pub feeds: Vec<PathBuf>,
    /// Dial nothing but loopback
    #[arg(long)]
    pub offline: bool,
}
