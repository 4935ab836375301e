//! What fuzzing starts from and what it has found: every input of `fuzz/seeds` does what its target asks.

#[allow(unreachable_pub, reason = "it is the fuzz crate's library")]
#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn every_seed_does_what_its_target_asks() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
    let folders = std::fs::read_dir(&seeds).expect("the seeds are there");
    let folders: BTreeSet<String> = folders
        .map(|folder| folder.expect("it is readable").file_name().into_string())
        .collect::<Result<_, _>>()
        .expect("names are UTF-8");
    let targets: BTreeSet<String> = targets::TARGETS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(folders, targets, "a folder for each target");
    for (name, run) in targets::TARGETS {
        let files = std::fs::read_dir(seeds.join(name)).expect("the folder is there");
        for file in files {
            let path = file.expect("it is readable").path();
            println!("{}", path.display());
            run(&std::fs::read(&path).expect("a file"));
        }
    }
}

/// A target that cannot be built, or is not listed, is none.
#[test]
fn every_target_is_a_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
    let manifest = std::fs::read_to_string(folder.join("../Cargo.toml")).expect("the manifest");
    for (name, _) in targets::TARGETS {
        let source = std::fs::read_to_string(folder.join(format!("{name}.rs")));
        assert!(
            source.is_ok_and(|source| source.contains(&format!("fuzz::{name}(input)"))),
            "fuzz_targets/{name}.rs runs the target"
        );
        let path = format!("path = \"fuzz_targets/{name}.rs\"");
        assert!(manifest.contains(&path), "{path}");
    }
}
