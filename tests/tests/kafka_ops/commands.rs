//! Every command says on Kafka what it says on the local log.

mod processes;
mod scrapes;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use article::{Cleaned, Discovered, Enriched, Feed, Fetched, Lineage, Message as _};
use pipeline::headers::Headers;
use pipeline::log::{Failure, Log as _, Producer as _, ToSend};
use serde_json::Value;
use tests::{Broker, BrokerOptions, Ledger, Place, await_that};

use crate::said::Said;
use crate::stranger::{Foreign, Stranger};
use crate::{MINUTE, generated};

const ARTICLES: u64 = 30;
const GARBAGE: &[u8] = b"\0 no page {";
/// Where the garbage is written: a topic's partition.
const STRUCK: (&str, u32) = (Fetched::TOPIC, 2);

/// One newsroom, polled by a pipeline on each log.
struct Both {
    local: Place,
    kafka: Place,
}

impl Both {
    /// What a command says, which is the same on both.
    #[track_caller]
    fn same(&self, arguments: &[&str]) -> Said {
        let [local, kafka] = self.each(arguments);
        assert_eq!(local, kafka, "{arguments:?}");
        kafka
    }

    /// What a command prints on both that must succeed, where only `gist` is the same.
    #[track_caller]
    fn alike<T: PartialEq + std::fmt::Debug>(&self, arguments: &[&str], gist: fn(&str) -> T) -> T {
        let [local, kafka] = self.each(arguments).map(Said::well);
        let [local, kafka] = [gist(&local), gist(&kafka)];
        assert_eq!(local, kafka, "{arguments:?}");
        kafka
    }

    fn each(&self, arguments: &[&str]) -> [Said; 2] {
        [&self.local, &self.kafka].map(|place| Said::of(place.run(arguments)))
    }
}

#[test]
fn commands_say_on_kafka_what_they_say_on_the_local_log() {
    let Some(broker) = Broker::start(&BrokerOptions::default()) else {
        return;
    };
    let servers = broker.bootstrap();
    let world = generated(ARTICLES as usize, None);
    let both = Both {
        local: Place::for_world(&world, ""),
        kafka: Place::on_kafka(&world, &servers, &servers, "").with_session(5),
    };
    let services = [both.local.start(), both.kafka.start()];
    let ledger = both.local.ledger();
    append_garbage(&ledger);
    let garbage = Foreign {
        key: Some(b"garbage".to_vec()),
        value: Some(GARBAGE.to_vec()),
        headers: vec![("from", b"nowhere".to_vec())],
    };
    Stranger::at(&servers).write(STRUCK.0, STRUCK.1, &garbage);
    await_rest(&both.local, &ledger);
    await_rest(&both.kafka, &both.kafka.ledger());
    for service in services {
        assert!(service.stop().success());
    }

    status(&both);
    feeds(&both);
    tails(&both);
    dead_letters(&both);
    processes::several(&both.kafka, &broker);
}

/// Writes garbage to the local log as a process beside the pipeline does.
fn append_garbage(ledger: &Ledger) {
    let topics = || ledger.log().partitions(STRUCK.0);
    let is_there = || topics().is_ok_and(|count| count.is_some());
    await_that(MINUTE, is_there, || "the topics are not made".to_owned());
    let record = ToSend {
        topic: STRUCK.0.to_owned(),
        partition: STRUCK.1,
        key: Some(b"garbage".to_vec()),
        value: Some(GARBAGE.to_vec()),
        headers: Headers::new().with("from", "nowhere"),
    };
    let mut producer = patiently(|| ledger.log().producer("tests.append"));
    patiently(|| producer.begin());
    patiently(|| producer.send(record.clone()));
    patiently(|| producer.commit());
}

/// Calls again while somebody else holds the log up.
#[track_caller]
fn patiently<T>(mut call: impl FnMut() -> Result<T, Failure>) -> T {
    let deadline = Instant::now() + MINUTE;
    loop {
        match call() {
            Err(Failure::Retry(_)) if Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(50));
            }
            outcome => return outcome.expect("the log takes it"),
        }
    }
}

/// Waits until every article has come, the garbage is buried and nothing is left to do.
#[track_caller]
fn await_rest(place: &Place, ledger: &Ledger) {
    ledger.await_enriched(ARTICLES, MINUTE, || place.last_words());
    let is_buried = || ledger.dead().len() == 1;
    await_that(MINUTE, is_buried, || place.last_words());
    let lags = || place.ok(&["status"]).matches(", 0 behind\n").count();
    await_that(MINUTE, || lags() == 13, || place.ok(&["status"]));
}

