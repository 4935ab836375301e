//! Prints what the local log carries: `log_bench [DIR]`, on the disk of DIR, `target/log_bench` by
//! default.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let dir = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("target/log_bench"), PathBuf::from);
    match pipeline::log::bench::measure(&dir) {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
