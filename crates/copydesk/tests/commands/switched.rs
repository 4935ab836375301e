//! Commands of a log whose live generation changes.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use copydesk::storage;
use jiff::Timestamp;
use pipeline::dead::{Coordinates, DeadLetter};
use pipeline::generations::{Change, Generation, Span, Standing, Step, change};
use pipeline::headers::Headers;
use pipeline::log::local::LocalLog;
use pipeline::log::{Log as _, Producer as _, Stored, ToSend};
use pipeline::{Reason, Reject};
use serde_json::{Value, json};

use crate::{command, config, folder, said};

/// A log with the topics of the first generation, and of a second one from `service` on.
fn log_with(dir: &Path, service: &str) -> LocalLog {
    let config = config(dir);
    let log = LocalLog::open(storage::local_config(&config)).expect("a new log");
    let first = config.topology();
    let second = first.branch(service, 2, |_| None).expect("a service");
    log.create(&first.all()).expect("topics");
    log.create(&second.all()).expect("topics");
    log
}

fn generation(service: &str, steps: Vec<Step>) -> Change {
    Change::Known(Box::new(Generation {
        number: 2,
        reads: 1,
        service: service.to_owned(),
        through: "enricher".to_owned(),
        standing: Standing::Replayed,
        lived: false,
        made_at: Timestamp::UNIX_EPOCH,
        version: "1.0.0".to_owned(),
        config: "0".to_owned(),
        asked: String::new(),
        steps,
    }))
}

fn note(dir: &Path, log: &LocalLog, changes: &[Change]) {
    let ground = config(dir).topology();
    change(log, &ground, "1.0.0", |_| Ok((changes.to_vec(), ()))).expect("written");
}

fn write(log: &LocalLog, records: impl IntoIterator<Item = ToSend>) {
    let mut producer = log.producer("tests").expect("a producer");
    producer.begin().expect("begins");
    for record in records {
        producer.send(record).expect("sent");
    }
    producer.commit().expect("committed");
}

/// Articles that were fetched so many seconds after a moment, in this order.
fn articles(topic: &str, articles: &[(&str, i64)]) -> Vec<ToSend> {
    let article = |(id, second): &(&str, i64)| {
        let fetched_at = Timestamp::from_second(1_772_352_000 + second).expect("a moment");
        // What else a generation says of it may differ.
        let value = json!({"id": id, "fetched_at": fetched_at, "in": topic});
        ToSend {
            topic: topic.to_owned(),
            partition: 0,
            key: Some(id.as_bytes().to_vec()),
            value: Some(value.to_string().into_bytes()),
            headers: Headers::new(),
        }
    };
    articles.iter().map(article).collect()
}

/// A command that goes on by itself; what it prints comes line by line.
struct Following {
    child: Child,
    lines: Receiver<String>,
}

