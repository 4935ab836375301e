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

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use article::Outgoing;

use crate::board::Doing;
use crate::dead::{Coordinates, DeadLetter};
use crate::headers::Headers;
use crate::invariants;
use crate::log::{Claim, Failure, Limits, Log, Offset, Producer, Stored, ToSend};
use crate::restore::{POSITION, restore};
use crate::runtime::Runtime;
use crate::state::State;
use crate::store::{Entry, Store};
use crate::topics::Topic;
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
    /// The state. Changed freely between transactions; see [`Task::transact`].
    pub state: S,
    next: Offset,
    /// Input records read since the last transaction.
    taken: u64,
    changelog: Option<Changelog>,
}

/// Where the changes of state go. Absent for a stage that remembers nothing.
struct Changelog {
    topic: String,
    store: Option<Store>,
    /// Changes committed to the log and not yet saved to the store.
    unsaved: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// The changelog offset up to which store and unsaved changes together have everything. From the
    /// task's own commits: the changelog's end may already be a successor's.
    applied: Offset,
    /// The input offset that the state goes on from, where it has handled any.
    position: Option<Offset>,
    saved_at: Instant,
}

impl Changelog {
    /// Restores `state` to what it was at `committed`.
    fn open<L: Log, S: State>(
        runtime: &Runtime<L>,
        stage: &'static str,
        input: &Topic,
        claim: &L::Claim,
        committed: Option<Offset>,
        state: &mut S,
    ) -> Result<Self, Failure> {
        let topic = runtime.topology.changelog(stage, input.partitions).name;
        let group = runtime.topology.group(stage);
        let restored = restore(
            runtime,
            state,
            &topic,
            &group,
            &input.name,
            claim,
            committed,
        )?;
        Ok(Self {
            topic,
            store: restored.store,
            unsaved: restored.unsaved,
            applied: restored.end,
            position: restored.position,
            saved_at: Instant::now(),
        })
    }
}

