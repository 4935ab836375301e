//! What an article's records tell of the time between them.

use article::{Cleaned, Discovered, Enriched, Fetched, Message as _, Polled};
use jiff::Timestamp;

use super::{Stop, Way};

/// A part of an article's way, from one known moment to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What happened, by the name of its span; waiting for it counts as well.
    pub name: String,
    /// When it began.
    pub from: Timestamp,
    /// When it ended.
    pub to: Timestamp,
    /// The record that it ended with, where it did with one.
    pub place: Option<String>,
    /// The trace that it belongs to.
    pub trace: Option<String>,
}

/// The parts of an article's way. Moments of writing come from one clock and event times from another:
/// no part is shorter than nothing.
pub fn steps(way: &Way) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at: Option<Timestamp> = None;
    for stop in &way.stops {
        let written = stop.record.written_at;
        match stop.base() {
            // A poll's record and those of the articles that it found are written together: one bar
            // tells of both.
            Polled::TOPIC => {
                let polled = stop.moment("fetched_at").unwrap_or(written);
                steps.push(step(stop, "fetch feed", polled, polled));
                at = Some(polled);
            }
            Discovered::TOPIC => {
                let polled = stop.moment("polled_at").unwrap_or(written);
                let from = at.unwrap_or(polled);
                steps.push(step(stop, "send articles.discovered", from, written));
                at = Some(written);
            }
            Fetched::TOPIC => {
                let fetched = stop.moment("fetched_at").unwrap_or(written);
                let mut fetch = step(stop, "fetch page", at.unwrap_or(fetched), fetched);
                fetch.place = None;
                steps.push(fetch);
                steps.push(step(stop, "send articles.fetched", fetched, written));
                at = Some(written);
            }
            Cleaned::TOPIC | Enriched::TOPIC => {
                let input = match stop.base() {
                    Cleaned::TOPIC => Fetched::TOPIC,
                    _ => Cleaned::TOPIC,
                };
                let name = format!("process {input}");
                steps.push(step(stop, &name, at.unwrap_or(written), written));
                at = Some(written);
            }
            _ => {}
        }
    }
    steps
}

fn step(stop: &Stop, name: &str, from: Timestamp, to: Timestamp) -> Step {
    Step {
        name: name.to_owned(),
        from,
        to: to.max(from),
        place: Some(stop.place()),
        trace: stop.trace().trace_id(),
    }
}