impl Following {
    fn start(dir: &Path, args: &[&str]) -> Self {
        let mut command = command(dir, args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let stdout = child.stdout.take().expect("it is piped");
        let (tell, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                let told = line.map(|line| tell.send(line));
                if !matches!(told, Ok(Ok(()))) {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    /// The next record: its topic and its article.
    #[track_caller]
    fn expect(&self, topic: &str, id: &str) {
        let line = self.lines.recv_timeout(Duration::from_secs(20));
        let line = line.unwrap_or_else(|_| panic!("{id} of {topic} is printed"));
        let record: Value = serde_json::from_str(&line).expect("JSON");
        let told = (&record["value"]["in"], &record["key"]);
        assert_eq!(told, (&json!(topic), &json!(id)), "{line}");
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn who_follows_goes_on_in_the_generation_that_goes_live() {
    let (dir, first, second) = (folder(), "articles.enriched", "articles.enriched.g2");
    let dir = dir.path();
    let log = log_with(dir, "enricher");
    write(&log, articles(first, &[("a", 10), ("b", 20)]));
    // It ends by itself when it has printed each once.
    let args = [
        "tail",
        first,
        "--from",
        "beginning",
        "--json",
        "--limit",
        "7",
    ];
    let mut tail = Following::start(dir, &args);
    tail.expect(first, "a");
    tail.expect(first, "b");
    write(&log, articles(first, &[("c", 30)]));
    tail.expect(first, "c");

    // The replay reaches back further; its services handle again what came after it had begun.
    write(&log, articles(second, &[("z", 0), ("b", 20), ("a", 10)]));
    note(
        dir,
        &log,
        &[generation("enricher", Vec::new()), Change::Live(2)],
    );
    write(&log, articles(second, &[("c", 30), ("d", 25), ("b", 50)]));
    tail.expect(second, "d");
    // Another version of one that is known.
    tail.expect(second, "b");
    write(&log, articles(second, &[("e", 60)]));
    tail.expect(second, "e");

    // And back, where the others go on from where they had stopped.
    note(dir, &log, &[Change::Live(1)]);
    write(
        &log,
        articles(first, &[("b", 50), ("d", 25), ("e", 60), ("f", 70)]),
    );
    tail.expect(first, "f");
    let ended = tail.child.wait().expect("it ends");
    assert!(ended.success(), "{ended:?}");
    let mut told = String::new();
    let mut stderr = tail.child.stderr.take().expect("it is piped");
    stderr.read_to_string(&mut told).expect("UTF-8");
    let expected = format!(
        "generation 2 is live: going on in {second}, without what {first} has told already\n\
         generation 1 is live: going on in {first}, without what {second} has told already\n"
    );
    assert_eq!(told, expected);
}

#[test]
fn who_names_a_generation_stays_in_it() {
    let (dir, first, second) = (folder(), "articles.enriched", "articles.enriched.g2");
    let dir = dir.path();
    let log = log_with(dir, "enricher");
    write(&log, articles(first, &[("a", 10)]));
    let named = "articles.enriched.g1";
    let args = [
        "tail",
        named,
        "--from",
        "beginning",
        "--json",
        "--limit",
        "2",
    ];
    let tail = Following::start(dir, &args);
    tail.expect(first, "a");
    note(
        dir,
        &log,
        &[generation("enricher", Vec::new()), Change::Live(2)],
    );
    write(&log, articles(second, &[("b", 20)]));
    // Time enough to see that another one is live.
    std::thread::sleep(Duration::from_millis(2_500));
    write(&log, articles(first, &[("c", 30)]));
    tail.expect(first, "c");
}

/// A letter of a stage that could not handle the record there.
fn letter(dead: &str, stage: &'static str, topic: &str, partition: u32, offset: u64) -> ToSend {
    let record = Stored {
        offset,
        written_at: Timestamp::UNIX_EPOCH,
        key: Some(b"key".to_vec()),
        value: Some(format!("{topic}/{partition}/{offset}").into_bytes()),
        headers: Headers::new(),
    };
    let source = Coordinates {
        topic: topic.to_owned(),
        partition,
        offset,
        written_at: record.written_at,
    };
    let reject = Reject::new(Reason::Undecodable, "on purpose");
    DeadLetter::of_record(stage, reject, source, record).into_record(dead, 0, "1.0.0")
}

#[test]
fn letters_that_no_stage_of_the_live_generation_needs_stay() {
    let dir = folder();
    let dir = dir.path();
    let log = log_with(dir, "cleaner");
    let span = Span {
        fold: 5,
        from: 5,
        to: 9,
    };
    let step = Step {
        gone: 0,
        stage: "clean".to_owned(),
        topic: "articles.fetched".to_owned(),
        spans: vec![span; 4],
        done: true,
    };
    let made = generation("cleaner", vec![step]);
    note(dir, &log, &[made, Change::Live(2)]);
    let (first, second) = ("articles.dead", "articles.dead.g2");
    let letters = [
        letter(first, "clean", "articles.fetched", 2, 7),
        letter(first, "clean", "articles.fetched", 2, 3),
        letter(first, "enrich", "articles.cleaned", 0, 4),
        letter(first, "page", "articles.discovered", 1, 1),
        letter(first, "poll", "feeds.polled", 1, 1),
        letter(second, "clean", "articles.fetched", 1, 8),
        letter(second, "enrich", "articles.cleaned.g2", 0, 1),
    ];
    write(&log, letters);
    let refused = said(dir, &["dead", "retry", "0:2"]);
    let expected = "0:2 stays: no stage of the live generation reads articles.cleaned: its enrich reads \
                    articles.cleaned.g2, which has been derived anew, this record too\n\
                    0 sent back, 1 stay\n";
    assert_eq!(refused, expected);
    let all = said(dir, &["dead", "retry", "--all"]);
    let lines: Vec<&str> = all.lines().collect();
    assert_eq!(lines.len(), 5, "{all}");
    let handled = "0:0 stays: generation 2, which is live, has handled this record";
    assert!(lines[0].starts_with(handled), "{all}");
    assert!(lines[1].starts_with("0:2 stays: "), "{all}");
    let replayed =
        "0:4 stays: no service reads feeds.polled a second time; `copydesk replay fetcher ";
    assert!(lines[2].starts_with(replayed), "{all}");
    assert_eq!(lines[3..], ["2 sent back, 3 stay", "2 sent back, 0 stay"]);
    let values = |topic: &str| {
        let text = said(dir, &["tail", topic, "--no-follow", "--json"]);
        let values = text.lines().map(|line| {
            let record: Value = serde_json::from_str(line).expect("JSON");
            record["value"].as_str().unwrap_or_default().to_owned()
        });
        values.collect::<Vec<_>>()
    };
    let mut fetched = values("articles.fetched");
    fetched.sort();
    assert_eq!(fetched, ["articles.fetched/1/8", "articles.fetched/2/3"]);
    assert_eq!(values("articles.discovered"), ["articles.discovered/1/1"]);
    assert_eq!(values("articles.cleaned.g1"), [""; 0]);
    assert_eq!(values("articles.cleaned"), ["articles.cleaned.g2/0/1"]);
}
