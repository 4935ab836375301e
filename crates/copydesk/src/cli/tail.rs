//! `copydesk tail`

use clap::Args;

use super::offered::Offered;
use super::wanted::Wanted;
use crate::scan::Start;

/// `copydesk tail`
#[derive(Clone, Debug, Args)]
pub struct Tail {
    /// The topic, in whichever generation is live; a name with .g1 or .g2 means that one alone
    #[arg(value_parser = Offered::topics(), hide_possible_values = true)]
    pub topic: String,
    /// Where to begin: beginning, end, an offset, so long ago (@10m, @2h, @3d) or a moment (2026-03-01T00:00:00Z) [default: end; with --no-follow: beginning]
    #[arg(long, value_name = "WHERE")]
    pub from: Option<Start>,
    /// Wait for new records (the default)
    #[arg(long, overrides_with = "no_follow")]
    pub follow: bool,
    /// Stop at the end of what is there
    #[arg(long)]
    pub no_follow: bool,
    /// Whole records as JSON, one a line
    #[arg(long)]
    pub json: bool,
    /// Which records
    #[command(flatten)]
    pub wanted: Wanted,
    /// Stop after so many records
    #[arg(long, value_name = "RECORDS")]
    pub limit: Option<u64>,
}
