//! Reading a topic outside any group: all its partitions as one sequence.

use std::collections::VecDeque;
use std::str::FromStr;

use jiff::{SpanRelativeTo, Timestamp};
use pipeline::Waker;
use pipeline::log::{Failure, Limits, Log, Offset, Stored};

use crate::patience::patiently;

/// Where a scan begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the oldest record.
    Beginning,
    /// With what is written from now on.
    End,
    /// At this offset of every partition.
    At(Offset),
    /// With what was written since.
    Since(Timestamp),
    /// With what was written since, and so many records of each partition before that.
    Around(Timestamp, u64),
}

impl FromStr for Start {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const ALLOWED: &str = "expected beginning, end, an offset, or so long ago such as @10m";
        match text {
            "beginning" => return Ok(Self::Beginning),
            "end" => return Ok(Self::End),
            _ => {}
        }
        let Some(ago) = text.strip_prefix('@') else {
            return text.parse().map(Self::At).map_err(|_| ALLOWED.to_owned());
        };
        if let Ok(moment) = ago.parse() {
            return Ok(Self::Since(moment));
        }
        let span: jiff::Span = ago.parse().map_err(|_| ALLOWED.to_owned())?;
        span.to_duration(SpanRelativeTo::days_are_24_hours())
            .and_then(|ago| Timestamp::now().checked_sub(ago))
            .map(Self::Since)
            .map_err(|error| format!("{ALLOWED}: {error}"))
    }
}

/// All partitions of a topic as one sequence, by the moment of writing as far as it is known:
/// within a partition in order, across partitions the oldest first of what is there.
#[derive(Debug)]
pub struct Scan<R> {
    parts: Vec<Part<R>>,
    since: Option<Timestamp>,
}

#[derive(Debug)]
struct Part<R> {
    partition: u32,
    reader: R,
    /// Where a bounded scan stops.
    end: Option<Offset>,
    read: VecDeque<Stored>,
}

impl<R: pipeline::log::Reader> Scan<R> {
    /// A scan that goes on for ever: [`Scan::next_record`] tells `None` where there is nothing yet, and
    /// `waker` is woken when there may be more.
    ///
    /// # Errors
    /// A topic that is not there, or a log that cannot be read.
    pub fn following<L: Log<Reader = R>>(
        log: &L,
        topic: &str,
        start: Start,
        waker: &Waker,
    ) -> Result<Self, Failure> {
        Self::open(log, topic, start, waker, false)
    }

    /// A scan of what is there now.
    ///
    /// # Errors
    /// A topic that is not there, or a log that cannot be read.
    pub fn bounded<L: Log<Reader = R>>(
        log: &L,
        topic: &str,
        start: Start,
    ) -> Result<Self, Failure> {
        Self::open(log, topic, start, &Waker::default(), true)
    }

    fn open<L: Log<Reader = R>>(
        log: &L,
        topic: &str,
        start: Start,
        waker: &Waker,
        bounded: bool,
    ) -> Result<Self, Failure> {
        let count = patiently(|| log.partitions(topic))?
            .ok_or_else(|| Failure::Fatal(format!("there is no topic {topic} in this log")))?;
        let mut parts = Vec::new();
        for partition in 0..count {
            let bounds = patiently(|| log.bounds(topic, partition))?;
            let from = match start {
                Start::Beginning => bounds.start,
                Start::End => bounds.end,
                Start::At(offset) => offset,
                Start::Since(since) => patiently(|| log.since(topic, partition, since))?,
                Start::Around(since, earlier) => {
                    let first = patiently(|| log.since(topic, partition, since))?;
                    first.saturating_sub(earlier)
                }
            };
            parts.push(Part {
                partition,
                reader: patiently(|| log.reader(topic, partition, from, waker.clone()))?,
                end: bounded.then_some(bounds.end),
                read: VecDeque::new(),
            });
        }
        let since = match start {
            Start::Since(since) => Some(since),
            _ => None,
        };
        Ok(Self { parts, since })
    }

    /// The next record and its partition.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn next_record(&mut self) -> Result<Option<(u32, Stored)>, Failure> {
        loop {
            for part in &mut self.parts {
                part.fill()?;
            }
            let oldest = self
                .parts
                .iter_mut()
                .filter(|part| !part.read.is_empty())
                .min_by_key(|part| part.read.front().map(|record| record.written_at));
            let Some(part) = oldest else {
                return Ok(None);
            };
            let Some(record) = part.read.pop_front() else {
                return Ok(None);
            };
            if self.since.is_none_or(|since| record.written_at >= since) {
                return Ok(Some((part.partition, record)));
            }
        }
    }
}

impl<R: pipeline::log::Reader> Part<R> {
    fn fill(&mut self) -> Result<(), Failure> {
        let end = self.end.unwrap_or(Offset::MAX);
        if !self.read.is_empty() || self.reader.position() >= end {
            return Ok(());
        }
        let records = patiently(|| self.reader.read(Limits::default()))?;
        if records.is_empty() && self.end.is_some() {
            // The end covers what is not committed: what cannot be read now is not waited for.
            self.end = Some(0);
        }
        self.read
            .extend(records.into_iter().filter(|record| record.offset < end));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Start>) {
        assert_eq!(text.parse::<Start>().ok(), expected, "{text}");
    }

    #[test]
    fn starts_are_read() {
        check("beginning", Some(Start::Beginning));
        check("end", Some(Start::End));
        check("17", Some(Start::At(17)));
        check(
            "@1970-01-01T00:00:00Z",
            Some(Start::Since(Timestamp::UNIX_EPOCH)),
        );
        check("soon", None);
        check("@soon", None);
        check("-1", None);
        let Ok(Start::Since(moment)) = "@3d".parse() else {
            panic!("three days ago is a moment");
        };
        let hours = Timestamp::now().duration_since(moment).as_hours();
        assert_eq!(hours, 72);
    }
}