/// What a transaction writes besides state and offset.
#[derive(Debug, Default)]
pub struct Outputs(Vec<ToSend>);

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
        let producer = runtime
            .log
            .producer(&format!("{group}.{}.{partition}", input.name))?;
        let committed = runtime.log.committed(&group, &input.name, partition)?;
        let mut state = S::default();
        let changelog = if state.tables().is_empty() {
            None
        } else {
            Some(Changelog::open(
                runtime, stage, input, claim, committed, &mut state,
            )?)
        };
        let known = changelog.as_ref().and_then(|changelog| changelog.position);
        let next = match committed.or(known) {
            Some(next) => next,
            None => runtime.log.bounds(&input.name, partition)?.start,
        };
        claim.seek(next)?;
        metrics::histogram!(crate::metrics::RESTORE_SECONDS, "stage" => stage)
            .record(started.elapsed());
        let mut task = Self {
            stage,
            runtime,
            input,
            claim,
            waker,
            producer,
            state,
            next,
            taken: 0,
            changelog,
        };
        task.report(0);
        Ok(task)
    }

    /// The partition of the input.
    pub fn partition(&self) -> u32 {
        self.claim.partition()
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

    /// Whether the task should come to its end: it was asked to stop, or the partition is another's.
    pub fn should_end(&self) -> bool {
        self.runtime.shutdown.is_requested() || !self.claim.is_current()
    }

    /// The input records that are there, without waiting.
    pub fn read(&mut self, limits: Limits) -> Result<Vec<Stored>, Failure> {
        let batch = self.claim.read(limits)?;
        // Cheap, and the last place where input that is handed out twice can be told.
        invariants::batch_follows(self.next, &batch)
            .map_err(|broken| Failure::Reopen(broken.to_string()))?;
        self.taken += batch.len() as u64;
        Ok(batch)
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
        let record = self
            .runtime
            .address(self.stage, outgoing, self.partition(), source);
        outputs.0.push(record);
    }

    /// Adds a dead letter to the outputs.
    pub fn bury(&self, outputs: &mut Outputs, letter: DeadLetter) {
        outputs.0.push(self.runtime.bury(letter, self.partition()));
    }

    /// Writes `outputs`, every change of state since the last call, and `next` as the offset to go on
    /// from: all of it, or nothing. While the log cannot take it (a full disk) it waits.
    ///
    /// # Errors
    /// After an error the state in memory may be ahead of the log: the task must be dropped, and the
    /// runtime opens the partition again.
    pub fn transact(&mut self, outputs: Outputs, next: Offset) -> Result<(), Failure> {
        debug_assert_eq!(invariants::offset_moves_on(self.next, next), Ok(()));
        let started = Instant::now();
        let written = outputs.0.len();
        self.producer.begin()?;
        for record in outputs.0 {
            self.producer.send(record)?;
        }
        let changes = self.send_changes(next)?;
        self.producer.send_offsets(self.claim, next)?;
        self.commit()?;
        let handled = std::mem::take(&mut self.taken);
        self.next = next;
        if let Some(changelog) = &mut self.changelog {
            changelog.unsaved.extend(changes);
            let written = self
                .producer
                .written(&changelog.topic, self.claim.partition());
            changelog.applied = written.unwrap_or(changelog.applied);
            if self.runtime.stores.is_due(changelog.saved_at) {
                self.save();
            }
        }
        metrics::histogram!(crate::metrics::TRANSACTION_SECONDS, "stage" => self.stage)
            .record(started.elapsed());
        metrics::counter!(crate::metrics::RECORDS_OUT, "stage" => self.stage)
            .increment(written as u64);
        metrics::counter!(crate::metrics::RECORDS_IN, "stage" => self.stage, "topic" => self.input.name.clone()).increment(handled);
        self.report(handled);
        if self.producer.is_suspect() {
            return Err(Failure::Reopen(
                "the producer is suspect: a request was retried or timed out".into(),
            ));
        }
        Ok(())
    }

    /// Saves the store: the last thing a task does when it ends well.
    pub(crate) fn close(mut self) {
        self.save();
    }

    fn send_changes(&mut self, next: Offset) -> Result<Vec<Entry>, Failure> {
        let Some(changelog) = &self.changelog else {
            return Ok(Vec::new());
        };
        let mut changes = Vec::new();
        for table in self.state.tables() {
            table.keep();
            for change in table.take_changes() {
                let mut key = change.table.as_bytes().to_vec();
                key.push(0);
                key.extend(change.key);
                changes.push((key, change.value));
            }
        }
        changes.push((POSITION.to_vec(), Some(next.to_string().into_bytes())));
        for (key, value) in &changes {
            self.producer.send(ToSend {
                topic: changelog.topic.clone(),
                partition: self.claim.partition(),
                key: Some(key.clone()),
                value: value.clone(),
                headers: Headers::new(),
            })?;
        }
        Ok(changes)
    }

    fn commit(&mut self) -> Result<(), Failure> {
        let (stage, partition) = (self.stage, self.claim.partition());
        let mut waited = false;
        loop {
            match self.producer.commit() {
                Ok(()) => break,
                Err(Failure::Retry(why)) if !self.runtime.shutdown.is_requested() => {
                    if !waited {
                        tracing::warn!(stage, partition, "waiting: {why}");
                    }
                    waited = true;
                    let doing = Doing::Waiting(why);
                    self.runtime
                        .board
                        .update(stage, partition, |task| task.doing = doing);
                    // The bell that the request to stop rings too; what else rings it does no harm.
                    self.waker.wait(RETRY_AFTER);
                }
                Err(failure) => {
                    self.producer.abort();
                    return Err(failure);
                }
            }
        }
        if waited {
            tracing::info!(stage, partition, "the log takes records again");
        }
        Ok(())
    }

    /// Brings the store up to date. A store that cannot be written is given up: the changelog has
    /// everything.
    fn save(&mut self) {
        let Some(changelog) = &mut self.changelog else {
            return;
        };
        changelog.saved_at = Instant::now();
        let Some(store) = &mut changelog.store else {
            changelog.unsaved.clear();
            return;
        };
        let entries: Vec<_> = std::mem::take(&mut changelog.unsaved).into_iter().collect();
        let identity = self.runtime.log.identity();
        if let Err(error) = store.save(&identity, &entries, changelog.applied) {
            tracing::warn!("{error}; the state is kept in the changelog alone");
            if let Some(store) = changelog.store.take() {
                store.discard();
            }
        }
    }

    fn report(&mut self, handled: u64) {
        let mut entries = 0;
        for table in self.state.tables() {
            entries += table.entries();
            metrics::gauge!(crate::metrics::STATE_ENTRIES, "stage" => self.stage, "table" => table.name()).set(table.entries() as f64);
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
