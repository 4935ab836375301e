//! The binary as a user meets it, beside nobody.

mod commands {
    mod clean;
    mod compare;
    mod detect;
    mod enrich;
    mod feeds;
    mod health;
    mod hubs;
    mod manual;
    mod reading;
    mod site;
    mod switched;
    mod topics;
}

use std::path::Path;
use std::process::{Command, Output};

use article::Message as _;
use copydesk::opml::Scope;
use copydesk::{Config, storage};
use pipeline::dead::{Coordinates, DeadLetter};
use pipeline::headers::Headers;
use pipeline::log::local::LocalLog;
use pipeline::log::{Log as _, Producer as _, Stored, ToSend};
use pipeline::topics::DEAD;
use pipeline::{Reason, Reject};

fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("COPYDESK_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.current_dir(dir).args(args).env("TZ", "UTC");
    // No test asks anybody but its own servers.
    command.env("COPYDESK_FETCHER__OFFLINE", "true");
    command
}

fn copydesk(dir: &Path, args: &[&str]) -> Output {
    command(dir, args).output().expect("the binary runs")
}

/// Standard output of a command that must succeed.
#[track_caller]
fn said(dir: &Path, args: &[&str]) -> String {
    let output = copydesk(dir, args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {errors}");
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

#[track_caller]
fn check_fails(dir: &Path, args: &[&str], code: i32, expected: &str) {
    let output = copydesk(dir, args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    assert!(errors.contains(expected), "{errors}");
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn config(dir: &Path) -> Config {
    Config {
        data_dir: dir.join("var/copydesk"),
        ..Config::default()
    }
}

#[test]
fn a_wrong_configuration_exits_with_78() {
    let dir = folder();
    std::fs::write(dir.path().join("copydesk.toml"), "[log]\nsegment_mib = 0\n").expect("written");
    let expected = "error: log.segment_mib is 0 (file copydesk.toml); it must be 1 to 1024\n";
    check_fails(dir.path(), &["check"], 78, expected);
    check_fails(
        dir.path(),
        &["check", "--config", "none.toml"],
        78,
        "error: configuration file none.toml cannot be read\n  because No such file",
    );
    check_fails(dir.path(), &["chekc"], 2, "check");
}

#[test]
fn a_wrong_rust_log_is_named() {
    let dir = folder();
    let mut command = command(dir.path(), &["check"]);
    let output = command.env("RUST_LOG", "[[[").output();
    let output = output.expect("the binary runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(78), "{errors}");
    let expected = "error: RUST_LOG is \"[[[\" (environment RUST_LOG); it must be a filter";
    assert!(errors.starts_with(expected), "{errors}");
}

#[test]
fn check_prints_values_and_places() {
    let dir = folder();
    std::fs::write(dir.path().join("copydesk.toml"), "[log]\nsegment_mib = 5\n").expect("written");
    let text = said(dir.path(), &["check", "--data-dir", "elsewhere"]);
    let line = |start: &str| {
        text.lines()
            .find(|line| line.starts_with(start))
            .map(str::to_owned)
    };
    let segment = line("log.segment_mib = 5 ").expect("the file's value");
    assert!(segment.ends_with("# file copydesk.toml"), "{segment}");
    let data_dir = line("data_dir = \"elsewhere\" ").expect("the flag's value");
    assert!(data_dir.ends_with("# flag --data-dir"), "{data_dir}");
    let fsync = line("log.fsync = \"always\" ").expect("the default");
    assert!(fsync.ends_with("# default"), "{fsync}");
}

#[test]
fn feeds_are_added_listed_and_removed_before_the_first_run() {
    let dir = folder();
    let dir = dir.path();
    check_fails(
        dir,
        &["feeds", "list"],
        1,
        "there is no log in var/copydesk yet",
    );
    check_fails(
        dir,
        &["feeds", "add", "a.example/rss"],
        1,
        "cannot be polled",
    );
    let add = [
        "feeds",
        "add",
        "https://a.example/rss",
        "--publisher",
        "The A",
        "--language",
        "en",
    ];
    assert_eq!(said(dir, &add), "added https://a.example/rss\n");
    assert_eq!(said(dir, &add), "there already: https://a.example/rss\n");
    let opml = "<opml version='2.0'><body><outline text='x'><outline text='B' xmlUrl='https://b.example/rss'/></outline></body></opml>";
    std::fs::write(dir.join("more.opml"), opml).expect("written");
    let import = ["feeds", "import", "more.opml"];
    assert_eq!(
        said(dir, &import),
        "1 feeds added, 0 changed, 0 there already\n"
    );
    assert_eq!(
        said(dir, &import),
        "0 feeds added, 0 changed, 1 there already\n"
    );
    let listed = said(dir, &["feeds", "list", "--json"]);
    let expected = "{\"url\":\"https://a.example/rss\",\"publisher\":\"The A\",\"language\":\"en\"}\n{\"url\":\"https://b.example/rss\",\"title\":\"B\"}\n";
    assert_eq!(listed, expected);
    let records = said(dir, &["tail", "feeds", "--no-follow"]);
    assert_eq!(
        records.lines().count(),
        2,
        "nothing is written twice: {records}"
    );
    let exported = said(dir, &["feeds", "export"]);
    let exported = copydesk::opml::parse(&exported, Scope::Facts).expect("OPML");
    assert_eq!(exported.feeds.len(), 2);
    check_fails(
        dir,
        &["feeds", "remove", "https://b.example/rs"],
        1,
        "did you mean https://b.example/rss?",
    );
    said(dir, &["feeds", "remove", "https://b.example/rss"]);
    assert_eq!(said(dir, &["feeds", "list", "--json"]).lines().count(), 1);
}

/// Writes a dead letter for each of these values, all of `articles.fetched`.
fn bury(log: &LocalLog, letters: &[(Reason, &[u8])]) {
    let mut producer = log.producer("test").expect("a producer");
    producer.begin().expect("a transaction");
    for (offset, (reason, value)) in (0..).zip(letters) {
        let source = Coordinates {
            topic: "articles.fetched".to_owned(),
            partition: 2,
            offset,
            written_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let record = Stored {
            offset,
            written_at: jiff::Timestamp::UNIX_EPOCH,
            key: Some(b"key".to_vec()),
            value: Some(value.to_vec()),
            headers: Headers::new().with("schema", "article.fetched/1"),
        };
        let reject = Reject::new(*reason, "for a test");
        let letter = DeadLetter::of_record("clean", reject, source, record);
        let record: ToSend = letter.into_record(DEAD, 0, "0.1.0");
        producer.send(record).expect("sent");
    }
    producer.commit().expect("committed");
}

#[test]
fn dead_letters_are_listed_shown_and_sent_back_once() {
    let dir = folder();
    let dir = dir.path();
    {
        let log = storage::beside_or_new(&config(dir)).expect("a new log");
        let letters: [(Reason, &[u8]); 4] = [
            (Reason::Undecodable, b"\xff garbage"),
            (Reason::Empty, b"{\"no\":\"text\"}"),
            (Reason::TooLarge, b"the beginning"),
            (Reason::Empty, b"{}"),
        ];
        bury(&log, &letters);
    }
    let listed = said(dir, &["dead", "list"]);
    assert_eq!(listed.lines().count(), 4, "{listed}");
    assert!(listed.starts_with("0:0 "), "{listed}");
    assert!(
        listed.contains("articles.fetched/2/0  for a test"),
        "{listed}"
    );
    assert_eq!(
        said(dir, &["dead", "list", "--reason", "empty", "--limit", "1"])
            .lines()
            .count(),
        1
    );

    let shown = said(dir, &["dead", "show", "0:1"]);
    assert!(
        shown.contains("reason       empty\n") && shown.contains("{\"no\":\"text\"}"),
        "{shown}"
    );
    let bytes = copydesk(dir, &["dead", "show", "0:0", "--value"]).stdout;
    assert_eq!(bytes, b"\xff garbage");
    check_fails(
        dir,
        &["dead", "show", "0:9"],
        1,
        "there is no dead letter 0:9",
    );

    assert_eq!(
        said(dir, &["dead", "retry", "0:0"]),
        "1 sent back, 0 stay\n"
    );
    check_fails(dir, &["dead", "retry", "0:0"], 1, "was sent back already");
    check_fails(dir, &["dead", "show", "0:0"], 1, "was sent back");
    check_fails(dir, &["dead", "retry"], 2, "--all");
    assert_eq!(
        said(dir, &["dead", "retry", "--reason", "empty"]),
        "2 sent back, 0 stay\n"
    );
    let rest = said(dir, &["dead", "retry", "--all"]);
    assert!(
        rest.contains("0:2 stays") && rest.ends_with("0 sent back, 1 stay\n"),
        "{rest}"
    );
    assert_eq!(said(dir, &["dead", "list"]).lines().count(), 1);

    let again = said(dir, &["tail", "articles.fetched", "--no-follow", "--json"]);
    assert_eq!(again.lines().count(), 3, "{again}");
    let first = again.lines().next().unwrap_or_default();
    let expected = "\"key\":\"key\",\"headers\":{\"schema\":\"article.fetched/1\"},\"value\":{\"base64\":\"/yBnYXJiYWdl\"}}";
    assert!(
        first.contains("\"partition\":2") && first.ends_with(expected),
        "{first}"
    );
}

#[test]
fn tail_begins_where_it_is_told_and_ends_at_the_limit() {
    let dir = folder();
    let dir = dir.path();
    for name in ["a", "b", "c"] {
        said(
            dir,
            &["feeds", "add", &format!("https://one.example/{name}")],
        );
    }
    let urls = |args: &[&str]| -> Vec<String> {
        let text = said(
            dir,
            &[
                &["tail", article::Feed::TOPIC, "--no-follow", "--json"],
                args,
            ]
            .concat(),
        );
        let keys = text.lines().map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let key = line["key"].as_str().expect("a key");
            key.rsplit('/').next().unwrap_or_default().to_owned()
        });
        keys.collect()
    };
    assert_eq!(urls(&[]), ["a", "b", "c"]);
    assert_eq!(urls(&["--from", "1"]), ["b", "c"]);
    assert_eq!(urls(&["--from", "beginning", "--limit", "2"]), ["a", "b"]);
    assert_eq!(urls(&["--from", "end"]), [""; 0]);
    assert_eq!(urls(&["--from", "@10m"]), ["a", "b", "c"]);
    assert_eq!(urls(&["--from", "@2999-01-01T00:00:00Z"]), [""; 0]);
    check_fails(
        dir,
        &["tail", "articles.enrichd"],
        1,
        "did you mean articles.enriched?",
    );
}

#[test]
fn status_tells_what_the_log_holds_when_nobody_runs() {
    let dir = folder();
    let dir = dir.path();
    said(dir, &["feeds", "add", "https://one.example/a"]);
    let text = said(dir, &["status"]);
    assert!(text.starts_with("not running\ntopics\n"), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&said(dir, &["status", "--json"])).expect("JSON");
    assert_eq!(json["process"], serde_json::Value::Null);
    assert_eq!(json["overview"]["topics"][0]["topic"], "feeds");
}

#[test]
fn a_service_of_its_own_needs_kafka() {
    let dir = folder();
    let expected = "error: kafka.bootstrap_servers is \"\" (default); it must name a broker for `copydesk cleaner`, because one process alone runs the log in var/copydesk: `copydesk run` does, with all services\n";
    check_fails(dir.path(), &["cleaner"], 78, expected);
    check_fails(
        dir.path(),
        &["fetcher", "--offline"],
        78,
        "`copydesk fetcher`",
    );
    assert!(!dir.path().join("var").exists(), "nothing is made");
}

/// An address of this machine where nobody listens.
fn deserted() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").to_string()
}

#[test]
fn a_broker_that_does_not_answer_is_named() {
    let dir = folder();
    let broker = deserted();
    let args = ["tail", "feeds", "--bootstrap-servers", &broker];
    let expected = format!("error: no Kafka broker answers at {broker}: ");
    check_fails(dir.path(), &args, 1, &expected);
}

#[test]
fn a_secret_that_cannot_be_read_is_a_wrong_configuration() {
    let dir = folder();
    let toml = "[kafka]\nbootstrap_servers = \"127.0.0.1:1\"\nsecurity = \"sasl_plaintext\"\n\
        sasl_username = \"ann\"\nsasl_password_file = \"none\"\n";
    std::fs::write(dir.path().join("copydesk.toml"), toml).expect("written");
    let expected = "error: kafka.sasl_password_file is \"none\" (file copydesk.toml); it must be a file that can be read";
    check_fails(dir.path(), &["feeds", "list"], 78, expected);
    check_fails(dir.path(), &["enricher"], 78, expected);
}

#[test]
fn status_on_kafka_tells_of_processes_even_where_no_broker_answers() {
    let dir = folder();
    let config = config(dir.path());
    let slot = copydesk::slot::Slot::take(&config.data_dir, "fetcher").expect("a slot");
    let args = ["status", "--bootstrap-servers", &deserted()];
    let output = copydesk(dir.path(), &args);
    let text = String::from_utf8_lossy(&output.stdout);
    let pid = std::process::id();
    let expected =
        format!("fetcher.0: process {pid} runs it, but its admin port does not answer\n");
    assert_eq!(text, expected);
    assert_eq!(output.status.code(), Some(1));
    drop(slot);
}
