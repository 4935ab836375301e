//! `copydesk completions`

use clap::Args;
use clap_complete::Shell;

/// `copydesk completions`
#[derive(Clone, Copy, Debug, Args)]
pub struct Completions {
    /// For which shell
    pub shell: Shell,
}
