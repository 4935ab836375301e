//! Which records a reader had already when another generation goes live, which has the same ones again.

use std::collections::HashSet;

use pipeline::log::{Log, Stored};
use pipeline::topics::Cleanup;
use xxhash_rust::xxh3::xxh3_128;

use crate::diff::event_time;
use crate::scan::{Scan, Span};

/// Records by what they have in common over generations: the key and the event time or, where a value tells
/// none, the value. 16 bytes each, for as long as somebody follows.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Of a compacted topic the last value of a key holds, so that another value is never the same record.
    is_compacted: bool,
    ids: HashSet<u128>,
    /// The oldest event time.
    since: Option<u64>,
}

impl Known {
    /// Nothing yet, of a topic that is cleaned up so.
    pub(super) fn of(cleanup: Cleanup) -> Self {
        Self {
            is_compacted: cleanup == Cleanup::Compact,
            ..Self::default()
        }
    }

    /// Adds the records of `span`.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub(super) fn add<L: Log>(&mut self, log: &L, topic: &str, span: &Span) -> anyhow::Result<()> {
        let mut scan = Scan::over(log, topic, span)?;
        while let Some((_, record)) = scan.next_record()? {
            let (id, time) = self.name(&record);
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
        let (id, time) = self.name(record);
        let is_older = time
            .zip(self.since)
            .is_some_and(|(time, since)| time < since);
        is_older || self.ids.contains(&id)
    }

    fn name(&self, record: &Stored) -> (u128, Option<u64>) {
        let value = record.value.as_deref();
        let time = value.and_then(event_time);
        let mut name = record.key.clone().unwrap_or_default();
        if let Some(time) = time {
            name.extend(time.to_be_bytes());
        }
        if self.is_compacted || time.is_none() {
            name.extend(value.unwrap_or_default());
        }
        (xxh3_128(&name), time)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use pipeline::headers::Headers;

    use super::*;

    fn record(value: &str) -> Stored {
        Stored {
            offset: 0,
            written_at: Timestamp::UNIX_EPOCH,
            key: Some(b"story".to_vec()),
            value: Some(value.as_bytes().to_vec()),
            headers: Headers::new(),
        }
    }

    #[track_caller]
    fn check(cleanup: Cleanup, expected: bool) {
        let at = "2026-10-05T10:00:00Z";
        let told = record(&format!("{{\"fetched_at\":\"{at}\",\"outlets\":1}}"));
        let other = record(&format!("{{\"fetched_at\":\"{at}\",\"outlets\":2}}"));
        let mut known = Known::of(cleanup);
        let (id, time) = known.name(&told);
        assert!(time.is_some(), "the value tells its time");
        known.ids.insert(id);
        assert!(known.has(&told));
        assert_eq!(known.has(&other), expected, "{cleanup}");
    }

    #[test]
    fn another_value_is_news_only_where_the_last_one_holds() {
        check(Cleanup::Delete, true);
        check(Cleanup::Compact, false);
    }
}