fn feeds(both: &Both) {
    const URL: &str = "https://new.example/rss";
    // When each is due depends on when it was polled.
    let lasting = |listed: &str| -> Vec<(String, String)> {
        let words = listed.lines().map(|line| line.split_whitespace());
        let ends =
            words.filter_map(|mut line| Some((line.next()?.to_owned(), line.last()?.to_owned())));
        ends.collect()
    };
    let listed = both.alike(&["feeds", "list"], lasting);
    assert_eq!(listed.len(), 10, "{listed:?}");
    assert!(listed.iter().all(|(state, _)| state == "ok"), "{listed:?}");
    both.alike(&["feeds", "list", "--json"], |listed| {
        listed.lines().count()
    });
    let export = both.same(&["feeds", "export"]).well();
    let said = |arguments: &[&str]| both.same(arguments).well();

    assert_eq!(said(&["feeds", "add", URL]), format!("added {URL}\n"));
    let again = ["feeds", "add", URL];
    assert_eq!(said(&again), format!("there already: {URL}\n"));
    let named = ["feeds", "add", URL, "--publisher", "The New"];
    assert_eq!(said(&named), format!("changed {URL}\n"));
    let has_it = both.alike(&["feeds", "list"], |listed| listed.contains("The New"));
    assert!(has_it);
    let refused = both.same(&["feeds", "add", "new.example/rss"]).refused(1);
    assert!(refused.contains("cannot be polled"), "{refused}");
    said(&["feeds", "remove", URL]);
    let refused = both.same(&["feeds", "remove", URL]).refused(1);
    assert!(refused.contains("there is no feed"), "{refused}");
    assert_eq!(said(&["feeds", "export"]), export, "as it was before");

    let file = both.local.file("more.opml");
    let opml = "<opml version=\"2.0\"><body><outline text=\"B\" xmlUrl=\"https://b.example/rss\"/>\
        <outline text=\"C\" xmlUrl=\"https://c.example/rss\"/></body></opml>";
    std::fs::write(&file, opml).expect("written");
    let import = ["feeds", "import", file.to_str().expect("a plain path")];
    assert_eq!(said(&import), "2 feeds added, 0 changed, 0 there already\n");
    std::fs::write(&file, said(&["feeds", "export"])).expect("written");
    assert_eq!(
        said(&import),
        "0 feeds added, 0 changed, 12 there already\n",
        "what is exported can be imported"
    );
}

fn tails(both: &Both) {
    // Routes are the same on both, and so are the forms.
    let topics = [
        Feed::TOPIC,
        Discovered::TOPIC,
        Fetched::TOPIC,
        Cleaned::TOPIC,
        Enriched::TOPIC,
        Lineage::TOPIC,
    ];
    for topic in topics {
        let whole = ["tail", topic, "--no-follow", "--json"];
        let records = both.alike(&whole, places);
        assert!(records.len() >= 10, "{topic}: {records:?}");
    }
    let tail = |arguments: &[&str]| {
        let command = [&["tail", Enriched::TOPIC], arguments].concat();
        both.alike(&command, |printed| printed.lines().count()) as u64
    };
    assert_eq!(tail(&["--no-follow"]), ARTICLES);
    assert_eq!(tail(&["--no-follow", "--from", "beginning"]), ARTICLES);
    assert_eq!(tail(&["--no-follow", "--from", "@10m"]), ARTICLES);
    assert_eq!(tail(&["--no-follow", "--from", "@2100-01-01T00:00:00Z"]), 0);
    assert_eq!(tail(&["--no-follow", "--from", "end"]), 0);
    assert_eq!(tail(&["--no-follow", "--limit", "7"]), 7);
    // It ends by itself, though it would wait for more.
    assert_eq!(tail(&["--from", "beginning", "--limit", "7", "--json"]), 7);

    let from_four = [
        "tail",
        Enriched::TOPIC,
        "--no-follow",
        "--json",
        "--from",
        "4",
    ];
    for said in both.each(&from_four) {
        let lines = said.well();
        let offsets: Vec<u64> = lines
            .lines()
            .map(|line| json(line)["offset"].as_u64())
            .map(|offset| offset.expect("an offset"))
            .collect();
        assert!(offsets.iter().all(|offset| *offset >= 4), "{offsets:?}");
        assert!(offsets.is_sorted() && !offsets.is_empty(), "{offsets:?}");
    }
    let error = both.same(&["tail", "articles.enrichd"]).refused(1);
    assert!(error.contains("did you mean articles.enriched?"), "{error}");
    both.same(&["tail", "feeds", "--from", "soon"]).refused(2);
}

