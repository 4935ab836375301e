//! Dead letters: what becomes of a record that no retry can help.
//!
//! The record goes to `articles.dead` with key, value and headers intact, plus why and whence, in the
//! transaction that also moves the offset past it: so exactly once, and nothing is lost.

use article::{Outgoing, Route};
use jiff::Timestamp;

use crate::headers::Headers;
use crate::log::{Offset, Stored, ToSend};
use crate::stage::{Reason, Reject};
use crate::telemetry::{Context, DIED};

const STAGE: &str = "dead.stage";
pub(crate) const REASON: &str = "dead.reason";
const DETAIL: &str = "dead.detail";
const TOPIC: &str = "dead.topic";
const PARTITION: &str = "dead.partition";
const OFFSET: &str = "dead.offset";
const TIMESTAMP: &str = "dead.timestamp";
const VERSION: &str = "dead.version";
const HASH: &str = "dead.xxh3_128";
const LENGTH: &str = "dead.length";
/// What decides the partition of a message that was no record yet.
const ROUTE: &str = "dead.route";
/// On a marker: the offset of the dead letter that was sent back.
const RETRIED: &str = "dead.retried";

/// How much of an oversized value or key a dead letter keeps, in bytes.
const KEPT: usize = 64 << 10;
/// How much key and headers of a dead letter may take, in bytes: with the largest value, and what the
/// letter says of itself, it is still a record that the log takes.
const BESIDE: usize = 1 << 20;

/// Where a record stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coordinates {
    /// The topic, generation and all.
    pub topic: String,
    /// The partition.
    pub partition: u32,
    /// The offset.
    pub offset: Offset,
    /// When it was written.
    pub written_at: Timestamp,
}

impl std::fmt::Display for Coordinates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.topic, self.partition, self.offset)
    }
}

/// A record on its way to `articles.dead`.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// The stage that could not handle it.
    pub stage: &'static str,
    /// Why.
    pub reject: Reject,
    /// The topic that it belongs to.
    pub topic: String,
    /// Where it stood; `None` for what never was a record, such as a page that is too large.
    pub source: Option<Coordinates>,
    /// Its key.
    pub key: Option<Vec<u8>>,
    /// Its value, as it was.
    pub value: Option<Vec<u8>>,
    /// Its headers, as they were.
    pub headers: Headers,
    /// The place in a trace where it died.
    pub(crate) trace: Context,
}

impl DeadLetter {
    /// The letter of what died at this place of a trace.
    pub(crate) fn within(mut self, trace: &Context) -> Self {
        self.trace = trace.clone();
        self
    }

    /// The dead letter of a record that was read.
    pub fn of_record(
        stage: &'static str,
        reject: Reject,
        source: Coordinates,
        record: Stored,
    ) -> Self {
        Self {
            stage,
            reject,
            topic: source.topic.clone(),
            source: Some(source),
            key: record.key,
            value: record.value,
            headers: record.headers,
            trace: Context::none(),
        }
    }

    /// The dead letter of a message that could not be made into what comes after it, such as a
    /// discovered article whose page cannot be had. A retry sends it to its own topic again.
    pub fn of_message(stage: &'static str, reject: Reject, message: Outgoing, topic: &str) -> Self {
        let mut headers = Headers::new().with(crate::headers::SCHEMA, message.schema);
        if let Route::By(name) = message.route {
            headers = headers.with(ROUTE, name);
        }
        Self {
            stage,
            reject,
            topic: topic.to_owned(),
            source: None,
            key: Some(message.key.into_bytes()),
            value: message.value,
            headers,
            trace: Context::none(),
        }
    }

    /// The dead letter of a value over `limit` bytes: its hash, its length, its headers and its first
    /// 64 KiB.
    pub fn too_large(
        stage: &'static str,
        topic: &str,
        key: &[u8],
        value: &[u8],
        headers: Headers,
        limit: usize,
    ) -> Self {
        let detail = format!(
            "{} bytes for {topic} are more than the {limit} allowed",
            value.len()
        );
        let hash = format!("{:032x}", xxhash_rust::xxh3::xxh3_128(value));
        Self {
            stage,
            reject: Reject::new(Reason::TooLarge, detail),
            topic: topic.to_owned(),
            source: None,
            key: Some(key.to_vec()),
            value: Some(value[..value.len().min(KEPT)].to_vec()),
            headers: headers
                .with(HASH, hash)
                .with(LENGTH, value.len().to_string()),
            trace: Context::none(),
        }
    }

    /// The letter, cut where it is more than the log takes, with values of `limit` bytes at the most:
    /// somebody else may write past our limits, and a record whose letter cannot be written would hold
    /// up its partition for ever.
    pub(crate) fn bounded(self, limit: usize) -> Self {
        let value = self.value.as_deref().unwrap_or_default();
        let beside = self.key.as_ref().map_or(0, Vec::len) + self.headers.bytes();
        if value.len() <= limit && beside <= BESIDE {
            return self;
        }
        let headers = if beside > BESIDE {
            Headers::new()
        } else {
            self.headers
        };
        let mut letter = Self::too_large(self.stage, &self.topic, &[], value, headers, limit);
        if beside > BESIDE {
            letter.reject.detail = format!(
                "{beside} bytes of key and headers for {} are more than the {BESIDE} allowed",
                self.topic
            );
        }
        let cut = |mut key: Vec<u8>| {
            key.truncate(KEPT);
            key
        };
        letter.key = self.key.map(cut);
        letter.source = self.source;
        letter.within(&self.trace)
    }

