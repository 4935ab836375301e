//! Finding a moment of writing.

use jiff::Timestamp;

use super::LocalLog;
use crate::log::{Failure, Limits, Log, Offset, Reader};
use crate::waker::Waker;

/// The first offset from which on records may be of `moment` or later. Bisects, because moments of
/// writing ascend with the offsets, as far as the clock does.
pub(super) fn first(
    log: &LocalLog,
    topic: &str,
    partition: u32,
    moment: Timestamp,
) -> Result<Offset, Failure> {
    let bounds = log.bounds(topic, partition)?;
    let (mut low, mut high) = (bounds.start, bounds.end);
    let one = Limits {
        records: 1,
        bytes: 1,
    };
    while low < high {
        let middle = low + (high - low) / 2;
        let mut reader = log.reader(topic, partition, middle, Waker::default())?;
        match reader.read(one)?.first() {
            Some(record) if record.written_at < moment => low = record.offset + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}
