//! `copydesk status`

use clap::Args;

/// `copydesk status`
#[derive(Clone, Debug, Args)]
pub struct Status {
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `copydesk health`
#[derive(Clone, Debug, Args)]
pub struct Health {
    /// Whether it is also at work: it has its partitions and their state [without: whether it lives and no task is stuck]
    #[arg(long)]
    pub ready: bool,
}
