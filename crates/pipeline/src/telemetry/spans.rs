//! The spans: names, kinds, origins, links and attributes, in one place.
//!
//! They follow OpenTelemetry's conventions for messaging and HTTP, which are still in development as far
//! as messaging goes: what is written here holds. `docs/traces.md` shows them.

use std::time::Duration;

use jiff::Timestamp;
use opentelemetry::KeyValue;
use opentelemetry::trace::SpanKind;

use super::context::{Context, Origin};
use super::export;
use super::span::Span;
use crate::log::{Failure, Stored, ToSend};
use crate::stage::Reject;

/// How many of a batch's records its span points to.
const MOST_LINKS: usize = 128;

/// A batch of input as it was read.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    /// The topic, generation and all.
    pub topic: &'a str,
    /// Its partition.
    pub partition: u32,
    /// The consumer group.
    pub group: &'a str,
    /// What was read.
    pub records: &'a [Stored],
    /// When the reading began.
    pub began: Timestamp,
}

/// A request for a feed or a page as it went.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// What was asked for: `feed` or `page`.
    pub what: &'static str,
    /// The feed's address, or the article's id.
    pub id: String,
    /// What it follows from.
    pub origin: Origin,
    /// The address that answered, or that was asked.
    pub url: String,
    /// The host that was asked last.
    pub host: String,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The size of the body that was read, in bytes.
    pub bytes: usize,
    /// What it came to, in one word.
    pub outcome: &'static str,
    /// What went wrong, where something did.
    pub trouble: Option<String>,
    /// When it came to its end.
    pub ended: Timestamp,
    /// How long it took.
    pub took: Duration,
}

/// A transaction about to be written.
#[derive(Clone, Copy, Debug)]
pub struct Commit<'a> {
    /// The stage whose work it is.
    pub stage: &'static str,
    /// The input topic, generation and all.
    pub topic: &'a str,
    /// The input's partition.
    pub partition: u32,
    /// The context of the batch that it takes the offset past; none where there is no new input.
    pub batch: &'a Context,
    /// How many records it writes, changes of state apart.
    pub records: usize,
    /// The epoch of the producer, where the log tells it.
    pub epoch: Option<u64>,
    /// Which of its process's producers writes it: each opening of a partition has a new one.
    pub producer: u64,
}

/// `poll {topic}`: a batch was read. Its context, to which what is done with the batch points; none
/// where no record of it is traced.
pub fn poll(read: Read<'_>) -> Context {
    if !export::is_on() {
        return Context::none();
    }
    let contexts = read
        .records
        .iter()
        .map(|record| Context::of(&record.headers));
    let traced: Vec<Context> = contexts
        .filter(Context::is_sampled)
        .take(MOST_LINKS)
        .collect();
    let Some((first, others)) = traced.split_first() else {
        return Context::none();
    };
    let origin = Origin::PointsTo(first.clone());
    let mut span = Span::begin(SpanKind::Client, &origin, || format!("poll {}", read.topic));
    span.since(read.began);
    for other in others {
        span.link(other);
    }
    span.tell(|| {
        let mut facts = messaging("poll", "receive", read.topic, read.partition);
        let count = read.records.len() as i64;
        facts.push(KeyValue::new("messaging.batch.message_count", count));
        let group = read.group.to_owned();
        facts.push(KeyValue::new("messaging.consumer.group.name", group));
        facts
    });
    let context = span.context().clone();
    span.end();
    context
}

/// `process {topic}`: a record is handled. It continues the trace that wrote the record, unless that is
/// more than 15 minutes ago, and points to the `batch` that it came with.
pub fn process(
    stage: &'static str,
    topic: &str,
    partition: u32,
    record: &Stored,
    batch: &Context,
) -> Span {
    let origin = Origin::of(record, Timestamp::now());
    handle(stage, topic, partition, record, &origin, batch)
}

/// `process {topic}`, in a replay: a trace of its own that points to the original, and is recorded
/// where that one was.
pub fn process_again(
    stage: &'static str,
    topic: &str,
    partition: u32,
    record: &Stored,
    batch: &Context,
) -> Span {
    let origin = match Context::of(&record.headers) {
        original if original.is_some() => Origin::PointsTo(original),
        _ => Origin::Nothing,
    };
    handle(stage, topic, partition, record, &origin, batch)
}

fn handle(
    stage: &'static str,
    topic: &str,
    partition: u32,
    record: &Stored,
    origin: &Origin,
    batch: &Context,
) -> Span {
    let mut span = Span::begin(SpanKind::Consumer, origin, || format!("process {topic}"));
    span.link(batch);
    span.tell(|| {
        let mut facts = messaging("process", "process", topic, partition);
        let offset = record.offset as i64;
        facts.push(KeyValue::new("messaging.kafka.offset", offset));
        facts.push(KeyValue::new("copydesk.stage", stage));
        facts.extend(article(topic, record.key.as_deref()));
        facts
    });
    span
}

/// `send {topic}`: a record is on its way out. Ends when its transaction is committed, because nobody
/// sees it before that.
pub fn send(origin: &Context, record: &ToSend) -> Span {
    let origin = Origin::Continues(origin.clone());
    let topic = record.topic.as_str();
    let mut span = Span::begin(SpanKind::Producer, &origin, || format!("send {topic}"));
    span.tell(|| {
        let mut facts = messaging("send", "send", topic, record.partition);
        if let Some(key) = text(record.key.as_deref()) {
            facts.push(KeyValue::new("messaging.kafka.message.key", key));
        }
        facts.extend(article(topic, record.key.as_deref()));
        facts
    });
    span
}

