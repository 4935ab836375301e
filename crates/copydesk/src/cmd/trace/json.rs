//! An article's way for programs.

use serde_json::{Value, json};

use crate::way::{Break, Way, outlet, steps, url};

pub(super) fn of(way: &Way) -> Value {
    let last = way.stops.last();
    let value = last.and_then(crate::way::Stop::value).unwrap_or_default();
    let trace = last.map(crate::way::Stop::trace).unwrap_or_default();
    let steps: Vec<Value> = steps(way)
        .into_iter()
        .map(|step| {
            json!({
                "name": step.name,
                "from": step.from,
                "to": step.to,
                "milliseconds": step.to.duration_since(step.from).as_millis() as i64,
                "record": step.place,
                "trace_id": step.trace,
            })
        })
        .collect();
    let dead: Vec<Value> = way
        .dead
        .iter()
        .map(|letter| {
            json!({
                "at": format!("{}:{}", letter.at.0, letter.at.1),
                "buried_at": letter.written_at,
                "stage": letter.stage,
                "reason": letter.reason,
                "detail": letter.detail,
                "trace_id": letter.trace.trace_id(),
            })
        })
        .collect();
    json!({
        "article": way.id,
        "url": url(&value),
        "title": value["title"],
        "outlet": outlet(&value),
        "version": value["version"],
        "published": value["published"],
        "trace_id": trace.trace_id(),
        "recorded": trace.is_sampled(),
        "steps": steps,
        "missing": way.broken.as_ref().map(missing),
        "dead": dead,
    })
}

fn missing(broken: &Break) -> Value {
    match broken {
        Break::Gone(record) => json!({ "record": record, "why": "gone" }),
        Break::Untold(record) => json!({ "before": record, "why": "untold" }),
    }
}
