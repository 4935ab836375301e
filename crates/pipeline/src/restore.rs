//! How a task's state is filled: from its store, then from the changelog, checked against the
//! committed offset.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::Path;

use crate::log::{Claim, Failure, Limits, Log, Offset, Reader};
use crate::runtime::Runtime;
use crate::state::State;
use crate::store::{Store, StoreError};
use crate::waker::Waker;

/// The changelog key under which the input position stands.
pub(crate) const POSITION: &[u8] = b"@position";

/// A restored state's store, and what the changelog has beyond it.
pub(crate) struct Restored {
    /// `None` where it cannot be used.
    pub(crate) store: Option<Store>,
    /// By changelog key, what the store does not have yet.
    pub(crate) unsaved: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

/// Fills the state from store and changelog, and checks that it is the state at `committed`.
///
/// A store that cannot be used is never a reason to stop: the changelog has everything.
pub(crate) fn restore<L: Log, S: State>(
    runtime: &Runtime<L>,
    state: &mut S,
    topic: &str,
    path: &Path,
    claim: &L::Claim,
    committed: Option<Offset>,
) -> Result<Restored, Failure> {
    let partition = claim.partition();
    let end = runtime.log.bounds(topic, partition)?.end;
    let identity = runtime.log.identity();
    let mut store = usable(|| Store::open(path, &identity, end));
    let mut filled = fill(runtime, state, store.as_ref(), topic, partition, end);
    if !filled
        .as_ref()
        .is_ok_and(|(_, position)| *position == committed)
    {
        tracing::info!(
            topic,
            partition,
            "the state is made from the changelog alone"
        );
        drop(store);
        store = usable(|| Store::fresh(path, &identity));
        *state = S::default();
        filled = fill(runtime, state, store.as_ref(), topic, partition, end);
    }
    let (unsaved, position) = filled?;
    if position == committed {
        state.rebuild();
        return Ok(Restored { store, unsaved });
    }
    let disagreement = format!(
        "state and offset disagree: {topic}/{partition} reaches {position:?}, not the committed offset {committed:?}"
    );
    if claim.is_current() {
        return Err(Failure::Fatal(format!(
            "{disagreement}; somebody moved the group's offsets. Move them back, or replay into a new generation"
        )));
    }
    // Not ours any more: whoever owns the partition now has moved both.
    Err(Failure::Reopen(disagreement))
}

/// The store, unless it fails or its library panics on what it finds in the file.
fn usable(open: impl FnOnce() -> Result<Store, StoreError>) -> Option<Store> {
    match std::panic::catch_unwind(AssertUnwindSafe(open)) {
        Ok(Ok(store)) => Some(store),
        Ok(Err(error)) => {
            tracing::warn!("{error}; the state is kept in the changelog alone");
            None
        }
        Err(_) => None,
    }
}

/// What the changelog adds to the store, by key, and the position that it reaches.
type Filled = (BTreeMap<Vec<u8>, Option<Vec<u8>>>, Option<Offset>);

/// Applies the store, then the changelog from where the store ends to `end` and no further: what lies
/// beyond is a successor's.
fn fill<L: Log, S: State>(
    runtime: &Runtime<L>,
    state: &mut S,
    store: Option<&Store>,
    topic: &str,
    partition: u32,
    end: Offset,
) -> Result<Filled, Failure> {
    let mut position = None;
    let mut unsaved = BTreeMap::new();
    if let Some(store) = store {
        let load = || store.load(|key, value| apply(state, &mut position, key, Some(value)));
        std::panic::catch_unwind(AssertUnwindSafe(load))
            .map_err(|_| Failure::Reopen("the state store panicked".into()))?
            .map_err(|error| Failure::Reopen(error.to_string()))??;
    }
    let from = store.map_or(0, Store::position);
    let mut reader = runtime
        .log
        .reader(topic, partition, from, Waker::default())?;
    'read: loop {
        let records = reader.read(Limits {
            records: 10_000,
            bytes: 16 << 20,
        })?;
        if records.is_empty() {
            break;
        }
        for record in records {
            if record.offset >= end {
                break 'read;
            }
            let key = record.key.unwrap_or_default();
            apply(state, &mut position, &key, record.value.as_deref())?;
            unsaved.insert(key, record.value);
        }
    }
    Ok((unsaved, position))
}

/// Applies one changelog entry.
fn apply<S: State>(
    state: &mut S,
    position: &mut Option<Offset>,
    key: &[u8],
    value: Option<&[u8]>,
) -> Result<(), Failure> {
    if key == POSITION {
        let text = value.and_then(|value| std::str::from_utf8(value).ok());
        *position = text.and_then(|text| text.parse().ok());
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
