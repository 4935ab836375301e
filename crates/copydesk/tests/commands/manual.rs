//! What is printed of the command line: completions and manual pages.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{check_fails, folder, said};

/// Whether a program that a user may not have is there. It must be where the tests run for everybody.
fn has(program: &str, must: bool) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&path).any(|dir| dir.join(program).exists());
    let must = must && std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(is_there || !must, "{program} is not installed");
    if !is_there {
        println!("skipped: {program} is not installed");
    }
    is_there
}

/// What a program prints when it reads `input`. It must end well and complain of nothing.
#[track_caller]
fn piped(program: &str, args: &[&str], input: &str) -> String {
    let mut child = Command::new(program)
        .args(args)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_owned();
    // On a thread of its own, so that neither waits for the other where pipes fill up.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("it reads all");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && errors.is_empty(),
        "{program}: {errors}"
    );
    String::from_utf8(output.stdout).expect("text")
}

#[track_caller]
fn check_parses(shell: &str, args: &[&str], must: bool) {
    let dir = folder();
    let script = said(dir.path(), &["completions", shell]);
    // The names that a user would complete, whatever the shell makes of them.
    for name in ["newsroom", "one-per", "undecodable"] {
        assert!(script.contains(name), "{shell} knows {name}");
    }
    // For fish, clap completes values of flags only.
    let topics = script.contains("articles.enriched");
    assert!(topics || shell == "fish", "{shell} knows the topics");
    if has(shell, must) {
        piped(shell, args, &script);
    }
}

#[test]
fn every_shell_takes_its_completions() {
    check_parses("bash", &["-n"], true);
    check_parses("zsh", &["-n"], false);
    check_parses("fish", &["--no-execute"], false);
    let dir = folder();
    for shell in ["elvish", "powershell"] {
        assert!(said(dir.path(), &["completions", shell]).contains("newsroom"));
    }
    check_fails(dir.path(), &["completions", "abacus"], 2, "abacus");
}

/// What bash offers where a user has typed `line` and presses the tab key.
fn offered(script: &str, line: &[&str]) -> BTreeSet<String> {
    let last = line.len() - 1;
    let (current, before) = (line[last], line[last - 1]);
    let words = line.join("' '");
    let call = format!(
        "{script}\nCOMP_WORDS=('{words}')\nCOMP_CWORD={last}\n_copydesk copydesk '{current}' '{before}'\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
    );
    let reply = piped("bash", &["--norc", "-s"], &call);
    reply.lines().map(str::to_owned).collect()
}

#[track_caller]
fn check_offers(script: &str, line: &[&str], expected: &[&str]) {
    let found = offered(script, line);
    for word in expected {
        assert!(found.contains(*word), "{line:?} offers {word}: {found:?}");
    }
    let typed = line.last().expect("a word");
    assert!(
        found.iter().all(|word| word.starts_with(typed)),
        "{found:?}"
    );
}

#[test]
fn bash_completes_commands_flags_and_topics() {
    if !has("bash", true) {
        return;
    }
    let script = said(folder().path(), &["completions", "bash"]);
    check_offers(&script, &["copydesk", "t"], &["tail", "topics"]);
    check_offers(&script, &["copydesk", "feeds", ""], &["add", "import"]);
    check_offers(&script, &["copydesk", "tail", "--no"], &["--no-follow"]);
    check_offers(
        &script,
        &["copydesk", "tail", "articles."],
        &["articles.enriched", "articles.dead"],
    );
    check_offers(
        &script,
        &["copydesk", "dead", "list", "--reason", "un"],
        &["undecodable", "unknown_schema"],
    );
}

/// The text of a page as `man` shows it.
#[track_caller]
fn rendered(page: &str) -> String {
    piped("groff", &["-man", "-Tutf8", "-ww", "-P-cbou"], page)
}

#[test]
fn a_page_says_what_its_command_does() {
    let dir = folder();
    let page = said(dir.path(), &["man", "feeds", "add"]);
    assert!(page.contains("COPYDESK-FEEDS-ADD"), "{page}");
    check_fails(
        dir.path(),
        &["man", "feeds", "ad"],
        1,
        "copydesk feeds has no command ad",
    );
    if !has("groff", true) {
        return;
    }
    let text = rendered(&page);
    for expected in [
        "copydesk-feeds-add - Add a feed",
        "copydesk feeds add",
        "--publisher",
        "--data-dir",
        "copydesk feeds add https://a.example/rss --publisher 'The A' --language en",
    ] {
        // Lines may be broken anywhere between words.
        let words: Vec<&str> = text.split_whitespace().collect();
        assert!(words.join(" ").contains(expected), "{expected}: {text}");
    }
}

fn pages(dir: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(dir).expect("the folder is there");
    let names = entries.map(|entry| entry.expect("it can be listed").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

#[test]
fn every_command_has_a_page_that_renders() {
    let dir = folder();
    // Made where it is missing, and whatever the configuration says.
    std::fs::write(dir.path().join("copydesk.toml"), "nonsense").expect("written");
    assert_eq!(said(dir.path(), &["man", "--dir", "share/man1"]), "");
    let dir = dir.path().join("share/man1");
    let names = pages(&dir);
    for name in ["copydesk.1", "copydesk-run.1", "copydesk-feeds-add.1"] {
        assert!(names.contains(name), "{name}: {names:?}");
    }
    assert!(!names.iter().any(|name| name.contains("help")), "{names:?}");
    if !has("groff", true) {
        return;
    }
    // One run for all, as each takes a while.
    let all: String = names
        .iter()
        .map(|name| std::fs::read_to_string(dir.join(name)).expect("it is there"))
        .collect();
    let text = rendered(&all);
    assert_eq!(text.matches("EXAMPLE").count(), names.len(), "{text}");
    assert_eq!(text.matches("SYNOPSIS").count(), names.len(), "{text}");
}
