//! `copydesk man`

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// `copydesk man`
#[derive(Clone, Debug, Args)]
pub struct Man {
    /// Of which command, such as feeds add [default: copydesk itself]
    #[arg(conflicts_with = "dir")]
    pub command: Vec<String>,
    /// Write the pages of all commands into this folder instead
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
}
