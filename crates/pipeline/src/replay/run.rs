//! The replay of one stage.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::lane::{Lane, claims, lane, merge, settle};
use super::merge::{Merge, Next};
use super::part::Side;
use super::{Applied, Replayed, input};
use crate::dead::{Coordinates, DeadLetter};
use crate::generations::{Generations, Span};
use crate::log::{Change, Claim, Failure, Limits, Log, Membership, Producer, Stored};
use crate::outputs::Outputs;
use crate::runtime::Runtime;
use crate::staged::guarded;
use crate::telemetry::{self, Context};
use crate::topics::Topic;
use crate::transaction;

/// How often the group is served between transactions.
const SERVE: Duration = Duration::from_millis(500);
/// How often a log that cannot be worked with is tried again.
const ATTEMPTS: u32 = 10;
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How a replay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It has handled everything up to its end.
    Done,
    /// It was asked to stop; started again it goes on.
    Asked,
}

/// How far a replay has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Records handled since it was started, folded ones too.
    pub handled: u64,
    /// Records written.
    pub written: u64,
    /// Records that could not be handled.
    pub dead: u64,
    /// Offsets that the log no longer had when the replay came to them: retention was faster.
    pub gone: u64,
    /// Offsets of the input that lie behind it, of `total`.
    pub offsets: u64,
    /// Offsets from where the step begins to its end.
    pub total: u64,
}

/// Handles `spans` of the stage's input, from wherever an earlier try has come to. `tell` hears of each
/// transaction.
///
/// # Errors
/// A log that cannot be used, or another process that works on the same generation.
pub fn run<L: Log, R: Replayed>(
    runtime: &Runtime<L>,
    stage: &R,
    spans: &[Span],
    reads: Reads,
    mut tell: impl FnMut(Progress),
) -> Result<Ended, Failure> {
    let mut progress = Progress {
        total: spans.iter().map(|span| span.to - span.fold).sum(),
        ..Progress::default()
    };
    let mut failures = 0;
    loop {
        let before = progress;
        let attempt = Replay::open(runtime, stage, spans, reads)
            .and_then(|mut replay| replay.work(&mut progress, &mut tell));
        let failure = match attempt {
            Err(failure @ (Failure::Reopen(_) | Failure::Retry(_))) => failure,
            // A membership that was lost may be had again, but not beside the services, which would have
            // to share their partitions with it.
            Err(failure @ Failure::Fenced(_)) if !is_live(runtime)? => failure,
            ended => return ended,
        };
        failures = if progress == before { failures + 1 } else { 1 };
        if failures >= ATTEMPTS {
            return Err(failure);
        }
        tracing::warn!(stage = R::NAME, "the replay begins again soon: {failure}");
        if runtime.shutdown.wait(AGAIN_AFTER) {
            return Ok(Ended::Asked);
        }
    }
}

/// Whether services go on with the generation.
fn is_live<L: Log>(runtime: &Runtime<L>) -> Result<bool, Failure> {
    let known = Generations::read(&runtime.log, &runtime.topology)?;
    Ok(known.live() == runtime.topology.generation())
}

/// What a step reads, for the traces of its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// What another generation wrote: a new trace is begun that points to the record's.
    Another,
    /// What the step before wrote: its trace goes on.
    StepBefore,
}

/// A replay at work.
struct Replay<'a, L: Log, R: Replayed> {
    runtime: &'a Runtime<L>,
    stage: &'a R,
    input: &'a Topic,
    reads: Reads,
    membership: L::Membership,
    served_at: Instant,
    producer: L::Producer,
    merge: Merge<L>,
    lanes: Vec<Lane<L>>,
    /// One for each lane, or one for all where the stage folds something beside.
    states: Vec<R::State>,
}

/// What goes into one transaction.
#[derive(Default)]
struct Batch {
    records: u64,
    bytes: usize,
    outputs: Outputs,
    dead: u64,
    touched: BTreeSet<usize>,
}

impl Batch {
    fn is_full(&self) -> bool {
        let limits = Limits::default();
        self.records as usize >= limits.records || self.bytes >= limits.bytes
    }
}

impl<'a, L: Log, R: Replayed> Replay<'a, L, R> {
    fn open(
        runtime: &'a Runtime<L>,
        stage: &'a R,
        spans: &[Span],
        reads: Reads,
    ) -> Result<Self, Failure> {
        let topology = &runtime.topology;
        let (input, group) = (input::<L, R>(runtime), topology.group(R::NAME));
        let mut membership = runtime.log.join(&group, &input.name)?;
        let claims = claims(runtime, &group, &mut membership, spans.len())?;
        // As a task does it: the fence first, then the offset, then the state.
        let mut producer = runtime.log.producer(&format!("{group}.replay"))?;
        settle::<L, R>(runtime, input, &claims, &mut producer)?;
        let mut states: Vec<R::State> = Vec::new();
        let mut lanes = Vec::new();
        for (claim, span) in claims.into_iter().zip(spans) {
            let mut state = R::State::default();
            lanes.push(lane::<L, R>(runtime, input, claim, *span, &mut state)?);
            states.push(state);
        }
        if R::BESIDE.is_some() {
            states.truncate(1);
        }
        let merge = merge::<L, R>(runtime, input, &lanes)?;
        Ok(Self {
            runtime,
            stage,
            input,
            reads,
            membership,
            served_at: Instant::now(),
            producer,
            merge,
            lanes,
            states,
        })
    }

