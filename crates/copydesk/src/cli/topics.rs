//! `copydesk topics`

use clap::Subcommand;

/// `copydesk topics`
#[derive(Clone, Debug, Subcommand)]
pub enum Topics {
    /// Print what `apply` would do, a line for each step.
    #[command(after_help = "Example: copydesk topics plan --json | jq -r .[].topic")]
    Plan {
        /// As JSON: a list of steps, empty where all is as it should be
        #[arg(long)]
        json: bool,
    },
    /// Make the topics that are missing and bring the others to what is configured. Does all of the
    /// plan, or nothing where a step is refused.
    #[command(after_help = "Example: copydesk topics apply --yes")]
    Apply {
        /// Also where records go for good that a replay could still read
        #[arg(long)]
        yes: bool,
    },
}
