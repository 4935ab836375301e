//! Which records a reader had already when another generation goes live, which has the same ones again.

use std::collections::HashSet;

use pipeline::log::{Log, Stored};
use xxhash_rust::xxh3::xxh3_128;

use crate::diff::event_time;
use crate::scan::{Scan, Span};

/// Records by what they have in common over generations: the key and the event time or, where a value tells
/// none, the value. 16 bytes each, for as long as somebody follows.
#[derive(Debug, Default)]
pub(super) struct Known {
    ids: HashSet<u128>,
    /// The oldest event time.
    since: Option<u64>,
}

impl Known {
    /// Adds the records of `span`.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub(super) fn add<L: Log>(&mut self, log: &L, topic: &str, span: &Span) -> anyhow::Result<()> {
        let mut scan = Scan::over(log, topic, span)?;
        while let Some((_, record)) = scan.next_record()? {
            let (id, time) = name(&record);
            self.ids.insert(id);
            self.since = match (self.since, time) {
                (Some(since), Some(time)) => Some(since.min(time)),
                (since, time) => since.or(time),
            };
        }
        Ok(())
    }

    /// Whether the reader has had the record, or it happened before everything that the reader knows of:
    /// a generation may reach back further than the one before, whose oldest records retention took.
    pub(super) fn has(&self, record: &Stored) -> bool {
        if self.ids.is_empty() {
            return false;
        }
        let (id, time) = name(record);
        let is_older = time
            .zip(self.since)
            .is_some_and(|(time, since)| time < since);
        is_older || self.ids.contains(&id)
    }
}

fn name(record: &Stored) -> (u128, Option<u64>) {
    let value = record.value.as_deref();
    let time = value.and_then(event_time);
    let mut name = record.key.clone().unwrap_or_default();
    match time {
        Some(time) => name.extend(time.to_be_bytes()),
        None => name.extend(value.unwrap_or_default()),
    }
    (xxh3_128(&name), time)
}
