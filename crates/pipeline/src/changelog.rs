//! Where a partition's changes of state go: into the changelog with the transaction that they belong
//! to, and only after its commit into the store beside it.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::headers::Headers;
use crate::heritage::HandOver;
use crate::log::{Claim, Failure, Log, Offset, Producer, ToSend};
use crate::restore::{HAND_OVER, Marks, POSITION, restore};
use crate::runtime::Runtime;
use crate::state::State;
use crate::store::{Entry, Store};
use crate::telemetry;
use crate::topics::Topic;

/// The changelog of one partition's state. Absent for a stage that remembers nothing.
pub(crate) struct Changelog {
    topic: String,
    partition: u32,
    store: Option<Store>,
    /// Changes committed to the log and not yet saved to the store.
    unsaved: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// The changelog offset up to which store and unsaved changes together have everything. From the
    /// task's own commits: the changelog's end may already be a successor's.
    applied: Offset,
    marks: Marks,
    /// Whether what `marks` says of the hand-over is to be written with the next transaction.
    marks_hand_over: bool,
    saved_at: Instant,
}

/// How many changes a transaction of a hand-over takes: a few MiB.
const PART: usize = 20_000;

impl Changelog {
    /// Restores `state` to what it was at `committed`, the group's offset in `input`.
    pub(crate) fn open<L: Log, S: State>(
        runtime: &Runtime<L>,
        stage: &'static str,
        input: &Topic,
        claim: &L::Claim,
        committed: Option<Offset>,
        state: &mut S,
    ) -> Result<Self, Failure> {
        let topic = runtime.topology.changelog(stage, input.partitions).name;
        let began = jiff::Timestamp::now();
        let restored = restore(runtime, stage, state, &topic, &input.name, claim, committed)?;
        if restored.end > 0 {
            let records = restored.unsaved.len() as u64;
            let bytes = restored.unsaved.iter().map(|(key, value)| {
                let value = value.as_ref().map_or(0, Vec::len);
                (key.len() + value) as u64
            });
            let size = (records, bytes.sum());
            telemetry::restore(stage, &topic, claim.partition(), began, size);
        }
        Ok(Self {
            topic,
            partition: claim.partition(),
            store: restored.store,
            unsaved: restored.unsaved,
            applied: restored.end,
            marks: restored.marks,
            marks_hand_over: false,
            saved_at: Instant::now(),
        })
    }

    /// The input offset that the state goes on from, where it has handled any.
    pub(crate) fn position(&self) -> Option<Offset> {
        self.marks.position
    }

    /// How far the hand-over has come that the state begins with, while it lasts.
    pub(crate) fn hand_over(&self) -> Option<&HandOver> {
        self.marks.hand_over.as_ref()
    }

    /// Has the next transaction say how far the hand-over has come; `None`: to its end.
    pub(crate) fn set_hand_over(&mut self, hand_over: Option<HandOver>) {
        self.marks.hand_over = hand_over;
        self.marks_hand_over = true;
    }

    /// Sends every change of `state` since the last call, and `next` as the position that it is then
    /// at, with the open transaction. While a hand-over makes the state, only as many as a transaction
    /// of it shall hold: the rest goes with the next.
    pub(crate) fn send<P: Producer>(
        &self,
        producer: &mut P,
        state: &mut impl State,
        next: Offset,
    ) -> Result<Vec<Entry>, Failure> {
        let is_partial = self.hand_over().is_some_and(|known| !known.has_state);
        let mut changes = changes(state, if is_partial { PART } else { usize::MAX });
        if self.marks_hand_over {
            let value = self.hand_over().map(HandOver::written);
            changes.push((HAND_OVER.to_vec(), value));
        }
        changes.push((POSITION.to_vec(), Some(next.to_string().into_bytes())));
        for (key, value) in &changes {
            producer.send(ToSend {
                topic: self.topic.clone(),
                partition: self.partition,
                key: Some(key.clone()),
                value: value.clone(),
                headers: Headers::new(),
            })?;
        }
        Ok(changes)
    }

    /// Notes that what was sent is committed.
    pub(crate) fn committed<P: Producer>(&mut self, producer: &P, changes: Vec<Entry>) {
        self.unsaved.extend(changes);
        self.marks_hand_over = false;
        let written = producer.written(&self.topic, self.partition);
        self.applied = written.unwrap_or(self.applied);
    }

    /// Saves the store where it is time to.
    pub(crate) fn save_when_due<L: Log>(&mut self, runtime: &Runtime<L>) {
        if runtime.stores.is_due(self.saved_at) {
            self.save(&runtime.log);
        }
    }

    /// Brings the store up to date. A store that cannot be written is given up: the changelog has
    /// everything.
    pub(crate) fn save(&mut self, log: &impl Log) {
        self.saved_at = Instant::now();
        let Some(store) = &mut self.store else {
            self.unsaved.clear();
            return;
        };
        let entries: Vec<_> = std::mem::take(&mut self.unsaved).into_iter().collect();
        if let Err(error) = store.save(&log.identity(), &entries, self.applied) {
            tracing::warn!("{error}; the state is kept in the changelog alone");
            if let Some(store) = self.store.take() {
                store.discard();
            }
        }
    }
}

/// The changes of a state that are not taken yet, `most` at the most, by changelog key.
fn changes(state: &mut impl State, most: usize) -> Vec<Entry> {
    let mut changes = Vec::new();
    for table in state.tables() {
        table.keep();
        for change in table.take_changes(most - changes.len()) {
            let mut key = change.table.as_bytes().to_vec();
            key.push(0);
            key.extend(change.key);
            changes.push((key, change.value));
        }
    }
    changes
}
