use std::path::Path;
use std::process::{Command, Output};

use copydesk::{Config, storage};
use jiff::Timestamp;
use pipeline::generations::{Change, Generation, Standing, change};
use pipeline::topics::Cleanup;
use serde_json::json;

use super::world::{Made, fill, made};

const BASE: &str = "articles.enriched";

/// A log with a second generation of the enricher, whose articles are these.
fn prepare(dir: &Path, before: &[Made], after: &[Made]) {
    let config = Config {
        data_dir: dir.to_owned(),
        ..Config::default()
    };
    let log = storage::beside_or_new(&config).expect("a log");
    fill(&log, BASE, Cleanup::Delete, [before, after]);
    let generation = Generation {
        number: 2,
        reads: 1,
        service: "enricher".to_owned(),
        through: "enricher".to_owned(),
        standing: Standing::Replayed,
        lived: false,
        made_at: Timestamp::UNIX_EPOCH,
        version: "1.0.0".to_owned(),
        config: "0".to_owned(),
        asked: String::new(),
        steps: Vec::new(),
    };
    let known = Change::Known(Box::new(generation));
    change(&log, &config.topology(), "1.0.0", |_| {
        Ok((vec![known.clone()], ()))
    })
    .expect("written");
}

fn diff(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("COPYDESK_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.current_dir(dir).args(["replay", "diff"]).args(args);
    command.arg("--data-dir").arg(dir);
    command.output().expect("the binary runs")
}

/// The exit code of a comparison, the beginning of what it prints, and of what it says of errors.
#[track_caller]
fn check(dir: &Path, args: &[&str], code: i32, printed: &str, complaint: &str) {
    let output = diff(dir, args);
    let [told, errors] =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert_eq!(output.status.code(), Some(code), "{args:?}: {told}{errors}");
    assert!(told.starts_with(printed), "{args:?}: {told}");
    assert!(errors.contains(complaint), "{args:?}: {errors}");
    assert!(
        !complaint.is_empty() || errors.is_empty(),
        "{args:?}: {errors}"
    );
}

fn enriched(id: &str, at: u64, story: &str) -> Made {
    made(
        id,
        at,
        json!({"id": id, "story": story, "family": id, "text": "x"}),
    )
}

#[test]
fn the_exit_code_says_whether_the_two_differ() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let dir = dir.path();
    let before = [enriched("a", 0, "a"), enriched("b", 1, "a")];
    let after = [enriched("b", 1, "b"), enriched("a", 0, "b")];
    prepare(dir, &before, &after);
    let both = [BASE, "--from", "g1", "--to", "g2"];
    let counts =
        "articles.enriched g1 -> g2: 0 same, 0 added, 0 removed, 0 changed, 2 by order alone\n";
    check(dir, &both, 1, counts, "");
    let [ignoring, as_json] =
        ["--ignore-order", "--json"].map(|flag| [&both[..], &[flag]].concat());
    check(dir, &ignoring, 0, counts, "");
    check(dir, &as_json, 1, "{\"kind\":\"changed\"", "");

    let complaint = "generation 3";
    check(dir, &[BASE, "--from", "g1", "--to", "g3"], 2, "", complaint);
    let complaint = "did you mean articles.enriched?";
    check(
        dir,
        &["articles.enrich", "--from", "g1", "--to", "g2"],
        2,
        "",
        complaint,
    );
    let complaint = "is the same topic in both generations";
    check(
        dir,
        &["articles.cleaned", "--from", "g1", "--to", "g2"],
        2,
        "",
        complaint,
    );
    check(
        dir,
        &[BASE, "--from", "one", "--to", "g2"],
        2,
        "",
        "such as g2",
    );
}

#[test]
fn two_that_are_the_same_end_with_0() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let articles = [enriched("a", 0, "a"), enriched("b", 1, "a")];
    prepare(dir.path(), &articles, &articles);
    let counts =
        "articles.enriched g1 -> g2: 2 same, 0 added, 0 removed, 0 changed, 0 by order alone\n";
    check(
        dir.path(),
        &[BASE, "--from", "g1", "--to", "g2"],
        0,
        counts,
        "",
    );
}
