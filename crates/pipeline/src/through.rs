//! Every record that a partition has now, outside any group.

use std::time::{Duration, Instant};

use crate::log::{Failure, Limits, Log, Offset, Reader, Stored};
use crate::waker::Waker;

/// How long what is written may take to become readable: the markers of a writer's last transaction are
/// written behind its back.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How much is read at once.
const LIMITS: Limits = Limits {
    records: 10_000,
    bytes: 16 << 20,
};

/// Shows every committed record of a partition from an offset to the end that there is at the call, no
/// less and no more: what lies before an open transaction's end is waited for.
///
/// `go_on` is asked at every reading and before every record, so that whoever reads for long gives signs of
/// life and can be stopped.
///
/// Returns how many offsets from `from` on the log no longer had. They are no error here: what that
/// means only the caller knows.
///
/// # Errors
/// A log that cannot be read, or what `go_on` or `each` refuse.
pub(crate) fn read_through<L: Log>(
    log: &L,
    topic: &str,
    partition: u32,
    from: Offset,
    go_on: impl Fn() -> Result<(), Failure>,
    each: impl FnMut(Stored) -> Result<(), Failure>,
) -> Result<u64, Failure> {
    let there = log.bounds(topic, partition)?;
    let bell = Waker::default();
    let mut reader = log.reader(topic, partition, from, bell.clone())?;
    to_end(
        (topic, partition),
        (&mut reader, &bell),
        there.end,
        go_on,
        each,
    )?;
    Ok(there.start.saturating_sub(from))
}

/// Reads on to `end`, and shows every record before it. The reader rings the bell beside it.
///
/// # Errors
/// As [`read_through`].
pub(crate) fn to_end<R: Reader>(
    (topic, partition): (&str, u32),
    (reader, bell): (&mut R, &Waker),
    end: Offset,
    go_on: impl Fn() -> Result<(), Failure>,
    mut each: impl FnMut(Stored) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut read_last = Instant::now();
    while reader.position() < end {
        go_on()?;
        let records = reader.read(LIMITS)?;
        if records.is_empty() && reader.position() < end {
            if read_last.elapsed() > PATIENCE {
                return Err(Failure::Retry(format!(
                    "{topic}/{partition} has had records before offset {end} for {PATIENCE:?} that cannot \
                     be read"
                )));
            }
            bell.wait(LOOK_AGAIN);
        } else {
            read_last = Instant::now();
        }
        for record in records {
            if record.offset >= end {
                return Ok(());
            }
            go_on()?;
            each(record)?;
        }
    }
    Ok(())
}
