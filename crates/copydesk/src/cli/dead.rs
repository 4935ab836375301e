//! `copydesk dead`

use clap::{ArgGroup, Subcommand};

use super::offered::Offered;

/// `copydesk dead`
#[derive(Clone, Debug, Subcommand)]
pub enum Dead {
    /// List the dead letters that were not sent back, a line each.
    #[command(after_help = "Example: copydesk dead list --reason undecodable --limit 20")]
    List {
        /// Only those of this reason
        #[arg(long, value_parser = Offered::reasons(), hide_possible_values = true)]
        reason: Option<String>,
        /// So many at the most
        #[arg(long, value_name = "LETTERS")]
        limit: Option<usize>,
    },
    /// Show a dead letter whole: where it came from, why it died, its headers and its value.
    #[command(after_help = "Example: copydesk dead show 0:17 --value | jq .")]
    Show {
        /// Which: partition:offset, as `list` prints it
        at: At,
        /// Only the bytes of its value, as they were
        #[arg(long)]
        value: bool,
    },
    /// Send dead letters back to the topic they came from; those that the live generation does not read stay.
    #[command(after_help = "Example: copydesk dead retry --reason empty")]
    #[command(group = ArgGroup::new("which").required(true).multiple(false))]
    Retry {
        /// Which: partition:offset, as `list` prints it
        #[arg(group = "which")]
        at: Vec<At>,
        /// All of them
        #[arg(long, group = "which")]
        all: bool,
        /// Those of this reason
        #[arg(long, group = "which", value_parser = Offered::reasons(), hide_possible_values = true)]
        reason: Option<String>,
    },
}

/// The place of a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// The generation whose stage could not handle the record.
    pub generation: u32,
    /// The partition of the dead letters.
    pub partition: u32,
    /// The offset there.
    pub offset: u64,
}

impl std::str::FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (generation, place) = match text.strip_prefix('g') {
                Some(rest) => rest.split_once(':')?,
                None => ("1", text),
            };
            let (partition, offset) = place.split_once(':')?;
            Some(Self {
                generation: generation.parse().ok()?,
                partition: partition.parse().ok()?,
                offset: offset.parse().ok()?,
            })
        };
        read().ok_or_else(|| "expected partition:offset, such as 0:17 or g2:0:17".to_owned())
    }
}

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.generation > 1 {
            write!(f, "g{}:", self.generation)?;
        }
        write!(f, "{}:{}", self.partition, self.offset)
    }
}
