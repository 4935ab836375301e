//! One partition = one task = one transactional producer = one state. The algorithm of exactly once.
//!
//! ```text
//! open    fence the predecessor, then read the committed offset, then restore the state up to the
//!         changelog's end as it stood after the fence; both must name the same position
//! transact begin, send outputs, send the changes of state and "@position", send the offset, commit;
//!         only then does the store hear of it
//! ```
//!
//! Opening is the one and only recovery: on any doubt the task is dropped, state and all, and opened
//! again. Order matters in `open`: a committed offset read *before* the fence may be overtaken by the
//! predecessor's last transaction (39 of 20,000 simulated schedules broke on it).

use std::time::{Duration, Instant};

use article::Outgoing;

use crate::board::{Doing, Gauge};
use crate::cause::Cause;
use crate::changelog::Changelog;
use crate::dead::{Coordinates, DeadLetter};
use crate::heritage::{Estate, HandOver};
use crate::invariants;
use crate::lag::Way;
use crate::leftovers;
use crate::log::{Claim, Failure, Limits, Log, Offset, Producer, Stored, ToSend};
use crate::metrics::{RESTORE_SECONDS, STATE_BYTES, STATE_ENTRIES, Written};
use crate::outputs::Outputs;
use crate::pulse::Pulse;
use crate::runtime::Runtime;
use crate::state::State;
use crate::store::Entry;
use crate::telemetry::{self, Context, Span};
use crate::topics::Topic;
use crate::transaction;
use crate::waker::Waker;

/// How long to wait before the same call is made again.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// A stage at work on one partition.
pub struct Task<'a, L: Log, S> {
    stage: &'static str,
    runtime: &'a Runtime<L>,
    input: &'a Topic,
    claim: &'a mut L::Claim,
    waker: Waker,
    producer: L::Producer,
    /// Which one it is of those that this process has had.
    producer_number: u64,
    /// The state. Changed freely between transactions; see [`Task::transact`].
    pub state: S,
    next: Offset,
    /// Whether the last read that told has come to the end.
    has_read_all: bool,
    /// Input records read since the last transaction.
    taken: u64,
    /// The place in a trace of the last batch read since then, where it is traced.
    batch: Context,
    changelog: Option<Changelog>,
    /// Whether the last transaction left a doubt about the producer.
    in_doubt: bool,
    pulse: Pulse,
}

impl<L: Log, S> std::fmt::Debug for Task<'_, L, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Task({} of {}/{} at {})",
            self.stage,
            self.input.name,
            self.claim.partition(),
            self.next
        )
    }
}

impl<'a, L: Log, S: State> Task<'a, L, S> {
    /// Opens a partition: the one and only recovery path.
    pub(crate) fn open(
        runtime: &'a Runtime<L>,
        stage: &'static str,
        input: &'a Topic,
        claim: &'a mut L::Claim,
        waker: Waker,
    ) -> Result<Self, Failure> {
        let started = Instant::now();
        let partition = claim.partition();
        let group = runtime.topology.group(stage);
        let mut producer = runtime
            .log
            .producer(&format!("{group}.{}.{partition}", input.name))?;
        let committed = runtime.log.committed(&group, &input.name, partition);
        let mut state = S::default();
        let keeps_state = !state.tables().is_empty();
        let is_pending = matches!(committed, Err(Failure::Retry(_)));
        let changelog = runtime.topology.changelog(stage, input.partitions);
        let pending = is_pending.then_some(&*claim);
        leftovers::settle_stage(
            &runtime.log,
            (&runtime.topology, stage),
            keeps_state.then_some((changelog.name, partition..partition + 1)),
            &mut producer,
            pending.as_slice(),
        )?;
        let committed = committed?;
        let changelog = if keeps_state {
            Some(Changelog::open(
                runtime, stage, input, claim, committed, &mut state,
            )?)
        } else {
            None
        };
        let known = changelog.as_ref().and_then(Changelog::position);
        let next = match committed.or(known) {
            Some(next) => next,
            None => runtime.log.bounds(&input.name, partition)?.start,
        };
        claim.seek(next)?;
        metrics::histogram!(RESTORE_SECONDS, "stage" => stage).record(started.elapsed());
        let mut task = Self {
            stage,
            runtime,
            input,
            claim,
            waker,
            producer,
            producer_number: runtime.board.count_producer(),
            state,
            next,
            has_read_all: false,
            taken: 0,
            batch: Context::none(),
            changelog,
            in_doubt: false,
            pulse: runtime.board.pulse(stage, partition),
        };
        task.way(|way| way.starts_at(next));
        task.report(0);
        Ok(task)
    }

    /// How far the hand-over has come that the state begins with; `None` where there is none, or none any
    /// more.
    pub(crate) fn hand_over(&self) -> Option<HandOver> {
        let changelog = self.changelog.as_ref()?;
        let begins = changelog.position().is_none() && self.runtime.forebear.is_some();
        let reached = changelog.hand_over().cloned();
        reached.or_else(|| begins.then(HandOver::default))
    }

