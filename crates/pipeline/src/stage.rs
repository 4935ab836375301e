//! What a service does with one record.

use std::time::Duration;

use article::{Message, Outgoing};
use jiff::Timestamp;

use crate::dead::Coordinates;
use crate::metrics::Observed;
use crate::state::State;

/// A pure step of the pipeline: record and state in, records out.
///
/// No clock, no randomness, no I/O: the output is a function of the input records, the code and the
/// configuration, so that a replay of the same offsets gives the same bytes. Time is `fetched_at` in
/// the value.
pub trait Stage: Send + 'static {
    /// The verb that names the stage in logs, metrics, headers and dead letters.
    const NAME: &'static str;
    /// The message that it reads.
    type In: Message;
    /// What a record says by itself, found out before it is the record's turn.
    type Read: Send;
    /// What it writes: a message, or an enum over several topics.
    type Out: Into<Outgoing>;
    /// What it remembers from record to record.
    type State: State;

    /// How much event time the state can depend on: what a replay that begins in the middle folds
    /// first. `None`: all of it. A stage that remembers nothing depends on nothing.
    fn reach(&self) -> Option<Duration> {
        None
    }

    /// Reads a record: all that can be said of it without the state. A replay does that on other threads,
    /// ahead of the record's turn.
    ///
    /// # Errors
    /// As for [`Stage::apply`].
    fn read(&self, record: Record<Self::In>) -> Result<Self::Read, Reject>;

    /// Handles a record that was read, when it is its turn.
    ///
    /// # Errors
    /// As for [`Stage::apply`].
    fn decide(&self, read: Self::Read, state: &mut Self::State) -> Result<Vec<Self::Out>, Reject>;

    /// Handles one record: reads it and decides. No stage has another one: the pipeline and its replays call
    /// the two apart.
    ///
    /// # Errors
    /// A [`Reject`] sends the record to `articles.dead` and leaves the state as it was before the
    /// call; so does a panic. Records never retry in place: pure code fails the same way twice.
    fn apply(
        &self,
        record: Record<Self::In>,
        state: &mut Self::State,
    ) -> Result<Vec<Self::Out>, Reject> {
        self.decide(self.read(record)?, state)
    }

    /// What an output makes available to readers, for the last stage: counted by the runtime once it is
    /// committed, because a stage itself knows no metrics.
    fn observe(&self, _out: &Self::Out) -> Option<Observed> {
        None
    }
}

/// A record as a stage sees it: decoded, with where it came from.
#[derive(Clone, Debug)]
pub struct Record<M> {
    /// The topic, generation and all.
    pub topic: String,
    /// The partition it was read from.
    pub partition: u32,
    /// Its offset there.
    pub offset: u64,
    /// When it was written: for retention and lag, never for decisions.
    pub written_at: Timestamp,
    /// The decoded value.
    pub value: M,
}

impl<M> Record<M> {
    /// A record that was read at `source`.
    pub(crate) fn of(source: &Coordinates, value: M) -> Self {
        Self {
            topic: source.topic.clone(),
            partition: source.partition,
            offset: source.offset,
            written_at: source.written_at,
            value,
        }
    }
}

/// Why a record cannot be processed, whoever tries and however often.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Reject {
    /// Which kind of trouble: a metric label, so a closed set.
    pub reason: Reason,
    /// What exactly was wrong, with the value that was wrong.
    pub detail: String,
}

impl Reject {
    /// A rejection for `reason`, told in `detail`, which is cut to 1,000 bytes: a parser's message may
    /// repeat all of what it could not read.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        const LONGEST: usize = 1_000;
        let mut detail = detail.into();
        if detail.len() > LONGEST {
            let end = (0..=LONGEST)
                .rev()
                .find(|end| detail.is_char_boundary(*end));
            detail.truncate(end.unwrap_or(0));
            detail.push('…');
        }
        Self { reason, detail }
    }
}

/// The reasons for a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The value is not what its topic carries: no JSON, or not of the schema.
    Undecodable,
    /// The schema header names a form that this version cannot read.
    UnknownSchema,
    /// The stage found nothing to work on, such as a page without text.
    Empty,
    /// The stage cannot handle the value for another reason, told in the detail.
    Unprocessable,
    /// The stage panicked.
    Panic,
    /// A page or a record is over its size limit.
    TooLarge,
    /// The outlet refuses the page for good, or failed too often.
    Unfetchable,
    /// A feed's answer cannot be read as a feed.
    NotAFeed,
}

impl Reason {
    /// The name in headers and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Undecodable => "undecodable",
            Self::UnknownSchema => "unknown_schema",
            Self::Empty => "empty",
            Self::Unprocessable => "unprocessable",
            Self::Panic => "panic",
            Self::TooLarge => "too_large",
            Self::Unfetchable => "unfetchable",
            Self::NotAFeed => "not_a_feed",
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
