//! The peer that feeds are read beside.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The version that the expected counts of the labelled data come from.
const PEER: &str = "feedparser==6.0.14";

/// A Python that has feedparser, in an environment of its own under `target/`. Where it cannot be had,
/// prints a line that says so.
pub fn feedparser() -> Option<PathBuf> {
    let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/eval/feedparser");
    let python = venv.join("bin/python");
    let quietly = |command: &mut Command| command.output().is_ok_and(|out| out.status.success());
    let is_there = || quietly(Command::new(&python).args(["-c", "import feedparser"]));
    if !is_there() {
        let made = quietly(Command::new("python3").args(["-m", "venv"]).arg(&venv));
        let pip = venv.join("bin/pip");
        let _ = made && quietly(Command::new(pip).args(["install", "--quiet", PEER]));
    }
    if !is_there() {
        println!("skipped: {PEER} cannot be installed here, so the peer is not measured");
        return None;
    }
    Some(python)
}
