//! How a command ends: its exit code and its last words.

use std::io::ErrorKind;
use std::process::ExitCode;

use crate::config::ConfigError;

/// The configuration is wrong: `EX_CONFIG` of sysexits.h.
pub const BAD_CONFIG: u8 = 78;
/// Ended by a second signal.
pub const INTERRUPTED: i32 = 130;

/// Tells an error on standard error and turns the outcome into an exit code. A reader of our output
/// that went away, as `head` does, is no error.
pub fn code(outcome: anyhow::Result<()>) -> ExitCode {
    let Err(error) = outcome else {
        return ExitCode::SUCCESS;
    };
    if is_broken_pipe(&error) {
        return ExitCode::SUCCESS;
    }
    eprintln!("error: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because {cause}");
    }
    if error.downcast_ref::<ConfigError>().is_some() {
        ExitCode::from(BAD_CONFIG)
    } else {
        ExitCode::FAILURE
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    })
}
