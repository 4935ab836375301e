//! What lies ahead of a stage in a partition, looked at from outside any group.

use std::ops::Range;

use jiff::Timestamp;

use crate::log::{Failure, Limits, Log, Offset, Reader, Stored};
use crate::waker::Waker;

/// Up to so many offsets ahead of a stage are read, to know how many records they hold: offsets have
/// holes, and a stage that has nothing left to do is to be seen as one. Further behind, the difference
/// is near enough.
const COUNTED_OFFSETS: u64 = 1_000;
/// Nor is more than this read of a partition, in bytes: whoever asks how things stand shall not wait for
/// pages.
const COUNTED_BYTES: usize = 8 << 20;

/// What lies ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ahead {
    /// How many committed records; at most so many, where finding out would mean to read a lot.
    pub(crate) records: u64,
    /// When the first of them was written.
    pub(crate) oldest_at: Option<Timestamp>,
}

/// Looks at the committed records at these offsets.
///
/// # Errors
/// A partition that cannot be read.
pub(crate) fn look<L: Log>(
    log: &L,
    topic: &str,
    partition: u32,
    offsets: &Range<Offset>,
) -> Result<Ahead, Failure> {
    let mut ahead = Ahead::default();
    if offsets.is_empty() {
        return Ok(ahead);
    }
    let is_long = offsets.end - offsets.start > COUNTED_OFFSETS;
    let limits = if is_long {
        Limits {
            records: 1,
            bytes: 1,
        }
    } else {
        Limits::default()
    };
    let mut reader = log.reader(topic, partition, offsets.start, Waker::default())?;
    let mut bytes = 0;
    while reader.position() < offsets.end {
        if bytes > COUNTED_BYTES {
            ahead.records += offsets.end - reader.position();
            break;
        }
        let read = reader.read(limits)?;
        let in_range = read.iter().filter(|record| record.offset < offsets.end);
        ahead.records += in_range.clone().count() as u64;
        let first = in_range.map(|record| record.written_at).next();
        ahead.oldest_at = ahead.oldest_at.or(first);
        if read.is_empty() {
            break;
        }
        if is_long {
            ahead.records = offsets.end - offsets.start;
            break;
        }
        bytes += read.iter().map(bytes_of).sum::<usize>();
    }
    Ok(ahead)
}

fn bytes_of(record: &Stored) -> usize {
    record.value.as_ref().map_or(0, Vec::len)
}