    /// Has the next transaction say how far the hand-over has come; `None`: to its end.
    pub(crate) fn set_hand_over(&mut self, hand_over: Option<HandOver>) {
        if let Some(changelog) = &mut self.changelog {
            changelog.set_hand_over(hand_over);
        }
    }

    /// Whether the state has changes that no transaction has taken.
    pub(crate) fn has_changes(&mut self) -> bool {
        let mut tables = self.state.tables().into_iter();
        tables.any(|table| table.has_changes())
    }

    /// What the task can take over from others.
    pub fn estate(&self) -> Estate<'a, L> {
        Estate::of(
            self.runtime,
            self.input,
            self.partition(),
            self.pulse.clone(),
        )
    }

    /// The partition of the input.
    pub fn partition(&self) -> u32 {
        self.claim.partition()
    }

    /// The input's name, generation and all.
    pub fn input(&self) -> &'a str {
        &self.input.name
    }

    /// What every task shares.
    pub fn runtime(&self) -> &'a Runtime<L> {
        self.runtime
    }

    /// The bell that rings for new records and for the request to stop; whoever has work for the task
    /// rings it too.
    pub fn waker(&self) -> &Waker {
        &self.waker
    }

    /// The input offset that the next transaction starts from.
    pub fn next(&self) -> Offset {
        self.next
    }

    /// Whether the last read has come to the end of what is there.
    pub fn has_read_all(&self) -> bool {
        self.has_read_all
    }

    /// Whether the task should come to its end: it was asked to stop, or the partition is another's.
    pub fn should_end(&self) -> bool {
        self.pulse.beat();
        self.runtime.shutdown.is_requested() || !self.claim.is_current()
    }

    /// The input records that are there, without waiting.
    pub fn read(&mut self, limits: Limits) -> Result<Vec<Stored>, Failure> {
        let began = jiff::Timestamp::now();
        let batch = self.claim.read(limits)?;
        let at_end = batch.is_empty() && self.claim.has_reached_end();
        if at_end || !batch.is_empty() {
            self.has_read_all = at_end;
            self.way(|way| way.reads(&batch, at_end));
        } else {
            self.check_given()?;
        }
        // Cheap, and the last place where input that is handed out twice can be told.
        invariants::batch_follows(self.next, &batch)
            .map_err(|broken| Failure::Reopen(broken.to_string()))?;
        self.taken += batch.len() as u64;
        if !batch.is_empty() {
            self.batch = telemetry::poll(telemetry::Read {
                topic: &self.input.name,
                partition: self.partition(),
                group: &self.runtime.topology.group(self.stage),
                records: &batch,
                began,
            });
        }
        Ok(batch)
    }

    /// Refuses to wait for records that are there and are not given to this task.
    fn check_given(&mut self) -> Result<(), Failure> {
        let mut overdue = 0;
        self.way(|way| overdue = way.overdue());
        if overdue == 0 {
            return Ok(());
        }
        self.claim.forsake();
        Err(Failure::Reopen(format!(
            "{overdue} records of {}/{} from {} on are there and are not given to this member",
            self.input.name,
            self.partition(),
            self.next
        )))
    }

    /// The handling of a record that was read, as a piece of work in its trace.
    pub fn process(&self, record: &Stored) -> Span {
        self.pulse.beat();
        let (topic, partition) = (&self.input.name, self.partition());
        telemetry::process(self.stage, topic, partition, record, &self.batch)
    }

    /// Where a record that was read stands.
    pub fn coordinates(&self, record: &Stored) -> Coordinates {
        Coordinates {
            topic: self.input.name.clone(),
            partition: self.partition(),
            offset: record.offset,
            written_at: record.written_at,
        }
    }

    /// Adds a record to the outputs; one over the size limit becomes a dead letter.
    pub fn emit(&self, outputs: &mut Outputs, outgoing: Outgoing, source: Option<&Coordinates>) {
        self.pulse.beat();
        let context = outputs.context();
        let addressed =
            self.runtime
                .address_in(self.stage, outgoing, self.partition(), source, context);
        match addressed {
            Ok(record) => outputs.send(record),
            Err(letter) => outputs.bury(letter),
        }
    }

    /// Adds a dead letter to the outputs.
    pub fn bury(&self, outputs: &mut Outputs, letter: DeadLetter) {
        let letter = letter.within(outputs.context());
        outputs.bury(self.runtime.bury(letter, self.partition()));
    }

    /// Writes `outputs`, every change of state since the last call, and `next` as the offset to go on
    /// from: all of it, or nothing. While the log cannot take it (a full disk) it waits.
    ///
    /// # Errors
    /// After an error the state in memory may be ahead of the log: the task must be dropped, and the
    /// runtime opens the partition again.
    pub fn transact(&mut self, outputs: Outputs, next: Offset) -> Result<(), Failure> {
        debug_assert_eq!(invariants::offset_moves_on(self.next, next), Ok(()));
        self.pulse.beat();
        let started = Instant::now();
        let commit = telemetry::commit(
            telemetry::Commit {
                stage: self.stage,
                topic: &self.input.name,
                partition: self.partition(),
                batch: &self.batch,
                records: outputs.records.len(),
                epoch: self.producer.epoch(),
                producer: self.producer_number,
            },
            &outputs.spans,
        );
        let written = Written::of(&outputs.records, outputs.observed);
        let changes = match self.write(outputs.records, next) {
            Ok(changes) => changes,
            Err(failure) => {
                written.failed(self.stage, &failure, started.elapsed());
                commit.failed(&failure);
                self.in_doubt = self.producer.is_suspect();
                return Err(failure);
            }
        };
        let took = started.elapsed();
        commit.succeeded();
        outputs.spans.into_iter().for_each(Span::end);
        self.batch = Context::none();
        let handled = std::mem::take(&mut self.taken);
        self.next = next;
        if let Some(changelog) = &mut self.changelog {
            changelog.committed(&self.producer, changes);
            changelog.save_when_due(self.runtime);
        }
        written.committed(self.stage, &self.input.name, handled, took);
        self.way(Way::commits);
        self.report(handled);
        self.in_doubt = self.producer.is_suspect();
        transaction::check(&self.producer)
    }

    /// Writes all of a transaction and commits it. The changes of state that it wrote.
    fn write(&mut self, records: Vec<ToSend>, next: Offset) -> Result<Vec<Entry>, Failure> {
        let (stage, partition) = (self.stage, self.claim.partition());
        let (runtime, waker) = (self.runtime, &self.waker);
        let (changelog, state, claim) = (&self.changelog, &mut self.state, &*self.claim);
        let rest = |producer: &mut L::Producer| {
            let changes = match changelog {
                Some(changelog) => changelog.send(producer, state, next)?,
                None => Vec::new(),
            };
            producer.send_offsets(claim, next)?;
            Ok(changes)
        };
        let mut waited = false;
        let wait = |why: String| {
            if runtime.shutdown.is_requested() {
                return false;
            }
            if !waited {
                tracing::warn!(stage, partition, "waiting: {why}");
            }
            waited = true;
            let doing = Doing::Waiting(why);
            runtime
                .board
                .update(stage, partition, |task| task.doing = doing);
            // The bell that the request to stop rings too; what else rings it does no harm.
            waker.wait(RETRY_AFTER);
            true
        };
        let changes = transaction::write(&mut self.producer, records, rest, wait)?;
        if waited {
            tracing::info!(stage, partition, "the log takes records again");
        }
        Ok(changes)
    }

    /// Why the partition has to be opened again after `failure`.
    pub(crate) fn cause(&self, failure: &Failure) -> Cause {
        match failure {
            Failure::Fenced(_) => Cause::Fenced,
            // A client that was fenced has given up too, so that comes first.
            _ if self.producer.is_broken() => Cause::Fatal,
            _ if self.in_doubt => Cause::Suspect,
            failure => Cause::of(failure),
        }
    }

    /// Says how large a part of something is that all tasks of the stage have together: a gauge, by its
    /// name in [`crate::metrics::ALL`] and the value of its last label.
    pub fn tell(&self, metric: &'static str, label: &'static str, value: f64) {
        let gauge = Gauge { metric, label };
        self.runtime
            .board
            .set(self.stage, self.claim.partition(), gauge, value);
    }

    fn way(&self, note: impl FnOnce(&mut Way)) {
        self.runtime
            .board
            .way(self.stage, self.claim.partition(), note);
    }

    /// Saves the store: the last thing a task does when it ends well.
    pub(crate) fn close(mut self) {
        if let Some(changelog) = &mut self.changelog {
            changelog.save(&self.runtime.log);
        }
    }

    fn report(&mut self, handled: u64) {
        let mut entries = 0;
        let mut sizes = Vec::new();
        for table in self.state.tables() {
            entries += table.entries();
            sizes.push((table.name(), table.entries(), table.bytes()));
        }
        for (table, entries, bytes) in sizes {
            self.tell(STATE_ENTRIES, table, entries as f64);
            self.tell(STATE_BYTES, table, bytes as f64);
        }
        let next = self.next;
        self.runtime
            .board
            .update(self.stage, self.claim.partition(), |task| {
                task.doing = Doing::Running;
                task.next = next;
                task.handled += handled;
                task.state_entries = entries;
                if handled > 0 {
                    task.last_commit = Some(jiff::Timestamp::now());
                }
            });
    }
}
