//! One transaction, from its beginning to its commit: of a task, and of a replay.

use crate::log::{Failure, Producer, ToSend};

/// Writes `records` and what `more` adds, which is what `more` returns, and commits all of it.
///
/// While the log cannot take it (a full disk) the commit is tried again after `wait`, which is told
/// why and says whether to go on.
///
/// # Errors
/// After an error nothing of it is committed, or it is not known: whoever wrote it must open the
/// partition again.
pub(crate) fn write<P: Producer, T>(
    producer: &mut P,
    records: Vec<ToSend>,
    more: impl FnOnce(&mut P) -> Result<T, Failure>,
    mut wait: impl FnMut(String) -> bool,
) -> Result<T, Failure> {
    producer.begin()?;
    for record in records {
        producer.send(record)?;
    }
    let added = more(producer)?;
    loop {
        match producer.commit() {
            Ok(()) => return Ok(added),
            Err(Failure::Retry(why)) => {
                if !wait(why.clone()) {
                    producer.abort();
                    return Err(Failure::Retry(why));
                }
            }
            Err(failure) => {
                producer.abort();
                return Err(failure);
            }
        }
    }
}

/// Refuses a producer that must not be used again although its commit succeeded.
///
/// # Errors
/// That the partition is to be opened again.
pub(crate) fn check<P: Producer>(producer: &P) -> Result<(), Failure> {
    if producer.is_suspect() {
        return Err(Failure::Reopen(
            "the producer is suspect: a request was retried or timed out".into(),
        ));
    }
    Ok(())
}
