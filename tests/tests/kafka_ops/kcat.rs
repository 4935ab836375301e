//! Tools of others read the topics: kcat with its own defaults, and jq.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use article::{Cleaned, Discovered, Enriched, Feed, Fetched, Lineage, Message, Polled, Story};
use newsroom::Options;
use pipeline::topics::{Topology, names};
use tests::{Broker, BrokerOptions, Ledger, Place, World};

use crate::MINUTE;
use crate::said::Said;

/// Whether a program is installed. Prints a line where it is not.
fn has(program: &str, what: &str) -> bool {
    let mut command = Command::new(program);
    let found = command.arg("-h").output().is_ok();
    if !found {
        println!("skipped: {what} ({program} is not installed)");
    }
    found
}

/// kcat as it comes.
pub(crate) fn kcat(servers: &str) -> Command {
    let mut command = Command::new("kcat");
    // cargo names the folder of our librdkafka there, and kcat shall have its own.
    command.env_remove("LD_LIBRARY_PATH").args(["-b", servers]);
    command
}

/// kcat, reading a topic to its end.
fn reading(servers: &str, topic: &str) -> Command {
    let mut command = kcat(servers);
    command.args(["-C", "-t", topic, "-e", "-q"]);
    command
}

#[test]
fn plain_tools_read_every_topic() {
    if !has("kcat", "plain tools read every topic") {
        return;
    }
    let Some(broker) = Broker::start(&BrokerOptions::default()) else {
        return;
    };
    let servers = broker.bootstrap();
    let world = World::open(Options::of(newsroom::World::Bundled));
    let place = Place::on_kafka(&world, &servers, &servers, "");
    let service = place.start();
    let ledger = place.ledger();
    let truth = world.newsroom.truth();
    ledger.await_enriched(truth.articles.len() as u64, MINUTE, || place.last_words());
    assert!(service.stop().success());
    ledger.assert_conserved(&truth.articles);

    let has_jq = has("jq", "every topic through jq");
    for topic in names() {
        check_values(&servers, &ledger, topic);
        if has_jq {
            check_jq(&servers, &ledger, topic);
        }
    }
    check_facts::<Feed>(&servers, &ledger);
    check_facts::<Polled>(&servers, &ledger);
    check_facts::<Discovered>(&servers, &ledger);
    check_facts::<Fetched>(&servers, &ledger);
    check_facts::<Cleaned>(&servers, &ledger);
    check_facts::<Enriched>(&servers, &ledger);
    check_facts::<Lineage>(&servers, &ledger);
    check_facts::<Story>(&servers, &ledger);
    for topic in ["feeds.polled", "articles.fetched", "stories"] {
        check_zstd(broker.folder(), topic);
    }
    check_changelogs(&servers);
}

/// Each value is JSON and stands on a line of its own; a tombstone is an empty line.
#[track_caller]
fn check_values(servers: &str, ledger: &Ledger, topic: &str) {
    let lines = Said::by(&mut reading(servers, topic)).well();
    let read: Vec<&str> = lines.lines().collect();
    assert_eq!(read.len() as u64, ledger.count(topic), "{topic}");
    assert_eq!(read.is_empty(), topic == "articles.dead", "{topic}");
    for line in read.iter().filter(|line| !line.is_empty()) {
        let value: serde_json::Result<serde_json::Value> = serde_json::from_str(line);
        let is_object = value.as_ref().is_ok_and(serde_json::Value::is_object);
        assert!(is_object, "{topic}: {value:?}: {line}");
    }
}

/// `kcat -C ... | jq .`
#[track_caller]
fn check_jq(servers: &str, ledger: &Ledger, topic: &str) {
    let mut kcat = reading(servers, topic)
        .stdout(Stdio::piped())
        .spawn()
        .expect("kcat starts");
    let values = kcat.stdout.take().expect("it is piped");
    let queried = Command::new("jq").arg("-c").arg(".").stdin(values).output();
    let queried = queried.expect("jq runs");
    assert!(kcat.wait().expect("kcat ends").success(), "{topic}");
    let errors = String::from_utf8_lossy(&queried.stderr);
    assert!(queried.status.success(), "{topic}: {errors}");
    let records = ledger.stored(topic).into_iter();
    let values = records.filter(|(_, record)| record.value.is_some()).count();
    let found = String::from_utf8_lossy(&queried.stdout).lines().count();
    assert_eq!(found, values, "{topic}");
}

