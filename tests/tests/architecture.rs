//! The architecture's dependency arrows, held against what cargo says.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Which of our crates each of our crates may use.
const MAY_USE: [(&str, &[&str]); 9] = [
    ("article", &[]),
    ("pipeline", &["article"]),
    ("fetcher", &["article", "pipeline"]),
    ("language", &[]),
    ("cleaner", &["article", "pipeline", "language"]),
    ("enricher", &["article", "pipeline"]),
    ("newsroom", &["article"]),
    (
        "copydesk",
        &[
            "article", "pipeline", "fetcher", "language", "cleaner", "enricher", "newsroom",
        ],
    ),
    (
        "tests",
        &[
            "article", "pipeline", "fetcher", "language", "cleaner", "enricher", "newsroom",
            "copydesk",
        ],
    ),
];

/// Which of our crates may use a dependency that must not spread.
const ONLY_IN: [(&str, &[&str]); 4] = [
    ("rdkafka", &["pipeline", "tests"]),
    ("reqwest", &["fetcher", "tests"]),
    ("rusqlite", &["pipeline", "tests"]),
    ("scraper", &["cleaner"]),
];

/// Each of our crates with its direct dependencies, of every kind.
type Edges = BTreeMap<String, BTreeSet<String>>;

fn edges() -> Edges {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .output()
        .expect("cargo metadata runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"]
                .as_array()
                .expect("a list of dependencies");
            let names = dependencies.iter().map(name_of);
            (name_of(package), names.collect())
        })
        .collect()
}

fn name_of(value: &Value) -> String {
    value["name"].as_str().expect("a name").to_owned()
}

/// Every edge that the architecture forbids.
fn forbidden(edges: &Edges) -> Vec<String> {
    let ours: BTreeSet<&str> = MAY_USE.iter().map(|(name, _)| *name).collect();
    let mut found = Vec::new();
    for (package, dependencies) in edges {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| name == package) else {
            found.push(format!("{package} is not in the architecture"));
            continue;
        };
        for dependency in dependencies {
            if ours.contains(dependency.as_str()) && !allowed.contains(&dependency.as_str()) {
                found.push(format!("{package} uses {dependency}"));
            }
            let only = ONLY_IN.iter().find(|(name, _)| name == dependency);
            if let Some((_, allowed)) = only
                && !allowed.contains(&package.as_str())
            {
                found.push(format!("{package} uses {dependency}"));
            }
        }
    }
    found
}

#[test]
fn only_the_arrows_of_the_architecture_exist() {
    let edges = edges();
    assert_eq!(
        edges.len(),
        MAY_USE.len(),
        "every crate is in the architecture: {:?}",
        edges.keys()
    );
    assert_eq!(forbidden(&edges), Vec::<String>::new());
}

#[track_caller]
fn check_refused(package: &str, dependency: &str) {
    let mut edges = edges();
    edges
        .entry(package.to_owned())
        .or_default()
        .insert(dependency.to_owned());
    assert_eq!(forbidden(&edges), [format!("{package} uses {dependency}")]);
}

#[test]
fn any_other_arrow_is_refused() {
    check_refused("cleaner", "fetcher");
    check_refused("newsroom", "pipeline");
    check_refused("article", "pipeline");
    check_refused("pipeline", "enricher");
    check_refused("enricher", "rdkafka");
    check_refused("enricher", "language");
    check_refused("language", "article");
    check_refused("copydesk", "reqwest");
}
