//! A message of librdkafka as a record.

use std::panic::AssertUnwindSafe;

use jiff::Timestamp;
use rdkafka::Message;
use rdkafka::message::{BorrowedMessage, Headers as _};

use crate::headers::Headers;
use crate::log::{Limits, Offset, Stored};

/// Copies a message: what librdkafka lends goes back with the next poll.
pub(super) fn stored(message: &BorrowedMessage<'_>) -> Stored {
    let millis = message.timestamp().to_millis();
    let written_at = millis.and_then(|millis| Timestamp::from_millisecond(millis).ok());
    Stored {
        // An offset of the broker is never negative.
        offset: Offset::try_from(message.offset()).unwrap_or(0),
        written_at: written_at.unwrap_or(Timestamp::UNIX_EPOCH),
        key: message.key().map(<[u8]>::to_vec),
        value: message.payload().map(<[u8]>::to_vec),
        headers: headers(message),
    }
}

/// The headers. The binding panics on a name that is no UTF-8; such a foreign record must not keep a
/// partition from being read, so it counts as one without headers.
fn headers(message: &BorrowedMessage<'_>) -> Headers {
    let Some(borrowed) = message.headers() else {
        return Headers::new();
    };
    let copy = || {
        let all = borrowed.iter().map(|header| {
            let value = header.value.unwrap_or_default();
            (header.key.to_owned(), value.to_vec())
        });
        Headers(all.collect())
    };
    std::panic::catch_unwind(AssertUnwindSafe(copy)).unwrap_or_default()
}

/// What one read returns, as it fills.
pub(super) struct Batch {
    pub(super) records: Vec<Stored>,
    bytes: usize,
    limits: Limits,
}

impl Batch {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            records: Vec::new(),
            bytes: 0,
            limits,
        }
    }

    /// Whether one more record may be asked for.
    pub(super) fn has_room(&self) -> bool {
        self.records.len() < self.limits.records
    }

    /// Takes a record, or gives back one that is too large for what is left. The first is taken
    /// whatever its size.
    pub(super) fn take(&mut self, record: Stored) -> Option<Stored> {
        self.bytes += bytes_of(&record);
        if self.bytes > self.limits.bytes && !self.records.is_empty() {
            return Some(record);
        }
        self.records.push(record);
        None
    }
}

/// What a record counts in a batch: key and value.
fn bytes_of(record: &Stored) -> usize {
    let length = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
    length(&record.key) + length(&record.value)
}