/// `commit {topic}`: a transaction is written. It points to its batch, or else to the `sent` records.
pub fn commit(commit: Commit<'_>, sent: &[Span]) -> Span {
    let mut traced: Vec<Context> = Vec::new();
    if commit.batch.is_sampled() {
        traced.push(commit.batch.clone());
    } else {
        let told = sent.iter().filter(|span| span.is_told());
        traced.extend(told.map(Span::context).take(MOST_LINKS).cloned());
    }
    let Some((first, others)) = traced.split_first() else {
        // Nothing in it is traced.
        return Span::untold();
    };
    let origin = Origin::PointsTo(first.clone());
    let topic = commit.topic;
    let mut span = Span::begin(SpanKind::Client, &origin, || format!("commit {topic}"));
    for other in others {
        span.link(other);
    }
    span.tell(|| {
        let mut facts = messaging("commit", "settle", topic, commit.partition);
        facts.push(KeyValue::new("copydesk.stage", commit.stage));
        let records = commit.records as i64;
        facts.push(KeyValue::new("copydesk.txn.records", records));
        let producer = commit.producer as i64;
        facts.push(KeyValue::new("copydesk.txn.producer", producer));
        if let Some(epoch) = commit.epoch {
            facts.push(KeyValue::new("copydesk.txn.epoch", epoch as i64));
        }
        facts
    });
    span
}

impl Span {
    /// Ends a [`commit`] that is one.
    pub fn succeeded(mut self) {
        self.tell(|| vec![KeyValue::new("copydesk.txn.outcome", "committed")]);
        self.end();
    }

    /// Ends a [`commit`] that is none.
    pub fn failed(mut self, failure: &Failure) {
        let outcome = match failure {
            Failure::Fenced(_) => "fenced",
            _ => "aborted",
        };
        self.tell(|| vec![KeyValue::new("copydesk.txn.outcome", outcome)]);
        self.fail(|| failure.to_string());
        self.end();
    }

    /// Says for which reason a record that is being [`process`]ed goes to the dead letters.
    pub fn reject(&mut self, reject: &Reject) {
        let reason = reject.reason.as_str();
        self.tell(|| vec![KeyValue::new("copydesk.dead.reason", reason)]);
        self.fail(|| reject.to_string());
    }
}

/// `restore {changelog}`: a state was made again, from the store and so many `records` and `bytes` of keys
/// and values beyond it. In a trace of its own, always recorded.
pub fn restore(
    stage: &'static str,
    changelog: &str,
    partition: u32,
    began: Timestamp,
    (records, bytes): (u64, u64),
) {
    let mut span = Span::begin(SpanKind::Internal, &Origin::Rarely, || {
        format!("restore {changelog}")
    });
    span.since(began);
    span.tell(|| {
        vec![
            KeyValue::new("copydesk.stage", stage),
            KeyValue::new("messaging.destination.name", changelog.to_owned()),
            KeyValue::new("messaging.destination.partition.id", partition.to_string()),
            KeyValue::new("copydesk.restore.records", records as i64),
            KeyValue::new("copydesk.restore.bytes", bytes as i64),
        ]
    });
    span.end();
}

/// `fetch feed` or `fetch page`: a stranger's server was asked. The context in which to write what came
/// of it.
pub fn fetch(fetch: Fetch) -> Context {
    let mut span = Span::begin(SpanKind::Client, &fetch.origin, || {
        format!("fetch {}", fetch.what)
    });
    let context = span.context().clone();
    span.since(fetch.ended - fetch.took);
    if let Some(trouble) = &fetch.trouble {
        span.fail(|| trouble.clone());
    }
    let ended = fetch.ended.into();
    span.tell(|| {
        let id = match fetch.what {
            "feed" => "copydesk.feed.id",
            _ => "copydesk.article.id",
        };
        let mut facts = vec![
            KeyValue::new("http.request.method", "GET"),
            KeyValue::new("url.full", fetch.url),
            KeyValue::new("server.address", fetch.host),
            KeyValue::new("http.response.body.size", fetch.bytes as i64),
            KeyValue::new("copydesk.fetch.outcome", fetch.outcome),
            KeyValue::new(id, fetch.id),
        ];
        if let Some(status) = fetch.status {
            let status = i64::from(status);
            facts.push(KeyValue::new("http.response.status_code", status));
        }
        facts
    });
    span.end_at(ended);
    context
}

fn messaging(name: &'static str, kind: &'static str, topic: &str, partition: u32) -> Vec<KeyValue> {
    vec![
        KeyValue::new("messaging.system", export::system()),
        KeyValue::new("messaging.operation.name", name),
        KeyValue::new("messaging.operation.type", kind),
        KeyValue::new("messaging.destination.name", topic.to_owned()),
        KeyValue::new("messaging.destination.partition.id", partition.to_string()),
    ]
}

/// The article of a record: the key of the topics of articles.
fn article(topic: &str, key: Option<&[u8]>) -> Option<KeyValue> {
    let id = text(key).filter(|_| topic.starts_with("articles."))?;
    Some(KeyValue::new("copydesk.article.id", id))
}

fn text(key: Option<&[u8]>) -> Option<String> {
    String::from_utf8(key?.to_vec()).ok()
}
