//! Reading a topic outside any group: all its partitions as one sequence.

use std::collections::VecDeque;
use std::ops::Range;
use std::str::FromStr;

use jiff::{SignedDuration, SpanRelativeTo, Timestamp};
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
        const ALLOWED: &str = "expected beginning, end, an offset, so long ago such as @10m, or a moment such as 2026-03-01T00:00:00Z";
        match text {
            "beginning" => return Ok(Self::Beginning),
            "end" => return Ok(Self::End),
            _ => {}
        }
        let Some(ago) = text.strip_prefix('@') else {
            let moment = || text.parse().map(Self::Since).ok();
            let offset = text.parse().map(Self::At).ok();
            return offset.or_else(moment).ok_or_else(|| ALLOWED.to_owned());
        };
        if let Ok(moment) = ago.parse() {
            return Ok(Self::Since(moment));
        }
        so_long_ago(ago, ALLOWED).map(Self::Since)
    }
}

/// The moment so long ago, such as `3d` is; days have 24 hours.
///
/// # Errors
/// What is `allowed` in its place.
pub(crate) fn so_long_ago(span: &str, allowed: &str) -> Result<Timestamp, String> {
    let span: jiff::Span = span.parse().map_err(|_| allowed.to_owned())?;
    span.to_duration(SpanRelativeTo::days_are_24_hours())
        .and_then(|ago| Timestamp::now().checked_sub(ago))
        .map_err(|error| format!("{allowed}: {error}"))
}

/// A part of a topic, fixed: what is written later does not belong to it, so that whoever reads it twice
/// reads the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The offsets of each partition.
    parts: Vec<Range<Offset>>,
    /// Only what was written at this moment or later.
    since: Option<Timestamp>,
    /// Only what was written before this moment.
    until: Option<Timestamp>,
}

/// Behind a moment nothing is looked for that was written before it, however the writers' clock was set:
/// but for this long.
const CLOCK_SET_BACK: SignedDuration = SignedDuration::from_hours(1);

impl Span {
    /// What is there now from `from` on and before `to`.
    ///
    /// # Errors
    /// A topic that is not there, or a log that cannot be read.
    pub fn resolve<L: Log>(log: &L, topic: &str, from: Start, to: Start) -> Result<Self, Failure> {
        let mut parts = Vec::new();
        for partition in 0..count(log, topic)? {
            let bounds = patiently(|| log.bounds(topic, partition))?;
            let first = first(log, topic, partition, from, &bounds)?;
            let end = match to {
                Start::Beginning => bounds.start,
                Start::End => bounds.end,
                Start::At(offset) => offset,
                Start::Since(moment) | Start::Around(moment, _) => {
                    let later = moment.checked_add(CLOCK_SET_BACK).unwrap_or(Timestamp::MAX);
                    patiently(|| log.since(topic, partition, later))?
                }
            };
            // In a log with an end, so that a reader of an offset beyond it need not wait there.
            let end = end.min(bounds.end);
            parts.push(first.min(end)..end);
        }
        Ok(Self {
            parts,
            since: moment(from),
            until: moment(to),
        })
    }

    /// How many offsets it has: as many as records at the most.
    pub fn len(&self) -> u64 {
        let lengths = self.parts.iter().map(|part| part.end - part.start);
        lengths.sum()
    }

    /// Whether there is nothing in it for sure.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The offset of a partition that it ends before.
    pub fn end(&self, partition: u32) -> Offset {
        let part = self.parts.get(partition as usize);
        part.map_or(0, |part| part.end)
    }
}

fn moment(start: Start) -> Option<Timestamp> {
    match start {
        Start::Since(moment) => Some(moment),
        _ => None,
    }
}

fn count<L: Log>(log: &L, topic: &str) -> Result<u32, Failure> {
    patiently(|| log.partitions(topic))?
        .ok_or_else(|| Failure::Fatal(format!("there is no topic {topic} in this log")))
}

/// Where a partition is read from.
fn first<L: Log>(
    log: &L,
    topic: &str,
    partition: u32,
    from: Start,
    bounds: &Range<Offset>,
) -> Result<Offset, Failure> {
    Ok(match from {
        Start::Beginning => bounds.start,
        Start::End => bounds.end,
        Start::At(offset) => offset,
        Start::Since(since) => patiently(|| log.since(topic, partition, since))?,
        Start::Around(since, earlier) => {
            let first = patiently(|| log.since(topic, partition, since))?;
            first.saturating_sub(earlier)
        }
    })
}

