//! Print what a shell needs to complete copydesk's commands.

use std::io::Write as _;

use clap::CommandFactory as _;

use crate::cli::{Cli, Completions};

pub(super) fn run(completions: Completions) -> anyhow::Result<()> {
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    // Into memory first: the generator panics where the reader has gone away.
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut command, name, &mut script);
    std::io::stdout().lock().write_all(&script)?;
    Ok(())
}
