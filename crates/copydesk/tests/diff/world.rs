//! A log with two generations of some topics.

use copydesk::diff::{Difference, Printer, Side, Summary, compare};
use pipeline::generations::Step;
use pipeline::headers::Headers;
use pipeline::log::conformance::{topic, write};
use pipeline::log::{Log, ToSend};
use pipeline::topics::Cleanup;
use serde_json::Value;

/// The topic that both generations read, where a test says nothing else.
const INPUT: &str = "articles.cleaned";

/// A record to be compared: its key, its value and the offset of what it was made from.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) key: String,
    pub(super) value: Option<Value>,
    /// Empty where the record does not tell.
    pub(super) input: String,
    pub(super) at: u64,
    pub(super) version: &'static str,
}

/// A record of `key`, made from offset `at` of the common input.
pub(super) fn made(key: &str, at: u64, value: Value) -> Made {
    Made {
        key: key.to_owned(),
        value: Some(value),
        input: INPUT.to_owned(),
        at,
        version: "1.0.0",
    }
}

/// The name of a topic on the first or the second side.
fn named(base: &str, side: usize) -> String {
    if side == 0 {
        base.to_owned()
    } else {
        format!("{base}.g2")
    }
}

/// Writes both generations of a topic.
pub(super) fn fill<L: Log>(log: &L, base: &str, cleanup: Cleanup, sides: [&[Made]; 2]) {
    for (side, records) in sides.into_iter().enumerate() {
        let name = named(base, side);
        log.create(&[topic(&name, 1, cleanup)]).expect("created");
        let mut producer = log.producer(&name).expect("a producer");
        for records in records.chunks(1000) {
            write(&mut producer, records.iter().map(|made| sent(&name, made)));
        }
    }
}

fn sent(topic: &str, made: &Made) -> ToSend {
    let Made {
        key,
        value,
        input,
        at,
        version,
    } = made;
    let headers = Headers::new()
        .with("version", *version)
        .with("schema", "test/1");
    ToSend {
        topic: topic.to_owned(),
        partition: 0,
        key: Some(key.clone().into_bytes()),
        value: value.as_ref().map(|value| value.to_string().into_bytes()),
        headers: match input.as_str() {
            "" => headers,
            input => headers.with("source", format!("{input}/0/{at}")),
        },
    }
}

/// The two sides of a topic, of which the second may be a replay of which a step is known.
pub(super) fn sides(base: &str, step: Option<Step>) -> [Side; 2] {
    let side = |side, step| Side {
        name: format!("g{}", side + 1),
        topic: named(base, side),
        enriched: Some(named("articles.enriched", side)),
        step,
    };
    [side(0, None), side(1, step)]
}

/// What differs, and the summary.
pub(super) fn compared<L: Log>(
    log: &L,
    base: &str,
    sides: &[Side; 2],
) -> (Vec<Difference>, Summary) {
    let mut told = Vec::new();
    let summary = compare(log, base, sides, |difference| {
        told.push(difference.clone());
        Ok(())
    });
    (told, summary.expect("compared"))
}

/// What a person reads.
pub(super) fn lines<L: Log>(
    log: &L,
    base: &str,
    sides: &[Side; 2],
    limit: Option<usize>,
) -> String {
    print(log, base, sides, false, limit)
}

/// What a program reads.
pub(super) fn json<L: Log>(log: &L, base: &str, sides: &[Side; 2]) -> Vec<Value> {
    let text = print(log, base, sides, true, None);
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("an object a line"))
        .collect()
}

fn print<L: Log>(
    log: &L,
    base: &str,
    sides: &[Side; 2],
    json: bool,
    limit: Option<usize>,
) -> String {
    let mut out = Vec::new();
    let mut printer = Printer::new(&mut out, json, limit);
    let summary = compare(log, base, sides, |difference| printer.tell(difference));
    printer
        .finish(&summary.expect("compared"))
        .expect("printed");
    String::from_utf8(out).expect("text")
}
