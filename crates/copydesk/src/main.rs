//! The `copydesk` binary: read the command, do it, say how it went.

use std::process::ExitCode;

use clap::Parser as _;
use copydesk::cli::Cli;
use copydesk::{cmd, exit};

fn main() -> ExitCode {
    let cli = Cli::parse();
    exit::code(cmd::dispatch(cli))
}
