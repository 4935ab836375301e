//! How a task's state is filled: from its store, then from the changelog, checked against the
//! committed offset.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;

use crate::heritage::HandOver;
use crate::invariants::{self, Broken};
use crate::log::{Claim, Failure, Log, Offset};
use crate::pulse::Pulse;
use crate::runtime::Runtime;
use crate::state::State;
use crate::store::Store;
use crate::through::to_end;
use crate::waker::Waker;

/// The changelog key under which the input position stands.
pub(crate) const POSITION: &[u8] = b"@position";
/// The changelog key under which it stands how far a hand-over has come, while one lasts.
pub(crate) const HAND_OVER: &[u8] = b"@hand-over";

/// What a changelog says of its state beside the entries.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// The input offset that the state goes on from, where it has handled any.
    pub(crate) position: Option<Offset>,
    /// How far the hand-over has come that began the state, while it lasts.
    pub(crate) hand_over: Option<HandOver>,
}

/// A restored state's store, and what the changelog has beyond it.
pub(crate) struct Restored {
    /// `None` where it cannot be used.
    pub(crate) store: Option<Store>,
    /// By changelog key, what the store does not have yet.
    pub(crate) unsaved: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// The changelog offset up to which everything is applied.
    pub(crate) end: Offset,
    /// What it says beside.
    pub(crate) marks: Marks,
}

/// Which changelog is restored from, how far, and to be the state at which offset.
struct Source<'a, L: Log> {
    runtime: &'a Runtime<L>,
    claim: &'a L::Claim,
    group: &'a str,
    input: &'a str,
    topic: &'a str,
    partition: u32,
    end: Offset,
    committed: Option<Offset>,
    pulse: Pulse,
}

/// Fills the state from store and changelog, and checks that it is the state at `committed`.
///
/// A store that cannot be used is never a reason to stop: the changelog has everything.
pub(crate) fn restore<L: Log, S: State>(
    runtime: &Runtime<L>,
    stage: &'static str,
    state: &mut S,
    topic: &str,
    input: &str,
    claim: &L::Claim,
    committed: Option<Offset>,
) -> Result<Restored, Failure> {
    let partition = claim.partition();
    let group = &runtime.topology.group(stage);
    let end = runtime.log.bounds(topic, partition)?.end;
    let source = Source {
        runtime,
        claim,
        group,
        input,
        topic,
        partition,
        end,
        committed,
        pulse: runtime.board.pulse(stage, partition),
    };
    let identity = runtime.log.identity();
    let mut store = runtime.stores.open(group, partition, &identity, end);
    let mut filled = fill(&source, state, store.as_ref())?;
    // Where the group has no offset to hold it against, a store is not believed: its position would be
    // gone on from.
    let is_proven = |filled: &Filled| {
        source.is_met(filled) && (committed.is_some() || filled.marks.position.is_none())
    };
    if !filled.as_ref().is_some_and(is_proven) {
        if let Some(filled) = &filled {
            source.check_still_ours(filled)?;
        }
        tracing::info!(
            topic,
            partition,
            "the state is made from the changelog alone"
        );
        drop(store);
        store = runtime.stores.fresh(group, partition, &identity);
        *state = S::default();
        filled = fill(&source, state, store.as_ref())?;
    }
    let unreadable = || Failure::Reopen("a new state store cannot be read".into());
    let filled = filled.ok_or_else(unreadable)?;
    if !source.is_met(&filled) {
        source.check_still_ours(&filled)?;
        return Err(Failure::Unfit(format!(
            "{}; somebody moved the group's offsets. Move them back, or replay into a new generation",
            source.disagreement(&filled)
        )));
    }
    state.rebuild();
    Ok(Restored {
        store,
        unsaved: filled.unsaved,
        end,
        marks: filled.marks,
    })
}

/// What the changelog adds to the store.
struct Filled {
    /// By key.
    unsaved: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    marks: Marks,
}

