//! Waiting for a log that is busy.

use std::time::{Duration, Instant};

use pipeline::log::Failure;

const PATIENCE: Duration = Duration::from_secs(10);
const AGAIN_AFTER: Duration = Duration::from_millis(50);

/// Makes a call of the log again for as long as it says that it may succeed later, for ten seconds at
/// the most: a command that a person waits for gives up where a task would go on for ever.
///
/// # Errors
/// What the last call said.
pub fn patiently<T>(mut call: impl FnMut() -> Result<T, Failure>) -> Result<T, Failure> {
    let started = Instant::now();
    loop {
        match call() {
            Err(Failure::Retry(_)) if started.elapsed() < PATIENCE => {
                std::thread::sleep(AGAIN_AFTER);
            }
            outcome => return outcome,
        }
    }
}
