//! Writing a part of a topic for use elsewhere: as JSON lines or as Parquet.
//!
//! A topic is read as it is when the export begins, and once more before where the choice needs it
//! ([`choice`] says what it costs). Memory does not grow with the records: a reader holds a few MiB of a
//! partition, Parquet one row group.

pub mod choice;
mod columns;
mod destination;
mod forms;
mod parquet;
mod places;
mod rows;
mod standing;

use anyhow::bail;
use pipeline::log::Log;

use self::choice::Choice;
pub use self::destination::Destination;
pub use self::forms::form;
pub use self::rows::{Form, RowError, Rows};

use crate::patience::patiently;
use crate::scan::{Scan, Span, Start};
use crate::select::Select;

/// What to write.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The topic's name in the log.
    pub topic: String,
    /// Where to begin.
    pub from: Start,
    /// What to end before.
    pub to: Start,
    /// In what form.
    pub form: Form,
    /// Whole records, not their values alone.
    pub envelope: bool,
    /// Which records.
    pub select: Select,
}

/// What has come of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Records written.
    pub exported: u64,
    /// Records that are wanted, or may be, and could not be written in this form.
    pub unfit: u64,
    /// Records that were chosen, and that retention dropped before they were written.
    pub gone: u64,
    /// Members of values that have no column, each once: later builds wrote them.
    pub without_column: Vec<String>,
}

/// Whoever watches an export.
pub trait Watch {
    /// So many offsets are to be read in all.
    fn begins(&mut self, offsets: u64);
    /// One more was read.
    fn reads(&mut self);
    /// A record cannot be written: its place and why.
    fn misses(&mut self, place: &str, why: &str);
}

/// Writes what is wanted to `out`.
///
/// # Errors
/// A log that cannot be read, a selection or form that the topic's values do not allow, or an output
/// that takes no more.
pub fn export<L: Log>(
    log: &L,
    wanted: &Wanted,
    out: Destination,
    watch: &mut impl Watch,
) -> anyhow::Result<Outcome> {
    check_order(wanted.from, wanted.to)?;
    let topic = wanted.topic.as_str();
    let mut rows = Rows::new(wanted, out)?;
    let span = Span::resolve(log, topic, wanted.from, wanted.to)?;
    let mut outcome = Outcome::default();
    let mut choice = Choice::make(log, wanted, &span, &mut outcome, watch)?;
    let mut scan = if choice.reads_on() {
        Scan::following(log, topic, wanted.from, &pipeline::Waker::default())?
    } else {
        Scan::over(log, topic, &span)?
    };
    while let Some((partition, record)) = patiently(|| scan.next_record())? {
        watch.reads();
        if !choice.takes(partition, &record) {
            continue;
        }
        match rows.write(partition, &record) {
            Ok(()) => outcome.exported += 1,
            Err(RowError::Unfit(why)) => {
                outcome.unfit += 1;
                watch.misses(&place(topic, partition, record.offset), &why);
            }
            Err(RowError::Output(error)) => return Err(error),
        }
    }
    outcome.gone = choice.left();
    outcome.without_column = rows.without_column();
    rows.finish()?.keep()?;
    Ok(outcome)
}

/// A range that ends before it begins is a slip.
fn check_order(from: Start, to: Start) -> anyhow::Result<()> {
    let is_turned = match (from, to) {
        (Start::At(from), Start::At(to)) => to < from,
        (Start::Since(from), Start::Since(to)) => to < from,
        _ => false,
    };
    if is_turned {
        bail!("--to lies before --from; nothing can be between them");
    }
    Ok(())
}

fn place(topic: &str, partition: u32, offset: pipeline::log::Offset) -> String {
    format!("{topic}/{partition}/{offset}")
}
