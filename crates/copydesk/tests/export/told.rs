//! What the commands say.

use pipeline::log::ToSend;
use serde_json::Value;

use super::samples::{self, record};
use crate::Desk;

/// Exit code, standard output and standard error.
fn said(desk: &Desk, args: &[&str]) -> (Option<i32>, String, String) {
    let output = desk.run(args);
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

fn desk() -> Desk {
    let desk = Desk::open();
    let [article, bare] = samples::cleaned();
    let bare = article::Cleaned {
        outlet: "The B".to_owned(),
        ..bare
    };
    let garbage = ToSend {
        value: Some(b"no JSON".to_vec()),
        ..record(&article)
    };
    desk.write(vec![record(&article), garbage, record(&bare)]);
    desk
}

#[test]
fn nothing_is_left_out_in_silence() {
    let desk = desk();
    let (code, out, told) = said(&desk, &["export", "articles.cleaned"]);
    assert_eq!(code, Some(1));
    assert_eq!(out.lines().count(), 2);
    let expected = "warning: articles.cleaned/0/1 is left out: its value is not JSON: \"no JSON\"; --envelope writes whole records\n\
        exported 2 records\n\
        error: 1 records were left out because they do not fit; all others were exported\n";
    assert_eq!(told, expected);
}

#[test]
fn whole_records_are_as_tail_prints_them() {
    let desk = desk();
    let (code, out, _) = said(&desk, &["export", "articles.cleaned", "--envelope"]);
    assert_eq!(code, Some(0));
    let (_, tail, _) = said(
        &desk,
        &["tail", "articles.cleaned", "--no-follow", "--json"],
    );
    assert_eq!(out, tail);
    assert_eq!(out.lines().count(), 3);
}

#[test]
fn tail_takes_what_is_asked_for() {
    let desk = desk();
    let flags = ["--no-follow", "--json", "--outlet", "*B", "--limit", "5"];
    let (_, out, told) = said(&desk, &[&["tail", "articles.cleaned"], &flags[..]].concat());
    let lines: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 1, "{told}");
    assert_eq!(lines[0]["value"]["outlet"], "The B");
}

#[track_caller]
fn check_refused(args: &[&str], code: i32, expected: &str) {
    let desk = Desk::open();
    let (ended, out, told) = said(&desk, args);
    assert_eq!(ended, Some(code), "{told}");
    assert_eq!(out, "");
    assert!(told.contains(expected), "{told}");
}

#[test]
fn what_cannot_be_is_named() {
    let story = ["tail", "articles.cleaned", "--story", "c49c41"];
    check_refused(&story, 1, "records of articles.cleaned name no story");
    check_refused(
        &["export", "articles.cleand"],
        1,
        "did you mean articles.cleaned?",
    );
    check_refused(
        &["export", "feeds", "--to", "then"],
        2,
        "an offset, so long ago",
    );
    check_refused(
        &["tail", "stories", "--story", "c49"],
        2,
        "first 6 hexadecimal digits",
    );
    let dead = ["export", "articles.dead", "--format", "parquet"];
    check_refused(&dead, 1, "--envelope writes whole records");
}
