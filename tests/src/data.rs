//! The labelled data that may lie beside the project.

use std::path::{Path, PathBuf};

/// The folder `shared/data` beside the repository, joined with `part`. Where it is absent, prints a
/// line that says what is skipped.
pub fn shared_data(part: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data")
        .join(part);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {part} of the shared data is not here");
    None
}
