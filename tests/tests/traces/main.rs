//! Traces as a backend gets them: real OTLP over HTTP from the real binary.

mod collector;

use std::time::Duration;

use article::{Enriched, Fetched, Message as _};
use newsroom::{Options, Pace};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use pipeline::headers::Headers;
use pipeline::log::{Log as _, Producer as _, ToSend};
use serde_json::Value;
use tests::{Entry, Ledger, Place, World, await_that};

use collector::{Collector, Span};

const MINUTE: Duration = Duration::from_secs(60);
const ARTICLES: u64 = 4;
/// The trace of a record that a stranger wrote.
const STRANGE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn world(per_second: Option<f64>) -> World {
    let mut options = Options::of(newsroom::World::Scale {
        articles: ARTICLES as usize,
        outlets: 2,
    });
    options.pace = Pace { per_second };
    World::open(options)
}

fn place(world: &World, port: u16, ratio: &str, more: &str) -> Place {
    let tracing = format!(
        "[tracing]\notlp_endpoint = \"http://127.0.0.1:{port}\"\nsample_ratio = {ratio}\n{more}"
    );
    Place::for_world(world, &tracing)
}

/// What a backend got of a pipeline that ran from begin to end, and its books.
struct Told {
    place: Place,
    ledger: Ledger,
    spans: Vec<Span>,
}

impl Told {
    #[track_caller]
    fn span(&self, id: &str) -> &Span {
        let found = self.spans.iter().find(|span| span.id == id);
        found.unwrap_or_else(|| panic!("span {id} was told"))
    }

    /// The span in whose context a record was written, and what it follows from, up to the begin.
    #[track_caller]
    fn chain(&self, headers: &Headers) -> Vec<&Span> {
        let (_, id) = parent_of(headers);
        let mut chain = vec![self.span(&id)];
        while let Some(last) = chain.last()
            && !last.parent.is_empty()
        {
            chain.push(self.span(&last.parent));
        }
        chain
    }
}

/// Trace and span in a record's headers.
#[track_caller]
fn parent_of(headers: &Headers) -> (String, String) {
    let text = headers.text("traceparent").expect("every record has one");
    let parts: Vec<&str> = text.split('-').collect();
    assert_eq!(parts.len(), 4, "{text}");
    (parts[1].to_owned(), parts[2].to_owned())
}

/// Runs a pipeline over a few articles and one record of a stranger's that nobody can read.
fn run() -> Told {
    let world = world(None);
    let collector = Collector::open(0);
    let token = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(token.path(), "Authorization: Bearer of good news\n").expect("it is written");
    let more = format!("headers_file = \"{}\"\n", token.path().display());
    let place = place(&world, collector.address().port(), "1.0", &more);
    let service = place.start();
    let ledger = place.ledger();
    ledger.await_enriched(ARTICLES, MINUTE, || place.last_words());
    append_garbage(&ledger);
    await_that(MINUTE, || !ledger.dead().is_empty(), || place.last_words());
    assert!(service.stop().success());
    let tokens = collector.tokens();
    assert!(!tokens.is_empty());
    assert!(tokens.iter().all(|token| token == "Bearer of good news"));
    Told {
        spans: collector.spans(),
        place,
        ledger,
    }
}

fn append_garbage(ledger: &Ledger) {
    let mut producer = ledger.log().producer("tests.append").expect("a producer");
    producer.begin().expect("begins");
    let parent = format!("00-{STRANGE}-00f067aa0ba902b7-01");
    let garbage = ToSend {
        topic: Fetched::TOPIC.to_owned(),
        partition: 0,
        key: Some(b"garbage".to_vec()),
        value: Some(b"garbage".to_vec()),
        headers: Headers::new().with("traceparent", parent),
    };
    producer.send(garbage).expect("sent");
    producer.commit().expect("committed");
}

#[test]
fn one_trace_leads_from_the_poll_to_the_enriched_article() {
    let told = run();
    for entry in told.ledger.read::<Enriched>() {
        check_waterfall(&told, &entry);
        check_command(&told, &entry);
    }
    check_dead_letter(&told);
    let strange = told.place.run(&["trace", "0123456789"]);
    let words = String::from_utf8_lossy(&strange.stderr).into_owned();
    assert!(words.contains("there is no article 0123456789…"), "{words}");
}

