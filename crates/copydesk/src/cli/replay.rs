//! `copydesk replay`

mod diff;

use std::str::FromStr;

use clap::{Args, Subcommand};
use jiff::Timestamp;

pub use self::diff::{Diff, Number};

use crate::scan::so_long_ago;

/// `copydesk replay`
#[derive(Clone, Debug, Subcommand)]
pub enum Replay {
    /// Find articles again in what polls brought, and tie fetched pages to them. Nothing is dialled.
    #[command(after_help = "Example: copydesk replay fetcher --generation 2 --through enricher")]
    Fetcher(Derive),
    /// Clean pages again.
    #[command(
        after_help = "Example: copydesk replay cleaner --generation 3 --from-timestamp @7d --through enricher"
    )]
    Cleaner(Derive),
    /// Relate articles again.
    #[command(after_help = "Example: copydesk replay enricher --generation 4 --from-timestamp @3d")]
    Enricher(Derive),
    /// List the generations, a line each.
    #[command(after_help = "Example: copydesk replay list --json | jq .")]
    List {
        /// As JSON, one generation a line
        #[arg(long)]
        json: bool,
    },
    /// Compare two generations of a topic: what was added, removed or changed, field by field.
    #[command(
        after_help = "Example: copydesk replay diff articles.enriched --from g1 --to g2\n\nExit code: 0 where nothing differs, 1 where something does, 2 where they cannot be compared"
    )]
    Diff(Diff),
    /// Make a generation the live one: the running services continue it, and it is what is read.
    #[command(after_help = "Example: copydesk replay switch 2")]
    Switch {
        /// Its number
        generation: u32,
    },
    /// Delete what is a generation's own: its topics, its state and its offsets.
    #[command(after_help = "Example: copydesk replay drop 2")]
    Drop {
        /// Its number
        generation: u32,
    },
}

/// `copydesk replay fetcher`, `cleaner` or `enricher`
#[derive(Clone, Debug, Args)]
pub struct Derive {
    /// The number of the generation that is made: higher than all before it; or one whose replay was
    /// ended early or lies behind, which then goes on
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=999_999_999))]
    pub generation: u32,
    /// The generation that it reads [default: the live one]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub reads: Option<u32>,
    /// Begin at this offset of a partition, such as 0:1500; others begin at their oldest record
    #[arg(long, value_name = "P:O", conflicts_with = "from_timestamp")]
    pub from_offset: Vec<Place>,
    /// Begin with what was written since: 2026-11-01T00:00:00Z, or so long ago such as @3d
    #[arg(long, value_name = "T")]
    pub from_timestamp: Option<Moment>,
    /// End before this offset of a partition, or before what was written then or later [default: at
    /// the end that is there when it begins]
    #[arg(long, value_name = "P:O|T")]
    pub to: Vec<End>,
    /// The last service that is derived too: cleaner or enricher
    #[arg(long, value_name = "SERVICE", value_parser = ["fetcher", "cleaner", "enricher"])]
    pub through: Option<String>,
    /// Go on with what comes after, until it is stopped or the generation goes live
    #[arg(long, conflicts_with = "to")]
    pub follow: bool,
}

/// An offset of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub u32, pub u64);

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (partition, offset) = text.split_once(':')?;
            Some(Self(partition.parse().ok()?, offset.parse().ok()?))
        };
        read().ok_or_else(|| "expected partition:offset, such as 0:1500".to_owned())
    }
}

/// A moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const ALLOWED: &str =
            "expected a moment such as 2026-11-01T00:00:00Z, or so long ago such as @3d";
        if let Ok(moment) = text.parse() {
            return Ok(Self(moment));
        }
        let ago = text.strip_prefix('@').ok_or_else(|| ALLOWED.to_owned())?;
        so_long_ago(ago, ALLOWED).map(Self)
    }
}

/// Where a replay ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Before an offset of a partition.
    Place(Place),
    /// Before what was written then or later.
    Moment(Moment),
}

impl FromStr for End {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let place = text.parse().map(Self::Place);
        place
            .or_else(|_| text.parse().map(Self::Moment))
            .map_err(|_: String| {
                "expected partition:offset, such as 0:1500, a moment such as 2026-11-01T00:00:00Z, or \
                 so long ago such as @3d"
                    .to_owned()
            })
    }
}
