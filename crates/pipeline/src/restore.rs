//! How a task's state is filled: from its store, then from the changelog, checked against the
//! committed offset.

use std::collections::BTreeMap;
use std::path::Path;

use crate::log::{Failure, Limits, Log, Offset, Reader};
use crate::runtime::Runtime;
use crate::state::State;
use crate::store::{Store, StoreError};
use crate::waker::Waker;

/// The changelog key under which the input position stands.
pub(crate) const POSITION: &[u8] = b"@position";

/// A restored state's store, and what the changelog has beyond it.
pub(crate) struct Restored {
    pub(crate) store: Store,
    /// By changelog key, what the store does not have yet.
    pub(crate) unsaved: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

/// Fills the state from store and changelog, and checks that it is the state at `committed`.
pub(crate) fn restore<L: Log, S: State>(
    runtime: &Runtime<L>,
    state: &mut S,
    topic: &str,
    path: &Path,
    partition: u32,
    committed: Option<Offset>,
) -> Result<Restored, Failure> {
    let end = runtime.log.bounds(topic, partition)?.end;
    let identity = runtime.log.identity();
    let unusable = |error: StoreError| Failure::Fatal(error.to_string());
    let mut store = Store::open(path, &identity, end).map_err(unusable)?;
    for attempt in 0..2 {
        if attempt == 1 {
            tracing::warn!(
                topic,
                partition,
                "the state store disagrees with the log; the state is made from the changelog"
            );
            drop(store);
            store = Store::fresh(path, &identity).map_err(unusable)?;
            *state = S::default();
        }
        let (unsaved, position) = fill(runtime, state, &store, topic, partition, end)?;
        if position == committed {
            state.rebuild();
            return Ok(Restored { store, unsaved });
        }
    }
    Err(Failure::Fatal(format!(
        "state and offset disagree: {topic}/{partition} does not reach the committed offset {committed:?}; \
         somebody moved the group's offsets. Move them back, or replay into a new generation"
    )))
}

/// What the changelog adds to the store, by key, and the position that it reaches.
type Filled = (BTreeMap<Vec<u8>, Option<Vec<u8>>>, Option<Offset>);

/// Applies the store, then the changelog from where the store ends to `end` and no further: what lies
/// beyond is a successor's.
fn fill<L: Log, S: State>(
    runtime: &Runtime<L>,
    state: &mut S,
    store: &Store,
    topic: &str,
    partition: u32,
    end: Offset,
) -> Result<Filled, Failure> {
    let mut position = None;
    let mut unsaved = BTreeMap::new();
    let loaded = store.load(|key, value| apply(state, &mut position, key, Some(value)));
    loaded.map_err(|error| Failure::Fatal(error.to_string()))??;
    let mut reader = runtime
        .log
        .reader(topic, partition, store.position(), Waker::default())?;
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