#[track_caller]
fn check_waterfall(told: &Told, entry: &Entry<Enriched>) {
    use SpanKind::{Client, Consumer, Producer};
    let chain = told.chain(&entry.stored.headers);
    let names: Vec<(&str, SpanKind)> = chain
        .iter()
        .map(|span| (span.name.as_str(), span.kind))
        .collect();
    let expected = [
        ("send articles.enriched", Producer),
        ("process articles.cleaned", Consumer),
        ("send articles.cleaned", Producer),
        ("process articles.fetched", Consumer),
        ("send articles.fetched", Producer),
        ("fetch page", Client),
        ("process articles.discovered", Consumer),
        ("send articles.discovered", Producer),
        ("fetch feed", Client),
    ];
    assert_eq!(names, expected);
    let id = entry.value.article.id.as_str();
    for span in &chain {
        assert_eq!(span.trace, chain[0].trace, "{span:?}");
        assert_eq!(span.service, "copydesk");
        assert_eq!(span.error, None, "{span:?}");
        assert!(span.begin <= span.end, "{span:?}");
        if span.name == "fetch feed" {
            let feed = &entry.value.article.feed.url;
            check_facts(
                span,
                &[
                    ("copydesk.feed.id", feed),
                    ("copydesk.fetch.outcome", "read"),
                ],
            );
        } else {
            check_facts(span, &[("copydesk.article.id", id)]);
        }
        match span.kind {
            Consumer => check_batch(told, span, &chain),
            Producer => check_sent(span, id),
            _ => {
                let asked = ("http.request.method", "GET");
                check_facts(span, &[asked, ("http.response.status_code", "200")]);
            }
        }
    }
}

#[track_caller]
fn check_sent(span: &Span, key: &str) {
    let facts = [
        ("messaging.system", "copydesk"),
        ("messaging.operation.name", "send"),
        ("messaging.operation.type", "send"),
        ("messaging.destination.name", &span.name["send ".len()..]),
        ("messaging.kafka.message.key", key),
    ];
    check_facts(span, &facts);
}

#[track_caller]
fn check_facts(span: &Span, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        let fact = span.facts.get(*name).map(String::as_str);
        assert_eq!(fact, Some(*value), "{name} of {span:?}");
    }
}

/// A record that is processed points to the batch that it came with; the batch to those who sent it, and
/// the commit to the batch.
#[track_caller]
fn check_batch(told: &Told, process: &Span, chain: &[&Span]) {
    let topic = &process.name["process ".len()..];
    let [(_, poll)] = &process.links[..] else {
        panic!("one link to the batch: {process:?}");
    };
    let poll = told.span(poll);
    assert_eq!(poll.name, format!("poll {topic}"));
    assert_eq!(poll.kind, SpanKind::Client);
    assert_eq!(poll.parent, "");
    let sender = (process.trace.clone(), process.parent.clone());
    assert!(poll.links.contains(&sender), "{poll:?}");
    let (group, stage) = match topic {
        "articles.discovered" => ("copydesk.page", "page"),
        "articles.fetched" => ("copydesk.clean", "clean"),
        _ => ("copydesk.enrich", "enrich"),
    };
    check_facts(poll, &[("messaging.consumer.group.name", group)]);
    assert!(poll.facts.contains_key("messaging.batch.message_count"));
    check_facts(process, &[("copydesk.stage", stage)]);
    assert!(process.facts.contains_key("messaging.kafka.offset"));
    let batch = (poll.trace.clone(), poll.id.clone());
    let commit = told
        .spans
        .iter()
        .find(|span| span.name == format!("commit {topic}") && span.links.contains(&batch));
    let commit = commit.unwrap_or_else(|| panic!("the batch {poll:?} was committed"));
    check_facts(
        commit,
        &[
            ("copydesk.txn.outcome", "committed"),
            ("copydesk.stage", stage),
        ],
    );
    let number = |name: &str| commit.facts.get(name)?.parse::<u64>().ok();
    let (epoch, producer) = ("copydesk.txn.epoch", "copydesk.txn.producer");
    // One of each partition, in a process that was opened once.
    assert!(number(producer).is_some_and(|number| (1..=13).contains(&number)));
    assert_eq!(number(epoch), Some(1), "nobody came before: {commit:?}");
    let trace = &chain[0].trace;
    assert!(
        commit.trace != *trace && poll.trace != *trace,
        "a batch is no article's"
    );
}

