//! Brokers that are not there, or do not answer.

use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use tests::binary;

use crate::said::Said;

/// Every command that needs the log.
const COMMANDS: [&[&str]; 10] = [
    &["run"],
    &["fetcher"],
    &["cleaner"],
    &["enricher"],
    &["tail", "articles.enriched"],
    &["status"],
    &["dead", "list"],
    &["feeds", "add", "https://a.example/rss"],
    &["topics", "plan"],
    &["topics", "apply"],
];

/// What each command says and how long it takes, all at the same time: most of it is waiting.
fn all(servers: &str) -> Vec<(&'static [&'static str], Said, Duration)> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = |arguments: &'static [&'static str]| {
        let mut command = Command::new(binary());
        command
            .env_clear()
            .current_dir(folder.path())
            .args(["--bootstrap-servers", servers])
            .args(arguments);
        let started = Instant::now();
        let said = Said::by(&mut command);
        (arguments, said, started.elapsed())
    };
    std::thread::scope(|scope| {
        let threads = COMMANDS.map(|arguments| scope.spawn(move || run(arguments)));
        let ended = threads.map(|thread| thread.join().expect("the command ends"));
        ended.into_iter().collect()
    })
}

#[track_caller]
fn check_unreachable(servers: &str) {
    for (arguments, said, took) in all(servers) {
        assert!(
            took < Duration::from_secs(15),
            "{arguments:?} takes {took:?}"
        );
        let error = said.refused(1);
        let words = format!("error: no Kafka broker answers at {servers}: ");
        let is_told = error.lines().filter(|line| line.starts_with(&words));
        assert_eq!(is_told.count(), 1, "{arguments:?}: {error}");
        assert!(error.contains("is one running there"), "{error}");
    }
}

#[test]
fn a_broker_that_is_not_there_is_named_soon() {
    binary();
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let nobody = free.local_addr().expect("an address").to_string();
    drop(free);
    // Takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mute = silent.local_addr().expect("an address").to_string();
    std::thread::scope(|scope| {
        scope.spawn(|| check_unreachable(&nobody));
        scope.spawn(|| check_unreachable(&mute));
    });
}
