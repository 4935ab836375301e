//! The replay of one stage.

use std::panic::resume_unwind;
use std::time::{Duration, Instant};

use super::hand::{Batch, Hand};
use super::lane::{claims, lane, merge, settle};
use super::merge::Merge;
use super::portion::{Portion, Then};
use super::{Replayed, input};
use crate::generations::{Generations, Span};
use crate::log::{Change, Claim, Failure, Log, Membership, Producer};
use crate::outputs::Outputs;
use crate::runtime::Runtime;
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
    membership: L::Membership,
    served_at: Instant,
    producer: L::Producer,
    merge: Merge<L>,
    /// What was read ahead.
    portion: Portion<R::Read>,
    hand: Hand<'a, L, R>,
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
            membership,
            served_at: Instant::now(),
            producer,
            merge,
            portion: Portion::default(),
            hand: Hand {
                runtime,
                stage,
                input,
                reads,
                lanes,
                states,
            },
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
            gone += batch.gone;
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
                let behind = self
                    .hand
                    .lanes
                    .iter()
                    .map(|lane| lane.next - lane.span.fold);
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

    /// Handles records until a transaction is full. True where there are no more. While one portion is
    /// handled the next is read.
    fn fill(&mut self, batch: &mut Batch) -> Result<bool, Failure> {
        while !batch.is_full() {
            let portion = std::mem::take(&mut self.portion);
            match portion.then {
                Then::More => {
                    let (merge, hand) = (&mut self.merge, &mut self.hand);
                    let (stage, input) = (hand.stage, hand.input);
                    self.portion = std::thread::scope(|scope| {
                        let next = scope.spawn(|| Portion::read(merge, stage, input));
                        hand.handle(portion, batch);
                        next.join().unwrap_or_else(|panic| resume_unwind(panic))
                    })?;
                }
                // What was handled is not held back by what cannot be read yet.
                Then::Wait => {
                    self.hand.handle(portion, batch);
                    return Ok(false);
                }
                Then::End => {
                    self.hand.handle(portion, batch);
                    // Taking the portion has left one after which there is more.
                    self.portion.then = Then::End;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The last transaction moves every partition to its end, so that whoever goes on with the
    /// generation begins there also where there was nothing to handle.
    fn finish(&mut self, batch: &mut Batch) {
        for (index, lane) in self.hand.lanes.iter_mut().enumerate() {
            if lane.next < lane.span.to || lane.next == lane.span.fold {
                lane.next = lane.span.to;
                batch.touched.insert(index);
            }
        }
    }

    fn transact(&mut self, batch: Batch) -> Result<(), Failure> {
        let Outputs { records, spans, .. } = batch.outputs;
        let (lanes, states) = (&self.hand.lanes, &mut self.hand.states);
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
            if let Some(changelog) = &mut self.hand.lanes[index].changelog {
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
        if changes.iter().any(is_gone)
            || !self.hand.lanes.iter().all(|lane| lane.claim.is_current())
        {
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
        for lane in &mut self.hand.lanes {
            if let Some(changelog) = &mut lane.changelog {
                changelog.save(&self.runtime.log);
            }
        }
    }
}
