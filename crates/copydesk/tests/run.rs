//! A running pipeline as a user meets it: what it prints, and the commands beside it.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// Ends with the test, whatever becomes of it.
struct Running(Child);

impl Running {
    fn signal(&self, name: &str) {
        let pid = self.0.id().to_string();
        let sent = Command::new("kill").args([name, &pid]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Exit code and standard output.
    fn end(mut self) -> (Option<i32>, String) {
        let mut stdout = self.0.stdout.take().expect("standard output is piped");
        let mut text = String::new();
        std::io::Read::read_to_string(&mut stdout, &mut text).expect("UTF-8");
        (self.0.wait().expect("it ends").code(), text)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("COPYDESK_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command
        .current_dir(dir)
        .args(args)
        .args(["--data-dir", "data"]);
    command
        .env("TZ", "UTC")
        .env("COPYDESK_ADMIN__LISTEN", "127.0.0.1:0");
    command.env("COPYDESK_LOGGING__FILTER", "warn");
    command
}

fn start(dir: &Path) -> Running {
    let mut command = command(dir, &["run", "--newsroom", "--offline"]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    Running(command.spawn().expect("the binary starts"))
}

fn output(dir: &Path, args: &[&str]) -> Output {
    command(dir, args).output().expect("the binary runs")
}

#[track_caller]
fn said(dir: &Path, args: &[&str]) -> String {
    let output = output(dir, args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {errors}");
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

/// Waits until so many articles are enriched.
fn await_articles(dir: &Path, count: &str) -> String {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let args = [
            "tail",
            "articles.enriched",
            "--from",
            "beginning",
            "--limit",
            count,
        ];
        let tail = output(dir, &args);
        if tail.status.success() {
            return String::from_utf8(tail.stdout).expect("output is UTF-8");
        }
        // The log is not there yet.
        assert!(
            std::time::Instant::now() < deadline,
            "the pipeline did not start"
        );
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn commands_work_beside_a_running_pipeline_as_without_one() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let dir = dir.path();
    let running = start(dir);
    let first = await_articles(dir, "4");
    assert_eq!(first.lines().count(), 4);

    let status = said(dir, &["status"]);
    assert!(
        status.starts_with(&format!("process {} of copydesk", running.0.id())),
        "{status}"
    );
    let second = output(dir, &["run"]);
    let refusal = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1));
    assert!(refusal.contains(&running.0.id().to_string()), "{refusal}");
    let added = said(dir, &["feeds", "add", "https://one.example/rss"]);
    assert_eq!(added, "added https://one.example/rss\n");
    let feeds = said(dir, &["feeds", "list"]);

    running.signal("-TERM");
    let (code, printed) = running.end();
    assert_eq!(code, Some(0));
    let all = said(dir, &["tail", "articles.enriched", "--no-follow"]);
    assert_eq!(printed, all, "the process prints what tail prints");
    assert!(all.starts_with(&first), "{all}\n{first}");
    assert_eq!(said(dir, &["feeds", "list"]), feeds);
    assert!(said(dir, &["status"]).starts_with("not running\n"));
}

#[test]
fn a_killed_pipeline_is_not_running_and_starts_again() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let dir = dir.path();
    let running = start(dir);
    await_articles(dir, "1");
    running.signal("-KILL");
    assert_eq!(running.end().0, None);
    assert!(said(dir, &["status"]).starts_with("not running\n"));
    let before = said(dir, &["tail", "articles.enriched", "--no-follow", "--json"]);
    let running = start(dir);
    await_articles(dir, "4");
    running.signal("-INT");
    assert_eq!(running.end().0, Some(0));
    let after = said(dir, &["tail", "articles.enriched", "--no-follow", "--json"]);
    assert!(after.starts_with(&before), "what was there stays");
}

#[test]
fn a_folder_with_other_partitions_is_refused() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let dir = dir.path();
    said(dir, &["feeds", "add", "https://one.example/rss"]);
    let mut command = command(dir, &["run", "--offline"]);
    command.env("COPYDESK_TOPICS__FEEDS__PARTITIONS", "5");
    let output = command.output().expect("the binary runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(78), "{errors}");
    let expected = "error: topics.feeds.partitions is 5 (environment COPYDESK_TOPICS__FEEDS__PARTITIONS); it must be 4,";
    assert!(errors.starts_with(expected), "{errors}");
}
