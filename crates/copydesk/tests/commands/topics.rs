//! `copydesk topics` on the local log.

use std::path::Path;

use copydesk::storage;
use pipeline::log::Log as _;
use pipeline::log::local::LocalLog;
use pipeline::topics::Cleanup;
use serde_json::{Value, json};

use crate::{check_fails, config, copydesk, folder, said};

const FITS: &str = "= as it should be (13 topics)\n";

fn configure(dir: &Path, toml: &str) {
    std::fs::write(dir.join("copydesk.toml"), toml).expect("written");
}

/// A command that fails, what it printed nevertheless, and its last words.
#[track_caller]
fn refused(dir: &Path, args: &[&str]) -> (String, String) {
    let output = copydesk(dir, args);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    (text(output.stdout), text(output.stderr))
}

#[test]
fn topics_are_made_once() {
    let dir = folder();
    let dir = dir.path();
    let plan = said(dir, &["topics", "plan"]);
    assert_eq!(plan.lines().count(), 13, "{plan}");
    assert!(plan.lines().all(|line| line.starts_with("+ create ")));
    assert!(!dir.join("var").exists(), "a plan makes nothing");
    let done = format!("{plan}done: 13 topics created, 0 changed\n");
    assert_eq!(said(dir, &["topics", "apply"]), done);
    for args in [["topics", "plan"], ["topics", "apply"]] {
        assert_eq!(said(dir, &args), FITS);
    }
    assert_eq!(said(dir, &["topics", "plan", "--json"]), "[]\n");
}

#[test]
fn what_a_replay_reads_is_kept_shorter_only_with_yes() {
    let dir = folder();
    let dir = dir.path();
    said(dir, &["topics", "apply"]);
    configure(
        dir,
        "[topics.\"articles.fetched\"]\nretention_hours = 24\nretention_mib = 1024\n\
         [topics.\"articles.dead\"]\nretention_hours = 24\n",
    );
    let loss = "(a replay reaches less far back: only with --yes)";
    let plan = format!(
        "~ change articles.fetched: kept 30 days -> 24 hours {loss}\n\
         ~ change articles.fetched: size 20 GiB -> 1 GiB {loss}\n\
         ~ change articles.dead: kept 30 days -> 24 hours\n= as it should be (11 topics)\n"
    );
    assert_eq!(said(dir, &["topics", "plan"]), plan);
    let (printed, error) = refused(dir, &["topics", "apply"]);
    assert_eq!(printed, plan);
    let expected = "error: nothing was done: records of articles.fetched would go for good; --yes applies the plan all the same\n";
    assert_eq!(error, expected);
    assert_eq!(
        said(dir, &["topics", "plan"]),
        plan,
        "dead letters are kept too"
    );
    let done = format!("{plan}done: 0 topics created, 2 changed\n");
    assert_eq!(said(dir, &["topics", "apply", "--yes"]), done);
    assert_eq!(said(dir, &["topics", "apply"]), FITS);
}

#[test]
fn another_count_of_partitions_stops_everything() {
    let dir = folder();
    let dir = dir.path();
    said(dir, &["topics", "apply"]);
    configure(
        dir,
        "[topics.\"articles.discovered\"]\npartitions = 8\n\
         [topics.\"articles.dead\"]\nretention_hours = 1000\n",
    );
    let (plan, error) = refused(dir, &["topics", "apply", "--yes"]);
    assert!(
        plan.starts_with(
            "! refused articles.discovered: it has 4 partitions, not 8; another count would move its \
             keys to other partitions: set topics.\"articles.discovered\".partitions to 4, or begin a \
             new generation\n~ change articles.dead: "
        ),
        "{plan}"
    );
    assert!(error.starts_with("error: nothing was done: "), "{error}");
    assert_eq!(said(dir, &["topics", "plan"]), plan, "nothing was done");
}

#[test]
fn a_plan_is_for_programs_too() {
    let dir = folder();
    let dir = dir.path();
    let log = LocalLog::open(storage::local_config(&config(dir))).expect("the log opens");
    let mut topics = config(dir).topology().all();
    let stories = topics.iter_mut().find(|topic| topic.name == "stories");
    stories.expect("a topic of ours").cleanup = Cleanup::Delete;
    topics.retain(|topic| topic.name != "feeds");
    log.create(&topics).expect("made");
    configure(
        dir,
        "[topics.\"articles.enriched\"]\npartitions = 2\n\
         [topics.\"articles.cleaned\"]\nretention_hours = 1\nretention_mib = 8192\n",
    );
    let plan: Value =
        serde_json::from_str(&said(dir, &["topics", "plan", "--json"])).expect("JSON");
    let expected = json!([
        { "step": "create", "topic": "feeds", "partitions": 4, "cleanup": "compact",
          "retention_ms": null, "retention_bytes": null },
        { "step": "change", "topic": "articles.cleaned", "setting": "retention_ms",
          "from": 1_209_600_000, "to": 3_600_000, "needs_yes": true },
        { "step": "change", "topic": "articles.cleaned", "setting": "retention_bytes",
          "from": 4_294_967_296_u64, "to": 8_589_934_592_u64, "needs_yes": false },
        { "step": "refused", "topic": "articles.enriched", "setting": "partitions",
          "from": 1, "to": 2 },
        { "step": "change", "topic": "stories", "setting": "cleanup",
          "from": "delete", "to": "compact", "needs_yes": true },
    ]);
    assert_eq!(plan, expected);
}

#[test]
fn a_running_process_takes_the_plan_over_itself() {
    let dir = folder();
    let dir = dir.path();
    said(dir, &["topics", "apply"]);
    let runner = LocalLog::open(storage::local_config(&config(dir))).expect("the log opens");
    assert_eq!(said(dir, &["topics", "apply"]), FITS);
    configure(dir, "[topics.stories]\nretention_hours = 1\n");
    let plan = "~ change stories: kept 14 days -> 1 hour\n= as it should be (12 topics)\n";
    assert_eq!(said(dir, &["topics", "plan"]), plan);
    let (printed, error) = refused(dir, &["topics", "apply"]);
    assert_eq!(printed, plan);
    let pid = std::process::id();
    let expected = format!(
        "error: nothing was done: process {pid} runs the log in var/copydesk, and takes this over when it is started again\n"
    );
    assert_eq!(error, expected);
    drop(runner);
    said(dir, &["topics", "apply"]);
    assert_eq!(said(dir, &["topics", "plan"]), FITS);
}

#[test]
fn a_log_that_cannot_be_opened_is_named() {
    let dir = folder();
    let dir = dir.path();
    std::fs::create_dir_all(dir.join("var/copydesk")).expect("made");
    std::fs::write(dir.join("var/copydesk/log"), "no folder").expect("written");
    let expected = "error: the log in var/copydesk cannot be opened\n  because ";
    check_fails(dir, &["topics", "apply"], 1, expected);
}
