//! The `copydesk` binary: read the command, do it, say how it went.

use std::process::ExitCode;

use clap::Parser as _;
use copydesk::cli::Cli;
use copydesk::{cmd, exit};

/// The system's allocator took an eighth of the time in which articles are enriched: many small lists, and
/// records that one thread makes and another drops.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    exit::code(cmd::dispatch(cli))
}
