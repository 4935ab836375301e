//! The way of one article through the pipeline, read back from the records themselves: each names the
//! record that it was made from, the trace it was written in and the moment of its writing.

mod find;
mod steps;

use article::ArticleId;
use jiff::Timestamp;
use pipeline::dead::Buried;
use pipeline::log::{Log, Stored};
use pipeline::telemetry::Context;
use pipeline::topics::Topology;
use serde_json::Value;

pub use self::find::{Found, find};
pub use self::steps::{Step, steps};

use self::find::{letters, read_at};

/// A record on an article's way.
#[derive(Clone, Debug)]
pub struct Stop {
    /// Its topic, generation and all.
    pub topic: String,
    /// Its partition.
    pub partition: u32,
    /// The record.
    pub record: Stored,
}

/// Why the way cannot be followed further back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Break {
    /// The record has gone from the topic: it was older, or the topic larger, than what is kept.
    Gone(String),
    /// The record does not say what it was made from.
    Untold(String),
}

/// An article's way, as far back as the log has it.
#[derive(Clone, Debug)]
pub struct Way {
    /// The article.
    pub id: ArticleId,
    /// Its records, the poll first.
    pub stops: Vec<Stop>,
    /// Why there is nothing before the first, where something was.
    pub broken: Option<Break>,
    /// What a stage could not handle of it.
    pub dead: Vec<Buried>,
}

impl Stop {
    /// Where it stands, as the header `source` names it.
    pub fn place(&self) -> String {
        format!("{}/{}/{}", self.topic, self.partition, self.record.offset)
    }

    /// The topic's name in generation 1.
    pub fn base(&self) -> &str {
        pipeline::topics::base(&self.topic).unwrap_or(&self.topic)
    }

    /// The trace that it was written in.
    pub fn trace(&self) -> Context {
        Context::of(&self.record.headers)
    }

    /// A moment that its value names.
    pub fn moment(&self, field: &str) -> Option<Timestamp> {
        self.value()?.get(field)?.as_str()?.parse().ok()
    }

    /// Its value, where it is JSON.
    pub fn value(&self) -> Option<Value> {
        serde_json::from_slice(self.record.value.as_deref()?).ok()
    }
}

impl Way {
    /// Follows a record that was found back to the poll.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn back_from<L: Log>(log: &L, topology: &Topology, found: Found) -> anyhow::Result<Self> {
        let dead = letters(log, topology, &found.id)?;
        let mut stops: Vec<Stop> = found.stop.into_iter().collect();
        let mut broken = None;
        while let Some(stop) = stops.last()
            && broken.is_none()
        {
            match before(log, topology, stop)? {
                Before::Is(stop) => stops.push(stop),
                Before::Nothing => break,
                Before::Broken(why) => broken = Some(why),
            }
        }
        stops.reverse();
        Ok(Self {
            id: found.id,
            stops,
            broken,
            dead,
        })
    }
}

/// What came before a record.
enum Before {
    Is(Stop),
    Nothing,
    Broken(Break),
}

fn before<L: Log>(log: &L, topology: &Topology, stop: &Stop) -> anyhow::Result<Before> {
    use article::{Discovered, Message as _, Polled};
    if stop.base() == Polled::TOPIC {
        return Ok(Before::Nothing);
    }
    if stop.base() == Discovered::TOPIC {
        let poll = find::poll_of(log, topology, stop)?;
        let gone = || Break::Gone(Polled::TOPIC.to_owned());
        return Ok(poll.map_or_else(|| Before::Broken(gone()), Before::Is));
    }
    let Some(source) = stop.record.headers.text(pipeline::headers::SOURCE) else {
        return Ok(Before::Broken(Break::Untold(stop.place())));
    };
    let stop = read_at(log, source)?;
    let gone = || Break::Gone(source.to_owned());
    Ok(stop.map_or_else(|| Before::Broken(gone()), Before::Is))
}

/// The address of an article, as a record of any stop of its way tells it: before it is cleaned it is
/// known as it was discovered.
pub fn url(value: &Value) -> Option<&str> {
    let discovered = value.pointer("/discovered/url");
    discovered.or_else(|| value.get("url"))?.as_str()
}

/// Its outlet: before it is cleaned, the publisher of its feed.
pub fn outlet(value: &Value) -> Option<&str> {
    let publisher = || {
        let found = value.pointer("/discovered/feed/publisher");
        found.or_else(|| value.pointer("/feed/publisher"))
    };
    value.get("outlet").or_else(publisher)?.as_str()
}