/// `copydesk trace` tells the same from the records alone.
#[track_caller]
fn check_command(told: &Told, entry: &Entry<Enriched>) {
    let id = entry.value.article.id.as_str();
    let (trace, _) = parent_of(&entry.stored.headers);
    let told_json = told.place.ok(&["trace", id, "--json"]);
    let way: Value = serde_json::from_str(&told_json).expect("JSON");
    assert_eq!(way["article"], id);
    assert_eq!(way["trace_id"], trace.as_str());
    assert_eq!(way["recorded"], true);
    assert_eq!(way["missing"], Value::Null, "{way:#}");
    let steps = way["steps"].as_array().expect("a list");
    let names: Vec<&str> = steps
        .iter()
        .filter_map(|step| step["name"].as_str())
        .collect();
    let expected = [
        "fetch feed",
        "send articles.discovered",
        "fetch page",
        "send articles.fetched",
        "process articles.fetched",
        "process articles.cleaned",
    ];
    assert_eq!(names, expected);
    for step in steps {
        assert_eq!(step["trace_id"], trace.as_str(), "{step}");
    }
    let by_url = told.place.ok(&["trace", &entry.value.article.url]);
    assert_eq!(by_url, told.place.ok(&["trace", &id[..12]]));
    assert!(by_url.contains(&entry.value.article.title), "{by_url}");
    assert!(by_url.contains(&trace), "{by_url}");
}

/// What cannot be read is told in the trace that brought it, in the log and in the letter.
#[track_caller]
fn check_dead_letter(told: &Told) {
    let dead = told.ledger.dead();
    let [letter] = &dead[..] else {
        panic!("one letter: {dead:?}");
    };
    assert_eq!(letter.trace.trace_id().as_deref(), Some(STRANGE));
    let parent = letter.trace.traceparent().expect("it died somewhere");
    let span = told.span(parent.split('-').nth(2).expect("a span's id"));
    assert_eq!(span.name, "process articles.fetched");
    assert_eq!(
        (span.trace.as_str(), span.parent.as_str()),
        (STRANGE, "00f067aa0ba902b7")
    );
    assert!(
        span.error
            .as_ref()
            .is_some_and(|why| why.starts_with("undecodable: "))
    );
    check_facts(span, &[("copydesk.dead.reason", "undecodable")]);
    let at = format!("{}:{}", letter.at.0, letter.at.1);
    let shown = told.place.ok(&["dead", "show", &at]);
    assert!(
        shown.contains(&format!("trace        {STRANGE}")),
        "{shown}"
    );
    let log = std::fs::read_to_string(told.place.file("run.err")).expect("log lines");
    let line = log.lines().find(|line| line.contains("dead letter"));
    let line: Value = serde_json::from_str(line.expect("it is told")).expect("JSON");
    assert_eq!(line["trace_id"], STRANGE, "{line}");
}

#[test]
fn a_backend_that_is_away_is_told_of_once_and_waited_for() {
    let world = world(Some(0.0));
    let port = Collector::open(0).address().port();
    let place = place(&world, port, "1.0", "");
    let service = place.start();
    let said = |what: &str| {
        let log = std::fs::read_to_string(place.file("run.err")).unwrap_or_default();
        log.matches(what).count()
    };
    // Polls that find nothing are told as well: two batches at least are lost.
    await_that(
        MINUTE,
        || said("spans cannot be sent") == 1,
        || place.last_words(),
    );
    let collector = Collector::open(port);
    await_that(
        MINUTE,
        || !collector.spans().is_empty() && said("spans are sent again") == 1,
        || place.last_words(),
    );
    world.newsroom.publish_all();
    let ledger = place.ledger();
    ledger.await_enriched(ARTICLES, MINUTE, || place.last_words());
    assert!(service.stop().success());
    assert_eq!(said("spans cannot be sent"), 1, "{}", place.last_words());
    let last = ledger.read::<Enriched>().pop().expect("there are some");
    let (_, id) = parent_of(&last.stored.headers);
    let spans = collector.spans();
    assert!(
        spans.iter().any(|span| span.id == id),
        "the last is flushed"
    );
}

#[test]
fn what_is_not_chosen_is_not_sent_and_can_be_followed_all_the_same() {
    let world = world(None);
    let collector = Collector::open(0);
    let place = place(&world, collector.address().port(), "0", "");
    let service = place.start();
    let ledger = place.ledger();
    ledger.await_enriched(ARTICLES, MINUTE, || place.last_words());
    assert!(service.stop().success());
    let of_articles = |span: &&Span| !span.name.starts_with("restore ");
    let spans = collector.spans();
    assert_eq!(spans.iter().filter(of_articles).count(), 0, "{spans:?}");
    for entry in ledger.read::<Enriched>() {
        let header = entry.stored.headers.text("traceparent");
        assert!(header.is_some_and(|header| header.ends_with("-00")));
        let way = place.ok(&["trace", entry.value.article.id.as_str(), "--json"]);
        let way: Value = serde_json::from_str(&way).expect("JSON");
        assert_eq!(way["recorded"], false);
        assert_eq!(way["missing"], Value::Null, "{way:#}");
    }
}