    fn work(
        &mut self,
        progress: &mut Progress,
        tell: &mut impl FnMut(Progress),
    ) -> Result<Ended, Failure> {
        // Counted when the transaction that goes past it has committed: whoever begins again meets it again.
        let mut gone = 0;
        loop {
            let mut batch = Batch::default();
            let is_over = self.fill(&mut batch)?;
            if is_over {
                self.finish(&mut batch);
            }
            gone += self.merge.take_gone();
            let is_something = batch.records > 0 || !batch.touched.is_empty();
            let (handled, dead) = (batch.records, batch.dead);
            let written = batch.outputs.records.len() as u64 - dead;
            if is_something {
                self.transact(batch)?;
            }
            if is_something || is_over {
                progress.handled += handled;
                progress.dead += dead;
                progress.written += written;
                progress.gone += std::mem::take(&mut gone);
                let behind = self.lanes.iter().map(|lane| lane.next - lane.span.fold);
                progress.offsets = behind.sum();
                tell(*progress);
            }
            if is_over {
                return Ok(Ended::Done);
            }
            if self.runtime.shutdown.is_requested() {
                return Ok(Ended::Asked);
            }
            self.serve()?;
        }
    }

    /// Handles records until a transaction is full. True where there are no more.
    fn fill(&mut self, batch: &mut Batch) -> Result<bool, Failure> {
        while !batch.is_full() {
            match self.merge.next()? {
                Next::Record(Side::Beside, _, record) => {
                    if let Some(state) = self.states.first_mut() {
                        self.stage.fold(record, state);
                    }
                }
                Next::Record(Side::Input, partition, record) => {
                    self.handle(partition, record, batch);
                }
                // What was handled is not held back by what cannot be read yet.
                Next::Wait => return Ok(false),
                Next::End => return Ok(true),
            }
        }
        Ok(false)
    }

    fn handle(&mut self, partition: u32, record: Stored, batch: &mut Batch) {
        let index = partition as usize;
        let (offset, size) = (record.offset, record.value.as_ref().map_or(0, Vec::len));
        let is_written = offset >= self.lanes[index].writes_from;
        let source = Coordinates {
            topic: self.input.name.clone(),
            partition,
            offset,
            written_at: record.written_at,
        };
        let process = match self.reads {
            Reads::Another => telemetry::process_again,
            Reads::StepBefore => telemetry::process,
        };
        let nothing = Context::none();
        let mut span = process(R::NAME, &source.topic, partition, &record, &nothing);
        let state = &mut self.states[if R::BESIDE.is_some() { 0 } else { index }];
        let applied = guarded(state, |state| self.stage.apply(&record, &source, state));
        batch.records += 1;
        batch.bytes += size;
        // What is folded again only to go on was counted when it was written.
        if offset >= self.lanes[index].next {
            self.lanes[index].next = offset + 1;
            batch.touched.insert(index);
        }
        if is_written {
            batch.outputs.within(span.context());
            match applied {
                Ok(applied) => self.take(partition, applied, &source, batch),
                Err(reject) => {
                    span.reject(&reject);
                    let letter = DeadLetter::of_record(R::NAME, reject, source, record);
                    self.bury(partition, letter, batch);
                }
            }
        }
        span.end();
    }

    fn take(&self, partition: u32, applied: Applied, source: &Coordinates, batch: &mut Batch) {
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

    /// The last transaction moves every partition to its end, so that whoever goes on with the
    /// generation begins there also where there was nothing to handle.
    fn finish(&mut self, batch: &mut Batch) {
        for (index, lane) in self.lanes.iter_mut().enumerate() {
            if lane.next < lane.span.to || lane.next == lane.span.fold {
                lane.next = lane.span.to;
                batch.touched.insert(index);
            }
        }
    }

    fn transact(&mut self, batch: Batch) -> Result<(), Failure> {
        let Outputs { records, spans, .. } = batch.outputs;
        let (lanes, states) = (&self.lanes, &mut self.states);
        let rest = |producer: &mut L::Producer| {
            let mut sent = Vec::new();
            for index in &batch.touched {
                let lane = &lanes[*index];
                if let Some(changelog) = &lane.changelog {
                    let changes = changelog.send(producer, &mut states[*index], lane.next)?;
                    sent.push((*index, changes));
                }
                producer.send_offsets(&lane.claim, lane.next)?;
            }
            Ok(sent)
        };
        let shutdown = &self.runtime.shutdown;
        let wait = |why: String| {
            if shutdown.is_requested() {
                return false;
            }
            tracing::warn!(stage = R::NAME, "waiting: {why}");
            shutdown.wait(AGAIN_AFTER);
            true
        };
        let sent = transaction::write(&mut self.producer, records, rest, wait)?;
        for span in spans {
            span.end();
        }
        for (index, changes) in sent {
            if let Some(changelog) = &mut self.lanes[index].changelog {
                changelog.committed(&self.producer, changes);
                changelog.save_when_due(self.runtime);
            }
        }
        transaction::check(&self.producer)
    }

    /// Serves the group, which must hear from its members.
    fn serve(&mut self) -> Result<(), Failure> {
        if self.served_at.elapsed() < SERVE {
            return Ok(());
        }
        self.served_at = Instant::now();
        let changes = self.membership.poll(Duration::ZERO)?;
        let is_gone = |change: &Change| matches!(change, Change::Revoked(_));
        if changes.iter().any(is_gone) || !self.lanes.iter().all(|lane| lane.claim.is_current()) {
            let group = self.runtime.topology.group(R::NAME);
            return Err(Failure::Fenced(format!(
                "group {group} has given partitions of the replay away"
            )));
        }
        Ok(())
    }
}

impl<L: Log, R: Replayed> Drop for Replay<'_, L, R> {
    fn drop(&mut self) {
        for lane in &mut self.lanes {
            if let Some(changelog) = &mut lane.changelog {
                changelog.save(&self.runtime.log);
            }
        }
    }
}
