//! Boards, rules and runbook: they use only metrics that exist, all of those, and mean what they say.

mod board;
mod broken;
mod consistent;
mod expression;
mod live;
mod prometheus;
mod promtool;
mod rules;
mod runbook;

use std::path::{Path, PathBuf};

/// A file of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The text of a file of the repository.
#[track_caller]
fn text(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Whether a program that these tests run is there. Where it is not, the test that asks says so and
/// passes; on the machine that decides it must be there.
#[track_caller]
fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    let must = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(found || !must, "{program} is missing: install prometheus");
    if !found {
        println!("skipped: {program} is not installed (Debian: apt-get install prometheus)");
    }
    found
}
