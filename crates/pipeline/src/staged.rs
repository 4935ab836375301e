//! How a pure stage runs as a task: read a batch, apply it record by record, write it in one
//! transaction.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use article::Message;

use crate::dead::DeadLetter;
use crate::headers;
use crate::log::{Failure, Limits, Log, Stored};
use crate::outputs::Outputs;
use crate::stage::{Reason, Record, Reject, Stage};
use crate::state::State;
use crate::task::Task;
use crate::worker::Work;

/// How long an idle task sleeps at the most; new records wake it at once.
const IDLE: Duration = Duration::from_secs(1);

/// A [`Stage`] as [`Work`].
#[derive(Debug)]
pub struct Staged<S>(pub S);

impl<L: Log, S: Stage + Sync> Work<L> for Staged<S> {
    const NAME: &'static str = S::NAME;
    type In = S::In;
    type State = S::State;

    fn run(&self, task: &mut Task<'_, L, S::State>) -> Result<(), Failure> {
        while !task.should_end() {
            let batch = task.read(Limits::default())?;
            let Some(last) = batch.last() else {
                task.waker().wait(IDLE);
                continue;
            };
            let next = last.offset + 1;
            let count = batch.len() as u32;
            let started = Instant::now();
            let mut outputs = Outputs::default();
            for record in batch {
                self.handle(task, &mut outputs, record);
            }
            metrics::histogram!(crate::metrics::PROCESS_SECONDS, "stage" => S::NAME)
                .record(started.elapsed() / count);
            task.transact(outputs, next)?;
        }
        Ok(())
    }
}

impl<S: Stage> Staged<S> {
    /// Applies one record. What cannot be handled becomes a dead letter and leaves the state as it
    /// was.
    fn handle<L: Log>(
        &self,
        task: &mut Task<'_, L, S::State>,
        outputs: &mut Outputs,
        record: Stored,
    ) {
        let source = task.coordinates(&record);
        let mut span = task.process(&record);
        outputs.within(span.context());
        let applied = decode::<S::In>(&record)
            .and_then(|value| self.apply(Record::of(&source, value), &mut task.state));
        match applied {
            Ok(outs) => {
                for out in outs {
                    outputs.observe(self.0.observe(&out));
                    task.emit(outputs, out.into(), Some(&source));
                }
            }
            Err(reject) => {
                span.reject(&reject);
                let letter = DeadLetter::of_record(S::NAME, reject, source, record);
                task.bury(outputs, letter);
            }
        }
        span.end();
    }

    fn apply(&self, record: Record<S::In>, state: &mut S::State) -> Result<Vec<S::Out>, Reject> {
        // Apart: a panic in reading leaves nothing to make anew.
        let read = caught(|| self.0.read(record))?;
        guarded(state, |state| self.0.decide(read, state))
    }
}

/// Lets a stage decide on its state. Where it rejects the record, or panics, the state is as it was.
pub(crate) fn guarded<S: State, T>(
    state: &mut S,
    apply: impl FnOnce(&mut S) -> Result<T, Reject>,
) -> Result<T, Reject> {
    let result = caught(|| apply(state));
    // A panic may have left what is derived from the tables half changed, changed tables or not.
    let mut undone = matches!(&result, Err(reject) if reject.reason == Reason::Panic);
    for table in state.tables() {
        match result {
            Ok(_) => table.keep(),
            Err(_) => undone |= table.undo(),
        }
    }
    if undone {
        state.rebuild();
    }
    result
}

/// Does what may panic: that is a reason to reject a record.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, Reject>) -> Result<T, Reject> {
    let done = std::panic::catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|panic| Err(Reject::new(Reason::Panic, message(&*panic))))
}

/// Reads a record's value as the message that its topic carries.
///
/// # Errors
/// [`Reason::Undecodable`] where there is no value or it is not of the form, and
/// [`Reason::UnknownSchema`] where the header names a newer form than this version knows.
pub fn decode<M: Message>(record: &Stored) -> Result<M, Reject> {
    if let Some(schema) = record.headers.text(headers::SCHEMA)
        && !is_readable(schema, M::SCHEMA)
    {
        let detail = format!(
            "schema {schema} cannot be read here; this version reads up to {}",
            M::SCHEMA
        );
        return Err(Reject::new(Reason::UnknownSchema, detail));
    }
    let Some(value) = &record.value else {
        return Err(Reject::new(
            Reason::Undecodable,
            format!("no value where {} was expected", M::SCHEMA),
        ));
    };
    serde_json::from_slice(value).map_err(|error| {
        Reject::new(
            Reason::Undecodable,
            format!("not a value of {}: {error}", M::SCHEMA),
        )
    })
}

/// Whether a form is `known` or an older version of it.
fn is_readable(schema: &str, known: &str) -> bool {
    let split = |text: &str| -> Option<(String, u32)> {
        let (name, version) = text.rsplit_once('/')?;
        Some((name.to_owned(), version.parse().ok()?))
    };
    match (split(schema), split(known)) {
        (Some((name, version)), Some((known, newest))) => name == known && version <= newest,
        _ => false,
    }
}

/// What a panic said.
pub fn message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_forms_are_read_and_newer_or_foreign_ones_are_not() {
        assert!(is_readable("article.cleaned/1", "article.cleaned/2"));
        assert!(is_readable("article.cleaned/2", "article.cleaned/2"));
        assert!(!is_readable("article.cleaned/3", "article.cleaned/2"));
        assert!(!is_readable("article.fetched/1", "article.cleaned/2"));
        assert!(!is_readable("nonsense", "article.cleaned/2"));
    }
}