/// Partition, key and form of each record of `tail --json`.
fn places(printed: &str) -> BTreeSet<String> {
    let lines = printed.lines().map(json);
    let places = lines.map(|record| {
        let fields = ["topic", "partition", "key"].map(|name| record[name].to_string());
        format!("{} {}", fields.join(" "), record["headers"]["schema"])
    });
    places.collect()
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).expect("a line of JSON")
}

fn status(both: &Both) {
    let stages = both.alike(&["status"], lags);
    assert_eq!(stages.len(), 13);
    let whole = both.alike(&["status", "--json"], |printed| {
        let mut whole = json(printed);
        let topics = whole["overview"]["topics"].as_array_mut();
        for topic in topics.expect("topics") {
            // Markers take offsets, on Kafka alone.
            let topic = topic.as_object_mut().expect("a topic");
            topic.remove("partitions");
            topic.remove("has_markers");
        }
        for stage in whole["overview"]["stages"].as_array_mut().expect("stages") {
            stage.as_object_mut().expect("a stage").remove("next");
        }
        whole
    });
    assert_eq!(whole["process"], Value::Null);
    assert_eq!(whole["processes"], serde_json::json!([]));
    assert_eq!(whole["overview"]["stages"][12]["stage"], "enrich");
}

/// What `status` says of every stage where nothing runs: name, partition, topic and how far behind.
fn lags(printed: &str) -> Vec<Vec<String>> {
    assert!(printed.starts_with("not running\ntopics\n"), "{printed}");
    let stages = printed.lines().filter(|line| line.contains(" behind"));
    let words = stages.map(|line| line.split_whitespace().map(str::to_owned));
    let known = words.map(|words| {
        let mut words: Vec<String> = words.collect();
        // `next at N,`
        words.drain(4..7);
        words
    });
    known.collect()
}

/// The columns of `dead list` that do not say when, and of its places all but the offset.
fn letters(printed: &str) -> Vec<Vec<String>> {
    let lines = printed.lines().map(|line| {
        let columns = line.split("  ").map(str::trim);
        let mut columns: Vec<String> = columns
            .filter(|column| !column.is_empty())
            .map(str::to_owned)
            .collect();
        let slash = columns[4].rfind('/').expect("topic/partition/offset");
        columns[4].truncate(slash);
        columns.drain(..2);
        columns
    });
    lines.collect()
}

fn dead_letters(both: &Both) {
    let listed = both.alike(&["dead", "list"], letters);
    let detail = "not a value of article.fetched/1: expected value at line 1 column 1";
    let expected = ["clean", "undecodable", "articles.fetched/2", detail];
    assert_eq!(listed, [expected]);
    assert_eq!(both.same(&["dead", "list", "--reason", "empty"]).well(), "");
    // Both have one letter, and so the same place for it.
    let shown = both.alike(&["dead", "show", "0:0"], |printed| {
        let lines = printed.lines();
        let timeless = lines.filter(|line| {
            let own = ["dead letter ", "source ", "trace "];
            !own.iter().any(|start| line.starts_with(start))
        });
        timeless.map(str::to_owned).collect::<Vec<_>>()
    });
    assert!(
        shown.contains(&"header       from: nowhere".to_owned()),
        "{shown:?}"
    );
    let value = both.same(&["dead", "show", "0:0", "--value"]).well();
    assert_eq!(value.as_bytes(), GARBAGE);
    for command in ["show", "retry"] {
        let error = both.same(&["dead", command, "0:999"]).refused(1);
        assert!(error.contains("there is no dead letter 0:999; "), "{error}");
    }
    let retried = both.same(&["dead", "retry", "--all"]).well();
    assert_eq!(retried, "1 sent back, 0 stay\n");
    assert_eq!(both.same(&["dead", "list"]).well(), "");
    let error = both.same(&["dead", "show", "0:0"]).refused(1);
    assert!(error.contains("dead letter 0:0 was sent back"), "{error}");
    let error = both.same(&["dead", "retry", "0:0"]).refused(1);
    assert!(error.contains("was sent back already"), "{error}");
    let behind = both.alike(&["status"], |printed| {
        let mut behind = lags(printed);
        // Of the feeds that changed twice Kafka has both records for a while.
        behind.retain(|words| words[0] != "poll" && words[4] != "0");
        behind
    });
    assert_eq!(behind, [["clean", "2", "reads", STRUCK.0, "1", "behind"]]);
}
