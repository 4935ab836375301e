//! Every check finds what it looks for: a file with one thing wrong, and what is then said.

mod clusters;
mod machines;

use crate::tree::Tree;

#[track_caller]
fn check(faults: fn(&Tree) -> Vec<String>, path: &str, from: &str, to: &str, expected: &str) {
    let found = faults(&Tree::broken(path, from, to));
    assert!(
        found.iter().any(|fault| fault.contains(expected)),
        "{path} with {to:?} for {from:?}: {found:#?}"
    );
}
