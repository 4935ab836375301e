//! `copydesk export` on a real Apache Kafka, which keeps what a compacted topic held before.

use std::process::Command;

use tempfile::TempDir;
use tests::{Broker, BrokerOptions, binary};

/// What a command prints that must succeed.
#[track_caller]
fn ok(folder: &TempDir, broker: &Broker, args: &[&str]) -> String {
    let output = Command::new(binary())
        .env_clear()
        .current_dir(folder.path())
        .args([
            "--data-dir",
            ".",
            "--bootstrap-servers",
            &broker.bootstrap(),
        ])
        .args(args)
        .output()
        .expect("copydesk runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {told}");
    String::from_utf8(output.stdout).expect("copydesk prints UTF-8")
}

#[test]
fn of_a_compacted_topic_what_holds_is_exported() {
    let Some(broker) = Broker::start(&BrokerOptions::default()) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ok = |args: &[&str]| ok(&folder, &broker, args);
    ok(&["topics", "apply"]);
    let opml = "<opml version='2.0'><body>\
        <outline text='A' xmlUrl='https://one.example/a'/><outline text='B' xmlUrl='https://one.example/b'/>\
        <outline text='C' xmlUrl='https://two.example/c'/></body></opml>";
    std::fs::write(folder.path().join("feeds.opml"), opml).expect("written");
    ok(&["feeds", "import", "feeds.opml"]);
    ok(&[
        "feeds",
        "add",
        "https://one.example/a",
        "--publisher",
        "The A",
    ]);
    ok(&["feeds", "remove", "https://one.example/b"]);
    let history = ok(&["tail", "feeds", "--no-follow"]);
    assert_eq!(history.lines().count(), 5, "{history}");

    let lines = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let held = lines(&ok(&["feeds", "list", "--json"]));
    assert_eq!(held.len(), 2, "{held:?}");
    assert_eq!(lines(&ok(&["export", "feeds"])), held);
    let one = ok(&["export", "feeds", "--outlet", "the a"]);
    assert_eq!(one.lines().count(), 1, "{one}");
}