    /// The record for the dead-letter topic.
    pub fn into_record(self, dead_topic: &str, partition: u32, version: &str) -> ToSend {
        let mut headers = self
            .headers
            .with(STAGE, self.stage)
            .with(REASON, self.reject.reason.as_str())
            .with(DETAIL, self.reject.detail)
            .with(TOPIC, self.topic)
            .with(VERSION, version);
        if let Some(source) = self.source {
            headers = headers
                .with(PARTITION, source.partition.to_string())
                .with(OFFSET, source.offset.to_string())
                .with(TIMESTAMP, source.written_at.to_string());
        }
        if let Some(place) = self.trace.traceparent() {
            headers = headers.with(DIED, place);
        }
        ToSend {
            topic: dead_topic.to_owned(),
            partition,
            key: self.key,
            value: self.value,
            headers,
        }
    }
}

/// A record of `articles.dead` as a person sees it.
#[derive(Clone, Debug)]
pub struct Buried {
    /// Its place among the dead letters: partition and offset.
    pub at: (u32, Offset),
    /// When it was written there.
    pub written_at: Timestamp,
    /// The stage that could not handle it.
    pub stage: String,
    /// Why, in one word.
    pub reason: String,
    /// Why, in a sentence.
    pub detail: String,
    /// The topic that it belongs to.
    pub topic: String,
    /// Partition and offset there, where it was a record.
    pub source: Option<(u32, Offset)>,
    /// Its key.
    pub key: Option<Vec<u8>>,
    /// Its value, as it was (cut, where it was too large).
    pub value: Option<Vec<u8>>,
    /// Its own headers.
    pub headers: Headers,
    /// The place in a trace where it died.
    pub trace: Context,
    /// What decides its partition, where it was no record.
    route: Option<String>,
}

/// What lies in the dead-letter topic.
#[derive(Clone, Debug)]
pub enum Grave {
    /// A dead letter.
    Letter(Box<Buried>),
    /// A marker that the dead letter at partition and offset was sent back.
    Retried(u32, Offset),
}

impl Grave {
    /// Reads a record of `articles.dead`. `None` where it is neither letter nor marker.
    pub fn read(partition: u32, record: Stored) -> Option<Self> {
        // A letter has its record's headers too, and a stranger may have named one as markers do.
        let is_letter = record.headers.get(STAGE).is_some();
        if !is_letter && let Some(offset) = record.headers.text(RETRIED) {
            return Some(Self::Retried(partition, offset.parse().ok()?));
        }
        let text = |name: &str| record.headers.text(name).map(str::to_owned);
        let number = |name: &str| record.headers.text(name)?.parse::<u64>().ok();
        let source = number(PARTITION).zip(number(OFFSET));
        Some(Self::Letter(Box::new(Buried {
            at: (partition, record.offset),
            written_at: record.written_at,
            stage: text(STAGE)?,
            reason: text(REASON)?,
            detail: text(DETAIL).unwrap_or_default(),
            topic: text(TOPIC)?,
            source: source.map(|(partition, offset)| (partition as u32, offset)),
            headers: own_headers(&record.headers),
            trace: record
                .headers
                .text(DIED)
                .map_or_else(Context::none, |died| Context::parse(died, None)),
            route: text(ROUTE),
            key: record.key,
            value: record.value,
        })))
    }
}

impl Buried {
    /// Whether only the beginning of its value was kept, so that sending it back cannot help.
    pub fn is_cut(&self) -> bool {
        self.reason == Reason::TooLarge.as_str()
    }

    /// The record to send back, to the partition it came from where that is known, and the marker
    /// that says so. Both belong in one transaction.
    pub fn retry(&self, dead_topic: &str, partitions: u32) -> [ToSend; 2] {
        let key = self.key.clone();
        let partition = match self.source {
            Some((partition, _)) => partition,
            None => Route::By(self.route.clone().unwrap_or_default()).partition(partitions, 0),
        };
        let mut headers = self.headers.clone();
        if let Some(died) = self.trace.traceparent() {
            // What becomes of it now is a trace of its own, which points there.
            headers = headers.with(DIED, died);
        }
        let again = ToSend {
            topic: self.topic.clone(),
            partition: partition % partitions.max(1),
            key: key.clone(),
            value: self.value.clone(),
            headers,
        };
        let marker = ToSend {
            topic: dead_topic.to_owned(),
            partition: self.at.0,
            key,
            value: None,
            headers: Headers::new().with(RETRIED, self.at.1.to_string()),
        };
        [again, marker]
    }
}

fn own_headers(headers: &Headers) -> Headers {
    let own = headers
        .0
        .iter()
        .filter(|(name, _)| !name.starts_with("dead."));
    Headers(own.cloned().collect())
}

#[cfg(test)]
mod tests;