impl<L: Log> Source<'_, L> {
    /// Whether anybody still wants the state: a restore may take long, and a stop or a partition that
    /// goes to another instance waits for it.
    fn check_wanted(&self) -> Result<(), Failure> {
        self.pulse.beat();
        if self.claim.is_current() && !self.runtime.shutdown.is_requested() {
            return Ok(());
        }
        Err(Failure::Fenced(format!(
            "the restoring of {}/{} was broken off: a stop is asked for, or the partition was taken over",
            self.topic, self.partition
        )))
    }

    fn compare(&self, filled: &Filled) -> Result<(), Broken> {
        // A broker forgets the offsets of a group that had no member for a week. The position was
        // committed with them, so it stands for both.
        let position = filled.marks.position;
        invariants::state_is_at_offset(position, self.committed.or(position))
    }

    fn is_met(&self, filled: &Filled) -> bool {
        self.compare(filled).is_ok()
    }

    fn disagreement(&self, filled: &Filled) -> String {
        let broken = self.compare(filled).err().map(|broken| broken.to_string());
        format!(
            "state and offset of {}/{} disagree: {}",
            self.topic,
            self.partition,
            broken.unwrap_or_default()
        )
    }

    /// Whether it is nobody else who has moved the changelog on.
    ///
    /// Whoever stood still after the offset was read, and whose partition was given to another in the
    /// meantime, sees the other's changelog, and may not have heard of the other yet. The other has
    /// moved the group's offset too: whatever of its transaction can be read, its offset can be.
    fn check_still_ours(&self, filled: &Filled) -> Result<(), Failure> {
        let log = &self.runtime.log;
        let now = log.committed(self.group, self.input, self.partition)?;
        if self.claim.is_current() && now == self.committed {
            return Ok(());
        }
        Err(Failure::Reopen(format!(
            "{}; somebody else has the partition now",
            self.disagreement(filled)
        )))
    }
}

/// Applies the store, then the changelog from where the store ends to the end and no further: what
/// lies beyond is a successor's. `None` where the store cannot be used.
fn fill<L: Log, S: State>(
    source: &Source<'_, L>,
    state: &mut S,
    store: Option<&Store>,
) -> Result<Option<Filled>, Failure> {
    let mut marks = Marks::default();
    let mut unsaved = BTreeMap::new();
    if let Some(store) = store {
        let load = || {
            store.load(|key, value| {
                source.pulse.beat();
                apply(state, &mut marks, key, Some(value))
            })
        };
        // An error, an entry that does not decode, or a panic of the store's library.
        let loaded = std::panic::catch_unwind(AssertUnwindSafe(load));
        if !matches!(loaded, Ok(Ok(Ok(())))) {
            return Ok(None);
        }
    }
    let from = store.map_or(0, Store::position);
    let log = &source.runtime.log;
    let place = (source.topic, source.partition);
    let bell = Waker::default();
    let mut reader = log.reader(place.0, place.1, from, bell.clone())?;
    let wanted = || source.check_wanted();
    to_end(place, (&mut reader, &bell), source.end, wanted, |record| {
        let key = record.key.unwrap_or_default();
        apply(state, &mut marks, &key, record.value.as_deref())?;
        unsaved.insert(key, record.value);
        Ok(())
    })?;
    Ok(Some(Filled { unsaved, marks }))
}

/// Applies one changelog entry.
pub(crate) fn apply<S: State>(
    state: &mut S,
    marks: &mut Marks,
    key: &[u8],
    value: Option<&[u8]>,
) -> Result<(), Failure> {
    if key == POSITION {
        let text = value.and_then(|value| std::str::from_utf8(value).ok());
        marks.position = text.and_then(|text| text.parse().ok());
        return Ok(());
    }
    if key == HAND_OVER {
        marks.hand_over = value.map(HandOver::read).transpose()?;
        return Ok(());
    }
    let (table, key) = match key.iter().position(|byte| *byte == 0) {
        Some(zero) => (&key[..zero], &key[zero + 1..]),
        None => (key, &[][..]),
    };
    for candidate in state.tables() {
        if candidate.name().as_bytes() == table {
            let restored = candidate.restore(key, value);
            return restored.map_err(|error| Failure::Fatal(error.to_string()));
        }
    }
    // A table that this version no longer has: nothing reads it.
    Ok(())
}
