//! Waiting for a log that is busy.

use std::time::{Duration, Instant};

use pipeline::log::Failure;
use pipeline::plan::TopicTrouble;

const PATIENCE: Duration = Duration::from_secs(10);
const AGAIN_AFTER: Duration = Duration::from_millis(50);
/// How long a service waits for a broker that comes up, and how often it asks.
const COMING_UP: Duration = Duration::from_secs(45);
const ASK_AGAIN: Duration = Duration::from_secs(1);

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

/// Asks again for as long as a broker answers some questions and not others, as one does that comes up: a
/// service that runs would ride that out, and so does one that begins.
pub(crate) fn once_it_answers(mut ask: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<()> {
    let started = Instant::now();
    loop {
        match ask() {
            Err(error) if is_passing(&error) && started.elapsed() < COMING_UP => {
                eprintln!("the broker does not answer everything yet, asking again: {error:#}");
                std::thread::sleep(ASK_AGAIN);
            }
            outcome => return outcome,
        }
    }
}

fn is_passing(error: &anyhow::Error) -> bool {
    let failure = match error.downcast_ref() {
        Some(TopicTrouble::Log(failure)) => Some(failure),
        _ => error.downcast_ref::<Failure>(),
    };
    matches!(failure, Some(Failure::Retry(_)))
}
