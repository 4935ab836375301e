//! A file has its name when it is whole.

use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use copydesk::export::{Destination, Form};

use super::samples;
use crate::{Desk, all_of, names_in};

/// A desk with so much in it that an export takes its time.
fn full() -> Desk {
    let desk = Desk::open();
    let [article, _] = samples::cleaned();
    let long = article::Cleaned {
        text: "Ferry aground off Kell Point. ".repeat(200),
        ..article
    };
    let record = samples::record(&long);
    for _ in 0..20 {
        desk.write(vec![record.clone(); 500]);
    }
    desk
}

const PARTIAL: &str = ".corpus.jsonl.partial";

#[test]
fn a_kill_in_the_middle_leaves_what_was_there() {
    let desk = full();
    let file = desk.path("corpus.jsonl");
    std::fs::write(&file, "yesterday's").expect("written");
    let args = ["export", "articles.cleaned", "--output", "corpus.jsonl"];
    let mut export = desk.command(&args).spawn().expect("the binary runs");
    let deadline = Instant::now() + Duration::from_secs(30);
    let partial = desk.path(PARTIAL);
    let has_begun = || partial.metadata().is_ok_and(|file| file.len() > 0);
    while !has_begun() {
        assert!(Instant::now() < deadline, "it begins");
        std::thread::sleep(Duration::from_millis(1));
    }
    export.kill().expect("killed");
    let status = export.wait().expect("ended");
    assert_eq!(status.signal(), Some(9), "it had not finished");
    let there = std::fs::read_to_string(&file).expect("the old file");
    assert_eq!(there, "yesterday's");

    // What the killed one left is in nobody's way.
    let output = desk.run(&args);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert_eq!(told, "exported 10000 records\n");
    let whole = std::fs::read_to_string(&file).expect("the file");
    assert_eq!(whole.lines().count(), 10_000);
    assert!(whole.ends_with("}\n"), "the last line is whole");
    let names = names_in(desk.folder.path());
    assert!(!names.iter().any(|name| name == PARTIAL), "{names:?}");
}

#[test]
fn who_reads_no_more_ends_it_quietly() {
    let desk = full();
    for format in ["jsonl", "parquet"] {
        let mut export = desk
            .command(&["export", "articles.cleaned", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        drop(export.stdout.take());
        let output = export.wait_with_output().expect("ended");
        assert!(output.status.success(), "{format}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
    }
}

#[test]
fn two_exports_do_not_write_one_file() {
    let desk = Desk::open();
    let file = desk.path("x");
    let first = Destination::file(&file).expect("a file");
    let refused = Destination::file(&file).expect_err("somebody is at it");
    let told = format!("{refused:#}");
    assert!(
        told.ends_with("cannot be written: another export is writing it"),
        "{told}"
    );
    drop(first);
    assert!(!file.exists());
    Destination::file(&file)
        .expect("a file")
        .keep()
        .expect("kept");
    assert!(file.exists());
    assert_eq!(
        names_in(desk.folder.path())
            .iter()
            .filter(|name| name.contains("partial"))
            .count(),
        0
    );
}

#[test]
fn only_regular_files_are_replaced() {
    let desk = Desk::open();
    Destination::file(desk.folder.path()).expect_err("a folder");
    Destination::file("/dev/null".as_ref()).expect_err("a device");
    let none = Destination::file(&desk.path("none/x")).expect_err("no such folder");
    assert!(
        format!("{none:#}").contains("none/x cannot be written: "),
        "{none:#}"
    );
    std::fs::write(desk.path("real"), "old").expect("written");
    std::os::unix::fs::symlink("real", desk.path("link")).expect("a link");
    desk.export(&all_of("feeds", Form::Jsonl), "link")
        .expect("exported");
    assert!(desk.path("link").is_symlink(), "the link stays");
    assert_eq!(
        std::fs::read_to_string(desk.path("real")).expect("the file"),
        ""
    );
}
