//! One partition as a replay reads it.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;

use crate::log::{Failure, Limits, Log, Offset, Reader, Stored};
use crate::topics::{Topic, Topology};
use crate::waker::Waker;

/// How much of a partition is read ahead: all of them together are in memory.
const AHEAD: Limits = Limits {
    records: 200,
    bytes: 1 << 20,
};
/// How long a partition is waited for at a time whose records are written and not committed yet.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Which of a stage's topics a record is of. At the same moment, what is folded beside comes first:
/// a page is fetched after it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Beside,
    Input,
}

/// A partition, read from an offset to an end.
#[derive(Debug)]
pub(super) struct Part<R> {
    pub(super) side: Side,
    pub(super) partition: u32,
    reader: R,
    end: Offset,
    ahead: VecDeque<(Timestamp, Stored)>,
    /// The event time of the last record that has one: those that have none go with it.
    moment: Timestamp,
    waker: Waker,
}

/// The event time of a value: when the page was fetched, or the feed polled.
#[derive(Deserialize)]
struct Moment {
    fetched_at: Option<Timestamp>,
    polled_at: Option<Timestamp>,
}

impl<R: Reader> Part<R> {
    pub(super) fn open<L: Log<Reader = R>>(
        log: &L,
        side: Side,
        topic: &Topic,
        partition: u32,
        from: Offset,
        end: Offset,
    ) -> Result<Self, Failure> {
        let waker = Waker::default();
        Ok(Self {
            side,
            partition,
            reader: log.reader(&topic.name, partition, from, waker.clone())?,
            end,
            ahead: VecDeque::new(),
            moment: Timestamp::MIN,
            waker,
        })
    }

    /// Reads ahead where nothing is. False where nothing can be read yet that is to come: it was
    /// written by a transaction that has not ended.
    pub(super) fn fill(&mut self) -> Result<bool, Failure> {
        if !self.ahead.is_empty() || self.is_read() {
            return Ok(true);
        }
        let records = self.reader.read(AHEAD)?;
        if records.is_empty() && !self.is_read() {
            self.waker.wait(LOOK_AGAIN);
            return Ok(false);
        }
        for record in records {
            if record.offset < self.end {
                self.moment = moment(&record).unwrap_or(self.moment);
                self.ahead.push_back((self.moment, record));
            }
        }
        Ok(true)
    }

    fn is_read(&self) -> bool {
        self.reader.position() >= self.end
    }

    /// The event time of the next record, where there is one.
    pub(super) fn head(&self) -> Option<Timestamp> {
        self.ahead.front().map(|(moment, _)| *moment)
    }

    /// Takes the next record.
    pub(super) fn take(&mut self) -> Option<Stored> {
        self.ahead.pop_front().map(|(_, record)| record)
    }
}

fn moment(record: &Stored) -> Option<Timestamp> {
    let moment: Moment = serde_json::from_slice(record.value.as_deref()?).ok()?;
    moment.fetched_at.or(moment.polled_at)
}

/// A topic of the topology.
pub(super) fn topic_of<'a>(topology: &'a Topology, base: &str) -> &'a Topic {
    topology
        .topic(base)
        .expect("every message's topic is part of the topology")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers::Headers;

    #[track_caller]
    fn check(value: &str, expected: Option<&str>) {
        let record = Stored {
            offset: 0,
            written_at: Timestamp::UNIX_EPOCH,
            key: None,
            value: Some(value.as_bytes().to_vec()),
            headers: Headers::new(),
        };
        let expected = expected.map(|text| text.parse().expect("a moment"));
        assert_eq!(moment(&record), expected, "{value}");
    }

    #[test]
    fn a_value_tells_its_event_time() {
        let page = r#"{"discovered":{"polled_at":"2026-01-01T00:00:00Z"},"fetched_at":"2026-01-02T00:00:00Z"}"#;
        check(page, Some("2026-01-02T00:00:00Z"));
        let found = r#"{"polled_at":"2026-01-01T00:00:00Z","title":"x"}"#;
        check(found, Some("2026-01-01T00:00:00Z"));
        check(r#"{"title":"x"}"#, None);
        check("no json", None);
    }
}
