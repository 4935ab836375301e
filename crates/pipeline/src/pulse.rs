//! Signs of life of a task. It gives one wherever it comes by: with each record, each look at its input,
//! each step of a restore, each attempt at a commit. So whoever waits for input, or for a log that does
//! not answer, or restores for long, is never silent for long; who hangs in a record or in a call that
//! does not return is.

use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What moments count from. Not the clock of the day, which may be set.
static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// When a task gave its last sign of life. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Pulse(Arc<AtomicU64>);

impl Default for Pulse {
    /// Of a task that begins.
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(now())))
    }
}

impl Pulse {
    /// Gives a sign. Cheap enough for every record.
    pub(crate) fn beat(&self) {
        self.0.store(now(), Ordering::Relaxed);
    }

    /// How long ago the last one was given.
    pub(crate) fn silence(&self) -> Duration {
        Duration::from_millis(now().saturating_sub(self.0.load(Ordering::Relaxed)))
    }
}

/// Milliseconds.
fn now() -> u64 {
    u64::try_from(ORIGIN.elapsed().as_millis()).unwrap_or(u64::MAX)
}
