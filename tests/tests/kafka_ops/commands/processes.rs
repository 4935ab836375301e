//! Several processes in one folder, and commands beside them.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use article::{Enriched, Feed, Message as _};
use serde_json::{Value, json};
use tests::{Broker, Place, Service, await_that};

use super::{ARTICLES, letters, scrapes};
use crate::MINUTE;
use crate::said::Said;

/// A `tail` that waits for more. Ends with the test, however that ends.
struct Following(Child);

impl Following {
    fn start(place: &Place, arguments: &[&str]) -> Self {
        let child = place.command(arguments).stdout(Stdio::piped()).spawn();
        Self(child.expect("copydesk starts"))
    }

    fn is_running(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// The next lines that it prints; waits for them.
    fn lines(&mut self, count: u64) -> Vec<String> {
        let out = self.0.stdout.as_mut().expect("it is piped");
        let lines = BufReader::new(out).lines().take(count as usize);
        lines.map(|line| line.expect("UTF-8")).collect()
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Two processes of a stage with one partition, one of each other: commands see them all.
pub(super) fn several(place: &Place, broker: &Broker) {
    let first = place.start_service("enricher");
    await_status(place, "enrich    0  running");
    let services = [
        ("cleaner.0", place.start_service("cleaner")),
        ("enricher.0", first),
        ("enricher.1", place.start_service("enricher")),
        ("fetcher.0", place.start_service("fetcher")),
    ];
    await_status(place, "enrich    0  standing by");
    for (name, service) in &services {
        // Each answers as soon as it is up.
        await_status(
            place,
            &format!("{name}: process {} of copydesk ", service.pid()),
        );
    }
    assert_json(place, &services);

    // What was sent back while nothing ran is found and buried again.
    let list = || letters(&place.ok(&["dead", "list"]));
    await_that(MINUTE, || list().len() == 1, || place.last_words());
    follow(place);
    one_that_does_not_answer(place, &services[0].1);
    scrapes::at_rest(place);
    scrapes::without_a_broker(place, broker);
    for (name, service) in services {
        assert!(service.stop().success(), "{name}");
    }
    let text = place.ok(&["status"]);
    assert!(text.starts_with("not running\n"), "{text}");
}

/// The status, as soon as it says `expected`.
#[track_caller]
fn await_status(place: &Place, expected: &str) -> String {
    let mut text = String::new();
    let mut is_told = || {
        text = place.ok(&["status"]);
        text.contains(expected)
    };
    await_that(MINUTE, &mut is_told, || place.last_words());
    text
}

#[track_caller]
fn assert_json(place: &Place, services: &[(&str, Service)]) {
    let text = place.ok(&["status", "--json"]);
    let whole: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(whole.get("process"), None, "no process is the only one");
    let processes = whole["processes"].as_array().expect("processes");
    let told: Vec<Value> = processes
        .iter()
        .map(|each| json!([each["name"], each["pid"], each["process"]["pid"]]))
        .collect();
    let expected = services.iter();
    let expected = expected.map(|(name, service)| json!([name, service.pid(), service.pid()]));
    assert_eq!(told, expected.collect::<Vec<_>>());
    let doing = |number: usize| -> Vec<&Value> {
        let tasks = processes[number]["tasks"].as_array().expect("tasks");
        tasks.iter().map(|task| &task["doing"]).collect()
    };
    assert_eq!(doing(1), ["running"]);
    assert_eq!(doing(2), ["standing_by"]);
    assert_eq!(doing(0).len(), 4, "{text}");
    assert_eq!(doing(3).len(), 8, "{text}");
    let stages = whole["overview"]["stages"].as_array().expect("stages");
    assert_eq!(stages.len(), 13);
}

fn follow(place: &Place) {
    let mut all = Following::start(place, &["tail", Enriched::TOPIC, "--from", "beginning"]);
    assert_eq!(all.lines(ARTICLES).len() as u64, ARTICLES);
    assert!(all.is_running(), "it waits for more");
    drop(all);

    let tail = ["tail", Feed::TOPIC, "--follow", "--json", "--limit", "2"];
    let mut following = Following::start(place, &tail);
    let deadline = Instant::now() + MINUTE;
    let mut added = Vec::new();
    // Where the end is is known to it alone.
    while following.is_running() {
        assert!(Instant::now() < deadline, "two of {} feeds", added.len());
        let url = format!("https://late-{}.example/rss", added.len());
        place.ok(&["feeds", "add", &url]);
        added.push(url);
        std::thread::sleep(Duration::from_millis(300));
    }
    let lines = following.lines(3);
    let keys = lines.iter().map(|line| {
        let record: Value = serde_json::from_str(line).expect("a line of JSON");
        record["key"].as_str().expect("a key").to_owned()
    });
    let keys: Vec<String> = keys.collect();
    assert_eq!(keys.len(), 2, "{lines:?}");
    let first = added.iter().position(|url| *url == keys[0]);
    let first = first.expect("one that was added");
    assert_eq!(keys, added[first..first + 2], "none is passed over");
}

fn one_that_does_not_answer(place: &Place, cleaner: &Service) {
    cleaner.freeze();
    let text = Said::of(place.run(&["status"])).well();
    cleaner.thaw();
    let pid = cleaner.pid();
    let line = format!("cleaner.0: process {pid} runs it, but its admin port does not answer\n");
    assert!(text.contains(&line), "{text}");
    assert!(text.contains("enrich    0  running"), "{text}");
    assert!(text.contains("\nstages\n"), "{text}");
}
