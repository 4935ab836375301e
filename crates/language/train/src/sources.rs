//! Where the sources lie that cargo and Maven fetched.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// The folders of lingua's crates, by the name of the language.
pub fn lingua() -> Result<BTreeMap<String, PathBuf>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--all-features",
            "--locked",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .context("cargo metadata")?;
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "cargo metadata: {said}");
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let mut folders = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let language = name
            .strip_prefix("lingua-")
            .and_then(|name| name.strip_suffix("-language-model"));
        if let (Some(language), Some(manifest)) = (language, package["manifest_path"].as_str()) {
            let folder = Path::new(manifest)
                .parent()
                .context("a manifest has a folder")?;
            folders.insert(language.to_owned(), folder.to_owned());
        }
    }
    Ok(folders)
}

/// The file `name` of the archive `path`.
pub fn unzipped(path: &Path, name: &str) -> Result<Vec<u8>> {
    let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    let mut bytes = Vec::new();
    zip::ZipArchive::new(file)?
        .by_name(name)?
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
