//! Replays: a stage of a new generation, derived from records that are there, to an end that was
//! captured when it began.
//!
//! ```text
//! partitions of the input ──merged by (event time, partition, offset)──▶ read ═▶ decide ──▶ one producer
//! ```
//!
//! All partitions are one sequence, which other threads read ahead of the one that decides in turn, so what comes out is in one order too: the same
//! records, code and configuration give the same bytes in the same order, whatever the batches and
//! however often the replay was killed. Not at the same offsets: in Kafka each transaction's end takes one,
//! and so do records that were aborted. Offsets, state and output of a batch are one transaction, as
//! everywhere; going on after a kill is opening again.
//!
//! The replay is a member of its generation's group like any task, so it and the services that may go
//! on with the generation later can never both write.

mod hand;
mod lane;
mod merge;
mod part;
mod portion;
mod run;
mod spans;

use std::time::Duration;

use article::Outgoing;

use crate::dead::{Coordinates, DeadLetter};
use crate::log::{Log, Stored};
use crate::runtime::Runtime;
use crate::stage::{Record, Reject, Stage};
use crate::staged::{Staged, decode};
use crate::state::State;
use crate::topics::Topic;

pub use run::{Ended, Progress, Reads, run};
pub use spans::{Bound, SpanError, short_of_window, spans};

/// A stage as a replay runs it. Every [`Stage`] is one by [`Staged`]; what the fetcher derives again
/// are stages that only replays have.
pub trait Replayed: Sync {
    /// Names its group, its changelog and its dead letters.
    const NAME: &'static str;
    /// The topic that it handles, as it is called in generation 1.
    const INPUT: &'static str;
    /// Whether the input is that of the generation that the new one reads, though the new one has such a
    /// topic of its own: its output.
    const READS_FOREBEAR: bool = false;
    /// A topic of the new generation, made by the step before, that is folded into the state beside
    /// the input and of which nothing comes. A stage that has one keeps one state for all partitions,
    /// and nothing of it: it is made again when the replay goes on.
    const BESIDE: Option<&'static str> = None;
    /// What it remembers.
    type State: State;
    /// What a record says by itself.
    type Read: Send;

    /// How much event time the state can depend on; `None`: all of it.
    fn reach(&self) -> Option<Duration> {
        None
    }

    /// Reads a record of the input, ahead of its turn and on another thread.
    ///
    /// # Errors
    /// As for [`Replayed::decide`].
    fn read(&self, record: &Stored, source: &Coordinates) -> Result<Self::Read, Reject>;

    /// Handles a record that was read `from` a record at its place.
    ///
    /// # Errors
    /// A [`Reject`] sends it to the generation's dead letters and leaves the state as it was.
    fn decide(
        &self,
        read: Self::Read,
        from: (&Stored, &Coordinates),
        state: &mut Self::State,
    ) -> Result<Applied, Reject>;

    /// Takes up one record of [`Replayed::BESIDE`].
    fn fold(&self, _record: Stored, _state: &mut Self::State) {}
}

/// What became of a record.
#[derive(Debug, Default)]
pub struct Applied {
    /// What it was made into.
    pub outgoing: Vec<Outgoing>,
    /// What could not be made of it.
    pub dead: Vec<DeadLetter>,
}

impl<S: Stage + Sync> Replayed for Staged<S> {
    const NAME: &'static str = S::NAME;
    const INPUT: &'static str = <S::In as article::Message>::TOPIC;
    type State = S::State;
    type Read = S::Read;

    fn reach(&self) -> Option<Duration> {
        self.0.reach()
    }

    fn read(&self, record: &Stored, source: &Coordinates) -> Result<S::Read, Reject> {
        let value = decode::<S::In>(record)?;
        self.0.read(Record::of(source, value))
    }

    fn decide(
        &self,
        read: S::Read,
        _: (&Stored, &Coordinates),
        state: &mut S::State,
    ) -> Result<Applied, Reject> {
        let outs = self.0.decide(read, state)?;
        Ok(Applied {
            outgoing: outs.into_iter().map(Into::into).collect(),
            dead: Vec::new(),
        })
    }
}

/// The topic that a stage handles in a replay.
///
/// # Panics
/// For a stage that reads the forebear's where the runtime has none.
pub fn input<L: Log, R: Replayed>(runtime: &Runtime<L>) -> &Topic {
    let topology = match (&runtime.forebear, R::READS_FOREBEAR) {
        (Some(forebear), true) => forebear,
        (_, false) => &runtime.topology,
        (None, true) => panic!(
            "{} is only made for generations that have a forebear",
            R::NAME
        ),
    };
    part::topic_of(topology, R::INPUT)
}