/// Keys are what the messages say that they are about, and headers say what the values are.
#[track_caller]
fn check_facts<M: Message>(servers: &str, ledger: &Ledger) {
    let topic = M::TOPIC;
    let facts = Said::by(reading(servers, topic).args(["-f", "%k\t%S\t%h\n"])).well();
    let mut keys: BTreeMap<String, usize> = BTreeMap::new();
    for line in facts.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [key, length, headers] = fields[..] else {
            panic!("{topic}: {line}");
        };
        // Tombstones name nobody's form.
        if length == "-1" {
            continue;
        }
        *keys.entry(key.to_owned()).or_default() += 1;
        let headers: BTreeSet<&str> = headers.split(',').collect();
        let schema = format!("schema={}", M::SCHEMA);
        assert!(headers.contains(schema.as_str()), "{topic}: {line}");
        let version = headers.iter().any(|header| header.starts_with("version="));
        assert!(version, "{topic}: {line}");
    }
    let mut expected: BTreeMap<String, usize> = BTreeMap::new();
    for (_, stored) in ledger.stored(topic) {
        if stored.value.is_some() {
            let message: M = pipeline::staged::decode(&stored).expect("a message");
            *expected.entry(message.key()).or_default() += 1;
        }
    }
    assert_eq!(keys, expected, "{topic}");
}

/// The batches lie compressed: the lowest three bits of a batch's attributes name the codec.
#[track_caller]
fn check_zstd(broker: &Path, topic: &str) {
    const ATTRIBUTES: usize = 21;
    const IS_CONTROL: u8 = 1 << 5;
    const ZSTD: u8 = 4;
    let mut bytes = Vec::new();
    for partition in 0..4 {
        let file = format!("node-1/data/{topic}-{partition}/00000000000000000000.log");
        if let Ok(mut segment) = std::fs::File::open(broker.join(file)) {
            segment.read_to_end(&mut bytes).expect("a segment");
        }
    }
    let mut rest = bytes.as_slice();
    let mut batches = 0;
    while let Some(length) = rest.get(8..12) {
        let length = u32::from_be_bytes(length.try_into().expect("four bytes"));
        let attributes = rest[ATTRIBUTES + 1];
        if attributes & IS_CONTROL == 0 {
            assert_eq!(attributes & 7, ZSTD, "{topic}");
            batches += 1;
        }
        rest = &rest[12 + length as usize..];
    }
    assert!(batches > 0, "{topic} holds batches");
}

/// A changelog's entries are MessagePack, so no JSON; but its keys say which table they belong to, and
/// where the state stands is plain text.
#[track_caller]
fn check_changelogs(servers: &str) {
    let tables: [(&str, &[&str]); 3] = [
        ("copydesk.poll.changelog", &["feeds", "seen"]),
        ("copydesk.page.changelog", &["pages"]),
        (
            "copydesk.enrich.changelog",
            &["clock", "signatures", "standings", "stories"],
        ),
    ];
    let changelogs = Topology::new(1, |_| None).changelogs();
    assert_eq!(changelogs.len(), tables.len());
    for (topic, expected) in tables {
        let mut command = reading(servers, topic);
        let output = command.args(["-f", "%K:%k%S:%s"]).output();
        let output = output.expect("kcat runs");
        assert!(output.status.success(), "{topic}");
        let mut found = BTreeSet::new();
        let mut rest = output.stdout.as_slice();
        while !rest.is_empty() {
            let key = take_counted(&mut rest).expect("every entry has a key");
            let value = take_counted(&mut rest);
            if key == b"@position" {
                let text = std::str::from_utf8(value.expect("a position")).expect("text");
                text.parse::<u64>().expect("an offset");
                continue;
            }
            let end = key.iter().position(|byte| *byte == 0);
            let table = &key[..end.expect("a table's name ends with a zero byte")];
            found.insert(String::from_utf8(table.to_vec()).expect("a name"));
        }
        for table in expected {
            assert!(found.contains(*table), "{topic}: {found:?}");
        }
    }
}

/// Takes `<length>:<bytes>` off the front; `None` where the length is -1.
fn take_counted<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let colon = rest.iter().position(|byte| *byte == b':');
    let (length, after) = rest.split_at(colon.expect("a length"));
    let length: i64 = std::str::from_utf8(length)
        .expect("a number")
        .parse()
        .expect("a number");
    let (bytes, after) = after[1..].split_at(usize::try_from(length).unwrap_or(0));
    *rest = after;
    (length >= 0).then_some(bytes)
}