/// All partitions of a topic as one sequence, by the moment of writing as far as it is known:
/// within a partition in order, across partitions the oldest first of what is there.
#[derive(Debug)]
pub struct Scan<R> {
    topic: String,
    parts: Vec<Part<R>>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    waker: Waker,
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
    /// `waker` is woken when there may be more. It has no patience of its own: what may succeed later
    /// ([`Failure::Retry`]) is told at once, and the same call goes on where it stopped.
    ///
    /// # Errors
    /// A topic that is not there, or a log that cannot be read.
    pub fn following<L: Log<Reader = R>>(
        log: &L,
        topic: &str,
        start: Start,
        waker: &Waker,
    ) -> Result<Self, Failure> {
        let mut parts = Vec::new();
        for partition in 0..count(log, topic)? {
            let bounds = patiently(|| log.bounds(topic, partition))?;
            let from = first(log, topic, partition, start, &bounds)?;
            parts.push(Part::open(log, topic, partition, from, waker)?);
        }
        Ok(Self {
            topic: topic.to_owned(),
            parts,
            since: moment(start),
            until: None,
            waker: waker.clone(),
        })
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
        let span = Span::resolve(log, topic, start, Start::End)?;
        Self::over(log, topic, &span)
    }

    /// A scan of what is left of `span`.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn over<L: Log<Reader = R>>(log: &L, topic: &str, span: &Span) -> Result<Self, Failure> {
        let waker = Waker::default();
        let mut parts = Vec::new();
        for (partition, range) in (0..).zip(&span.parts) {
            let mut part = Part::open(log, topic, partition, range.start, &waker)?;
            part.end = Some(range.end);
            parts.push(part);
        }
        Ok(Self {
            topic: topic.to_owned(),
            parts,
            since: span.since,
            until: span.until,
            waker,
        })
    }

    /// Opens every partition again where it stands, after [`Failure::Reopen`].
    ///
    /// # Errors
    /// A log that cannot be read, [`Failure::Fatal`] where the topic is gone; what was read is kept.
    pub fn reopen<L: Log<Reader = R>>(&mut self, log: &L) -> Result<(), Failure> {
        if log.partitions(&self.topic)?.is_none() {
            return Err(Failure::Fatal(format!("topic {} is gone", self.topic)));
        }
        for part in &mut self.parts {
            let from = part.reader.position();
            part.reader = log.reader(&self.topic, part.partition, from, self.waker.clone())?;
        }
        Ok(())
    }

    /// What of the topic lies before the next record.
    pub fn passed(&self) -> Span {
        let before = self.parts.iter().map(|part| {
            let next = part.read.front().map(|record| record.offset);
            0..next.unwrap_or_else(|| part.reader.position())
        });
        Span {
            parts: before.collect(),
            since: None,
            until: None,
        }
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
            let at = record.written_at;
            if self.since.is_none_or(|since| at >= since)
                && self.until.is_none_or(|until| at < until)
            {
                return Ok(Some((part.partition, record)));
            }
        }
    }
}

impl<R: pipeline::log::Reader> Part<R> {
    fn open<L: Log<Reader = R>>(
        log: &L,
        topic: &str,
        partition: u32,
        from: Offset,
        waker: &Waker,
    ) -> Result<Self, Failure> {
        Ok(Self {
            partition,
            reader: patiently(|| log.reader(topic, partition, from, waker.clone()))?,
            end: None,
            read: VecDeque::new(),
        })
    }

    fn fill(&mut self) -> Result<(), Failure> {
        let end = self.end.unwrap_or(Offset::MAX);
        if !self.read.is_empty() || self.reader.position() >= end {
            return Ok(());
        }
        let records = match self.end {
            Some(_) => patiently(|| self.reader.read(Limits::default()))?,
            None => self.reader.read(Limits::default())?,
        };
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
        check(
            "1970-01-01T01:00:00+01:00",
            Some(Start::Since(Timestamp::UNIX_EPOCH)),
        );
        // Without a zone it is nobody's moment.
        check("1970-01-01T01:00:00", None);
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
