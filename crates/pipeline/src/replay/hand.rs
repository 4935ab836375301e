//! What a replay does with the records that it has read.

use std::collections::BTreeSet;

use super::lane::Lane;
use super::portion::{Of, Portion};
use super::run::Reads;
use super::{Applied, Replayed};
use crate::dead::{Coordinates, DeadLetter};
use crate::log::{Limits, Log, Stored};
use crate::outputs::Outputs;
use crate::runtime::Runtime;
use crate::stage::Reject;
use crate::staged::guarded;
use crate::telemetry::{self, Context};
use crate::topics::Topic;

/// The stage with its state, and how far it has come in each partition.
pub(super) struct Hand<'a, L: Log, R: Replayed> {
    pub(super) runtime: &'a Runtime<L>,
    pub(super) stage: &'a R,
    pub(super) input: &'a Topic,
    pub(super) reads: Reads,
    pub(super) lanes: Vec<Lane<L>>,
    /// One for each lane, or one for all where the stage folds something beside.
    pub(super) states: Vec<R::State>,
}

/// What goes into one transaction.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) records: u64,
    bytes: usize,
    pub(super) outputs: Outputs,
    pub(super) dead: u64,
    /// Offsets before its records that the log no longer had.
    pub(super) gone: u64,
    pub(super) touched: BTreeSet<usize>,
}

impl Batch {
    pub(super) fn is_full(&self) -> bool {
        let limits = Limits::default();
        self.records as usize >= limits.records || self.bytes >= limits.bytes
    }
}

impl<L: Log, R: Replayed> Hand<'_, L, R> {
    /// Handles what was read, in its order.
    pub(super) fn handle(&mut self, portion: Portion<R::Read>, batch: &mut Batch) {
        batch.gone += portion.gone;
        for taken in portion.taken {
            match taken.of {
                Of::Beside => {
                    if let Some(state) = self.states.first_mut() {
                        self.stage.fold(taken.record, state);
                    }
                }
                Of::Input { source, read } => self.decide(taken.record, source, read, batch),
            }
        }
    }

    fn decide(
        &mut self,
        record: Stored,
        source: Coordinates,
        read: Result<R::Read, Reject>,
        batch: &mut Batch,
    ) {
        let partition = source.partition;
        let index = partition as usize;
        let process = match self.reads {
            Reads::Another => telemetry::process_again,
            Reads::StepBefore => telemetry::process,
        };
        let nothing = Context::none();
        let mut span = process(R::NAME, &source.topic, partition, &record, &nothing);
        let state = &mut self.states[if R::BESIDE.is_some() { 0 } else { index }];
        let applied = read.and_then(|read| {
            guarded(state, |state| {
                self.stage.decide(read, (&record, &source), state)
            })
        });
        batch.records += 1;
        batch.bytes += record.value.as_ref().map_or(0, Vec::len);
        let lane = &mut self.lanes[index];
        // What is folded again only to go on was counted when it was written.
        if record.offset >= lane.next {
            lane.next = record.offset + 1;
            batch.touched.insert(index);
        }
        if record.offset >= lane.writes_from {
            batch.outputs.within(span.context());
            match applied {
                Ok(applied) => self.take(applied, &source, batch),
                Err(reject) => {
                    span.reject(&reject);
                    let letter = DeadLetter::of_record(R::NAME, reject, source, record);
                    self.bury(partition, letter, batch);
                }
            }
        }
        span.end();
    }

    fn take(&self, applied: Applied, source: &Coordinates, batch: &mut Batch) {
        let partition = source.partition;
        for outgoing in applied.outgoing {
            batch.bytes += outgoing.value.as_ref().map_or(0, Vec::len);
            let context = batch.outputs.context();
            let addressed =
                self.runtime
                    .address_in(R::NAME, outgoing, partition, Some(source), context);
            match addressed {
                Ok(record) => batch.outputs.send(record),
                Err(letter) => batch.outputs.bury(letter),
            }
        }
        for letter in applied.dead {
            self.bury(partition, letter, batch);
        }
    }

    fn bury(&self, partition: u32, letter: DeadLetter, batch: &mut Batch) {
        let letter = letter.within(batch.outputs.context());
        batch.dead += 1;
        batch.outputs.bury(self.runtime.bury(letter, partition));
    }
}
